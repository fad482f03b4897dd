"""Where a payload comes from on the invoke screen, and what is sent of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from textual.widgets import Input, TextArea

from lambdatui.settings import config_folder
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.invoke import InvokeScreen
from lambdatui.tui.screens.payload_preview import PayloadPreview
from lambdatui.tui.screens.pick import PickScreen
from lambdatui.tui.widgets.payload_editor import LONGEST
from tests.tui.invoking import BIG, invoked, opened, results
from tests.tui.shop import package, shows, text_of, until

ECHO = "def handler(event, context):\n    return event\n"


async def picked(pilot: Any, screen: InvokeScreen, typed: str) -> None:
    """Types what the payload is to come from, and takes it."""
    await pilot.press("f2")
    pick = await until(pilot, lambda: pilot.app.screen if isinstance(pilot.app.screen, PickScreen) else None)
    pick.query_one(Input).value = typed
    await until(pilot, lambda: pick.table.rows and typed in pick.table.rows[0].value)
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is screen and screen.focused is screen.payload.editor)


async def test_a_shape_of_aws_is_a_template_for_each_run(app: LambdatuiApp, shop: Any) -> None:
    shop.update_function_code(FunctionName="checkout-api", ZipFile=package(ECHO))
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, runs="3")
        await picked(pilot, screen, "sqs")
        assert "payload sqs" in text_of(app)
        assert "template" in text_of(app)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PayloadPreview))
        await shows(pilot, "run 1")
        previews = app.screen._payloads  # type: ignore[attr-defined]
        assert len({json.loads(one)["Records"][0]["messageId"] for one in previews}) == 3
        await pilot.press("escape")
        await invoked(pilot, screen)
        sent = {json.loads(one.payload)["Records"][0]["messageId"] for one in results(screen)}
        assert len(sent) == 3
        await pilot.press("enter")
        await pilot.press("3")
        await shows(pilot, "messageId")


async def test_a_file_of_rows_gives_each_run_its_own(app: LambdatuiApp, shop: Any, tmp_path: Path) -> None:
    shop.update_function_code(FunctionName="checkout-api", ZipFile=package(ECHO))
    file = tmp_path / "orders.csv"
    file.write_text("order,currency\n7,EUR\n8,USD\n")
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, runs="2")
        await picked(pilot, screen, str(file))
        await shows(pilot, "rows of")
        await invoked(pilot, screen)
        found = sorted(json.loads(one.payload)["order"] for one in results(screen))
        assert found == ["7", "8"]


async def test_the_library_of_ones_own(app: LambdatuiApp, shop: Any) -> None:
    shop.update_function_code(FunctionName="checkout-api", ZipFile=package(ECHO))
    folder = config_folder() / "payloads"
    folder.mkdir(parents=True)
    (folder / "order.yaml").write_text("description: an order\npayload:\n  order: o-{{ n }}\n")
    (folder / "broken.yaml").write_text("payloads: 1\n")
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, runs="2")
        await pilot.press("f2")
        await shows(pilot, "an order")
        assert "✖" in text_of(app), "the one that cannot be used says so"
        await pilot.press("escape")
        await picked(pilot, screen, "library:order")
        assert screen.payload.editor.read_only
        await invoked(pilot, screen)
        assert sorted(json.loads(one.payload)["order"] for one in results(screen)) == ["o-1", "o-2"]


async def test_a_small_file_is_edited_and_a_large_one_stays_where_it_is(app: LambdatuiApp, tmp_path: Path) -> None:
    small, large, wrong = tmp_path / "small.json", tmp_path / "large.json", tmp_path / "wrong.json"
    small.write_text('{"total": 7}')
    large.write_text(json.dumps("x" * LONGEST))
    wrong.write_bytes(b"\xff\xfe")
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "1")
        await picked(pilot, screen, str(small))
        editor = screen.query_one(TextArea)
        assert (editor.text, editor.read_only) == ('{"total": 7}', False)
        await picked(pilot, screen, str(large))
        assert editor.read_only
        stage = screen._stage()
        assert stage is not None
        assert (stage.payload_file, stage.payload) == (str(large), None)
        await picked(pilot, screen, "typed:")
        assert (editor.text, editor.read_only) == ("{}", False)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        app.screen.query_one(Input).value = str(wrong)
        await shows(pilot, "as typed")
        await pilot.press("enter")
        await shows(pilot, "is no text in UTF-8")


async def test_a_template_that_cannot_be_rendered_is_told(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "1")
        screen.query_one(TextArea).text = '{"total": {{ nothing.at.all }}}'
        await pilot.press("f5")
        await until(pilot, lambda: not screen.running)
        await shows(pilot, "✖")
        assert screen.run is None
        await pilot.press("f3")
        await until(pilot, lambda: not isinstance(app.screen, PayloadPreview))
