"""Whether rollouts or pipelines stopped half-way, asked of the journal once the first frame is there, and told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lambdatui.errors import LambdatuiError
from lambdatui.settings import state_folder
from lambdatui.text import one_line
from lambdatui.tui.feed import Feed

if TYPE_CHECKING:
    from lambdatui.journal import Journal
    from lambdatui.stages.rollout.stopped import Stopped
    from lambdatui.tui.app import LambdatuiApp

_RECENT = 20
"""So many runs of pipelines are looked at."""


class StoppedRollouts:
    """Looks for rollouts that stopped, and shows them. To be made when the app is mounted."""

    def __init__(self, app: LambdatuiApp) -> None:
        self._app = app
        self._feed: Feed[Sequence[Stopped]] = Feed(app, self._arrived)
        self._pipelines: Feed[str] = Feed(app, self._told)

    def look(self, *, at_start: bool = False) -> None:
        """Shows the rollouts that stopped. At the start of the app, nothing is said where there are none."""
        # a first start has no journal, and need not make one for this
        if not at_start or (state_folder() / "journal.sqlite").exists():
            self._at_start = at_start
            self._app.run_worker(self._read, thread=True, group="stopped", exit_on_error=False)

    def close(self) -> None:
        """Drops what is still under way."""
        self._feed.close()
        self._pipelines.close()

    def _read(self) -> None:
        try:
            journal = self._app.session.journal()
            if self._at_start:
                self._read_pipelines(journal)
            # what a rollout consists of is imported only where there is one
            if not journal.unfinished():
                self._feed.put(())
                return
            from lambdatui.stages.rollout.stopped import stopped

            self._feed.put(stopped(journal))
        except LambdatuiError:
            # whatever needs the journal says so itself
            pass

    def _read_pipelines(self, journal: Journal) -> None:
        from lambdatui.journal import PipelineRuns

        recent = PipelineRuns(journal).runs(limit=_RECENT)
        cut = [run.name for run in recent if run.status == "unknown" and not run.parent]
        if cut:
            self._pipelines.put(", ".join(dict.fromkeys(cut)))

    def _told(self, items: list[str]) -> None:
        words = f"{one_line(items[-1])}: cut off half-way. p, then h, opens its run; r goes on with it."
        self._app.notify(words, title="Pipelines", markup=False, timeout=10)

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
