"""A form made from a stage's model: titles, help and limits stand there once, and every field is checked as one types.

An empty field is absent: the stage leaves alone what is not named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Label, Select, TextArea

from lambdatui import mistakes
from lambdatui.stages.stage import Stage

FieldWidget = Input | Select[str] | Checkbox | TextArea


class StageForm(VerticalScroll, can_focus=False):
    """The fields `names` of a stage's model. `now` says what stands there, shown where a field is empty."""

    DEFAULT_CSS = """
    StageForm { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
    StageForm .field { height: auto; }
    StageForm .field > Label { width: 20; color: $muted; padding: 0 1 0 0; }
    StageForm .field > Label.-bad { color: $bad; text-style: bold; }
    StageForm Input { border: none; height: 1; background: $surface; padding: 0 1; width: 1fr; }
    StageForm Input:focus { background: $cursor-blurred; }
    StageForm Input.-invalid { background: $surface; color: $bad; }
    StageForm Select { width: 1fr; }
    StageForm Checkbox { border: none; padding: 0; height: 1; width: auto; background: $background; }
    StageForm TextArea { height: 4; border: none; background: $surface; padding: 0 1; width: 1fr; }
    StageForm TextArea:focus { background: $cursor-blurred; }
    """

    class Focused(Message):
        """Another field has the focus: its help, or what is wrong with it."""

        def __init__(self, title: str, help: str, trouble: str) -> None:  # noqa: A002 - what it is
            super().__init__()
            self.title = title
            self.help = help
            self.trouble = trouble

    def __init__(
        self, model: type[Stage], names: Sequence[str], values: Mapping[str, Any], now: Mapping[str, str]
    ) -> None:
        super().__init__()
        self._model = model
        self._names = names
        self._values = values
        self._now = now

    def compose(self) -> ComposeResult:
        for name in self._names:
            info = self._model.model_fields[name]
            with Horizontal(classes="field"):
                yield Label(title_of(name, info), id=f"label-{name}", markup=False)
                yield self._widget(name, info)

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False
        for area in self.query(TextArea):
            area.cursor_blink = False

    def show_now(self, now: Mapping[str, str]) -> None:
        """Shows what stands there, in the fields that are empty."""
        self._now = now
        for name in self._names:
            widget = self._field(name)
            if isinstance(widget, Input):
                widget.placeholder = now.get(name, "")

    def values(self) -> dict[str, Any]:
        """What was typed, for the model: empty fields are left out."""
        found: dict[str, Any] = {}
        for name in self._names:
            value = self._typed(name)
            if value is not None:
                found[name] = value
        return found

    def trouble(self, name: str) -> str:
        """What is wrong with a field, in one sentence; empty where nothing is."""
        value = self._typed(name)
        if value is None:
            return ""
        info = self._model.model_fields[name]
        try:
            adapter: TypeAdapter[Any] = _adapter(info)
            adapter.validate_python(value)
        except ValidationError as error:
            return mistakes.words(error.errors(include_url=False)[0], help=info.description or "")
        return ""

    def first_trouble(self) -> tuple[str, str] | None:
        """The first field that is wrong, and why. Puts the focus there."""
        for name in self._names:
            if why := self.trouble(name):
                self.screen.set_focus(self._field(name))
                return title_of(name, self._model.model_fields[name]), why
        return None

    def _field(self, name: str) -> Any:
        return self.query_one(f"#field-{name}")

    def _widget(self, name: str, info: FieldInfo) -> Widget:
        kind, value = _kind(info.annotation), self._values.get(name)
        identifier = f"field-{name}"
        if kind == "bool":
            return Checkbox("", value=bool(value), id=identifier, compact=True)
        if kind == "choice":
            options = [(option, option) for option in _options(info.annotation)]
            select: Select[str] = Select(options, id=identifier, compact=True, prompt=self._now.get(name, "as it is"))
            return select
        if kind == "map":
            text = "\n".join(f"{key}={item}" for key, item in (value or {}).items())
            return TextArea(
                text, id=identifier, compact=True, tab_behavior="focus", placeholder="NAME=value, one a line"
            )
        shown = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        return Input(shown, id=identifier, compact=True, placeholder=self._now.get(name, ""), select_on_focus=False)

    def _typed(self, name: str) -> Any:
        widget, kind = self._field(name), _kind(self._model.model_fields[name].annotation)
        if isinstance(widget, Checkbox):
            return True if widget.value else None
        if isinstance(widget, Select):
            return widget.value if isinstance(widget.value, str) else None
        if isinstance(widget, TextArea):
            return _pairs(widget.text)
        text = widget.value.strip()
        if not text:
            return None
        if kind == "list":
            return [part.strip() for part in text.split(",") if part.strip()]
        if kind == "number" and text.lstrip("-").isdigit():
            return int(text)
        return text

    # messages

    def on_descendant_focus(self) -> None:
        self._tell()

    def on_input_changed(self, _: Input.Changed) -> None:
        self._tell()

    def on_text_area_changed(self, _: TextArea.Changed) -> None:
        self._tell()

    def _tell(self) -> None:
        focused = self.screen.focused
        identifier = (focused.id if focused else "") or ""
        if not identifier.startswith("field-"):
            return
        name = identifier.removeprefix("field-")
        info = self._model.model_fields[name]
        why = self.trouble(name)
        self.query_one(f"#label-{name}").set_class(bool(why), "-bad")
        self.post_message(self.Focused(title_of(name, info), info.description or "", why))


def _adapter(info: FieldInfo) -> TypeAdapter[Any]:
    """What checks one field alone: its type with the limits that stand beside it."""
    kind: Any = info.annotation
    return TypeAdapter(Annotated[(kind, *info.metadata)] if info.metadata else kind)


def title_of(name: str, info: FieldInfo) -> str:
    """A field's title, or its name as words."""
    return info.title or name.replace("_", " ").capitalize()


def _kind(annotation: Any) -> str:
    """What widget a field's type asks for."""
    inner = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) is dict:
        return "map"
    if get_origin(annotation) is list:
        return "list"
    if get_origin(annotation) is Annotated:
        return _kind(inner[0])
    if inner:
        return _kind(inner[0])
    return {bool: "bool", int: "number", float: "number"}.get(annotation, "text")


def _options(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(option) for option in get_args(annotation)]
    return [option for part in get_args(annotation) for option in _options(part)]


def _pairs(text: str) -> dict[str, str] | str | None:
    """NAME=value lines as a mapping; the text itself where a line is not one, so that the model says what is wrong."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    if any("=" not in line for line in lines):
        return text
    return {name.strip(): value for name, value in (line.split("=", 1) for line in lines)}
