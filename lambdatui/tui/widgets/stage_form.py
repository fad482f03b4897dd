"""A form made from a stage's model: titles, help and limits stand there once, and every value is checked as one types.

The fields are rows of one table, and one input lies over the row that is edited: a form of any size opens at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from lambdatui.text import one_line
from lambdatui.tui.form import words
from lambdatui.tui.form.draft import Draft, Path, State, parsed
from lambdatui.tui.form.fields import KIND, FormField, Kind
from lambdatui.tui.form.rows import Key, Row, Rows
from lambdatui.tui.form.sections import Section
from lambdatui.tui.widgets.field_editor import FieldEditor
from lambdatui.tui.widgets.form_table import FormTable
from lambdatui.tui.widgets.record_table import RecordTable


class StageForm(Container):
    """The fields of a draft. What needs another screen, such as a choice, is asked for by messages."""

    DEFAULT_CSS = """
    StageForm { height: 1fr; layers: rows editor; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "switch", "switch", id="form.switch"),
        Binding("p", "pick", "pick", id="form.pick"),
        Binding("a", "add", "add", id="form.add"),
        Binding("i", "import", "import .env", id="form.import"),
        Binding("x", "remove", "remove", id="form.remove"),
        Binding("delete,backspace", "leave_alone", "leave alone", id="form.leave_alone", key_display="del"),
        Binding("tab", "next(1)", "next field", show=False, id="form.next"),
        Binding("shift+tab", "next(-1)", "field before", show=False, id="form.before"),
        Binding("right", "unfold(True)", "unfold", show=False, id="form.unfold"),
        Binding("left", "unfold(False)", "fold", show=False, id="form.fold"),
        Binding("z", "fold_all", "all sections", show=False, id="form.fold_all"),
    ]

    class Focused(Message):
        """Another row is under the cursor, or something about it has changed. `trouble` is what is wrong with it."""

        def __init__(self, row: Row, trouble: str) -> None:
            super().__init__()
            self.row = row
            self.trouble = trouble

    class Changed(Message):
        """Something else is chosen."""

    class Importing(Message):
        """The entries of a mapping are to be read from a file."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Choosing(Message):
        """One of the options of a row's shape is to be chosen for `path`."""

        def __init__(self, row: Row, path: Path) -> None:
            super().__init__()
            self.row = row
            self.path = path

    class Picking(Message):
        """A value for `path` is to be picked from what there is."""

        def __init__(self, row: Row, path: Path) -> None:
            super().__init__()
            self.row = row
            self.path = path

    def __init__(
        self,
        draft: Draft,
        layout: Sequence[tuple[Section, list[FormField]]],
        *,
        exists: bool,
        pickable: frozenset[str] = frozenset(),
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self.draft = draft
        self.rows = Rows(layout, draft)
        self._exists = exists
        self._pickable = pickable
        self._suggester = suggester
        """Completes the paths of code."""
        self._editing: Path | None = None
        self._edited_row: Key | None = None
        self._new_name: str | None = None
        self._kept: dict[Path, Any] = {}

    def compose(self) -> ComposeResult:
        yield FormTable(self._exists)
        yield FieldEditor()

    def on_mount(self) -> None:
        self.show()

    @property
    def table(self) -> FormTable:
        return self.query_one(FormTable)

    @property
    def editor(self) -> FieldEditor:
        return self.query_one(FieldEditor)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.table.record

    def show(self) -> None:
        """Draws anew what the draft holds."""
        self.table.show(self.rows.all())
        self._tell()

    def go_to(self, path: Path) -> None:
        """Puts the cursor on a field, and unfolds what it is in."""
        self.rows.reveal(path)
        self.show()
        for length in range(len(path), 0, -1):
            if self.table.go_to(("value", path[:length])):
                return

    def go_to_section(self, key: str) -> None:
        """Unfolds a section and puts the cursor on its first field."""
        row = next((row for row in self.rows.all() if row.kind == "section" and row.path == (key,)), None)
        if row is not None:
            self.rows.fold(row, True)
            self.show()
            self.table.go_to(row.key)
            self.table.action_move(1)

    def first_trouble(self) -> bool:
        """Puts the cursor on the first field that is wrong or missing; whether anything is."""
        wrong = [*self.draft.troubles, *self.draft.missing]
        order = [field.name for _, fields in self.rows.layout for field in fields]
        wrong.sort(key=lambda path: order.index(str(path[0])) if path and path[0] in order else -1)
        if wrong and wrong[0]:
            self.go_to(wrong[0])
        return bool(wrong)

    # choosing

    def choose(self, path: Path, value: Any) -> None:
        """Takes a value that was chosen or picked."""
        self._kept.pop(path, None)
        if path[-1] == KIND and len(path) > 1:
            self.draft.put_kind(path[:-1], value)
            self.rows.unfold(path[:-1])
        else:
            self.draft.put(path, value)
            self.rows.reveal(path)
        self._changed()

    def append(self, path: Path, values: Sequence[Any]) -> None:
        """Adds entries to a list, those that are in it already left out."""
        field = self.draft.field(path)
        if field is None:
            return
        self.draft.begin(path, field.shape)
        there = list(self.draft.get(path))
        self.draft.put(path, there + [value for value in values if value not in there])
        self.rows.unfold(path)
        self._changed()

    def _changed(self) -> None:
        self.show()
        self.post_message(self.Changed())

    def _tell(self) -> None:
        row = self.row
        if row is not None:
            self.post_message(self.Focused(row, row.trouble))
            self.refresh_bindings()

    # the table

    def on_record_table_highlighted(self, event: RecordTable.Highlighted) -> None:
        event.stop()
        if self.editor.is_open and (self.row is None or self.row.key != self._edited_row):
            # the mouse chose another row: what is typed is taken
            self.take()
        self._tell()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        self._open(event.record)

    def _open(self, row: Row) -> None:
        if row.kind == "add":
            self.action_add()
        elif row.open is not None:
            self._fold(row, not row.open)
        elif self._is_fixed(row):
            self.notify(f"{row.label} is what this form is about.", markup=False)
        elif row.shape.kind is Kind.BOOL:
            self._turn(row)
        elif row.shape.kind is Kind.CHOICE:
            self.post_message(self.Choosing(row, row.path))
        else:
            self._edit(row)

    def _fold(self, row: Row, is_open: bool) -> None:
        self.rows.fold(row, is_open)
        self.show()

    def _is_fixed(self, row: Row) -> bool:
        return row.kind == "field" and len(row.path) == 1 and row.path[0] in self.rows.fixed

    def _turn(self, row: Row) -> None:
        """The next of yes, no, and neither where that can be."""
        value, default = self.draft.get(row.path), row.field.default if row.field else None
        if default is not None:
            after = not (default if value is None else value)
            following = None if after == default else after
        else:
            following = {None: True, True: False, False: None}[value]
        if following is None:
            self.draft.leave_alone(row.path)
        else:
            self.draft.put(row.path, following)
        self._changed()

    # editing

    def edit(self, path: Path) -> None:
        """Puts the cursor on a field whose value is typed, and begins to edit it."""
        self.go_to(path)
        row = self.row
        if row is not None and row.path == path and self._is_typed(row):
            self._edit(row)

    def _edit(self, row: Row) -> None:
        value = self.draft.get(row.path)
        if value is None:
            value = self.draft.stands(row.path)
        text = "" if value is None else words.of_shape(row.shape, value) if row.shape.is_json else str(value)
        self._begin(row, row.path, text, "", secret=row.secret)

    def _begin(self, row: Row, path: Path, text: str, placeholder: str, *, secret: bool = False) -> None:
        place = self.table.place_of(row)
        if place is None:
            return
        self._editing, self._edited_row = path, row.key
        editor = self.editor
        editor.styles.offset = (place.x, place.y)
        editor.styles.width = place.width
        suggester = self._suggester if row.path == ("code",) else None
        editor.open(text, placeholder or self._placeholder(row), secret=secret, suggester=suggester)
        self._tell()

    def _placeholder(self, row: Row) -> str:
        if row.shape.limits:
            return row.shape.limits
        return row.field.help if row.field is not None and row.kind == "field" else ""

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        row, path = self.row, self._editing
        if row is None or path is None or (row.kind == "add" and self._new_name is None and row.shape.kind is Kind.MAP):
            return
        text = event.value
        shape = row.shape.item if row.kind == "add" and row.shape.item is not None else row.shape
        target = (*path, self._new_name) if self._new_name is not None else path
        trouble = self.draft.tried(target, parsed(shape, text)) if text else ""
        self.editor.set_wrong(bool(trouble))
        self.post_message(self.Focused(row, trouble))

    def on_field_editor_taken(self, event: FieldEditor.Taken) -> None:
        event.stop()
        self.take()
        if event.by and not self.editor.is_open:
            self.action_next(event.by)
            row = self.row
            if event.edit and row is not None and self._is_typed(row):
                self._edit(row)

    def _is_typed(self, row: Row) -> bool:
        """Whether a row's value is typed, rather than chosen or made of parts."""
        typed = row.kind in ("field", "item") and row.shape.kind in (Kind.TEXT, Kind.NUMBER)
        return typed and not self._is_fixed(row)

    def on_field_editor_given_up(self, event: FieldEditor.GivenUp) -> None:
        event.stop()
        self._end_editing()
        self.show()

    def _end_editing(self) -> None:
        self._editing = self._new_name = None
        self.editor.close()
        self.screen.set_focus(self.table)

    def take(self) -> None:
        """Takes what is typed, if something is edited."""
        path, text, name = self._editing, self.editor.value, self._new_name
        if path is None:
            return
        row = next((row for row in self.table.rows if row.path == path and row.kind != "section"), None)
        field = self.draft.field(path)
        is_new = path not in {row.path for row in self.table.rows if row.kind != "add"} or (
            field is not None and field.shape.kind.has_parts
        )
        self._end_editing()
        if is_new and field is not None:
            self._take_new(field, path, text, name)
        elif row is not None:
            self._take_value(row, text)
        if not self.editor.is_open:
            self._changed()

    def _ask_value(self, field: FormField, path: Path, name: str) -> None:
        """Goes on from the name of a mapping's new entry to its value."""
        row = self.row
        if row is not None:
            self._new_name = name
            self._begin(row, path, "", f"value of {one_line(name)}", secret=field.secret)

    def _take_value(self, row: Row, text: str) -> None:
        chosen, stands = self.draft.get(row.path), self.draft.stands(row.path)
        if row.kind == "field" and not text.strip():
            # an empty line is no wish: x says that something is to be removed
            self.draft.leave_alone(row.path)
            return
        value = parsed(row.shape, text if row.secret else text.strip())
        if chosen is None and value == stands:
            return
        self._kept.pop(row.path, None)
        self.draft.put(row.path, value)

    def _take_new(self, field: FormField, path: Path, text: str, name: str | None) -> None:
        item = field.shape.item
        if item is None:
            return
        if field.shape.kind is Kind.LIST:
            # several numbers may be typed at once: 5, 25, 50
            parts = text.replace(",", " ").split() if item.kind is Kind.NUMBER else [text.strip()]
            if any(parts):
                self.append(path, [parsed(item, part) for part in parts])
            return
        if name is None:
            name, equals, text = text.strip().partition("=")
            if name and not equals:
                self._ask_value(field, path, name)
                return
        if name:
            self.draft.begin(path, field.shape)
            self.draft.put((*path, name), parsed(item, text if field.secret else text.strip()))
            self.rows.unfold(path)

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        row = self.row if self.is_mounted and self.query(FormTable) else None
        if self.is_mounted and self.query(FieldEditor) and self.editor.is_open:
            return action not in (
                "switch",
                "pick",
                "add",
                "import",
                "remove",
                "leave_alone",
                "next",
                "unfold",
                "fold_all",
            )
        is_value = row is not None and row.kind in ("field", "item") and not self._is_fixed(row)
        if action == "pick":
            return is_value and row is not None and self.pick_key(row.path) in self._pickable
        if action == "import":
            return row is not None and row.kind != "section" and row.path[:1] == ("environment",)
        if action == "add":
            return row is not None and (row.kind == "add" or self._collection(row) is not None)
        if action == "switch":
            return is_value and row is not None and self._can_switch(row)
        if action == "leave_alone":
            return is_value and row is not None and row.kind == "field" and row.state is not State.UNCHANGED
        if action == "remove":
            removable = row is not None and row.field is not None and row.field.removable
            return is_value and row is not None and (row.kind == "item" or removable)
        return True

    def _can_switch(self, row: Row) -> bool:
        """Whether there is another state that the field can be in without a value being typed."""
        removable = row.field is not None and row.field.removable
        is_set = row.state is not State.UNCHANGED or row.path in self._kept
        return row.kind == "field" and (removable or is_set or row.shape.kind is Kind.BOOL)

    @staticmethod
    def pick_key(path: Path) -> str:
        """The name under which a field has a picker: its path without the numbers of entries."""
        return ".".join(part for part in path if isinstance(part, str))

    def action_next(self, by: int) -> None:
        """Puts the cursor on the next row that takes a value."""
        table = self.table
        index = table.cursor + by
        while 0 <= index < len(table.rows):
            if table.rows[index].kind != "section" or not table.rows[index].open:
                table.go_to(table.rows[index].key)
                return
            index += by

    def action_unfold(self, is_open: bool) -> None:
        row = self.row
        if row is None:
            return
        if row.open is not None and row.open != is_open:
            self._fold(row, is_open)
        elif not is_open and row.depth:
            above = next(other for other in reversed(self.table.rows[: self.table.cursor]) if other.depth < row.depth)
            self.table.go_to(above.key)

    def action_fold_all(self) -> None:
        sections = [row for row in self.rows.all() if row.kind == "section"]
        self.rows.open_all(not all(row.open for row in sections))
        row = self.row
        self.show()
        if row is not None and not self.table.go_to(row.key):
            self.table.go_to(("section", (self.rows.section_of(row.path),)))

    def action_switch(self) -> None:
        """Set, removed, left alone: the next of those that the field can be."""
        row = self.row
        if row is None or row.field is None:
            return
        path, state = row.path, row.state
        if row.shape.kind is Kind.BOOL:
            self._turn(row)
            return
        if state is State.SET:
            self._kept[path] = self.draft.get(path)
            if row.field.removable:
                self.draft.put(path, row.shape.kind.empty)
            else:
                self.draft.leave_alone(path)
        elif state is State.REMOVED:
            self.draft.leave_alone(path)
        elif path in self._kept:
            self.draft.put(path, self._kept.pop(path))
        elif row.field.removable:
            self.draft.put(path, row.shape.kind.empty)
        else:
            self._open(row)
            return
        self._changed()

    def action_remove(self) -> None:
        row = self.row
        if row is None or row.field is None:
            return
        if row.kind == "item":
            if self.draft.get(row.path[:-1]) is None:
                self.draft.put(row.path[:-1], self.draft.stands(row.path[:-1]))
            self.draft.leave_alone(row.path)
        else:
            self._kept[row.path] = self.draft.get(row.path)
            self.draft.put(row.path, row.shape.kind.empty)
        self._changed()

    def action_leave_alone(self) -> None:
        row = self.row
        if row is not None:
            self.draft.leave_alone(row.path)
            self._changed()

    def action_pick(self) -> None:
        row = self.row
        if row is not None:
            self.post_message(self.Picking(row, row.path))

    def action_import(self) -> None:
        row = self.row
        if row is not None:
            self.post_message(self.Importing(row.path[:1]))

    def merge(self, path: Path, entries: Mapping[str, Any]) -> None:
        """Adds entries to a mapping, in the place of those of the same name."""
        field = self.draft.field(path)
        if field is None:
            return
        self.draft.begin(path, field.shape)
        self.draft.put(path, {**self.draft.get(path), **entries})
        self.rows.unfold(path)
        self._changed()

    def start_from(self, values: Mapping[str, Any]) -> None:
        """Chooses these values in the place of all that was chosen before."""
        self._kept.clear()
        self.draft.values = deepcopy(dict(values))
        self.draft.check()
        self._changed()

    def _collection(self, row: Row) -> Path | None:
        """The list or mapping that a row is, or is an entry of."""
        for length in range(len(row.path), 0, -1):
            field = self.draft.field(row.path[:length])
            if field is not None and row.kind != "section":
                return row.path[:length] if field.shape.kind in (Kind.LIST, Kind.MAP) else None
        return None

    def action_add(self) -> None:
        """Adds an entry to the list or mapping at the cursor."""
        row = self.row
        path = self._collection(row) if row is not None else None
        field = self.draft.field(path) if path is not None else None
        if path is None or field is None or field.shape.item is None:
            return
        self.rows.unfold(path)
        self.show()
        self.table.go_to(("add", path))
        added = self.row
        item = field.shape.item
        if added is None:
            return
        if item.variants:
            self.post_message(self.Choosing(added, path))
        elif item.kind is Kind.GROUP:
            self._add_group(field, path)
        elif item.kind is Kind.CHOICE:
            self.post_message(self.Choosing(added, path))
        elif field.shape.kind is Kind.LIST and self.pick_key(path) in self._pickable:
            self.post_message(self.Picking(added, path))
        else:
            self._begin_new(added, path, field)

    def add_kind(self, path: Path, kind: str) -> None:
        """Adds an entry of that kind to a list of several kinds."""
        field = self.draft.field(path)
        if field is not None:
            self._add_group(field, path, {KIND: kind})

    def _add_group(self, field: FormField, path: Path, value: Mapping[str, Any] | None = None) -> None:
        self.draft.begin(path, field.shape)
        place = (*path, len(self.draft.get(path)))
        self.draft.put(place, dict(value or {}))
        self.rows.unfold(place)
        self._changed()
        self.table.go_to(("value", place))
        self.table.action_move(1)

    def _begin_new(self, row: Row, path: Path, field: FormField) -> None:
        if field.shape.kind is Kind.LIST:
            self._begin(row, path, "", field.help)
        else:
            self._begin(row, path, "", "NAME, then its value; or NAME=value")
