"""Credentials that do not work, as one state of the whole app: told once, logged in once, and all goes on.

The session's lapses are met in worker threads; here they reach the event loop. Every identity bar shows them, every
reading that failed for them starts again when they end, and an MFA code is asked for in a dialog.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.dom import DOMNode
from textual.signal import Signal

from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.aws.lapses import Lapse
    from lambdatui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """The lapses in force, the oldest first, and the profiles whose lapse has just ended."""

    lapses: tuple[Lapse, ...] = ()
    renewed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Question:
    profile: str
    prompt: str
    answer: Future[str | None]


@dataclass(frozen=True, slots=True)
class _Change:
    profile: str
    has_ended: bool


@dataclass(frozen=True, slots=True)
class _StillSo:
    profile: str
    error: LambdatuiError


class Credentials:
    """To be made in the app's event loop, and closed when the app is unmounted."""

    def __init__(self, app: App[Any], session: Session) -> None:
        self.changed: Signal[Standing] = Signal(app, "credentials")
        """Published when a lapse begins or ends, in the event loop."""
        self._app = app
        self._session = session
        self._asking = threading.Lock()
        self._question: _Question | None = None
        self._closed = False
        self._feed: Feed[_Question | _Change | _StillSo] = Feed(app, self._take)
        session.lapses.watch(lambda profile, lapse: self._feed.put(_Change(profile, lapse is None)))
        session.ask_mfa = self.ask_mfa

    @property
    def lapses(self) -> tuple[Lapse, ...]:
        """The lapses in force, the oldest first."""
        return self._session.lapses.all

    def close(self) -> None:
        """Lets go of whoever waits for an answer."""
        self._closed = True
        self._feed.close()
        question = self._question
        if question is not None and not question.answer.done():
            question.answer.set_result(None)

    def ask_mfa(self, profile: str, prompt: str) -> str:
        """Asks for an MFA code in a dialog, and waits for it. For worker threads. Raises Cancelled where none is given.

        One at a time: a second profile's question waits for the first one's answer.
        """
        with self._asking:
            question = _Question(profile, prompt, Future())
            self._question = question
            self._feed.put(question)
            if self._closed:
                raise Cancelled
            code = question.answer.result()
            self._question = None
        if not code:
            raise Cancelled
        return code

    def login(self) -> None:
        """Opens the way to credentials that work: of the profile that lapses, or of one that is chosen of several."""
        lapses = self.lapses
        if len(lapses) == 1:
            self._open_login(lapses[0].profile)
        elif lapses:
            from lambdatui.tui.screens.choose import ChooseScreen, Option

            options = [Option(lapse.profile, lapse.profile or "default", lapse.words) for lapse in lapses]

            def chosen(values: tuple[str, ...] | None) -> None:
                if values:
                    self._open_login(values[0])

            self._app.push_screen(ChooseScreen("Log in", options), chosen)

    def retry(self, profiles: Collection[str] | None = None) -> frozenset[str]:
        """Tries every profile that lapses once more, as after a login elsewhere, and tells of those that stay so.

        With `profiles` only these. Returns those that are tried.
        """
        tried = frozenset(lapse.profile for lapse in self.lapses if profiles is None or lapse.profile in profiles)
        for profile in tried:
            self._try(profile)
        return tried

    def _try(self, profile: str) -> None:
        name = f"renew {profile}"
        self._app.run_worker(lambda: self._renew(profile), thread=True, group=name, exclusive=True, exit_on_error=False)

    def _renew(self, profile: str) -> None:
        try:
            self._session.accounts().renew(profile)
        except LambdatuiError as error:
            self._feed.put(_StillSo(profile, error))

    def _open_login(self, profile: str) -> None:
        lapse = self._session.lapses.of(profile)
        if lapse is not None and lapse.wants_code:
            self._try(profile)
            return
        from lambdatui.tui.screens.login import LoginScreen

        self._app.push_screen(LoginScreen(self._session, profile))

    def _take(self, items: list[_Question | _Change | _StillSo]) -> None:
        renewed = set()
        for item in items:
            if isinstance(item, _Question):
                self._ask(item)
            elif isinstance(item, _StillSo):
                title = f"{item.profile or 'The default profile'} still cannot be used"
                self._app.notify(str(item.error), title=title, severity="error", markup=False)
            elif item.has_ended:
                renewed.add(item.profile)
            else:
                renewed.discard(item.profile)
        if any(isinstance(item, _Change) for item in items):
            self.changed.publish(Standing(self.lapses, frozenset(renewed)))
            self._app.refresh_bindings()

    def _ask(self, question: _Question) -> None:
        from lambdatui.tui.screens.mfa import MfaScreen

        def answered(code: str | None) -> None:
            if not question.answer.done():
                question.answer.set_result(code)

        self._app.push_screen(MfaScreen(question.profile, question.prompt), answered)


def credentials_of(node: DOMNode) -> Credentials | None:
    """The state of the app that a widget is in; None in an app that has none."""
    found = getattr(node.app, "credentials", None)
    return found if isinstance(found, Credentials) else None
