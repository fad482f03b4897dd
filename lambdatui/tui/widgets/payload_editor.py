"""An editor of a payload: JSON in its colours, and in its frame what is wrong with it as one types."""

from __future__ import annotations

import json
from typing import ClassVar

from rich.text import Text
from textual.content import Content
from textual.widgets import TextArea

from lambdatui.text import one_line, size
from lambdatui.tui.json_tokens import tokens

LONGEST = 200_000
"""Characters that are edited here at most; what is longer stays in its file."""


class PayloadEditor(TextArea):
    """Edits the text of a payload, which may be a template. Where it only shows something, it is read-only."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"payload-editor--{kind}" for kind in ("key", "string", "number", "word", "template", "wrong"))
    }

    DEFAULT_CSS = """
    PayloadEditor {
        border: round $rule;
        background: $background;
        padding: 0 1;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        & > .payload-editor--key { color: $accent; }
        & > .payload-editor--string { color: $ok; }
        & > .payload-editor--number { color: $stable; }
        & > .payload-editor--word { color: $canary; }
        & > .payload-editor--template { color: $busy; text-style: bold; }
        & > .payload-editor--wrong { color: $bad; }
        &:focus { border: round $border; }
        &.-invalid { border: round $bad; border-subtitle-color: $bad; }
    }
    """

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(text, language=None, tab_behavior="focus", show_line_numbers=False, id=id)
        self.cursor_blink = False
        self.trouble = ""
        """What is wrong with the text, in a few words; empty where it will do."""

    def on_mount(self) -> None:
        self.check()

    @property
    def is_template(self) -> bool:
        """Whether the text is another for each run."""
        text = self.text
        return "{{" in text or "{%" in text

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        for start, end, kind in tokens(line.plain):
            line.stylize(self.get_component_rich_style(f"payload-editor--{kind}", partial=True), start, end)
        return line

    def on_text_area_changed(self) -> None:
        self.check()

    def check(self) -> None:
        """Finds anew what is wrong with the text, and says so in the frame."""
        if self.read_only:
            self.trouble = ""
        else:
            self.trouble = "" if self.is_template else json_trouble(self.text)
            kind = "template" if self.is_template else "JSON"
            words = self.trouble or f"{kind} · {size(len(self.text.encode()))}"
            self.border_subtitle = Content(words)
        self.set_class(bool(self.trouble), "-invalid")


def json_trouble(text: str) -> str:
    """Why a text is not JSON, in a few words; empty where it is, or where there is nothing."""
    if not text.strip():
        return ""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"not JSON: {one_line(error.msg)}, line {error.lineno} column {error.colno}"
    except (RecursionError, ValueError):
        return "not JSON that can be read: nested too deep, or a number too long"
    return ""
