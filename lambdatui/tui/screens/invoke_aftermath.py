"""After a run of invocations: saved ones are opened and compared, one is exported, its failures are sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdatui.errors import LambdatuiError
from lambdatui.stages.load.saved import SavedRun, figures_of
from lambdatui.tui import invoke_run
from lambdatui.tui.comparison_words import Pair
from lambdatui.tui.invoke_run import InvokeRun
from lambdatui.tui.screens.saved_invocations import Picked, SavedInvocations, moment

if TYPE_CHECKING:
    from lambdatui.stages.load.figures import Figures
    from lambdatui.tui.screens.invoke import InvokeScreen


class InvokeAftermath:
    """What is done with runs that are over. Made when its screen is mounted."""

    def __init__(self, screen: InvokeScreen) -> None:
        self._screen = screen

    # saved runs

    def saved(self) -> None:
        """Lists the saved runs of the function."""
        screen = self._screen

        def picked(wanted: Picked | None) -> None:
            if wanted is None:
                return
            if wanted.act == "judge":
                self._judge_by(wanted.saved.path, wanted.saved.figures)
                return
            work = self._open if wanted.act == "open" else self._compare
            screen.run_worker(work(wanted.saved), group="saved-run", exclusive=True, exit_on_error=False)

        comparable = screen.run is not None and bool(screen.run.figures.count)
        screen.app.push_screen(SavedInvocations(screen.function, comparable=comparable), picked)

    async def _open(self, saved: SavedRun) -> None:
        screen = self._screen
        if screen.running:
            screen.say("A run goes on: x stops it, then a saved one can be opened.", "$warn")
            return
        screen.say(f"reading the run of {moment(saved)} …")
        try:
            run = await asyncio.to_thread(invoke_run.of_saved, saved.path, screen.page_wanted)
        except (LambdatuiError, OSError) as error:
            screen.say(f"✖ {error}", "$bad")
            return
        run.notes.append(f"saved run of {moment(saved)}, {saved.qualifier or '$LATEST'}")
        screen.show_run(run, follow=False)

    async def _compare(self, saved: SavedRun) -> None:
        screen = self._screen
        run = screen.run
        if run is None:
            return

        def read() -> Figures:
            from lambdatui.stages.load.run_reader import Reader

            with Reader(saved.path) as reader:
                return figures_of(reader)

        try:
            figures = await asyncio.to_thread(read)
        except (LambdatuiError, OSError) as error:
            screen.say(f"✖ {error}", "$bad")
            return
        screen.view.compare(Pair(moment(saved), "this run", figures, run.figures))

    # judging

    def judge(self, run: InvokeRun) -> None:
        """Judges a canary by a run that is over: B beside A where two were invoked side by side."""
        screen, saved = self._screen, run.rows.saved
        if saved is None:
            screen.say("▲ The run was not saved, so that there is nothing to judge by.", "$warn")
            return
        self._judge_by(saved.path, run.figures.outputs())

    def _judge_by(self, path: Path, figures: Mapping[str, Any]) -> None:
        from lambdatui.tui.canary_start import served_by
        from lambdatui.tui.screens.canary_form import CanaryForm

        screen, served = self._screen, served_by([figures])
        canary = served[-1] if len(served) == 1 else ""
        form = CanaryForm(screen.session, screen.scope, screen.function, canary=canary, runs={path: figures})
        screen.app.push_screen(form)

    # exporting

    def export(self, run: InvokeRun) -> None:
        """Writes a run that is over to a file, from the file in which it was saved."""
        from lambdatui.stages.load import export
        from lambdatui.stages.load.run_reader import Reader
        from lambdatui.tui.screens.ask_path import AskPath

        screen, saved = self._screen, run.rows.saved
        if saved is None:
            screen.say("▲ The run was not saved, so that there is nothing to export.", "$warn")
            return

        def write(path: Path) -> tuple[Path, int]:
            with Reader(saved.path) as reader:
                return path, export.write(reader, path)

        def written(outcome: tuple[Path, int] | None) -> None:
            if outcome is not None:
                screen.notify(f"{outcome[1]:,} results written to {outcome[0].absolute()}.", markup=False)

        question = "The name's end says the format: .jsonl, .csv, or .txt for a report."
        name = f"{saved.path.stem}.jsonl"
        dialog = AskPath("Export the run", question, name, write, endings=(".jsonl", ".csv", ".txt"))
        screen.app.push_screen(dialog, written)

    # once more

    def failures(self, run: InvokeRun) -> None:
        """Sends the events of those that were not ok once more, as a run of its own."""
        screen, saved = self._screen, run.rows.saved
        if saved is None:
            screen.say("▲ The run was not saved, so that its failures are not known any more.", "$warn")
            return
        values: dict[str, object] = {} if run.payload_is_known else dict(screen.payload.typed)
        if not run.payload_is_known and not values:
            screen.say("▲ What was sent had been typed, which is not kept: type it once more (p), then r.", "$warn")
            return
        values |= {"runs": len(set(run.failed)), "failures_of": str(saved.path)}
        screen.begin(run.stage.model_copy(update=dict.fromkeys(_OF_THE_WHOLE) | {"ramp": 0, "warm_up": 0} | values))


_OF_THE_WHOLE = ("duration", "rate", "max_errors", "max_error_rate")
"""Fields that say how all were sent, which is another matter than how the failures are."""
