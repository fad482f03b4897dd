"""A document as a tree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual.app import App, ComposeResult

from lambdatui.tui import themes
from lambdatui.tui.widgets.body_view import PARSED, SHOWN, BodyView, told
from lambdatui.tui.widgets.json_tree import AT_ONCE, JsonTree, Node, Rest
from tests.tui.shop import text_of


class Shown(App[None]):
    """A body alone."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body
        self.animation_level = "none"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.default().variables)

    def compose(self) -> ComposeResult:
        yield BodyView(self.body)

    def on_mount(self) -> None:
        self.screen.set_focus(self.query_one(BodyView).place)


def labels(tree: JsonTree) -> list[str]:
    return [row.label if isinstance(row, Node) else "…" for row in tree.rows]


async def test_it_folds_and_unfolds() -> None:
    async with Shown(b'{"total": 1290, "lines": [{"sku": "a"}, {"sku": "b"}]}').run_test(size=(80, 20)) as pilot:
        tree = pilot.app.query_one(JsonTree)
        assert labels(tree) == ["total", "lines", "0", "sku", "1", "sku"]
        await pilot.press("down", "enter")
        assert labels(tree) == ["total", "lines"]
        assert "2 entries" in text_of(pilot.app)
        await pilot.press("right", "down", "left")
        assert labels(tree) == ["total", "lines", "0", "1", "sku"]
        await pilot.press("left")
        assert isinstance(tree.record, Node)
        assert tree.record.label == "lines"


async def test_a_long_list_is_shown_a_piece_at_a_time() -> None:
    async with Shown(json.dumps(list(range(1200))).encode()).run_test(size=(80, 20)) as pilot:
        tree = pilot.app.query_one(JsonTree)
        assert len(tree.rows) == AT_ONCE + 1
        await pilot.press("end")
        assert isinstance(tree.record, Rest)
        assert "700 more" in text_of(pilot.app)
        await pilot.press("enter")
        assert len(tree.rows) == 2 * AT_ONCE + 1
        await pilot.press("end", "enter")
        assert len(tree.rows) == 1200


HOSTILE: list[tuple[str, bytes, str]] = [
    ("deep", b"[" * 50_000 + b"]" * 50_000, "[[[["),
    ("half as deep", b'{"a":' * 400 + b"1" + b"}" * 400, "1 field"),
    ("nan", b'{"a": NaN, "b": -Infinity}', "NaN"),
    ("a long number", b'{"a": ' + b"9" * 6000 + b"}", "999"),
    ("escapes", b'{"a": "\\u001b[2J\\u001b]0;pwned\\u0007[bold red]x[/]"}', "[bold red]x[/]"),
    ("half a pair", b'{"a": "\\ud800x"}', "\ufffdx"),
    ("no text", b"\xff\xfe\x00\x9b31m\x1b[31mred", "red"),
    ("huge", b'"' + b"x" * 6_000_000 + b'"', "xxxx"),
    ("a huge list", b"[" + b"0," * 3_000_000 + b"0]", "0,0,0"),
    ("empty", b"", "–"),
]


@pytest.mark.parametrize(
    ("body", "expected"), [(body, words) for _, body, words in HOSTILE], ids=[n for n, _, _ in HOSTILE]
)
async def test_whatever_a_function_answers_is_shown_harmlessly(body: bytes, expected: str) -> None:
    async with Shown(body).run_test(size=(100, 12)) as pilot:
        await pilot.press("down", "end", "home")
        shown = text_of(pilot.app)
        assert expected in shown
        assert not [character for character in shown if character < " " and character != "\n"]
        assert "pwned" not in shown
        shown.encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": 1}', ""),
        (b"[" + b"0," * SHOWN + b"0]", ""),
        (b"x" * (SHOWN + 1), "the first 19.5 kB are shown"),
        (b" " * (PARSED + 1), "195.3 kB in all"),
        (b"abc\xff", "No UTF-8 from byte 3"),
    ],
    ids=["small", "a tree", "text", "large", "no text"],
)
def test_what_is_cut_says_so(body: bytes, words: str) -> Any:
    assert words in told(body) if words else told(body) == ""
