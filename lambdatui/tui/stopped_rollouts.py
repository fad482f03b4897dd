"""Whether rollouts stopped half-way, asked of the journal once the first frame is there; who is asked to decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lambdatui.errors import LambdatuiError
from lambdatui.settings import state_folder
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.stages.rollout.stopped import Stopped
    from lambdatui.tui.app import LambdatuiApp


class StoppedRollouts:
    """Looks for rollouts that stopped, and shows them. To be made when the app is mounted."""

    def __init__(self, app: LambdatuiApp) -> None:
        self._app = app
        self._feed: Feed[Sequence[Stopped]] = Feed(app, self._arrived)

    def look(self, *, at_start: bool = False) -> None:
        """Shows the rollouts that stopped. At the start of the app, nothing is said where there are none."""
        # a first start has no journal, and need not make one for this
        if not at_start or (state_folder() / "journal.sqlite").exists():
            self._at_start = at_start
            self._app.run_worker(self._read, thread=True, group="stopped", exit_on_error=False)

    def close(self) -> None:
        """Drops what is still under way."""
        self._feed.close()

    def _read(self) -> None:
        try:
            journal = self._app.session.journal()
            # what a rollout consists of is imported only where there is one
            if not journal.unfinished():
                self._feed.put(())
                return
            from lambdatui.stages.rollout.stopped import stopped

            self._feed.put(stopped(journal))
        except LambdatuiError:
            # whatever needs the journal says so itself
            pass

    def _arrived(self, items: list[Sequence[Stopped]]) -> None:
        found = items[-1]
        if not found:
            if not self._at_start:
                self._app.notify("No rollout stopped half-way.")
            return
        if self._at_start and len(self._app.screen_stack) > 1:
            # somebody is at something else already
            self._app.notify(found[0].sentence, title="The palette has it: stopped rollouts", markup=False, timeout=10)
            return
        from lambdatui.tui.screens.resume import ResumeScreen

        self._app.push_screen(ResumeScreen(self._app.session, found))
