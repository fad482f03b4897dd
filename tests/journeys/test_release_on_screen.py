"""The demo's release from the screen, with real invokes and a real judgement: 42 is deleted, 43 gets the callers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from lambdatui.cli.demo import furnish
from lambdatui.pipeline.status import Status
from lambdatui.settings import Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.canary import CanaryScreen
from lambdatui.tui.screens.pipeline import PipelineScreen
from lambdatui.tui.screens.pipeline_start import PipelineStart
from tests.journeys.test_release import shop
from tests.tui.shop import home, shows, text_of, until

__all__ = ["shop"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's pipelines; a good version is taken for a bad one in one of a million runs."""
    there = tmp_path / "pipelines"
    furnish(there)
    release = there / "release.yaml"
    text = release.read_text().replace("defaults: {profile: prod, region: eu-west-1}\n", "")
    release.write_text(text.replace("alpha: 0.0001", "alpha: 0.000001"))
    monkeypatch.chdir(there)
    return there


async def released(pilot: Pilot[Any], app: LambdatuiApp, screen: PipelineScreen, code: str) -> None:
    """Runs the release of this code to its end."""
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(app.screen, PipelineStart))
    app.screen.query_one("#parameter-code", Select).value = code
    app.screen.query_one("#parameter-runs", Input).value = "250"
    await pilot.press("f5")
    await shows(pilot, "run it")
    await pilot.press("enter")
    await until(pilot, lambda: screen.progress.run != "" and not screen.progress.runs, seconds=90)


async def test_42_is_deleted_and_43_goes_live(shop: Any, folder: Path) -> None:
    app = LambdatuiApp(Settings())
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "checkout release" in text_of(app))
        while "▸checkout release" not in text_of(app):
            await pilot.press("up")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PipelineScreen))
        screen = app.screen
        assert isinstance(screen, PipelineScreen)

        await released(pilot, app, screen, "code/42")
        assert {name: stage.status for name, stage in screen.progress.stages.items()} == {
            "deploy": Status.DONE,
            "invoke": Status.DONE,
            "canary": Status.HALTED,
            "route": Status.WAITING,
            "delete": Status.DONE,
        }
        assert "checkout-api 42 is not as good as 41" in text_of(app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CanaryScreen))
        await shows(pilot, "▲ higher")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        versions = shop.list_versions_by_function(FunctionName="checkout-api")["Versions"]
        assert [one["Version"] for one in versions] == ["$LATEST", "38", "39", "40", "41"]
        assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "41"

        await released(pilot, app, screen, "code/43")
        assert screen.progress.status is Status.DONE
        assert screen.progress.stages["delete"].status is Status.WAITING
        assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "43"
