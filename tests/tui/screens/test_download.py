"""A function is downloaded from the list, and a version of it from its view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui import documents
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.download import DownloadScreen
from lambdatui.tui.screens.function import FunctionView
from lambdatui.tui.tabs.versions import VersionsTab
from tests.tui.shop import home, shows, until


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_a_function_goes_to_a_folder_without_the_values_of_its_environment(
    app: LambdatuiApp, shop: Any, here: Path
) -> None:
    shop.update_function_configuration(FunctionName="checkout-api", Environment={"Variables": {"TOKEN": "s3cret"}})
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("D")
        await shows(pilot, "Download checkout-api")
        await shows(pilot, "The environment's names go along, its values do not.")
        await pilot.press("enter")
        await shows(pilot, "✔ deploy.yaml, package.zip, package/ in ")
        await shows(pilot, "The environment's values were left out")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, DownloadScreen))
    text = (here / "checkout-api" / "deploy.yaml").read_text()
    assert "#   TOKEN\n" in text
    assert "s3cret" not in text


async def test_a_version_goes_with_the_values_after_f2_and_never_onto_what_is_there(
    app: LambdatuiApp, shop: Any, here: Path
) -> None:
    shop.update_function_configuration(FunctionName="checkout-api", Environment={"Variables": {"TOKEN": "s3cret"}})
    version = shop.publish_version(FunctionName="checkout-api")["Version"]
    (here / f"checkout-api-{version}").mkdir()
    (here / f"checkout-api-{version}" / "mine").write_text("")
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, FunctionView) and isinstance(app.screen.tab, VersionsTab))
        view = app.screen
        assert isinstance(view, FunctionView)
        await until(pilot, lambda: view.tab.published.versions)  # type: ignore[attr-defined]
        await pilot.press("D")
        await shows(pilot, f"Download checkout-api:{version}")
        await pilot.press("f2")
        await shows(pilot, "The environment's values go along in the open")
        await pilot.press("enter")
        await shows(pilot, "is there already and not empty.")
        await pilot.press(*"-b", "enter")
        await shows(pilot, "✔ deploy.yaml, package.zip, package/ in ")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is view)
    assert documents.read(here / f"checkout-api-{version}-b" / "deploy.yaml").value["environment"] == {
        "TOKEN": "s3cret"
    }
    assert [path.name for path in (here / f"checkout-api-{version}").iterdir()] == ["mine"]


async def test_what_aws_refuses_is_told_and_leaves_nothing(
    app: LambdatuiApp, connected: Any, account_id: str, here: Path
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("D")
        await shows(pilot, "Enter writes it")
        connected.cloud.faults.add("access-denied", operation="GetFunction", account=account_id)
        await pilot.press("enter")
        await shows(pilot, "[AccessDeniedException]")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, DownloadScreen))
    assert list(here.iterdir()) == []


async def test_escape_stops_a_download(app: LambdatuiApp, connected: Any, account_id: str, here: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("D")
        await shows(pilot, "Enter writes it")
        fault = connected.cloud.faults.add("slow", operation="ListAliases", account=account_id, seconds=1)
        await pilot.press("enter")
        await until(pilot, lambda: connected.cloud.faults.hits(fault))
        await pilot.press("escape")
        await shows(pilot, "✖ Stopped by the operator.")
    assert list(here.iterdir()) == []
