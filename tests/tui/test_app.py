"""The app around the screens: keys, help, palette, themes, errors, the way out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdatui.settings import Settings
from lambdatui.tui import keymap, themes
from lambdatui.tui.app import LambdatuiApp
from tests.tui.shop import home, shows, text_of, until

# What terminals and multiplexers keep for themselves, and what other keyboards lack.
TAKEN = {f"ctrl+{letter}" for letter in "abjmihoqs"}
LACKING = set("[]{}\\@~^`")


def test_every_binding_has_an_id_of_its_own_and_takes_no_ones_key() -> None:
    bindings = list(keymap.bindings())
    assert len(bindings) > 40
    for binding in bindings:
        for key in binding.key.split(","):
            assert key not in TAKEN, binding
            assert key not in LACKING, binding


async def test_help_tells_the_keys_of_the_screen_beneath(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 60)) as pilot:
        await home(pilot)
        await pilot.press("question_mark")
        await shows(pilot, "functions.deploy")
        assert "selector" in text_of(app)
        await pilot.press("escape", "t", "f1")
        await shows(pilot, "traffic.plan")


async def test_the_palette_does_what_a_key_does(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("ctrl+p", *"versions")
        await shows(pilot, "Key: v")
        await pilot.press("enter")
        await shows(pilot, "SERVES")


async def test_keys_can_be_changed_by_id(shop: Any) -> None:
    app = LambdatuiApp(Settings(keymap={"functions.traffic": "y", "functions.trafic": "z"}))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await home(pilot)
        await shows(pilot, "no such action")
        await pilot.press("t")
        assert "Traffic" not in text_of(app).splitlines()[0]
        await pilot.press("y")
        await until(pilot, lambda: "Traffic" in text_of(app).splitlines()[0])


@pytest.mark.parametrize("theme", ["light", "high-contrast", "ansi-16"])
async def test_each_theme_is_put_on(shop: Any, theme: str) -> None:
    app = LambdatuiApp(Settings(theme=theme))
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        assert app.theme == theme
        for key in ("t", "escape", "v", "escape", "i", "escape", "d", "escape"):
            await pilot.press(key)
            await pilot.pause()
        assert "checkout-api" in text_of(app)


async def test_the_first_frame_has_the_default_themes_colours(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)):
        assert app.theme == "dark"
        colours = themes.DARK["colors"]
        assert app.screen.styles.background.hex.lower() == colours["background"]
        assert app.screen.query_one("IdentityBar").styles.background.hex.lower() == colours["surface"]


async def test_a_theme_that_is_not_there_is_told(shop: Any) -> None:
    app = LambdatuiApp(Settings(theme="drak"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "There is no theme 'drak'. Did you mean 'dark'?")


async def test_a_theme_of_ones_own(shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "themes").mkdir()
    text = (themes.shipped_folder() / "dark.yaml").read_text()
    (tmp_path / "themes" / "mine.yaml").write_text(text.replace("name: dark", "name: mine"))
    (tmp_path / "themes" / "bad.yaml").write_text("name: bad")
    monkeypatch.setenv("LAMBDATUI_CONFIG_DIR", str(tmp_path))
    app = LambdatuiApp(Settings(theme="mine"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "A theme was skipped")
        assert app.theme == "mine"


async def test_q_and_ctrl_c_leave(shop: Any) -> None:
    for key in ("q", "ctrl+c"):
        app = LambdatuiApp(Settings())
        async with app.run_test(size=(120, 40)) as pilot:
            await home(pilot)
            await pilot.press(key)
            await pilot.pause()
        assert app.return_value == 0


def test_the_first_frame_needs_neither_boto3_nor_pydantic_nor_yaml() -> None:
    """The screen's first drawing is asked which modules are there."""
    code = """
import sys
from lambdatui.cli.main import cli
from lambdatui.settings import Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.functions import FunctionsScreen

def read(self):
    print([name for name in ("boto3", "botocore", "pydantic", "yaml", "zipfile") if name in sys.modules])
    self.app.exit(0)

FunctionsScreen.read = read
LambdatuiApp(Settings()).run(headless=True, size=(120, 40))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_no_screen_lacks_its_style_sheet() -> None:
    """A sheet beside each screen that names one, and none that no screen names."""
    folder = Path(sys.modules["lambdatui.tui.app"].__file__ or "").parent
    named = {
        (file.parent / match).resolve()
        for file in folder.rglob("*.py")
        for match in re.findall(r'"([\w/]+\.tcss)"', file.read_text())
    }
    assert named == {path.resolve() for path in folder.rglob("*.tcss")}
