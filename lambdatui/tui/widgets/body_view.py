"""The body of a request or an answer: a tree where it is JSON, else its text; at once, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from lambdatui.text import clean, size
from lambdatui.tui.widgets.json_tree import JsonTree

PARSED = 200_000
"""Bytes of JSON that are made a tree: more would take a moment in which no key acts."""

SHOWN = 20_000
"""Bytes that are shown of what is no tree."""


class BodyView(Vertical):
    """Shows bytes. What is cut says so, and how much there is."""

    DEFAULT_CSS = """
    BodyView > #body-word { height: auto; color: $warn; padding: 0 1; }
    BodyView > VerticalScroll { scrollbar-size-vertical: 1; padding: 0 1; height: 1fr; }
    BodyView > VerticalScroll > Static { height: auto; }
    """

    def __init__(self, body: bytes, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._body = body

    def compose(self) -> ComposeResult:
        word = told(self._body)
        if word:
            yield Static(word, id="body-word", markup=False)
        document = parsed(self._body)
        if isinstance(document, dict | list):
            yield JsonTree(document)
            return
        with VerticalScroll():
            yield Static(Content(shown(self._body)))

    @property
    def place(self) -> Widget:
        """What takes the focus."""
        return self.query_one("JsonTree, VerticalScroll")


def parsed(body: bytes) -> Any:
    """The document of a body; None where it is no JSON, or not to be read in a moment."""
    if len(body) > PARSED:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def told(body: bytes) -> str:
    """A word on what a reader should know of a body, empty where it is shown as it is."""
    if len(body) > PARSED:
        return (
            f"{size(len(body))} in all, the first {size(SHOWN)} are shown: y copies all of it, w writes it to a file."
        )
    words = []
    try:
        body.decode()
    except UnicodeDecodeError as error:
        words.append(f"No UTF-8 from byte {error.start:,} on: what is no text is shown as �.")
    if len(body) > SHOWN and not isinstance(parsed(body), dict | list):
        words.append(f"{size(len(body))} in all, the first {size(SHOWN)} are shown.")
    return "  ".join(words)


def shown(body: bytes) -> str:
    """The beginning of a body as text, harmless for a terminal."""
    if not body:
        return "–"
    text = clean(body[:SHOWN].decode("utf-8", "replace"))
    return f"{text}…" if len(body) > SHOWN else text
