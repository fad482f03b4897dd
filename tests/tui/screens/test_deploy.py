"""The form of the deploy stage: keys in, calls out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.stages.deploy import Deploy
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.form.fields import fields_of
from lambdatui.tui.form.sections import DEPLOY, HIDDEN, laid_out
from lambdatui.tui.screens.deploy import DeployScreen
from tests.conftest import Calls
from tests.tui.form_keys import edit, fill, opened
from tests.tui.shop import shows, text_of, until


def write_code(folder: Path, text: str = "def handler(event, context):\n    return 'four'\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(text)
    return folder


async def test_new_code_becomes_a_version_that_can_be_invoked(app: LambdatuiApp, shop: Any, tmp_path: Path) -> None:
    folder = write_code(tmp_path / "src")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await fill(pilot, screen, ("code",), str(folder))
        await fill(pilot, screen, ("publish_description",), "four")
        await pilot.press("f5")
        await shows(pilot, "UpdateFunctionCode  checkout-api")
        assert "PublishVersion" in text_of(app)
        assert "UpdateFunctionConfiguration" not in text_of(app), "a field that is left alone leaves its setting alone"
        await pilot.press("enter")
        await shows(pilot, "✔ Done. version 4")
        answer = shop.invoke(FunctionName="checkout-api", Qualifier="4")
        assert answer["Payload"].read() == b'"four"'


async def test_the_same_code_is_not_sent_again(app: LambdatuiApp, shop: Any, tmp_path: Path, calls: Calls) -> None:
    folder = write_code(tmp_path / "src")
    async with app.run_test(size=(120, 40)) as pilot:
        for expected in ("✔ Done.", "Nothing to change."):
            screen = await opened(pilot, app)
            await fill(pilot, screen, ("code",), str(folder))
            await pilot.press("f5")
            await until(pilot, lambda: "do it" in text_of(app) or "close" in text_of(app))
            if expected == "✔ Done.":
                await pilot.press("enter")
            await shows(pilot, expected)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, DeployScreen))
            await pilot.press("escape")
        assert calls.changes().count("UpdateFunctionCode") == 1


async def test_a_new_function(app: LambdatuiApp, shop: Any, tmp_path: Path, account_id: str) -> None:
    folder = write_code(tmp_path / "src")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, "n")
        for name, value in {
            "function": "brand-new",
            "code": str(folder),
            "runtime": "python3.13",
            "handler": "app.handler",
            "role": f"arn:aws:iam::{account_id}:role/new",
            "memory": "256",
        }.items():
            await fill(pilot, screen, (name,), value)
        screen.form.append(("aliases",), ["live"])
        screen.form.go_to(("environment",))
        await pilot.press("a", *"TOKEN", "enter", *"very-secret", "enter")
        assert screen.draft.values["environment"] == {"TOKEN": "very-secret"}
        assert "very-secret" not in text_of(app)
        await pilot.press("f5")
        await shows(pilot, "CreateFunction  brand-new")
        assert "very-secret" not in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        found = shop.get_function(FunctionName="brand-new")["Configuration"]
        assert found["MemorySize"] == 256
        assert found["Environment"]["Variables"] == {"TOKEN": "very-secret"}
        assert shop.get_alias(FunctionName="brand-new", Name="live")["FunctionVersion"] == "1"


async def test_a_new_function_says_what_it_needs(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, "n")
        assert text_of(app).count("▲ needed") == 3
        calls.forget()
        await pilot.press("f5")
        await pilot.pause()
        assert app.screen is screen
        assert screen.form.row is not None
        assert screen.form.row.path == ("function",)
        assert "It is needed." in text_of(app)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("memory", "64", "128 or more was expected, not 64"),
        ("timeout", "soon", "a whole number was expected, not 'soon'"),
        ("role", "operator", "the ARN of a role was expected"),
        ("memory", "20000", "10240 or less was expected, not 20000, without managed instances"),
    ],
)
async def test_a_field_is_checked_as_one_types(app: LambdatuiApp, field: str, value: str, words: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await edit(pilot, screen, (field,), value)
        await shows(pilot, words)
        await pilot.press("enter")
        await shows(pilot, "✖ wrong")
        await pilot.press("home", "f5")
        assert app.screen is screen, "what is wrong is not planned"
        assert screen.form.row is not None
        assert screen.form.row.path == (field,)
        assert words in text_of(app)


async def test_each_field_says_what_it_is_for(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot, app)
        for field in fields_of(Deploy):
            if field.name in HIDDEN:
                continue
            screen.form.go_to((field.name,))
            await pilot.pause()
            said = text_of(app)
            assert field.help, field.name
            assert field.help[:60] in said, field.name


async def test_every_field_has_a_section(app: LambdatuiApp) -> None:
    placed = [field.name for _, fields in laid_out(DEPLOY, fields_of(Deploy)) for field in fields]
    assert sorted(placed) == sorted(set(Deploy.model_fields) - set(HIDDEN))


async def test_a_folder_without_the_handlers_file_is_refused(app: LambdatuiApp, tmp_path: Path, calls: Calls) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "other.py").write_text("")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await fill(pilot, screen, ("code",), str(tmp_path / "src"))
        calls.forget()
        await pilot.press("f5")
        await shows(pilot, "handler: app.handler needs app.py")
        assert calls.changes() == []
