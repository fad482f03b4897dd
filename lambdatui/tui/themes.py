"""Themes: YAML files of named colours, ours and the operator's.

The default one stands here as well as in `themes/dark.yaml`, so that the first frame needs no YAML; a test holds the
two equal. A theme that cannot be used is reported and skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.theme import Theme

from lambdatui.errors import BadInput, near_match

BASE = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "success",
    "warning",
    "error",
)
"""The colours that every theme must give."""

DERIVED: Mapping[str, str] = {
    "muted": "secondary",
    "ok": "success",
    "busy": "primary",
    "warn": "warning",
    "bad": "error",
    "stable": "primary",
    "canary": "accent",
    "cursor": "primary",
    "cursor-text": "background",
    "cursor-blurred": "panel",
    "bar": "surface",
    "bar-text": "foreground",
    "rule": "panel",
    "scroll-thumb": "secondary",
    "scroll-track": "panel",
    "lapse": "warning",
    "lapse-text": "background",
    "demo": "accent",
    "demo-text": "background",
}
"""The colours that a theme may give, and what stands for each that it does not."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found: themes by name, and a sentence for each file that was skipped."""

    themes: Mapping[str, Theme] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


DARK: Mapping[str, Any] = {
    "name": "dark",
    "dark": True,
    "colors": {
        "primary": "#6cb2f7",
        "secondary": "#8494a7",
        "accent": "#ffb454",
        "foreground": "#d5dce5",
        "background": "#0f141a",
        "surface": "#161d26",
        "panel": "#212b37",
        "success": "#7dd78d",
        "warning": "#ecc94b",
        "error": "#ff7b72",
        "cursor": "#24476b",
        "cursor-text": "#ffffff",
        "cursor-blurred": "#1b2531",
        "rule": "#2b3846",
        "scroll-thumb": "#4a5b6e",
        "scroll-track": "#1d2631",
    },
}


def make(value: Mapping[str, Any], source: str) -> Theme:
    """The theme in a mapping of a YAML file. Raises BadInput."""
    from textual.color import Color, ColorParseError

    for key in value:
        if key not in ("name", "dark", "ansi", "colors"):
            raise BadInput(
                f"{source}: there is no '{key}' in a theme.{near_match(key, ['name', 'dark', 'ansi', 'colors'])}"
            )
    name, colors = value.get("name"), value.get("colors")
    if not isinstance(name, str) or not name:
        raise BadInput(f"{source}: the theme's name is missing.")
    if not isinstance(colors, Mapping):
        raise BadInput(f"{source}: the theme's colors are missing.")
    known = [*BASE, *DERIVED]
    for key, colour in colors.items():
        if key not in known:
            raise BadInput(f"{source}: colors.{key}: there is no such colour.{near_match(str(key), known)}")
        try:
            Color.parse(str(colour))
        except ColorParseError:
            raise BadInput(f"{source}: colors.{key}: '{colour}' is not a colour.") from None
    missing = [key for key in BASE if key not in colors]
    if missing:
        raise BadInput(f"{source}: colors.{missing[0]} is missing.")
    own = {key: str(colors.get(key, colors[base])) for key, base in DERIVED.items()}
    ansi = bool(value.get("ansi", False))
    if ansi:
        # what Textual's own sheets look for in a theme of the terminal's colours
        own |= {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"}
    base: dict[str, Any] = {key: str(colors[key]) for key in BASE}
    return Theme(
        name=name,
        dark=bool(value.get("dark", True)),
        ansi=ansi,
        **base,
        variables=own
        | {
            "block-cursor-background": own["cursor"],
            "block-cursor-foreground": own["cursor-text"],
            "block-cursor-blurred-background": own["cursor-blurred"],
            "block-cursor-blurred-foreground": str(colors["foreground"]),
            "input-selection-background": own["cursor"] if ansi else f"{colors['primary']} 35%",
            "border": str(colors["primary"]),
            "border-blurred": own["rule"],
            "scrollbar": own["scroll-thumb"],
            "scrollbar-hover": own["scroll-thumb"],
            "scrollbar-active": str(colors["primary"]),
            "scrollbar-background": own["scroll-track"],
            "scrollbar-background-hover": own["scroll-track"],
            "scrollbar-background-active": own["scroll-track"],
            "scrollbar-corner-color": own["scroll-track"],
            "footer-key-foreground": str(colors["accent"]),
        },
    )


def default() -> Theme:
    """The theme of the first frame."""
    return make(DARK, "dark")


def load(*folders: Path) -> Loaded:
    """The themes in folders of YAML files; a later one of the same name wins."""
    from lambdatui import documents

    themes: dict[str, Theme] = {}
    skipped: list[str] = []
    for file in _files(*folders):
        try:
            document = documents.read(file)
            if not isinstance(document.value, dict):
                raise BadInput(f"{file}: a mapping with name, dark and colors was expected.")
            theme = make(document.value, str(file))
        except BadInput as error:
            skipped.append(str(error))
        else:
            themes[theme.name] = theme
    return Loaded(themes, tuple(skipped))


def shipped_folder() -> Path:
    """Where lambdatui's own themes are: in the package, or beside it in a checkout."""
    return _shipped("themes")


def _shipped(name: str) -> Path:
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data" / name
    return inside if inside.is_dir() else package.parent / name


def _files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from sorted(folder.glob("*.yaml"))
