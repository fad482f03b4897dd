"""What a form takes over and gives: other functions, deploy files, `.env` files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lambdatui.cli.main import cli
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.ask_path import AskPath
from tests.tui.form_keys import fill, opened
from tests.tui.shop import shows, text_of, until


async def save(pilot: Any, app: LambdatuiApp, path: Path) -> None:
    """Types where to and waits until it is there."""
    await until(pilot, lambda: isinstance(app.screen, AskPath))
    await pilot.press("end", "ctrl+u", *str(path), "enter")
    await until(pilot, path.is_file)
    await until(pilot, lambda: not isinstance(app.screen, AskPath))


async def test_what_is_saved_is_deployed_as_it_is(
    app: LambdatuiApp, shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context):\n    return 'saved'\n")
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "files" / "it.yaml"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await fill(pilot, screen, ("code",), "src")
        await fill(pilot, screen, ("memory",), "256")
        screen.form.go_to(("tags",))
        await pilot.press("x", "s")
        await save(pilot, app, file)
    text = file.read_text()
    assert "code: ../src" in text, "a path in a file starts from its folder"
    assert "tags: {}" in text, "what is removed is said"
    assert "timeout" not in text, "what is left alone is not"
    result = CliRunner().invoke(cli, ["deploy", str(file), "--yes"])
    assert result.exit_code == 0, result.output
    found = shop.get_function(FunctionName="checkout-api")
    assert found["Configuration"]["MemorySize"] == 256
    assert not found.get("Tags")
    again = CliRunner().invoke(cli, ["deploy", str(file), "--plan"])
    assert "othing to change" in again.output


@pytest.mark.parametrize("wanted", ["without", "with"])
async def test_values_of_the_environment_are_saved_only_where_that_is_wanted(
    app: LambdatuiApp, tmp_path: Path, wanted: str
) -> None:
    file = tmp_path / "it.yaml"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.form.merge(("environment",), {"TOKEN": "very-secret"})
        await pilot.press("s")
        await shows(pilot, "without the values")
        if wanted == "with":
            await pilot.press("down")
        await pilot.press("enter")
        await save(pilot, app, file)
    assert ("very-secret" in file.read_text()) == (wanted == "with")
    assert "TOKEN" in file.read_text()
    if wanted == "with":
        assert file.stat().st_mode & 0o077 == 0


async def test_a_new_function_starts_from_another(app: LambdatuiApp, shop: Any) -> None:
    shop.update_function_configuration(FunctionName="checkout-worker", Environment={"Variables": {"KEY": "hidden"}})
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app, "n")
        await pilot.press("f", "enter")
        await shows(pilot, "functions: 3")
        await pilot.press(*"worker", "enter")
        await until(pilot, lambda: screen.draft.values.get("runtime") == "nodejs22.x")
        assert "function" not in screen.draft.values, "it is another function that is made"
        assert screen.draft.values["environment"] == {"KEY": "hidden"}
        assert screen.draft.values["tags"] == {"team": "pay"}
        assert "hidden" not in text_of(app)


async def test_a_form_starts_from_a_file_or_says_why_not(app: LambdatuiApp, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.yaml", tmp_path / "good.yaml"
    bad.write_text("function: a\nmemry: 512\n")
    good.write_text("function: other\ncode: ./src\nmemory: 512\nlayers: []\n")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("f", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        await pilot.press(*str(bad), "enter")
        await shows(pilot, "Did you mean 'memory'?")
        await pilot.press("ctrl+u", *str(good), "enter")
        await until(pilot, lambda: screen.draft.values.get("memory") == 512)
        assert screen.draft.values["function"] == "checkout-api", "what the form is about stays"
        assert screen.draft.values["layers"] == []
        assert (Path.cwd() / screen.draft.values["code"]).resolve() == tmp_path / "src"


async def test_variables_are_imported_beside_those_that_are_there(app: LambdatuiApp, shop: Any, tmp_path: Path) -> None:
    shop.update_function_configuration(FunctionName="checkout-api", Environment={"Variables": {"KEY": "kept"}})
    bad, good = tmp_path / "bad.env", tmp_path / "good.env"
    bad.write_text("A=1\nno value here\n")
    good.write_text('export TOKEN="a b"\nEMPTY=\n')
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.form.go_to(("environment",))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        await pilot.press("end", "ctrl+u", *str(bad), "enter")
        await shows(pilot, "line 2: a '=' was expected after the name")
        assert "environment" not in screen.draft.values, "nothing of a file with a mistake is taken"
        await pilot.press("end", "ctrl+u", *str(good), "enter")
        await until(pilot, lambda: "environment" in screen.draft.values)
        assert screen.draft.values["environment"] == {"KEY": "kept", "TOKEN": "a b", "EMPTY": ""}
        await shows(pilot, "empty")
        assert "a b" not in text_of(app)
