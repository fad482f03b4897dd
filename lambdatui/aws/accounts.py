"""All the accounts that lambdatui acts in: opened by profile and region, and their credentials renewed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambdatui.aws import clients
from lambdatui.aws.account import HOMES, Account, Identity
from lambdatui.aws.errors import AwsError, CredentialsError, ExpiredCredentials, translated
from lambdatui.aws.guard import Recorder
from lambdatui.aws.lapses import Lapses
from lambdatui.aws.scope import Scope
from lambdatui.errors import BadInput, Cancelled
from lambdatui.settings import Settings

if TYPE_CHECKING:
    from lambdatui.aws.sso_login import DeviceLogin

AskMfa = Callable[[str, str], str]
"""From a profile and botocore's prompt, which names the device, to the code. Raises Cancelled where none is given."""


class Accounts:
    """All the accounts of this run of lambdatui, made from botocore's own chain: profiles, SSO, roles, processes.

    `on_retry` hears of retries that nobody else watches. `lapses` says which profiles' credentials do not work.
    """

    def __init__(
        self,
        settings: Settings,
        recorder: Recorder | None = None,
        on_retry: clients.Watcher | None = None,
        ask_mfa: AskMfa | None = None,
        lapses: Lapses | None = None,
    ) -> None:
        self.settings = settings
        self.lapses = lapses or Lapses()
        self._recorder = recorder
        self._on_retry = on_retry
        self._ask_mfa = ask_mfa
        self._lock = threading.RLock()
        self._sessions: dict[str, Any] = {}
        self._accounts: dict[Scope, Account] = {}
        self._identities: dict[str, Identity] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._may_ask: set[str] = set()

    def open(self, profile: str | None = None, region: str | None = None) -> Account:
        """The account of a profile and region; what is not given is what the settings, then botocore, say.

        Raises AwsError where the profile does not exist or no region is known.
        """
        name = profile or self.settings.profile or ""
        with self._lock, translated("open the account"):
            session = self._session(name)
            # botocore reads AWS_DEFAULT_REGION alone; every other SDK reads AWS_REGION, and before a profile's region
            where = region or self.settings.region or os.environ.get("AWS_REGION") or session.region_name
            if not where:
                from botocore.exceptions import NoRegionError

                raise NoRegionError
            if not session.region_name:
                # botocore assumes a profile's role in the session's region
                session._session.set_config_variable("region", where)
            scope = Scope(name, where)
            if scope not in self._accounts:
                self._accounts[scope] = self._account(session, scope, self.lapses, lambda: self._admit(name))
            return self._accounts[scope]

    def scopes(self) -> list[Scope]:
        """Every profile and region that the settings name, for lists that span them.

        A profile that cannot be opened is among them, so that it is told where its own list should be.
        """
        settings = self.settings
        names = [settings.profile] if settings.profile else list(settings.profiles) or [""]
        found = []
        for name in names:
            profile = settings.profiles.get(name or "")
            regions = (settings.region,) if settings.region else (profile and profile.regions) or settings.regions
            found += [self._scope(name, region) for region in regions or ("",)]
        return list(dict.fromkeys(found))

    def _scope(self, profile: str, region: str) -> Scope:
        try:
            return self.open(profile, region).scope
        except AwsError:
            return Scope(profile, region)

    def profiles(self) -> list[str]:
        """The names of the profiles that botocore knows."""
        import botocore.session

        return list(botocore.session.Session().available_profiles)

    def known_identity(self, profile: str) -> Identity | None:
        """Who acts under a profile, where that was asked before; asks nobody."""
        with self._lock:
            open_ones = [account for scope, account in self._accounts.items() if scope.profile == profile]
            found = next((account.known_identity for account in open_ones if account.known_identity), None)
            return found or self._identities.get(profile)

    def choose(self, settings: Settings) -> None:
        """Goes on with other settings. What is open stays so, with its credentials, unless its role is another now."""
        with self._lock:
            before, self.settings = self.settings, settings
            for name in list(self._sessions):
                if _role(before, name) != _role(settings, name):
                    del self._sessions[name]
                    self._identities.pop(name, None)
                    self._accounts = {s: account for s, account in self._accounts.items() if s.profile != name}
                    self.lapses.end(name)

    def renew(self, profile: str) -> Identity:
        """Takes up what a login has left: makes a profile's credentials anew, and asks STS whose they are.

        Where they work, everybody who holds an account of the profile goes on with them, and its lapse ends. May ask
        for an MFA code. Raises CredentialsError where they do not work, another AwsError where nobody could tell.
        """
        with self._turn(profile):
            self._may_ask.add(profile)
            try:
                return self._renewed(profile)
            finally:
                self._may_ask.discard(profile)

    def _turn(self, profile: str) -> threading.Lock:
        """Held by whoever renews a profile."""
        with self._lock:
            return self._turns.setdefault(profile, threading.Lock())

    def _renewed(self, profile: str) -> Identity:
        with self._lock, translated("open the account"):
            session = self._make_session(profile)
            regions = [scope.region for scope in self._accounts if scope.profile == profile]
            where = next(iter(regions), None) or os.environ.get("AWS_REGION") or session.region_name or HOMES["aws"]
            if not session.region_name:
                session._session.set_config_variable("region", where)
        trial = self._account(session, Scope(profile, where), Lapses(), lambda: None)
        try:
            identity = trial.identity()
        except CredentialsError as error:
            self.lapses.begin(profile, error)
            raise
        with self._lock:
            self._sessions[profile] = session
            self._identities[profile] = identity
            for scope, account in self._accounts.items():
                if scope.profile == profile:
                    account.use(session)
        self.lapses.end(profile)
        return identity

    def login(self, profile: str) -> DeviceLogin:
        """A login for a profile that signs in through SSO; once it is finished, `renew`. Raises BadInput for others."""
        from lambdatui.aws import profiles, sessions
        from lambdatui.aws.sso_login import DeviceLogin

        with translated("log in"):
            entry = profiles.find(profile)
            if entry.sso is None:
                raise BadInput(f"{entry.name}: this profile does not sign in through SSO.")
            session = self._make_session(profile)
            return DeviceLogin(entry.sso, sessions.oidc_client(session, entry.sso.region))

    def _account(self, session: Any, scope: Scope, lapses: Lapses, admit: Callable[[], None]) -> Account:
        name = scope.profile or session.profile_name
        return Account(
            session,
            scope,
            endpoint_url=self.settings.endpoint_url,
            # the empty profile may be set up under its own name, or under the one that botocore takes for it
            is_read_only=lambda: self.settings.protected(scope.profile) or self.settings.protected(name),
            recorder=self._recorder,
            on_retry=self._on_retry,
            lapses=lapses,
            admit=admit,
        )

    def _session(self, profile: str) -> Any:
        if profile not in self._sessions:
            session = self._sessions[profile] = self._make_session(profile)
            self._look_at_login(profile, session)
        return self._sessions[profile]

    def _make_session(self, profile: str) -> Any:
        from lambdatui.aws import sessions

        return sessions.make(
            profile,
            endpoint_url=self.settings.endpoint_url,
            role_arn=_role(self.settings, profile),
            ask_mfa=lambda prompt: self._mfa_code(profile, prompt),
            like=next(iter(self._sessions.values()), None),
        )

    def _look_at_login(self, profile: str, session: Any) -> None:
        """Tells of a login that has ended before anybody has to wait for a call to fail."""
        from lambdatui.aws import profiles

        entry = profiles.find(profile, session._session.full_config)
        standing = profiles.standing(entry, time.time())
        if standing.word in ("unknown", "logged in"):
            return
        if entry.sso is None:
            words, code, command = "Nobody has logged in with `aws login`.", "LoginTokenLoadError", "aws login"
        elif standing.word == "expired":
            words, code = f"The login to SSO {entry.sso.title} has ended.", "UnauthorizedSSOTokenError"
            command = "aws sso login"
        else:
            words, code = f"Nobody has logged in to SSO {entry.sso.title}.", "SSOTokenLoadError"
            command = "aws sso login"
        hint = f"`{command} --profile {entry.name}` does."
        self.lapses.begin(profile, ExpiredCredentials(words, hint, code=code))

    def _admit(self, profile: str) -> None:
        """Refuses a call under a profile whose credentials lapse, unless they were renewed elsewhere meanwhile."""
        lapse = self.lapses.of(profile)
        if lapse is None:
            return
        from lambdatui.aws import profiles

        turn = self._turn(profile)
        was_changed = profiles.changed_at(profiles.files(profiles.find(profile))) > lapse.since
        if not was_changed or not turn.acquire(blocking=False):
            raise lapse.error
        try:
            self._renewed(profile)
        finally:
            turn.release()

    def _mfa_code(self, profile: str, prompt: str) -> str:
        lapse = self.lapses.of(profile)
        if lapse is not None and profile not in self._may_ask:
            # somebody was asked and did not answer: not each thread is to ask again
            raise lapse.error
        if self._ask_mfa is None:
            raise BadInput(
                "This profile asks for an MFA code, and nobody is there to give one.",
                "Use a session that is already logged in, such as one from `aws sso login`.",
            )
        try:
            return self._ask_mfa(profile, prompt)
        except Cancelled:
            error = CredentialsError("No MFA code was given.", code="MfaNotGiven")
            self.lapses.begin(profile, error)
            raise error from None


def _role(settings: Settings, profile: str) -> str | None:
    """The role that settings put on top of a profile."""
    known = settings.profiles.get(profile)
    return known.role_arn if known else None
