"""The form of new code: one key, a path, a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.screens.update_code import UpdateCodeScreen
from tests.tui.form_keys import opened
from tests.tui.shop import home, shows, text_of, until


async def test_one_key_a_path_and_a_plan(app: LambdatuiApp, shop: Any, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'new'\n")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, "U")
        await until(pilot, lambda: screen.form.editor.is_open)
        await pilot.press(*str(tmp_path), "f5")
        await shows(pilot, "UpdateFunctionCode  checkout-api")
        await shows(pilot, "PublishVersion")
        await pilot.press("enter")
        await shows(pilot, "✔ Done. version 4")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        answer = shop.invoke(FunctionName="checkout-api", Qualifier="4")
        assert answer["Payload"].read() == b'"new"'


async def test_an_alias_is_pointed_at_the_new_version(app: LambdatuiApp, shop: Any, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 'new'\n")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, "U")
        await until(pilot, lambda: screen.form.editor.is_open)
        await pilot.press(*str(tmp_path), "enter")
        screen.form.go_to(("aliases",))
        await pilot.press("a")
        await shows(pilot, "→ 1")
        await pilot.press("enter")
        await until(pilot, lambda: screen.draft.values.get("aliases") == ["live"])
        await pilot.press("f5")
        await shows(pilot, "UpdateAlias  checkout-api:live")
        await pilot.press("enter")
        await shows(pilot, "✔ Done. version 4")
        assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "4"


async def test_it_opens_from_the_view_and_escape_leaves_it(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("enter")
        await shows(pilot, "takes the money")
        await pilot.press("U")
        await until(pilot, lambda: isinstance(app.screen, UpdateCodeScreen))
        await shows(pilot, "sha256")
        await pilot.press("escape")
        await pilot.press("escape")
        await shows(pilot, "takes the money")
        assert "Update code" not in text_of(app).splitlines()[0]
