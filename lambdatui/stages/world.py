"""World: what a stage acts on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.clients import Retry
from lambdatui.clock import Clock
from lambdatui.journal import Journal
from lambdatui.stages.controls import Controls


class World:
    """What a stage acts on: the accounts, the time, the cancel token, the folder that paths are relative to.

    With a `journal`, each run is written into it; without one (`--plan`), nothing is. `on_retry` hears at once of a
    call that waits to be tried again, in the thread that runs the stage. `anyway` lets a run change what another
    lambdatui on this machine is changing. `controls` are what a person may ask of a rollout that runs.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        clock: Clock | None = None,
        folder: Path | None = None,
        journal: Journal | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        anyway: bool = False,
        controls: Controls | None = None,
    ) -> None:
        self.accounts = accounts
        self.clock = clock or Clock()
        self.folder = folder or Path.cwd()
        self.journal = journal
        self.on_retry = on_retry
        self.anyway = anyway
        self.controls = controls or Controls()

    @property
    def wait_seconds(self) -> float:
        """How long a change may take to settle, in seconds."""
        return self.accounts.settings.wait_seconds

    def path(self, text: str) -> Path:
        """A path as typed, taken from the folder of the file it stands in."""
        return self.folder / Path(text).expanduser()
