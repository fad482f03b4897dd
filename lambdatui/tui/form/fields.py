"""The fields of a stage's model, as a form needs them: titles, help and limits stand in the model, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

KIND = "kind"
"""The field that tells the members of a union from one another."""


class Kind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    CHOICE = "choice"
    LIST = "list"
    MAP = "map"
    GROUP = "group"

    @property
    def empty(self) -> Any:
        """The value that removes what stands there."""
        return [] if self is Kind.LIST else {} if self in (Kind.MAP, Kind.GROUP) else ""

    @property
    def has_parts(self) -> bool:
        """Whether it is shown as several rows."""
        return self in (Kind.LIST, Kind.MAP, Kind.GROUP)


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a value. `item` is that of a list's entries or a mapping's values, `fields` are those of a group.

    A group of several kinds has `variants`: the fields of each kind by its name, `fields` being all of them and `kind`.
    """

    kind: Kind
    options: tuple[str, ...] = ()
    item: Shape | None = None
    fields: tuple[FormField, ...] = ()
    limits: str = ""
    whole: bool = False
    """Whether a number is a whole one."""
    is_json: bool = False
    """Whether a text is read as JSON."""
    variants: tuple[tuple[str, tuple[FormField, ...]], ...] = ()

    def parts(self, value: Any) -> tuple[FormField, ...]:
        """The fields of a group that has this value: of its kind, where there are several."""
        if not self.variants:
            return self.fields
        chosen = dict(self.variants).get(value.get(KIND, "") if isinstance(value, Mapping) else "", ())
        return (self.fields[0], *chosen)


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `removable` says whether an empty value is allowed, which removes what stands there."""

    name: str
    title: str
    help: str
    shape: Shape
    required: bool
    default: Any
    removable: bool
    secret: bool


@lru_cache(maxsize=64)
def fields_of(model: type[BaseModel]) -> tuple[FormField, ...]:
    """The fields of a model, in its order."""
    return tuple(_field(name, info) for name, info in model.model_fields.items())


@dataclass(frozen=True, slots=True)
class _Found:
    shape: Shape
    title: str = ""
    help: str = ""


def _field(name: str, info: FieldInfo) -> FormField:
    found = _with(_resolved(info.annotation), info.metadata)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return FormField(
        name,
        info.title or found.title or name.replace("_", " ").capitalize(),
        " ".join((info.description or found.help).split()),
        found.shape,
        info.is_required(),
        default,
        not info.is_required() and default is None and _takes(info, found.shape.kind),
        # what is kept out of logs may well be seen by who writes it, unless it is a word of its own
        not info.repr and not found.shape.is_json,
    )


def _takes(info: FieldInfo, kind: Kind) -> bool:
    """Whether a field takes its empty value."""
    if kind is Kind.BOOL:
        return False
    annotation: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        adapter.validate_python(kind.empty)
    except ValidationError:
        return False
    return True


def _resolved(annotation: Any) -> _Found:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _with(_resolved(arguments[0]), arguments[1:])
    if origin in (Union, UnionType):
        return _united(arguments)
    if origin is Literal:
        return _Found(Shape(Kind.CHOICE, tuple(str(option) for option in arguments if option != "")))
    if annotation is Any:
        return _Found(Shape(Kind.TEXT, is_json=True))
    if origin is list or (origin is tuple and arguments[1:] == (...,)):
        return _Found(Shape(Kind.LIST, item=_resolved(arguments[0]).shape))
    if origin is dict:
        return _Found(Shape(Kind.MAP, item=_resolved(arguments[1]).shape))
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return _Found(Shape(Kind.GROUP, fields=fields_of(annotation)))
        if issubclass(annotation, bool):
            return _Found(Shape(Kind.BOOL))
        if issubclass(annotation, int | float):
            return _Found(Shape(Kind.NUMBER, whole=issubclass(annotation, int)))
    return _Found(Shape(Kind.TEXT))


def _united(members: tuple[Any, ...]) -> _Found:
    found = [_resolved(member) for member in members if member is not NoneType]
    # a member that takes nothing but the empty text says that the field can be removed
    taking = [one for one in found if one.shape.kind is not Kind.CHOICE or one.shape.options]
    if len(taking) == 1:
        return taking[0]
    if all(_kind_of(one.shape) for one in taking):
        return _Found(_varying([one.shape for one in taking]))
    texts = [one for one in taking if one.shape.kind is Kind.TEXT]
    return texts[0] if texts else _Found(Shape(Kind.TEXT))


def _kind_of(shape: Shape) -> str:
    """The one kind that a group is of; empty where it does not say."""
    own = next((field for field in shape.fields if field.name == KIND), None)
    return own.shape.options[0] if own is not None and len(own.shape.options) == 1 else ""


def _varying(shapes: list[Shape]) -> Shape:
    """A group that is one of several."""
    variants = tuple((_kind_of(shape), tuple(f for f in shape.fields if f.name != KIND)) for shape in shapes)
    options = tuple(name for name, _ in variants)
    kind = FormField(KIND, "Kind", "Which of them it is.", Shape(Kind.CHOICE, options), True, None, False, False)
    fields = {KIND: kind}
    for _, members in variants:
        fields = {field.name: field for field in members} | fields
    return Shape(
        Kind.GROUP, fields=(kind, *(field for field in fields.values() if field is not kind)), variants=variants
    )


def _with(found: _Found, metadata: Any) -> _Found:
    """What was found, with what stands beside the type: a title, help, limits."""
    title, help_, limits = found.title, found.help, list(metadata)
    for entry in metadata:
        if isinstance(entry, FieldInfo):
            title, help_ = entry.title or title, entry.description or help_
            limits += entry.metadata
    words = _limits(limits, found.shape.kind)
    return _Found(replace(found.shape, limits=words) if words else found.shape, title, help_)


def _limits(metadata: list[Any], kind: Kind) -> str:
    low: Any = None
    high: Any = None
    for entry in metadata:
        if isinstance(entry, annotated_types.Ge):
            low = entry.ge
        elif isinstance(entry, annotated_types.Le):
            high = entry.le
        elif isinstance(entry, annotated_types.MinLen) and kind is not Kind.TEXT:
            low = entry.min_length
        elif isinstance(entry, annotated_types.MaxLen):
            high = entry.max_length
    if low is None and high is None:
        return ""
    unit = {Kind.TEXT: " characters", Kind.LIST: " in all", Kind.MAP: " in all"}.get(kind, "")
    if low is None:
        return f"at most {high:g}{unit}" if high < 1e6 else f"at most {high}{unit}"
    if high is None:
        return f"at least {low}{unit}"
    return f"{low} to {high}{unit}"
