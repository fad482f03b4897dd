"""What the journal holds: calls and runs, as they were written down."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["sent", "done", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One mutating call. `at` is in seconds since the epoch; `seconds` is the call's duration."""

    id: int
    run: str
    at: float
    service: str
    operation: str
    target: str
    profile: str
    account_id: str
    arn: str
    region: str
    function: str
    parameters: Mapping[str, Any]
    before: Any
    undo: str
    status: Status
    error: str
    code: str
    request_id: str
    result: Mapping[str, Any]
    seconds: float | None
    back: Any = None
    """The calls that put back what stood there, as the stage wrote them down; None where it said nothing."""

    @classmethod
    def read(cls, row: sqlite3.Row) -> Entry:
        """The entry of a row of `calls`."""
        return cls(
            id=row["id"],
            run=row["run"],
            at=row["at"],
            service=row["service"],
            operation=row["operation"],
            target=row["target"],
            profile=row["profile"],
            account_id=row["account_id"],
            arn=row["arn"],
            region=row["region"],
            function=row["function"],
            parameters=load(row["parameters"]) or {},
            before=load(row["before"]),
            undo=row["undo"],
            status=row["status"],
            error=row["error"] or "",
            code=row["code"] or "",
            request_id=row["request_id"] or "",
            result=load(row["result"]) or {},
            seconds=row["seconds"],
            back=load(row["back"]),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a stage. `status` is `running`, `done`, `failed`, `cancelled` or `unknown`."""

    id: str
    started: float
    finished: float | None
    kind: str
    title: str
    profile: str
    account_id: str
    arn: str
    region: str
    function: str
    inputs: Mapping[str, Any]
    status: str
    outputs: Mapping[str, Any]
    error: str
    pid: int = 0
    """The process that runs it, or ran it."""
    targets: tuple[str, ...] = ()
    """What it changes, such as `checkout-api:live`."""
    settled: str = ""
    """What became of a rollout that stopped half-way, such as `put back`; empty while nobody has said."""
    pipeline: str = ""
    """The pipeline's run that it is part of; empty where it stands alone."""
    stage: str = ""
    """The stage's id in that pipeline."""

    @classmethod
    def read(cls, row: sqlite3.Row) -> Run:
        """The run of a row of `runs`."""
        return cls(
            id=row["id"],
            started=row["started"],
            finished=row["finished"],
            kind=row["kind"],
            title=row["title"],
            profile=row["profile"],
            account_id=row["account_id"],
            arn=row["arn"],
            region=row["region"],
            function=row["function"],
            inputs=load(row["inputs"]) or {},
            status=row["status"],
            outputs=load(row["outputs"]) or {},
            error=row["error"] or "",
            pid=row["pid"],
            targets=tuple(load(row["targets"])),
            settled=row["settled"],
            pipeline=row["pipeline"],
            stage=row["stage"],
        )

    @property
    def elsewhere(self) -> bool:
        """Whether another process than this one ran it."""
        return self.pid != os.getpid()


def dump(value: Any) -> str | None:
    """A value as a column holds it."""
    return None if value is None else json.dumps(value, default=str, ensure_ascii=False)


def load(text: str | None) -> Any:
    """A column's value."""
    return None if text is None else json.loads(text)
