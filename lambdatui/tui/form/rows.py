"""The rows of a form: sections, their fields, and the parts of those that have parts, as far as they are unfolded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from lambdatui.tui.form import words
from lambdatui.tui.form.draft import Draft, Path, State
from lambdatui.tui.form.fields import FormField, Kind, Shape
from lambdatui.tui.form.sections import Section

RowKind: TypeAlias = Literal["section", "field", "item", "add"]
Key: TypeAlias = tuple[str, Path]


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `field` is the field that it is, or that it is a part of; `shape` is that of the value at `path`."""

    kind: RowKind
    path: Path
    depth: int
    label: str
    shape: Shape
    field: FormField | None = None
    state: State = State.UNCHANGED
    value: str = ""
    now: str = ""
    trouble: str = ""
    needed: bool = False
    open: bool | None = None
    """Whether its parts are shown; None for what has none."""

    @property
    def key(self) -> Key:
        """What tells it from the others of a form."""
        return self.kind if self.kind in ("section", "add") else "value", self.path

    @property
    def secret(self) -> bool:
        """Whether its value is not to be shown."""
        return self.field is not None and self.field.secret


_NOTHING = Shape(Kind.TEXT)
FEW = 3
"""Fields of a section that is about the first of them: it unfolds with the section."""


class Rows:
    """What is unfolded, and the rows that this gives. `required` are fields that are needed though the model can do
    without them."""

    def __init__(self, layout: Sequence[tuple[Section, list[FormField]]], draft: Draft) -> None:
        self.layout = layout
        self.draft = draft
        self.required: frozenset[str] = frozenset()
        self.fixed: frozenset[str] = frozenset()
        """Fields that cannot be changed here."""
        self.notes: dict[Path, str] = {}
        """What is said of what stands there where it is no value."""
        self._open: set[Path] = {(self.layout[0][0].key,)}
        self._open_values: set[Path] = set()

    # folding

    def section_of(self, path: Path) -> str:
        """The key of the section that a field stands in."""
        for section, fields in self.layout:
            if any(field.name == path[0] for field in fields):
                return section.key
        return self.layout[-1][0].key

    def is_open(self, row: Row) -> bool:
        return row.path in (self._open if row.kind == "section" else self._open_values)

    def fold(self, row: Row, is_open: bool) -> None:
        """Folds a section or a field that has parts, or unfolds it."""
        among = self._open if row.kind == "section" else self._open_values
        if not is_open:
            among.discard(row.path)
            return
        among.add(row.path)
        if row.kind == "section":
            fields = next(fields for section, fields in self.layout if section.key == row.path[0])
            if len(fields) <= FEW and fields[0].shape.kind in (Kind.LIST, Kind.MAP):
                self._open_values.add((fields[0].name,))

    def reveal(self, path: Path) -> None:
        """Unfolds all that is above a field."""
        self._open.add((self.section_of(path),))
        self._open_values |= {path[:length] for length in range(1, len(path))}

    def unfold(self, path: Path) -> None:
        """Unfolds a field that has parts, and what is above it."""
        self.reveal(path)
        self._open_values.add(path)

    def open_all(self, is_open: bool) -> None:
        """Unfolds every section, or folds it."""
        self._open = {(section.key,) for section, _ in self.layout} if is_open else set()

    # rows

    def all(self) -> list[Row]:
        """The rows in their order."""
        found: list[Row] = []
        for section, fields in self.layout:
            row = self._section(section, fields)
            found.append(row)
            if row.open:
                for field in fields:
                    found += self._of_field(field, (field.name,), 1)
        return found

    def _section(self, section: Section, fields: Sequence[FormField]) -> Row:
        states = [self.draft.state((field.name,)) for field in fields if field.name not in self.fixed]
        wrong = sum(1 for field in fields if self.draft.trouble((field.name,), nested=True))
        parts = [
            words_
            for count, words_ in (
                (wrong, f"✖ {wrong} wrong"),
                (states.count(State.SET), f"● {states.count(State.SET)} set"),
                (states.count(State.REMOVED), f"⊘ {states.count(State.REMOVED)} removed"),
            )
            if count
        ]
        path: Path = (section.key,)
        value = "  ".join(parts) or ", ".join(_in_text(field.title) for field in fields)
        trouble = "wrong" if wrong else ""
        state = State.SET if parts else State.UNCHANGED
        return Row(
            "section", path, 0, section.title, _NOTHING, None, state, value, "", trouble, False, path in self._open
        )

    def _of_field(self, field: FormField, path: Path, depth: int) -> Iterator[Row]:
        draft, shape = self.draft, field.shape
        value, stands = draft.get(path), draft.stands(path)
        is_open = path in self._open_values if shape.kind.has_parts else None
        needed = value is None and (path in draft.missing or (len(path) == 1 and field.name in self.required))
        yield Row(
            "field",
            path,
            depth,
            field.title,
            shape,
            field,
            draft.state(path),
            words.told(field, value),
            self.notes.get(path) or words.told(field, stands),
            draft.trouble(path, nested=not is_open),
            needed,
            is_open,
        )
        if is_open:
            yield from self._parts(field, shape, path, depth + 1)

    def _parts(self, field: FormField, shape: Shape, path: Path, depth: int) -> Iterator[Row]:
        if shape.kind is Kind.GROUP:
            for part in shape.parts(self.draft.get(path)):
                yield from self._of_field(part, (*path, part.name), depth)
            return
        value = self.draft.get(path)
        chosen = value is not None
        entries = value if chosen else (None if self.draft.merges(path) else self.draft.stands(path))
        item = shape.item or _NOTHING
        pairs: list[tuple[str | int, Any]] = []
        if isinstance(entries, dict):
            pairs = list(entries.items())
        elif isinstance(entries, list):
            pairs = list(enumerate(entries))
        for key, entry in pairs:
            yield from self._entry(field, item, (*path, key), entry, chosen, depth)
        yield Row("add", path, depth, f"+ add {_singular(field)}", shape, field)

    def _entry(self, field: FormField, item: Shape, path: Path, entry: Any, chosen: bool, depth: int) -> Iterator[Row]:
        key = path[-1]
        is_group = item.kind is Kind.GROUP
        is_open = path in self._open_values if is_group else None
        label = str(key) if isinstance(key, str) else words.name_of(entry, key) if is_group else str(key + 1)
        text = words.of_shape(item, entry, field.secret)
        stands = self.draft.stands(path)
        state = State.SET if chosen and entry != stands else State.UNCHANGED
        trouble = self.draft.trouble(path, nested=not is_open)
        now = words.of_shape(item, stands, field.secret) if isinstance(key, str) else ""
        yield Row(
            "item",
            path,
            depth,
            label,
            item,
            field,
            state,
            text if chosen else "",
            now or ("" if chosen else text),
            trouble,
            False,
            is_open,
        )
        if is_open:
            yield from self._parts(field, item, path, depth + 1)


def _singular(field: FormField) -> str:
    """What one more of a field's entries is called."""
    if field.secret and field.shape.kind is Kind.MAP:
        return "a variable"
    word = _in_text(field.title)
    word = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    return f"{'an' if word[:1].lower() in 'aeio' else 'a'} {word}"


def _in_text(title: str) -> str:
    """A title in the middle of a sentence: `memory`, but `VPC`, `KMS key`, `SnapStart`."""
    return title if any(letter.isupper() for letter in title[1:]) else title[:1].lower() + title[1:]
