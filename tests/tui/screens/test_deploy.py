"""The deploy form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.deploy import FIELDS, DeployScreen
from tests.conftest import Calls
from tests.tui.shop import home, shows, text_of, until


async def opened(pilot: Any, app: LambdatuiApp, key: str = "d") -> DeployScreen:
    await home(pilot)
    await pilot.press(key)
    screen = app.screen
    assert isinstance(screen, DeployScreen)
    await pilot.pause()
    return screen


def write_code(folder: Path, text: str = "def handler(event, context):\n    return 'four'\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(text)
    return folder


async def test_new_code_becomes_a_version_that_can_be_invoked(app: LambdatuiApp, shop: Any, tmp_path: Path) -> None:
    folder = write_code(tmp_path / "src")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await shows(pilot, "python3.13")
        screen.query_one("#field-code", Input).value = str(folder)
        screen.query_one("#field-publish_description", Input).value = "four"
        await pilot.press("f5")
        await shows(pilot, "UpdateFunctionCode  checkout-api")
        assert "PublishVersion" in text_of(app)
        assert "UpdateFunctionConfiguration" not in text_of(app), "an empty field leaves its setting alone"
        await pilot.press("enter")
        await shows(pilot, "✔ Done. version 4")
        answer = shop.invoke(FunctionName="checkout-api", Qualifier="4")
        assert answer["Payload"].read() == b'"four"'


async def test_the_same_code_is_not_sent_again(app: LambdatuiApp, shop: Any, tmp_path: Path, calls: Calls) -> None:
    folder = write_code(tmp_path / "src")
    async with app.run_test(size=(120, 40)) as pilot:
        for expected in ("✔ Done.", "Nothing to change."):
            screen = await opened(pilot, app)
            screen.query_one("#field-code", Input).value = str(folder)
            await pilot.press("f5")
            await until(pilot, lambda: "do it" in text_of(app) or "close" in text_of(app))
            if expected == "✔ Done.":
                await pilot.press("enter")
            await shows(pilot, expected)
            await pilot.press("enter", "escape")
        assert calls.changes().count("UpdateFunctionCode") == 1


async def test_a_new_function(app: LambdatuiApp, shop: Any, tmp_path: Path, account_id: str) -> None:
    folder = write_code(tmp_path / "src")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, "n")
        values = {
            "function": "brand-new",
            "code": str(folder),
            "runtime": "python3.13",
            "handler": "app.handler",
            "role": f"arn:aws:iam::{account_id}:role/new",
            "memory": "256",
            "aliases": "live",
        }
        for name, value in values.items():
            screen.query_one(f"#field-{name}", Input).value = value
        screen.query_one("#field-environment", TextArea).text = "TOKEN=very-secret"
        await pilot.press("f5")
        await shows(pilot, "CreateFunction  brand-new")
        assert "very-secret" not in text_of(app).split("Plan")[-1].split("CreateFunction")[-1]
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        found = shop.get_function(FunctionName="brand-new")["Configuration"]
        assert found["MemorySize"] == 256
        assert found["Environment"]["Variables"] == {"TOKEN": "very-secret"}
        assert shop.get_alias(FunctionName="brand-new", Name="live")["FunctionVersion"] == "1"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("memory", "64", "128 or more was expected, not 64"),
        ("timeout", "soon", "a whole number was expected, not 'soon'"),
        ("role", "operator", "the ARN of a role was expected"),
        ("aliases", "42", "an alias cannot be a number"),
    ],
)
async def test_a_field_is_checked_as_one_types(app: LambdatuiApp, field: str, value: str, words: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        widget = screen.query_one(f"#field-{field}", Input)
        widget.focus()
        await pilot.press(*value)
        await shows(pilot, words)
        await pilot.press("f5")
        assert isinstance(app.screen, DeployScreen)
        assert app.focused is widget


async def test_each_field_says_what_it_is_for(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        said = set()
        for name in FIELDS:
            screen.query_one(f"#field-{name}").focus()
            await pilot.pause()
            line = text_of(app).splitlines()[-2]
            assert len(line.split("  ", 1)) == 2, name
            said.add(line)
        assert len(said) == len(FIELDS)


async def test_a_folder_without_the_handlers_file_is_refused(app: LambdatuiApp, tmp_path: Path, calls: Calls) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "other.py").write_text("")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#field-code", Input).value = str(tmp_path / "src")
        calls.forget()
        await pilot.press("f5")
        await shows(pilot, "handler: app.handler needs app.py")
        assert calls.changes() == []
