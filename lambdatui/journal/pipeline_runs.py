"""The journal of pipelines: each run with its document and its parameters, how each stage stands, and what it told."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.errors import Refused
from lambdatui.journal import processes
from lambdatui.journal.journal import Journal, within_which
from lambdatui.journal.records import dump, load
from lambdatui.moments import clock_words


@dataclass(frozen=True, slots=True)
class PipelineRun:
    """One run of a pipeline. `status`: `running`, `done`, `failed`, `cancelled`; `unknown` where its process died."""

    id: str
    started: float
    finished: float | None
    name: str
    source: str
    """The file it was read from, as it was typed."""
    folder: str
    """The folder that its paths are relative to."""
    text: str
    """The document as it was."""
    sha256: str
    """The SHA-256 of `text`, in hexadecimal."""
    parameters: Mapping[str, Any]
    """The values in force; secret ones masked."""
    attempt: int
    """1, and one more each time it was begun again from a stage that had failed."""
    status: str
    error: str
    pid: int
    parent: str = ""
    """The run of the pipeline that ran this one, and its stage; empty where it stands alone."""
    parent_stage: str = ""

    @classmethod
    def read(cls, row: sqlite3.Row) -> PipelineRun:
        """The run of a row of `pipeline_runs`."""
        known = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**{**known, "parameters": load(row["parameters"]) or {}, "error": row["error"] or ""})


@dataclass(frozen=True, slots=True)
class StageRecord:
    """How a stage of a run stands. There is none for a stage that has not begun."""

    stage: str
    started: float
    finished: float | None
    status: str
    inputs: Mapping[str, Any]
    """Its inputs with their expressions resolved; secrets masked."""
    planned: Mapping[str, Any] | None
    """What its plan had resolved; None where it has not been planned."""
    outputs: Mapping[str, Any]
    error: str

    @classmethod
    def read(cls, row: sqlite3.Row) -> StageRecord:
        """The record of a row of `pipeline_stages`."""
        return cls(
            stage=row["stage"],
            started=row["started"],
            finished=row["finished"],
            status=row["status"],
            inputs=load(row["inputs"]) or {},
            planned=load(row["planned"]),
            outputs=load(row["outputs"]) or {},
            error=row["error"] or "",
        )


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What a run told, at seconds since the epoch. `stage` is empty for what the pipeline itself told."""

    at: float
    attempt: int
    stage: str
    event: Mapping[str, Any]


class PipelineRuns:
    """The pipelines' part of a journal. Every method may raise LambdatuiError where the file cannot be used."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def begin(
        self,
        *,
        name: str,
        source: str,
        folder: str,
        text: str,
        parameters: Mapping[str, Any],
        alone: bool = False,
    ) -> str:
        """Opens a run and returns its id; one that begins `within` a stage of another is that one's child.

        Raises Refused where it has to be `alone` and one of its name is running.
        """
        run = uuid.uuid4().hex[:12]
        with self._journal.writing() as db:
            if alone:
                _refuse_another(db, name)
            db.execute(
                "INSERT INTO pipeline_runs (id, started, pid, process, name, source, folder, text, sha256, parameters,"
                " attempt, parent, parent_stage, status) VALUES (?,?,?,?,?,?,?,?,?,?,1,?,?,'running')",
                (
                    run,
                    time.time(),
                    os.getpid(),
                    processes.began(),
                    name,
                    source,
                    folder,
                    text,
                    hashlib.sha256(text.encode()).hexdigest(),
                    dump(parameters),
                    *within_which(),
                ),
            )
        return run

    def take_up(self, run: str, *, again: bool) -> PipelineRun:
        """Makes a run that has ended, or whose process is gone, this process's. `again` counts a further attempt.

        Raises Refused where another process has it.
        """
        with self._journal.writing() as db:
            row = db.execute("SELECT * FROM pipeline_runs WHERE id=?", (run,)).fetchone()
            if row["status"] == "running" and processes.alive(row["pid"], row["process"]):
                raise Refused(
                    f"{row['name']}: this run is under way, in process {row['pid']}, since "
                    f"{clock_words(row['started'])}.",
                    "Stop it there first.",
                )
            db.execute(
                "UPDATE pipeline_runs SET status='running', finished=NULL, error=NULL, pid=?, process=?,"
                " attempt=attempt+? WHERE id=?",
                (os.getpid(), processes.began(), int(again), run),
            )
            return PipelineRun.read(db.execute("SELECT * FROM pipeline_runs WHERE id=?", (run,)).fetchone())

    def end(self, run: str, status: str, error: str = "") -> None:
        """Closes a run as `done`, `failed` or `cancelled`."""
        with self._journal.writing() as db:
            db.execute(
                "UPDATE pipeline_runs SET finished=?, status=?, error=? WHERE id=?", (time.time(), status, error, run)
            )

    def stage_began(self, run: str, stage: str, inputs: Mapping[str, Any]) -> float:
        """A stage begins, in place of an earlier attempt. Returns when, in seconds since the epoch."""
        now = time.time()
        with self._journal.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO pipeline_stages (run, stage, started, status, inputs)"
                " VALUES (?,?,?,'running',?)",
                (run, stage, now, dump(inputs)),
            )
        return now

    def stage_goes_on(self, run: str, stage: str) -> None:
        """A stage that was begun before is taken up again."""
        with self._journal.writing() as db:
            db.execute(
                "UPDATE pipeline_stages SET status='running', finished=NULL, error=NULL WHERE run=? AND stage=?",
                (run, stage),
            )

    def stage_planned(self, run: str, stage: str, inputs: Mapping[str, Any], planned: Mapping[str, Any]) -> None:
        """A stage has resolved what it is to do, and is about to do it."""
        with self._journal.writing() as db:
            db.execute(
                "UPDATE pipeline_stages SET inputs=?, planned=? WHERE run=? AND stage=?",
                (dump(inputs), dump(planned), run, stage),
            )

    def stage_ended(self, run: str, stage: str, status: str, outputs: Mapping[str, Any], error: str = "") -> None:
        """A stage has ended, or was skipped."""
        now = time.time()
        with self._journal.writing() as db:
            db.execute(
                "INSERT INTO pipeline_stages (run, stage, started, finished, status, inputs, outputs, error)"
                " VALUES (?,?,?,?,?,'{}',?,?) ON CONFLICT (run, stage) DO UPDATE SET"
                " finished=excluded.finished, status=excluded.status, outputs=excluded.outputs, error=excluded.error",
                (run, stage, now, now, status, dump(outputs), error),
            )

    def forget(self, run: str, stages: tuple[str, ...]) -> None:
        """Takes away how these stages stand: they will be run again."""
        with self._journal.writing() as db:
            db.executemany("DELETE FROM pipeline_stages WHERE run=? AND stage=?", [(run, stage) for stage in stages])

    def told(self, run: str, attempt: int, stage: str, event: Mapping[str, Any]) -> None:
        """Writes an event down."""
        with self._journal.writing() as db:
            db.execute(
                "INSERT INTO pipeline_events (run, attempt, at, stage, event) VALUES (?,?,?,?,?)",
                (run, attempt, time.time(), stage, dump(event)),
            )

    def run(self, run: str) -> PipelineRun | None:
        """The run with this id."""
        self._journal.notice_the_dead()
        rows = self._journal.read("SELECT * FROM pipeline_runs WHERE id=?", (run,))
        return PipelineRun.read(rows[0]) if rows else None

    def runs(self, *, name: str | None = None, limit: int = 1000) -> list[PipelineRun]:
        """Runs, newest first, without those that other pipelines ran."""
        self._journal.notice_the_dead()
        rows = self._journal.read(
            "SELECT * FROM pipeline_runs WHERE parent='' AND (? IS NULL OR name=?) ORDER BY started DESC LIMIT ?",
            (name, name, limit),
        )
        return [PipelineRun.read(row) for row in rows]

    def child(self, parent: str, stage: str) -> PipelineRun | None:
        """The newest run that a stage of another run has begun."""
        self._journal.notice_the_dead()
        rows = self._journal.read(
            "SELECT * FROM pipeline_runs WHERE parent=? AND parent_stage=? ORDER BY started DESC LIMIT 1",
            (parent, stage),
        )
        return PipelineRun.read(rows[0]) if rows else None

    def stages(self, run: str) -> dict[str, StageRecord]:
        """How the stages of a run stand, by their ids, in the order in which they began."""
        rows = self._journal.read("SELECT * FROM pipeline_stages WHERE run=? ORDER BY started, rowid", (run,))
        return {row["stage"]: StageRecord.read(row) for row in rows}

    def events(self, run: str, *, limit: int = 20_000) -> list[EventRecord]:
        """What a run told, oldest first: the newest `limit` of it."""
        rows = self._journal.read(
            "SELECT at, attempt, stage, event FROM pipeline_events WHERE run=? ORDER BY id DESC LIMIT ?", (run, limit)
        )
        return [EventRecord(row["at"], row["attempt"], row["stage"], load(row["event"])) for row in reversed(rows)]


def _refuse_another(db: sqlite3.Connection, name: str) -> None:
    for row in db.execute("SELECT * FROM pipeline_runs WHERE status='running' AND name=?", (name,)).fetchall():
        if processes.alive(row["pid"], row["process"]):
            raise Refused(
                f"{name} is running already (run {row['id']}, process {row['pid']}, since "
                f"{clock_words(row['started'])}), and says that one runs at a time.",
                "Wait for its end, or stop it there.",
            )
