"""Themes: ours are good, others are reported and skipped."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lambdatui.tui import themes


def test_four_themes_ship_and_none_is_skipped() -> None:
    loaded = themes.load(themes.shipped_folder())
    assert set(loaded.themes) == {"dark", "light", "high-contrast", "ansi-16"}
    assert loaded.skipped == ()


def test_the_theme_of_the_first_frame_is_the_one_in_the_file() -> None:
    assert yaml.safe_load((themes.shipped_folder() / "dark.yaml").read_text()) == themes.DARK


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: x\ncolors: {primary: nocolour}", "colors.primary: 'nocolour' is not a colour"),
        ("name: x\ncolors: {primry: '#fff'}", "Did you mean 'primary'?"),
        ("colors: {}", "the theme's name is missing"),
        ("name: x", "colors are missing"),
        ("name: x\ncolors: {primary: '#fff'}", "colors.secondary is missing"),
        ("name: x\ncolour: {}", "Did you mean 'colors'?"),
        ("- a list", "a mapping"),
        ("name: x\n\tdark: true", "bad.yaml:2: a tab"),
    ],
)
def test_a_bad_theme_is_told_and_skipped_and_the_rest_loads(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    loaded = themes.load(themes.shipped_folder(), tmp_path)
    assert len(loaded.themes) == 4
    [sentence] = loaded.skipped
    assert "bad.yaml" in sentence
    assert words in sentence


def test_a_theme_of_ones_own_replaces_ours_of_the_same_name(tmp_path: Path) -> None:
    text = (themes.shipped_folder() / "dark.yaml").read_text().replace("#6cb2f7", "#123456")
    (tmp_path / "mine.yaml").write_text(text)
    assert themes.load(themes.shipped_folder(), tmp_path).themes["dark"].primary == "#123456"


def _contrast(first: str, second: str) -> float:
    """WCAG 2's contrast ratio of two colours, 1 to 21."""
    from textual.color import Color

    def luminance(text: str) -> float:
        parts = [value / 255 for value in Color.parse(text).rgb]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "least"), [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0)])
def test_what_is_read_stands_out_from_its_ground(name: str, least: float) -> None:
    theme = themes.load(themes.shipped_folder()).themes[name]
    ground = str(theme.background)
    words = ["muted", "ok", "busy", "warn", "bad", "stable", "canary"]
    for colour in [str(theme.foreground), str(theme.accent), *(theme.variables[word] for word in words)]:
        assert _contrast(colour, ground) >= least, colour
    assert _contrast(theme.variables["cursor-text"], theme.variables["cursor"]) >= least
