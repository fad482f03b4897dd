"""What all screens share: the settings, the accounts, the journal. Its methods block: they are for worker threads.

Nothing here imports boto3 or opens a file before the first worker asks, which is after the first frame.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lambdatui.aws.lapses import Lapses
from lambdatui.errors import Cancelled
from lambdatui.settings import Settings, state_folder
from lambdatui.tui import choice as choices
from lambdatui.tui.choice import Choice

if TYPE_CHECKING:
    from lambdatui.aws.account import Account, Identity
    from lambdatui.aws.accounts import Accounts
    from lambdatui.aws.clients import Retry
    from lambdatui.aws.scope import Scope
    from lambdatui.clock import Clock
    from lambdatui.journal import Journal
    from lambdatui.stages.controls import Controls
    from lambdatui.stages.stage import World


class Demo(Protocol):
    """The embedded AWS of a demo, which may still be starting."""

    def ready(self) -> Settings:
        """Waits until it answers, and returns the settings that lead to it. Raises LambdatuiError if it does not."""

    @property
    def pipelines(self) -> Path:
        """The folder of its pipelines."""


class Session:
    """One operator's sitting."""

    def __init__(self, settings: Settings, demo: Demo | None = None) -> None:
        self.demo = demo
        self._base = settings
        self._choice = None if demo else choices.recall(settings)
        self._is_read_only_here = False
        self.settings = self._in_force()
        """What is in force: the settings, and what was chosen in the app."""
        self.lapses = Lapses()
        """The profiles whose credentials do not work. Whatever polls waits while its profile is among them."""
        self.ask_mfa: Callable[[str, str], str] | None = None
        """Asks for an MFA code, from a worker thread; see `aws.accounts.AskMfa`."""
        self.on_retry: Callable[[Retry], None] | None = None
        """Hears, in a worker thread, of calls that wait to be tried again."""
        self.told: dict[Scope, tuple[Identity, bool]] = {}
        """Who acts in each scope and whether changes are refused, as the list was told; a screen shows it at first."""
        self._lock = threading.Lock()
        self._accounts: Accounts | None = None
        self._journal: Journal | None = None

    def ready(self) -> Settings:
        """The settings, once they lead somewhere. Waits for the embedded AWS of a demo. Raises LambdatuiError."""
        if self.demo is not None:
            before = self._base
            self._base = replace(self.demo.ready(), read_only=before.read_only, theme=before.theme)
            self.settings = self._in_force()
        return self.settings

    def choose(self, choice: Choice) -> None:
        """Goes on with these profiles, regions and roles, and remembers them. What is open under others stays so.

        Whoever shows a list of functions has to read it anew.
        """
        self.ready()
        self._choice = choice
        self.told = {}
        self._apply()
        if self.demo is None:
            choices.remember(choice)

    @property
    def choice(self) -> Choice:
        """The profiles, regions and roles in force."""
        return choices.current(self.settings)

    def forget_other_lapses(self) -> None:
        """Ends the lapses of profiles that are not shown, such as one that was merely tried: nothing waits for them."""
        shown = self.choice
        for lapse in self.lapses.all:
            if lapse.profile not in shown:
                self.lapses.end(lapse.profile)

    @property
    def read_only_is_fixed(self) -> bool:
        """Whether a flag, a variable or the settings refuse every change, which nothing in the app undoes."""
        return self._base.read_only

    def refuse_changes(self, refuse: bool) -> None:
        """Refuses every change from now on, or no longer; what a flag or the settings refuse stays refused."""
        self._is_read_only_here = refuse
        self.told = {}
        self._apply()

    def _in_force(self) -> Settings:
        settings = choices.applied(self._choice, self._base) if self._choice else self._base
        return replace(settings, read_only=True) if self._is_read_only_here else settings

    def _apply(self) -> None:
        self.settings = self._in_force()
        with self._lock:
            if self._accounts is not None:
                self._accounts.choose(self.settings)

    def accounts(self) -> Accounts:
        """The accounts. Waits as `ready` does. Raises LambdatuiError."""
        self.ready()
        with self._lock:
            if self._accounts is None:
                from lambdatui.aws.accounts import Accounts

                self._accounts = Accounts(
                    self.settings, self._open_journal(), self._retried, self._mfa_code, self.lapses
                )
            return self._accounts

    def account(self, scope: Scope) -> Account:
        """The account of a scope. Raises AwsError."""
        return self.accounts().open(scope.profile, scope.region)

    def identity(self, scope: Scope) -> Identity:
        """Who acts in a scope. Raises AwsError."""
        return self.account(scope).identity()

    def journal(self) -> Journal:
        """The journal of this user. Raises LambdatuiError."""
        with self._lock:
            return self._open_journal()

    def world(
        self,
        clock: Clock,
        folder: Path | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        *,
        controls: Controls | None = None,
        anyway: bool = False,
    ) -> World:
        """A world for one run of a stage; the rest is as World says it. Raises LambdatuiError."""
        from lambdatui.stages.stage import World

        return World(
            self.accounts(),
            clock=clock,
            folder=folder,
            journal=self.journal(),
            on_retry=on_retry,
            anyway=anyway,
            controls=controls,
        )

    @property
    def pipelines_folder(self) -> Path:
        """Where pipelines are looked for at first: the demo's, or the folder that the app was started in."""
        return self.demo.pipelines if self.demo is not None else Path.cwd()

    def close(self) -> None:
        with self._lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    def _open_journal(self) -> Journal:
        if self._journal is None:
            from lambdatui.journal import Journal

            self._journal = Journal(state_folder() / "journal.sqlite")
        return self._journal

    def _mfa_code(self, profile: str, prompt: str) -> str:
        if self.ask_mfa is None:
            raise Cancelled
        return self.ask_mfa(profile, prompt)

    def _retried(self, retry: Retry) -> None:
        if self.on_retry is not None:
            self.on_retry(retry)
