"""The journal: written before each mutating call and completed after it, and a rollout's state beside it.

An entry whose process died between the two writes is "unknown": it was sent, and what came of it is not known.
"""

from __future__ import annotations

import contextvars
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lambdatui.aws.functions import plain_name
from lambdatui.aws.guard import Outcome, Sent
from lambdatui.errors import LambdatuiError
from lambdatui.journal import processes
from lambdatui.journal.busy import Busy, plain_target, shared
from lambdatui.journal.file import opened
from lambdatui.journal.records import Entry, Run, dump, load
from lambdatui.journal.rollout_state import Checkpoint, RolloutState

_pipeline: contextvars.ContextVar[tuple[str, str]] = contextvars.ContextVar("pipeline", default=("", ""))


@contextmanager
def within(pipeline_run: str, stage: str) -> Iterator[None]:
    """Runs that begin inside, in this thread, are those of a stage of a pipeline's run."""
    mark = _pipeline.set((pipeline_run, stage))
    try:
        yield
    finally:
        _pipeline.reset(mark)


def within_which() -> tuple[str, str]:
    """The pipeline's run and the stage that this thread is within; two empty texts where it is within none."""
    return _pipeline.get()


class Journal:
    """The journal in a file. Safe to use from several threads and from several processes.

    `set_aside` is where an unreadable journal was moved to, if one was found.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._db, self.set_aside = opened(path)
        self.notice_the_dead()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # the recorder of the guard

    def sent(self, call: Sent) -> int:
        """Writes a call down before it goes out. Returns the entry's id. Raises LambdatuiError if it cannot."""
        function = plain_name(str(call.parameters.get("FunctionName", ""))) or self._function_of(call.context.run)
        values = (
            call.context.run,
            time.time(),
            os.getpid(),
            call.service,
            call.operation,
            call.context.target or _target(call.parameters),
            call.profile,
            call.account_id,
            call.arn,
            call.region,
            function,
            dump(call.parameters),
            dump(call.context.before),
            call.context.undo,
            processes.began(),
            dump(call.context.back),
        )
        with self.writing("Nothing was sent.") as db:
            cursor = db.execute(
                "INSERT INTO calls (run, at, pid, service, operation, target, profile, account_id, arn, region,"
                " function, parameters, before, undo, process, back, status)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'sent')",
                values,
            )
            return int(cursor.lastrowid or 0)

    def _function_of(self, run: str) -> str:
        """The function that a run is about: some calls name none, such as those of an event source mapping."""
        found = self.run(run) if run else None
        return found.function if found else ""

    def finished(self, entry: int, outcome: Outcome) -> None:
        """Completes an entry. What AWS may have taken though no answer says so is `unknown`."""
        status = "unknown" if outcome.unsure else "failed" if outcome.error else "done"
        with self.writing() as db:
            db.execute(
                "UPDATE calls SET status=?, error=?, code=?, request_id=?, result=?, seconds=? WHERE id=?",
                (
                    status,
                    outcome.error,
                    outcome.code,
                    outcome.request_id,
                    dump(outcome.result),
                    outcome.seconds,
                    entry,
                ),
            )

    def reconcile(self, run: str, made: bool, result: Mapping[str, Any] | None = None) -> None:
        """Says of a run's newest call what a look at AWS has shown: it was made, with this `result`, or never arrived.

        For a call whose answer was lost, or tells of a second sending only: AWS refuses that with 412 where the first
        one had arrived.
        """
        newest = "id=(SELECT MAX(id) FROM calls WHERE run=?)"
        with self.writing() as db:
            if made:
                db.execute(
                    f"UPDATE calls SET status='done', error='', code='', request_id='', result=?"  # noqa: S608
                    f" WHERE {newest} AND status!='done'",
                    (dump(result or {}), run),
                )
            else:
                db.execute(
                    f"UPDATE calls SET status='failed', error=?, code='not-arrived'"  # noqa: S608
                    f" WHERE {newest} AND status IN ('sent', 'unknown')",
                    ("It did not arrive: what was there before stood there still.", run),
                )

    # runs

    def begin(
        self,
        *,
        kind: str,
        title: str,
        profile: str,
        account_id: str,
        arn: str,
        region: str,
        function: str,
        inputs: Mapping[str, Any],
        targets: Sequence[str] = (),
        alone: bool = False,
    ) -> str:
        """Opens a run and returns its id. `targets` are what it changes, such as `checkout-api:live`.

        Raises Busy where it has to be `alone` and another living process changes one of them.
        """
        run = uuid.uuid4().hex[:12]
        plain = sorted({plain_target(target) for target in targets})
        with self.writing() as db:
            if alone:
                self._refuse_if_busy(db, plain, account_id, region)
            db.execute(
                "INSERT INTO runs (id, started, pid, kind, title, profile, account_id, arn, region, function, inputs,"
                " process, targets, pipeline, stage, status) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'running')",
                (
                    run,
                    time.time(),
                    os.getpid(),
                    kind,
                    title,
                    profile,
                    account_id,
                    arn,
                    region,
                    plain_name(function),
                    dump(inputs),
                    processes.began(),
                    dump(plain),
                    *within_which(),
                ),
            )
        return run

    def refuse_if_busy(self, targets: Sequence[str], account_id: str, region: str) -> None:
        """Raises Busy where another living process changes one of these targets."""
        with self.writing() as db:
            self._refuse_if_busy(db, targets, account_id, region)

    def _refuse_if_busy(self, db: sqlite3.Connection, targets: Sequence[str], account_id: str, region: str) -> None:
        rows = db.execute(
            "SELECT * FROM runs WHERE status='running' AND account_id=? AND region=? ORDER BY started",
            (account_id, region),
        ).fetchall()
        for row in rows:
            run = Run.read(row)
            target = shared(targets, run) if run.elsewhere else None
            if target and processes.alive(run.pid, row["process"]):
                raise Busy(target, run)

    def end(self, run: str, status: str, outputs: Mapping[str, Any], error: str = "") -> None:
        """Closes a run as `done`, `failed` or `cancelled`."""
        with self.writing() as db:
            db.execute(
                "UPDATE runs SET finished=?, status=?, outputs=?, error=? WHERE id=?",
                (time.time(), status, dump(outputs), error, run),
            )
            if status == "done":
                _forget_payloads(db, run)

    # rollouts

    def checkpoint(self, run: str, state: RolloutState, settled: Mapping[str, str] | None = None) -> None:
        """Writes down how far a rollout is. It is there before this returns, whatever becomes of the process.

        `settled` is what has become of runs by this, as `settle` takes it: it is written with the state, or not at all.
        """
        with self.writing() as db:
            db.execute(
                "INSERT INTO checkpoints (run, at, state) VALUES (?,?,?)", (run, time.time(), dump(state.as_data()))
            )
            for other, how in (settled or {}).items():
                _settle(db, other, how)

    def state(self, run: str) -> RolloutState | None:
        """How far a rollout was when it was last written down; None for what is no rollout."""
        rows = self.read("SELECT state FROM checkpoints WHERE run=? ORDER BY id DESC LIMIT 1", (run,))
        return RolloutState.from_data(load(rows[0]["state"])) if rows else None

    def checkpoints(self, run: str) -> list[Checkpoint]:
        """All that was written down of a rollout, oldest first."""
        rows = self.read("SELECT at, state FROM checkpoints WHERE run=? ORDER BY id", (run,))
        return [Checkpoint(row["at"], RolloutState.from_data(load(row["state"]))) for row in rows]

    def settle(self, run: str, how: str) -> None:
        """Says what became of a rollout that stopped half-way, such as `put back`: it is no longer unfinished."""
        with self.writing() as db:
            _settle(db, run, how)

    def unfinished(
        self, *, account_id: str | None = None, region: str | None = None, function: str | None = None
    ) -> list[Run]:
        """Rollouts that ended before their last step, whoever or whatever ended them, and that nobody has settled.

        Newest first. One that still runs, here or in another process, is none of them.
        """
        self.notice_the_dead()
        function = plain_name(function) if function else None
        where, values = _where(account_id=account_id, region=region, function=function)
        rows = self.read(
            f"SELECT * FROM runs {where or 'WHERE 1'} AND status NOT IN ('running', 'done') AND settled=''"  # noqa: S608
            " AND id IN (SELECT run FROM checkpoints) ORDER BY started DESC",
            values,
        )
        return [Run.read(row) for row in rows]

    # reading

    def entry(self, number: int) -> Entry | None:
        """The call with this id."""
        rows = self.read("SELECT * FROM calls WHERE id=?", (number,))
        return Entry.read(rows[0]) if rows else None

    def run(self, name: str) -> Run | None:
        """The run with this id."""
        rows = self.read("SELECT * FROM runs WHERE id=?", (name,))
        return Run.read(rows[0]) if rows else None

    def entries(
        self,
        *,
        function: str | None = None,
        since: float | None = None,
        account_id: str | None = None,
        region: str | None = None,
        run: str | None = None,
        limit: int = 1000,
    ) -> list[Entry]:
        """Calls, newest first. `since` is in seconds since the epoch."""
        function = plain_name(function) if function else None
        where, values = _where(function=function, account_id=account_id, region=region, run=run, at=since)
        rows = self.read(f"SELECT * FROM calls {where} ORDER BY at DESC, id DESC LIMIT ?", (*values, limit))  # noqa: S608
        return [Entry.read(row) for row in rows]

    def runs(
        self,
        *,
        function: str | None = None,
        since: float | None = None,
        pipeline: str | None = None,
        stage: str | None = None,
        limit: int = 1000,
    ) -> list[Run]:
        """Runs, newest first. `pipeline` is a run of a pipeline, `stage` the id of one of its stages."""
        function = plain_name(function) if function else None
        where, values = _where(function=function, started=since, pipeline=pipeline, stage=stage)
        rows = self.read(f"SELECT * FROM runs {where} ORDER BY started DESC LIMIT ?", (*values, limit))  # noqa: S608
        return [Run.read(row) for row in rows]

    def notice_the_dead(self) -> None:
        """Entries, runs and runs of pipelines left open by processes that are gone become `unknown`."""
        for table, open_status in (("calls", "sent"), ("runs", "running"), ("pipeline_runs", "running")):
            rows = self.read(f"SELECT DISTINCT pid, process FROM {table} WHERE status=?", (open_status,))  # noqa: S608
            for pid, process in rows:
                if processes.alive(pid, process):
                    continue
                with self.writing() as db:
                    db.execute(
                        f"UPDATE {table} SET status='unknown' WHERE status=? AND pid=? AND process=?",  # noqa: S608
                        (open_status, pid, process),
                    )

    @contextmanager
    def writing(self, lost: str = "") -> Iterator[sqlite3.Connection]:
        """A transaction, for the modules of this room. Raises LambdatuiError; `lost` says what that means then."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise LambdatuiError(f"{self.path}: the journal cannot be written: {error}.", lost) from None

    def read(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """The rows of a query, for the modules of this room. Raises LambdatuiError."""
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise LambdatuiError(f"{self.path}: the journal cannot be read: {error}.") from None


def _settle(db: sqlite3.Connection, run: str, how: str) -> None:
    db.execute("UPDATE runs SET settled=? WHERE id=?", (how, run))
    _forget_payloads(db, run)


def _forget_payloads(db: sqlite3.Connection, run: str) -> None:
    """Takes out of a rollout's states what only going on with it would need."""
    for row in db.execute("SELECT id, state FROM checkpoints WHERE run=?", (run,)).fetchall():
        state = RolloutState.from_data(load(row["state"])).without_payloads()
        db.execute("UPDATE checkpoints SET state=? WHERE id=?", (dump(state.as_data()), row["id"]))


def _where(**conditions: Any) -> tuple[str, tuple[Any, ...]]:
    parts, values = [], []
    for name, value in conditions.items():
        if value is not None:
            parts.append(f"{name} {'>=' if name in ('at', 'started') else '='} ?")
            values.append(value)
    return ("WHERE " + " AND ".join(parts) if parts else ""), tuple(values)


def _target(parameters: Mapping[str, Any]) -> str:
    name = str(parameters.get("FunctionName") or parameters.get("Resource") or "")
    part = parameters.get("Name") or parameters.get("Qualifier")
    return f"{name}:{part}" if name and part else name
