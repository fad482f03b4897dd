"""What a package holds, on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambdatui.settings import Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.offers import copies_at, rows_at
from lambdatui.tui.screens.package import PackageScreen
from tests.stages.packages.test_package import fill
from tests.tui.shop import shows, text_of, until


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = fill(tmp_path / "build", "app.py", "notes.txt", text="x" * 2000)
    fill(folder, "lib/[red]big[/].py", text="y" * 9000)
    fill(folder, "run.sh", text="#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / ".lambdaignore").write_text("*.txt\n")
    return folder


def app() -> LambdatuiApp:
    return LambdatuiApp(Settings())


async def test_every_file_with_its_sizes_and_what_was_ignored(connected: object, code: Path) -> None:
    async with (running := app()).run_test(size=(120, 40)) as pilot:
        screen = PackageScreen(running.session, "build", code.parent)
        await running.push_screen(screen)
        await shows(pilot, "lib/[red]big[/].py")
        text = text_of(running)
        assert "3, 2 ignored, as .lambdaignore says" in text
        assert "10.8 kB" in text
        assert "sent in the call itself" in text
        assert [row.name for row in screen._table.rows] == [
            "app.py",
            "lib/[red]big[/].py",
            "run.sh",
            ".lambdaignore",
            "notes.txt",
        ]
        await pilot.press("s")
        await until(pilot, lambda: screen._table.rows[0].name == "lib/[red]big[/].py")
        await pilot.press("slash", *"exec")
        await until(pilot, lambda: [row.name for row in screen._table.rows] == ["run.sh"])
        await pilot.press("enter")
        await until(pilot, lambda: running.focused is screen._table)
        offered = copies_at(screen)
        assert isinstance(offered, PackageScreen)
        assert offered.copies()[0].text == "run.sh"
        assert json.loads(offered.copies()[1].text)["executable"] is True
        rows = rows_at(screen)
        assert isinstance(rows, PackageScreen)
        assert rows.exported().rows == [
            {"name": "run.sh", "size": 10, "zipped": 12, "executable": True, "ignored": False}
        ]
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is not screen)


async def test_what_cannot_be_packed_is_told_and_read_again_when_it_is_mended(connected: object, code: Path) -> None:
    (code / "link").symlink_to(".")
    async with (running := app()).run_test(size=(80, 24)) as pilot:
        await running.push_screen(PackageScreen(running.session, "build", code.parent))
        await shows(pilot, "build: the symbolic link link leads back to a folder it lies in.")
        assert "Nothing can be deployed from here." in text_of(running)
        (code / "link").unlink()
        await pilot.press("f5")
        await shows(pilot, "run.sh")
