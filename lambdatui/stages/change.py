"""Change: one call that will be made, what stands there before, and what takes it back; and how it is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Danger(StrEnum):
    """What an operator should feel before a change."""

    SAFE = "safe"
    """Nothing that serves traffic changes."""
    TRAFFIC = "traffic"
    """Changes what callers get."""
    DESTRUCTIVE = "destructive"
    """Cannot be undone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a change: a field, what stands there, what will. None means that it is not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class FromRun:
    """A value that only the run will know, by the name of the output that brings it, such as `version`."""

    output: str

    def __str__(self) -> str:
        return f"<{self.output}>"


@dataclass(frozen=True, slots=True)
class FromAnswer:
    """A value that only AWS's answer to a change brings, for what takes it back: a member of it, such as `UUID`."""

    member: str

    def __str__(self) -> str:
        return f"<{self.member}>"


@dataclass(frozen=True, slots=True)
class Change:
    """One call that will be made.

    `request` holds its parameters in AWS's names and may hold FromRun values; `before` is what the journal keeps of
    what stood there; `undo` says in words how it is taken back, and is empty where it cannot be; `back` are the
    changes that put back what stood there, whose requests may hold FromAnswer values until it was made.
    """

    operation: str
    target: str
    differences: tuple[Difference, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)
    service: str = "lambda"
    danger: Danger = Danger.SAFE
    undo: str = ""
    before: Any = None
    back: tuple[Change, ...] = ()


def filled(value: Any, outputs: Mapping[str, Any]) -> Any:
    """A copy of a request with each FromRun replaced by the output it names."""
    if isinstance(value, FromRun):
        return outputs[value.output]
    if isinstance(value, Mapping):
        return {filled(key, outputs): filled(item, outputs) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, outputs) for item in value]
    return value


def answered(change: Change, answer: Mapping[str, Any]) -> Change:
    """A change that was made, with what takes it back as the answer tells."""
    back = tuple(
        replace(
            one,
            request={
                name: answer.get(value.member) if isinstance(value, FromAnswer) else value
                for name, value in one.request.items()
            },
        )
        for one in change.back
    )
    return replace(change, back=back)


def recorded(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes as JSON values, for the journal. Nothing is masked here."""
    return [
        {
            "service": change.service,
            "operation": change.operation,
            "target": change.target,
            "danger": str(change.danger),
            "undo": change.undo,
            "differences": [[line.field, line.before, line.after] for line in change.differences],
            "request": _recorded_value(change.request),
            "before": _recorded_value(change.before),
        }
        for change in changes
    ]


def read_back(records: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes of what `recorded` gave."""
    return tuple(
        Change(
            operation=record["operation"],
            target=record["target"],
            differences=tuple(Difference(*line) for line in record["differences"]),
            request=_read_value(record["request"]),
            service=record["service"],
            danger=Danger(record["danger"]),
            undo=record["undo"],
            before=_read_value(record["before"]),
        )
        for record in records
    )


_UNKNOWN_YET = {"$from_run": FromRun, "$from_answer": FromAnswer}


def _recorded_value(value: Any) -> Any:
    if isinstance(value, FromRun):
        return {"$from_run": value.output}
    if isinstance(value, FromAnswer):
        return {"$from_answer": value.member}
    if isinstance(value, Mapping):
        return {str(key): _recorded_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_recorded_value(item) for item in value]
    return value


def _read_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        for name, kind in _UNKNOWN_YET.items():
            if value.keys() == {name}:
                return kind(value[name])
        return {key: _read_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_read_value(item) for item in value]
    return value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The fields whose values differ, in the order of `after`, then what is gone."""
    names: Sequence[str] = list(dict.fromkeys([*after, *before]))
    return tuple(
        Difference(name, shown(before.get(name)), shown(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def shown(value: Any) -> str | None:
    """A value as a plan shows it: None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
    return str(value)
