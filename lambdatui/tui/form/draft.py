"""What was chosen in a form so far: the document that a deploy file would hold, and what is wrong with it.

A field that is not in it is left alone; one that is there and empty is removed. A draft knows what stands at AWS, so
that a list or mapping, which is always told whole, begins with what is there when its first entry is changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from lambdatui import mistakes
from lambdatui.errors import BadInput
from lambdatui.tui.form.fields import KIND, FormField, Kind, Shape

Path: TypeAlias = tuple[str | int, ...]

_FIELD = re.compile(r"^([A-Za-z_][\w.-]*): (.+)$", re.DOTALL)


class State(StrEnum):
    """What becomes of a field."""

    UNCHANGED = "unchanged"
    SET = "set"
    REMOVED = "removed"


class Draft:
    """The values of one form. `values` has the shape of a deploy file.

    `merging` are the fields whose entries AWS keeps apart: those that are not named stay. `also` checks a valid stage
    further, and may raise BadInput whose sentence begins with a field's name.
    """

    def __init__(
        self,
        model: type[BaseModel],
        values: Mapping[str, Any],
        *,
        merging: Collection[str] = (),
        also: Callable[[Any], None] | None = None,
    ) -> None:
        self.model = model
        self.values: dict[str, Any] = deepcopy(dict(values))
        self.standing: Mapping[str, Any] | None = None
        """What stands at AWS, in the shape of `values`; None where that is not known, or nothing stands there."""
        self.also = also
        self._merging = frozenset(merging)
        self.troubles: dict[Path, str] = {}
        """What is wrong, by the path of the field; what is missing is in `missing`."""
        self.missing: dict[Path, str] = {}
        self.check()

    # reading

    def get(self, path: Path) -> Any:
        """What was chosen at a path, or None."""
        return _at(self.values, path)

    def stands(self, path: Path) -> Any:
        """What stands at AWS at a path, or None."""
        return _at(self.standing, path)

    def state(self, path: Path) -> State:
        """What becomes of the field at a path."""
        value = self.get(path)
        if value is None:
            return State.UNCHANGED
        return State.REMOVED if value in ("", [], {}) and not isinstance(value, bool | int) else State.SET

    def trouble(self, path: Path, nested: bool = False) -> str:
        """What is wrong with a field; with `nested`, or with the first of its parts."""
        if path in self.troubles or not nested:
            return self.troubles.get(path, "")
        return next((words for place, words in self.troubles.items() if place[: len(path)] == path), "")

    # changing

    def put(self, path: Path, value: Any) -> None:
        """Chooses a value. What lies above it comes to be; a list or mapping with what stands there."""
        current: Any = self.values
        for index, part in enumerate(path[:-1]):
            below = _at(current, (part,))
            if below is None:
                below = self._begun(path[: index + 1], path[index + 1])
                _set(current, part, below)
            current = below
        _set(current, path[-1], value)
        self.check()

    def _begun(self, path: Path, part: str | int) -> Any:
        """A collection whose first part is about to be chosen. The parts of a group are told one by one."""
        there = self.stands(path)
        whole = isinstance(there, list) or self._is_map(path)
        if there is not None and whole and not self.merges(path):
            return deepcopy(there)
        return [] if isinstance(part, int) else {}

    def put_kind(self, path: Path, kind: str) -> None:
        """Chooses which of several kinds the group at a path is of, and drops what that kind does not have."""
        field = self.field(path[:-1] if isinstance(path[-1], int) else path)
        shape = field.shape.item if field is not None and isinstance(path[-1], int) else field and field.shape
        known = {one.name for one in shape.parts({KIND: kind})} if shape else set()
        there = self.get(path) or {}
        self.put(path, {KIND: kind} | {name: value for name, value in there.items() if name in known - {KIND}})

    def begin(self, path: Path, shape: Shape) -> None:
        """Has a list or mapping be told, with what stands there."""
        if self.get(path) is None:
            there = None if self.merges(path) else self.stands(path)
            self.put(path, deepcopy(there) if there is not None else shape.kind.empty)

    def leave_alone(self, path: Path) -> None:
        """Forgets what was chosen. A group of which nothing is left is left alone, too; an entry of a list is gone."""
        above = self.get(path[:-1]) if len(path) > 1 else self.values
        if isinstance(above, dict):
            above.pop(str(path[-1]), None)
        elif isinstance(above, list) and isinstance(path[-1], int) and path[-1] < len(above):
            del above[path[-1]]
        if len(path) > 1 and not above and above is not None and self._is_over(path[:-1]):
            self.leave_alone(path[:-1])
            return
        self.check()

    def _is_over(self, path: Path) -> bool:
        """Whether what is empty now was meant to be left alone, rather than emptied."""
        if isinstance(path[-1], int):
            return False
        if self.merges(path):
            return True
        return not (isinstance(self.get(path), list) or self._is_map(path)) or not self.stands(path)

    def merges(self, path: Path) -> bool:
        """Whether entries that are not named stay."""
        return len(path) == 1 and path[0] in self._merging

    def _is_map(self, path: Path) -> bool:
        field = self.field(path)
        return field is not None and field.shape.kind is Kind.MAP

    def field(self, path: Path) -> FormField | None:
        """The field at a path, None for an entry of a list or mapping."""
        from lambdatui.tui.form.fields import fields_of

        fields: Sequence[FormField] = fields_of(self.model)
        found: FormField | None = None
        for part in path:
            found = next((field for field in fields if field.name == part), None) if isinstance(part, str) else None
            if found is not None:
                shape = found.shape
                fields = shape.fields or (shape.item.fields if shape.item else ())
        return found

    # checking

    def check(self) -> None:
        """Finds anew what is wrong."""
        self.troubles, self.missing = {}, {}
        stage = None
        try:
            stage = self.model.model_validate(self.values)
        except ValidationError as error:
            for mistake, kind in mistakes.each(error, self.model, self.values):
                kept = self.missing if kind == "missing" else self.troubles
                path, words = (mistake.path, mistake.words) if mistake.path else self._placed(mistake.words)
                kept.setdefault(path, words)
        if stage is not None and self.also is not None:
            try:
                self.also(stage)
            except BadInput as error:
                path, words = self._placed(str(error))
                self.troubles[path] = words

    def tried(self, path: Path, value: Any) -> str:
        """What would be wrong with a value at a path."""
        other = Draft(self.model, self.values, merging=self._merging, also=self.also)
        other.standing = self.standing
        other.put(path, value)
        return other.trouble(path, nested=True)

    def _placed(self, words: str) -> tuple[Path, str]:
        """A sentence that begins with a field's name as one about that field; another one as it is."""
        found = _FIELD.match(words)
        if found is None:
            return (), words
        parts = found[1].split(".")
        if parts[0] not in self.model.model_fields:
            return (), words
        return tuple(int(part) if part.isdigit() else part for part in parts), found[2]


def parsed(shape: Shape, text: str) -> Any:
    """What was typed, as the model takes it; the text itself where it is none, so that the model says what is wrong."""
    if shape.is_json:
        try:
            return json.loads(text)
        except ValueError:
            return text
    if shape.kind is Kind.NUMBER:
        try:
            return int(text) if shape.whole else float(text)
        except ValueError:
            return text
    return text


def _at(value: Any, path: Path) -> Any:
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _set(container: Any, part: str | int, value: Any) -> None:
    if isinstance(container, list):
        if isinstance(part, int) and part < len(container):
            container[part] = value
        else:
            container.append(value)
    else:
        container[part] = value
