"""Which profiles' credentials do not work: one state for everybody who calls under them.

Whoever meets it first tells it; from then on calls under the profile are refused at once, so that nobody knocks on a
closed door, and whoever polls waits. A login, or anything else that renews the credentials, ends it for all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lambdatui.aws.errors import CredentialsError, ExpiredCredentials, InvalidKeys, is_clock
from lambdatui.clock import Clock

LOOK_SECONDS = 1.0
"""How often `wait` looks whether it was told to stop."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """A profile whose credentials do not work, why, and since when (epoch seconds)."""

    profile: str
    error: CredentialsError
    since: float = field(default_factory=time.time)

    @property
    def wants_code(self) -> bool:
        """Whether an MFA code is all that is missing: renewing the profile asks for one."""
        return self.error.code in _WANT_A_CODE

    @property
    def words(self) -> str:
        """Why, in a few words, to follow the profile's name and a colon."""
        error = self.error
        if is_clock(error.code, error.message):
            return "this machine's clock is off"
        if error.code in _WORDS:
            return _WORDS[error.code]
        if isinstance(error, ExpiredCredentials):
            return "the credentials have expired"
        if isinstance(error, InvalidKeys):
            return "AWS does not know the keys"
        if error.operation == "AssumeRole":
            return "the role cannot be assumed"
        return "no credentials that work"


_WANT_A_CODE = ("RefreshWithMFAUnsupportedError", "MfaNotGiven", "MfaRefused")
_SSO_ENDED = "the SSO login has ended"
_PROCESS_FAILED = "its credential_process failed"
_WORDS = {
    "SSOTokenLoadError": "not logged in to SSO",
    "UnauthorizedSSOTokenError": _SSO_ENDED,
    "TokenRetrievalError": _SSO_ENDED,
    "LoginTokenLoadError": "not logged in",
    "LoginRefreshRequired": "the login has ended",
    "NoCredentialsError": "no credentials were found",
    "PartialCredentialsError": "half of the keys are missing",
    "CredentialRetrievalError": _PROCESS_FAILED,
    "FileNotFoundError": _PROCESS_FAILED,
    "PermissionError": _PROCESS_FAILED,
    "JSONDecodeError": _PROCESS_FAILED,
    "RefreshWithMFAUnsupportedError": "an MFA code is wanted",
    "MfaNotGiven": "an MFA code is wanted",
    "MfaRefused": "the MFA code was not taken",
    "InvalidConfigError": "it is not set up",
}


Listener = Callable[[str, Lapse | None], None]
"""Hears of a profile and its lapse; None where that has ended."""


class Lapses:
    """The lapses in force. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._lapses: dict[str, Lapse] = {}
        self._listeners: list[Listener] = []

    @property
    def all(self) -> tuple[Lapse, ...]:
        """Those in force, the oldest first."""
        with self._changed:
            return tuple(self._lapses.values())

    def of(self, profile: str) -> Lapse | None:
        """The lapse of a profile, or None while its credentials work as far as anybody knows."""
        return self._lapses.get(profile)

    def begin(self, profile: str, error: CredentialsError) -> None:
        """A call under this profile has failed for its credentials. The newest error is the one that is told."""
        with self._changed:
            before = self._lapses.get(profile)
            if before is not None and error.code == "RefreshWithMFAUnsupportedError":
                # botocore asks once a session: what became of that question says more
                return
            lapse = self._lapses[profile] = Lapse(profile, error)
        if before is None or before.words != lapse.words:
            self._tell(profile, lapse)

    def end(self, profile: str) -> None:
        """The credentials of this profile work again, or are to be tried again."""
        with self._changed:
            if self._lapses.pop(profile, None) is None:
                return
            self._changed.notify_all()
        self._tell(profile, None)

    def wait(self, profile: str, clock: Clock) -> None:
        """Returns once the profile has no lapse: at once, or when a login has ended it.

        For what polls or goes on step by step, before its next call. Raises Cancelled when the clock is cancelled.
        """
        with self._changed:
            while profile in self._lapses:
                clock.check()
                self._changed.wait(LOOK_SECONDS)

    def watch(self, listener: Listener) -> None:
        """Calls `listener`, in whatever thread it happens, each time a lapse begins, ends, or has another reason."""
        self._listeners.append(listener)

    def _tell(self, profile: str, lapse: Lapse | None) -> None:
        for listener in list(self._listeners):
            listener(profile, lapse)
