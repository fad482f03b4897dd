"""What all screens share: the settings, the accounts, the journal. Its methods block: they are for worker threads.

Nothing here imports boto3 or opens a file before the first worker asks, which is after the first frame.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lambdatui.settings import Settings, state_folder

if TYPE_CHECKING:
    from lambdatui.aws.account import Account, Identity
    from lambdatui.aws.accounts import Accounts
    from lambdatui.aws.clients import Retry
    from lambdatui.aws.scope import Scope
    from lambdatui.clock import Clock
    from lambdatui.journal import Journal
    from lambdatui.stages.stage import World


class Demo(Protocol):
    """The embedded AWS of a demo, which may still be starting."""

    def ready(self) -> Settings:
        """Waits until it answers, and returns the settings that lead to it. Raises LambdatuiError if it does not."""


class Session:
    """One operator's sitting."""

    def __init__(self, settings: Settings, demo: Demo | None = None) -> None:
        self.settings = settings
        self.demo = demo
        self.on_retry: Callable[[Retry], None] | None = None
        """Hears, in a worker thread, of calls that wait to be tried again."""
        self._lock = threading.Lock()
        self._accounts: Accounts | None = None
        self._journal: Journal | None = None

    def ready(self) -> Settings:
        """The settings, once they lead somewhere. Waits for the embedded AWS of a demo. Raises LambdatuiError."""
        if self.demo is not None:
            self.settings = replace(self.demo.ready(), read_only=self.settings.read_only, theme=self.settings.theme)
        return self.settings

    def accounts(self) -> Accounts:
        """The accounts. Waits as `ready` does. Raises LambdatuiError."""
        self.ready()
        with self._lock:
            if self._accounts is None:
                from lambdatui.aws.accounts import Accounts

                self._accounts = Accounts(self.settings, self._open_journal(), self._retried)
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

    def world(self, clock: Clock, folder: Path | None = None, on_retry: Callable[[Retry], None] | None = None) -> World:
        """A world for one run of a stage. Raises LambdatuiError."""
        from lambdatui.stages.stage import World

        return World(self.accounts(), clock=clock, folder=folder, journal=self.journal(), on_retry=on_retry)

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

    def _retried(self, retry: Retry) -> None:
        if self.on_retry is not None:
            self.on_retry(retry)
