"""What is chosen for a run: the common four in one line, and in a second line whatever else is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, OptionList, Select, Static

from lambdatui.aws.functions import LATEST
from lambdatui.text import one_line

FIELDS = {"runs": "runs", "duration": "runs", "concurrency": "at once", "rate": "rate", "qualifier": "version"}
"""The fields of the stage that stand in the line, and the word before each."""

_TYPES = {"RequestResponse": "", "Event": "async", "DryRun": "dry run", "ResponseStream": "stream"}


class InvokeChoices(Vertical):
    """Holds the inputs of an Invoke but its payload. `values` are its fields by name, without those left alone."""

    DEFAULT_CSS = """
    InvokeChoices { height: auto; }
    InvokeChoices > Horizontal { height: 1; padding: 0 1; }
    InvokeChoices Label { color: $muted; width: auto; }
    InvokeChoices Select { width: 1fr; max-width: 36; }
    InvokeChoices Input { height: 1; border: none; background: $panel; padding: 0 1; }
    InvokeChoices Input:focus { border: none; background: $border 30%; }
    InvokeChoices #runs { width: 10; }
    InvokeChoices #concurrency { width: 8; }
    InvokeChoices #rate { width: 9; }
    InvokeChoices #chosen { height: 1; padding: 0 1; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Changed(Message):
        """Something else is chosen."""

    def __init__(self, qualifier: str) -> None:
        super().__init__()
        self._first = qualifier
        self._more: dict[str, Any] = {}

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("version ")
            yield Select[str](
                [(Text(self._first), self._first)], value=self._first, id="qualifier", compact=True, allow_blank=False
            )
            yield Label("  runs ")
            yield Input("20", id="runs", compact=True, max_length=8, restrict=r"[0-9.smhd]*")
            yield Label("  at once ")
            yield Input("4", id="concurrency", compact=True, max_length=4, restrict=r"[0-9]*")
            yield Label("  rate ")
            yield Input("", id="rate", compact=True, max_length=6, placeholder="any", restrict=r"[0-9.]*")
            yield Label("/s")
        yield Static("", id="chosen")

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        self._show_more()

    # the qualifiers

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Has these to choose from: a label and a qualifier each. What is chosen stays, where it is among them."""
        select = self._select
        chosen: Any = select.value
        # Text, for a plain string would be read as markup; and what is typed is looked for in it
        select.set_options([(Text(label), name) for label, name in options])
        select.value = chosen if any(name == chosen for _, name in options) else LATEST
        if select.expanded:
            # the menu stood open on fewer: it was scrolled to the choice in the rows that it had then
            self.call_after_refresh(self._scroll_menu)

    def _scroll_menu(self) -> None:
        menu = self._select.query_one(OptionList)
        menu.scroll_home(animate=False, immediate=True)
        menu.scroll_to_highlight()

    @property
    def qualifier(self) -> str | None:
        """The qualifier; None for $LATEST."""
        chosen: Any = self._select.value
        return None if chosen == LATEST else chosen

    @property
    def _select(self) -> Select[str]:
        return self.query_one("#qualifier", Select)

    # the values

    @property
    def values(self) -> dict[str, Any]:
        """What is chosen, as typed: the stage's model says what is wrong with it."""
        found = dict(self._more)
        if self.qualifier is not None:
            found["qualifier"] = self.qualifier
        runs, at_once, rate = (
            self.query_one(f"#{name}", Input).value.strip() for name in ("runs", "concurrency", "rate")
        )
        if runs.isdigit() or not runs:
            found["runs"] = int(runs or 0)
        else:
            found["duration"] = runs
        if at_once:
            found["concurrency"] = int(at_once)
        if rate:
            found["rate"] = _number(rate)
        return found

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Chooses these, and nothing else."""
        qualifier = values.get("qualifier") or LATEST
        select = self._select
        offered = [value for _, value in select._options if isinstance(value, str)]
        if qualifier not in offered:
            labels = [(label, value) for label, value in select._options if isinstance(value, str)]
            select.set_options([*labels, (Text(one_line(qualifier)), qualifier)])
        select.value = qualifier
        duration = values.get("duration")
        runs = (
            str(values.get("runs") or "1")
            if duration is None
            else f"{duration}{'' if isinstance(duration, str) else 's'}"
        )
        self.query_one("#runs", Input).value = runs
        for name in ("concurrency", "rate"):
            value = values.get(name)
            self.query_one(f"#{name}", Input).value = "" if value is None else f"{value:g}"
        self._more = {name: value for name, value in values.items() if name not in FIELDS and value is not None}
        self._show_more()
        self.post_message(self.Changed())

    def field(self, name: str) -> Select[str] | Input:
        """Where a field of the stage is typed."""
        if name == "qualifier":
            return self._select
        return self.query_one("#runs" if name == "duration" else f"#{name}", Input)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    def on_select_changed(self, event: Select.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    def _show_more(self) -> None:
        words = more_words(self._more)
        parts: list[str | tuple[str, str]] = [("f4 ", "bold $accent")]
        for word in words:
            parts += [("  ·  " if len(parts) > 1 else "", "$muted"), (word, "$foreground")]
        if not words:
            parts.append(("waits for each answer; no ramp, warm-up or stop condition", "$muted"))
        self.query_one("#chosen", Static).update(Content.assemble(*parts), layout=False)


def more_words(values: Mapping[str, Any]) -> list[str]:
    """What is chosen beside the common four, in a few words each."""
    found = []
    if word := _TYPES.get(str(values.get("invocation_type", "")), ""):
        found.append(word + (", followed in the log" if values.get("follow") else ""))
    if values.get("other_qualifier"):
        found.append(f"A/B against {one_line(str(values['other_qualifier']))}")
    for name, word in (
        ("ramp", "ramp {} s"),
        ("warm_up", "warm-up {}"),
        ("max_errors", "stops at {} errors"),
        ("max_error_rate", "stops above {:.3%} errors"),
        ("retry_throttled", "throttles sent {} more times"),
        ("tenant", "tenant {}"),
        ("rows", "rows of {}"),
    ):
        value = values.get(name)
        if value:
            found.append(_worded(word, value))
    if values.get("client_context") is not None:
        found.append("client context")
    if values.get("keep") == "figures":
        found.append("figures alone are kept")
    return found


def _worded(word: str, value: Any) -> str:
    if "%" in word:
        return word.replace("{:.3%}", f"{float(value) * 100:g} %")
    return word.replace("{}", one_line(f"{value:g}" if isinstance(value, int | float) else str(value)))


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
