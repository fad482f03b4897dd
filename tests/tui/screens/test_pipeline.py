"""Pipelines on the screen: those of a folder, one run live, what a person answers, and what the journal has of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from lambdatui.journal import Journal, PipelineRuns
from lambdatui.pipeline.status import Status
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.choose import ChooseScreen
from lambdatui.tui.screens.document import DocumentScreen
from lambdatui.tui.screens.pipeline import PipelineScreen
from lambdatui.tui.screens.pipeline_runs import PipelineRunsScreen
from lambdatui.tui.screens.pipeline_start import PipelineStart
from lambdatui.tui.screens.pipelines import PipelinesScreen
from tests.tui.shop import home, shows, text_of, until

ASKED = """
name: by hand
description: A person decides.
parameters:
  version: {choices: ["2", "3"], default: "3"}
  reason: {description: why it is done}
stages:
  - id: move
    name: Move live
    type: route
    function: checkout-api
    alias: live
    strategy: {kind: simple, to: "${{ parameters.version }}"}
  - id: look
    name: Good enough?
    type: approve
    message: Is [bold]it[/] good?
    choices: [keep, back]
  - id: back
    name: Back again
    type: route
    when: ${{ stages.look.outputs.choice == 'back' }}
    function: checkout-api
    alias: live
    strategy: {kind: simple, to: "1"}
"""
BROKEN = """
name: broken
stages:
  - id: a
    type: rout
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two pipelines, one of them wrong, and a file that is none; the app is started in it."""
    there = tmp_path / "pipelines"
    there.mkdir()
    (there / "by-hand.yaml").write_text(ASKED)
    (there / "broken.yaml").write_text(BROKEN)
    (there / "deploy.yaml").write_text("function: hello\n")
    monkeypatch.chdir(there)
    return there


async def opened(pilot: Pilot[Any], app: LambdatuiApp) -> PipelineScreen:
    """The screen of the pipeline `by hand`, from the list."""
    await home(pilot)
    await pilot.press("p")
    await until(pilot, lambda: isinstance(app.screen, PipelinesScreen) and "by hand" in text_of(app))
    for _ in range(2):
        await pilot.press("home" if "▸by hand" not in text_of(app) else "down")
    while "▸by hand" not in text_of(app):
        await pilot.press("down")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, PipelineScreen))
    screen = app.screen
    assert isinstance(screen, PipelineScreen)
    return screen


async def begun(pilot: Pilot[Any], app: LambdatuiApp) -> PipelineScreen:
    """The pipeline, running, once it asks."""
    screen = await opened(pilot, app)
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(app.screen, PipelineStart))
    app.screen.query_one("#parameter-reason", Input).value = "because"
    await pilot.press("f5")
    await shows(pilot, "run it")
    await pilot.press("enter")
    await until(pilot, lambda: bool(screen.progress.asking))
    return screen


def live(client: Any) -> str:
    return str(client.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"])


async def test_the_pipelines_of_a_folder_are_listed_with_what_is_wrong(app: LambdatuiApp, folder: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "by hand" in text_of(app))
        assert f"2 pipelines in {folder}"[:60] in text_of(app)
        assert "✖ 1 wrong" in text_of(app)
        while "▸broken" not in text_of(app):
            await pilot.press("down" if "▸by hand" not in text_of(app) else "up")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        assert "broken.yaml:5" in text_of(app)
        assert "route" in text_of(app)


async def test_it_is_run_asks_and_does_what_was_answered(
    app: LambdatuiApp, shop: Any, folder: Path, journal: Journal
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await begun(pilot, app)
        assert live(shop) == "3"
        for words in ("Move live", "waits for you: Good enough?", "Is [bold]it[/] good?", "one of: keep, back"):
            assert words in text_of(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press("down", "enter")
        await until(pilot, lambda: not screen.progress.runs)
        assert live(shop) == "1"
        assert {name: stage.status for name, stage in screen.progress.stages.items()} == {
            "move": Status.DONE,
            "look": Status.DONE,
            "back": Status.DONE,
        }
        assert "done   3 of 3 stages" in text_of(app)
    [run] = PipelineRuns(journal).runs()
    assert (run.name, run.status, run.parameters) == ("by hand", "done", {"version": "3", "reason": "because"})


async def test_no_ends_it_and_another_try_goes_on_from_there(app: LambdatuiApp, shop: Any, folder: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await begun(pilot, app)
        await pilot.press("n")
        await until(pilot, lambda: screen.progress.status is Status.FAILED and not screen.progress.runs)
        assert "Somebody said no" in text_of(app)
        await pilot.press("r")
        await until(pilot, lambda: bool(screen.progress.asking))
        assert screen.progress.attempt == 2
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ChooseScreen))
        await pilot.press("enter")
        await until(pilot, lambda: screen.progress.status is Status.DONE)
        assert screen.progress.stages["back"].status is Status.SKIPPED
        assert live(shop) == "3"


async def test_to_leave_while_it_runs_is_asked(app: LambdatuiApp, shop: Any, folder: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await begun(pilot, app)
        await pilot.press("escape")
        await shows(pilot, "It runs only while this screen is open")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        assert screen.progress.runs
        # leaving the app is no shorter way
        await pilot.press("ctrl+c")
        await shows(pilot, "stop it, and leave")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, PipelinesScreen))
        await until(pilot, lambda: "■ stopped" in text_of(app))


async def test_a_run_of_another_lambdatui_is_looked_at_and_left(
    app: LambdatuiApp, shop: Any, folder: Path, tmp_path: Path
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        runs = PipelineRuns(app.session.journal())
        run = runs.begin(name="by hand", source="by-hand.yaml", folder=str(tmp_path), text=ASKED, parameters={})
        runs.stage_began(run, "look", {"message": "Is it good?"})
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, PipelineRunsScreen) and "1 run" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PipelineScreen) and app.screen is not screen)
        await shows(pilot, "another lambdatui runs it")
        assert "x stop" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PipelineRunsScreen))


async def test_what_is_missing_is_said_beside_its_field(app: LambdatuiApp, shop: Any, folder: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, PipelineStart))
        await pilot.press("f5")
        await shows(pilot, "is needed.")
        assert isinstance(app.focused, Input)
        app.focused.value = "because"
        await pilot.press("enter")
        await shows(pilot, "run it")
        for words in ("Move live", "UpdateAlias", "if stages.look.outputs.choice == 'back'"):
            assert words in text_of(app)
        await pilot.press("escape")
        assert live(shop) == "1"


async def test_runs_are_opened_as_they_were_and_compared(
    app: LambdatuiApp, shop: Any, folder: Path, calls: Callable[..., Any]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await begun(pilot, app)
        await pilot.press("n")
        await until(pilot, lambda: not screen.progress.runs)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, PipelineStart))
        app.screen.query_one("#parameter-reason", Input).value = "again"
        await pilot.press("f5")
        await shows(pilot, "run it")
        await pilot.press("enter")
        await until(pilot, lambda: bool(screen.progress.asking))
        await pilot.press("n")
        await until(pilot, lambda: not screen.progress.runs)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, PipelineRunsScreen) and "2 runs" in text_of(app))
        await pilot.press("space", "down", "space", "c")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        assert "≠ -p reason" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PipelineRunsScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PipelineScreen))
        assert "failed   2 of 3 stages" in text_of(app)
        assert "Somebody said no" in text_of(app)


async def test_a_pipeline_that_was_cut_off_is_told_at_the_start(app: LambdatuiApp, journal: Journal) -> None:
    run = PipelineRuns(journal).begin(name="by [hand]", source="x", folder="/", text=ASKED, parameters={})
    with journal.writing() as db:
        # another process, which is gone
        db.execute("UPDATE pipeline_runs SET pid = 1, process = 'gone' WHERE id = ?", (run,))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any("by [hand]: cut off" in one.message for one in app._notifications))
