"""Help: the keys that act on the screen beneath, with the ids that a keymap uses, and lambdatui's words."""

from __future__ import annotations

import textwrap
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from lambdatui.tui.widgets.key_bar import KeyBar

WORDS = (
    ("version", "published code and configuration; its number never changes"),
    ("alias", "a name that callers use; it leads to one version, or shares its traffic between two"),
    ("selector", "a way to name a version: newest, previous, previous(2), oldest, 42, $LATEST, alias(live)"),
    ("plan", "what would be done, shown before anything is; nothing happens without enter"),
    ("● ◌ ▲ ✖", "good, under way, look at it, failed"),
    ("…", "being read"),
)


class HelpScreen(ModalScreen[None]):
    """Shows what the screen beneath understands."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", id="help.close", key_display="esc"),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll(id="help-scroll"):
                yield Static(self._keys(), id="keys")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".dialog").border_title = "Keys and words"
        self.set_focus(self.query_one("#help-scroll"))

    def _keys(self) -> Content:
        lines: list[Content] = []
        shown: dict[str, tuple[list[str], str, str]] = {}
        for active in self._below.active_bindings.values():
            binding = active.binding
            if binding.description and not binding.system and binding.id:
                keys, _, _ = shown.setdefault(binding.id, ([], binding.description, binding.id))
                key = self.app.get_key_display(binding)
                if key not in keys:
                    keys.append(key)
        for keys, description, name in shown.values():
            lines.append(
                Content.assemble(
                    (f"{' '.join(keys):>14}", "bold $accent"), f"  {description:<22}", (f"  {name}", "$muted")
                )
            )
        lines.append(Content.assemble((f"{'^p':>14}", "bold $accent"), f"  {'palette: everything by name':<22}"))
        lines.append(Content.assemble((f"{'^c':>14}", "bold $accent"), f"  {'leave lambdatui':<22}"))
        lines.append(Content(""))
        for word, meaning in WORDS:
            first, *rest = textwrap.wrap(meaning, 50)
            lines.append(Content.assemble((f"{word:>14}", "bold"), f"  {first}"))
            lines += [Content(f"{'':>14}  {line}") for line in rest]
        lines.append(Content(""))
        lines.append(
            Content.assemble(("Keys are changed in the settings file, under keymap, by the ids above.", "$muted"))
        )
        return Content("\n").join(lines)

    def action_close(self) -> None:
        self.dismiss(None)
