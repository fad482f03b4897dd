"""The journal: one SQLite file in the state folder, written before each mutating call and completed after it.

Two tables: `runs` (one execution of a stage) and `calls` (each mutating call, in a run or not). An entry whose process
died between the two writes is "unknown": it was sent, and what came of it is not known.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lambdatui.aws.functions import plain_name
from lambdatui.aws.guard import Outcome, Sent
from lambdatui.errors import LambdatuiError

SCHEMA = 1
_MAGIC = b"SQLite format 3\0"

Status = Literal["sent", "done", "failed", "unknown"]

_TABLES = """
CREATE TABLE runs (
  id TEXT PRIMARY KEY, started REAL NOT NULL, finished REAL, pid INTEGER NOT NULL,
  kind TEXT NOT NULL, title TEXT NOT NULL, profile TEXT NOT NULL, account_id TEXT NOT NULL, arn TEXT NOT NULL,
  region TEXT NOT NULL, function TEXT NOT NULL, inputs TEXT NOT NULL, status TEXT NOT NULL, outputs TEXT, error TEXT
);
CREATE TABLE calls (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, at REAL NOT NULL, pid INTEGER NOT NULL,
  service TEXT NOT NULL, operation TEXT NOT NULL, target TEXT NOT NULL, profile TEXT NOT NULL,
  account_id TEXT NOT NULL, arn TEXT NOT NULL, region TEXT NOT NULL, function TEXT NOT NULL,
  parameters TEXT NOT NULL, before TEXT, undo TEXT NOT NULL,
  status TEXT NOT NULL, error TEXT, code TEXT, request_id TEXT, result TEXT, seconds REAL
);
CREATE INDEX calls_by_function ON calls (account_id, region, function, at);
CREATE INDEX calls_by_time ON calls (at);
"""


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


class Journal:
    """The journal in a file. Safe to use from several threads and from several processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        """Where an unreadable journal was moved to, if one was found."""
        self._lock = threading.Lock()
        self._db = self._open()
        self._notice_the_dead()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # the recorder of the guard

    def sent(self, call: Sent) -> int:
        """Writes a call down before it goes out. Returns the entry's id. Raises LambdatuiError if it cannot."""
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
            plain_name(str(call.parameters.get("FunctionName", ""))),
            _dump(call.parameters),
            _dump(call.context.before),
            call.context.undo,
        )
        with self._writing("Nothing was sent.") as db:
            cursor = db.execute(
                "INSERT INTO calls (run, at, pid, service, operation, target, profile, account_id, arn, region,"
                " function, parameters, before, undo, status) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,'sent')",
                values,
            )
            return int(cursor.lastrowid or 0)

    def finished(self, entry: int, outcome: Outcome) -> None:
        """Completes an entry. An outcome without an answer from AWS is `unknown`."""
        status = "unknown" if outcome.code == "no-answer" else "failed" if outcome.error else "done"
        with self._writing() as db:
            db.execute(
                "UPDATE calls SET status=?, error=?, code=?, request_id=?, result=?, seconds=? WHERE id=?",
                (
                    status,
                    outcome.error,
                    outcome.code,
                    outcome.request_id,
                    _dump(outcome.result),
                    outcome.seconds,
                    entry,
                ),
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
    ) -> str:
        """Opens a run and returns its id."""
        run = uuid.uuid4().hex[:12]
        with self._writing() as db:
            db.execute(
                "INSERT INTO runs (id, started, pid, kind, title, profile, account_id, arn, region, function, inputs,"
                " status) VALUES (?,?,?,?,?,?,?,?,?,?,?,'running')",
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
                    _dump(inputs),
                ),
            )
        return run

    def end(self, run: str, status: str, outputs: Mapping[str, Any], error: str = "") -> None:
        """Closes a run as `done`, `failed` or `cancelled`."""
        with self._writing() as db:
            db.execute(
                "UPDATE runs SET finished=?, status=?, outputs=?, error=? WHERE id=?",
                (time.time(), status, _dump(outputs), error, run),
            )

    # reading

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
        rows = self._read(f"SELECT * FROM calls {where} ORDER BY at DESC, id DESC LIMIT ?", (*values, limit))  # noqa: S608
        return [
            Entry(
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
                parameters=_load(row["parameters"]) or {},
                before=_load(row["before"]),
                undo=row["undo"],
                status=row["status"],
                error=row["error"] or "",
                code=row["code"] or "",
                request_id=row["request_id"] or "",
                result=_load(row["result"]) or {},
                seconds=row["seconds"],
            )
            for row in rows
        ]

    def runs(self, *, function: str | None = None, since: float | None = None, limit: int = 1000) -> list[Run]:
        """Runs, newest first."""
        function = plain_name(function) if function else None
        where, values = _where(function=function, started=since)
        rows = self._read(f"SELECT * FROM runs {where} ORDER BY started DESC LIMIT ?", (*values, limit))  # noqa: S608
        return [
            Run(
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
                inputs=_load(row["inputs"]) or {},
                status=row["status"],
                outputs=_load(row["outputs"]) or {},
                error=row["error"] or "",
            )
            for row in rows
        ]

    # the file

    def _open(self) -> sqlite3.Connection:
        try:
            # SQLite would throw away the write-ahead log of what is no database
            if self._may_be_a_database():
                try:
                    return self._connect()
                except sqlite3.DatabaseError as error:
                    if isinstance(error, sqlite3.OperationalError):
                        raise LambdatuiError(f"{self.path}: the journal cannot be opened: {error}.") from None
            self.set_aside = self._put_aside()
            return self._connect()
        except OSError as error:
            raise LambdatuiError(f"{self.path}: the journal cannot be opened: {error.strerror}.") from None

    def _may_be_a_database(self) -> bool:
        try:
            with self.path.open("rb") as file:
                start = file.read(len(_MAGIC))
        except FileNotFoundError:
            return True
        return start in (b"", _MAGIC)

    def _put_aside(self) -> Path:
        stem = f"{self.path.name}.unreadable-{dt.datetime.now():%Y%m%dT%H%M%S.%f}"  # noqa: DTZ005 - a name, not a time
        # the write-ahead log holds the newest entries, and is read under the name of its database
        for suffix in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + suffix).rename(self.path.with_name(stem + suffix))
        return self.path.with_name(stem)

    def _connect(self) -> sqlite3.Connection:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(self.path, timeout=10, check_same_thread=False, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("BEGIN IMMEDIATE")
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found == 0:
                for statement in _TABLES.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version={SCHEMA}")
            db.execute("COMMIT")
            if found > SCHEMA:
                raise LambdatuiError(
                    f"{self.path}: this journal was written by a newer lambdatui (schema {found}, known {SCHEMA}).",
                    "Update lambdatui, or set LAMBDATUI_STATE_DIR to another folder.",
                )
        except BaseException:
            db.close()
            raise
        return db

    def _notice_the_dead(self) -> None:
        """Entries and runs left open by processes that are gone become `unknown`."""
        with self._writing() as db:
            for table, open_status in (("calls", "sent"), ("runs", "running")):
                rows = db.execute(f"SELECT DISTINCT pid FROM {table} WHERE status=?", (open_status,)).fetchall()  # noqa: S608
                for (pid,) in rows:
                    if not _alive(pid):
                        db.execute(
                            f"UPDATE {table} SET status='unknown' WHERE status=? AND pid=?",  # noqa: S608
                            (open_status, pid),
                        )

    @contextmanager
    def _writing(self, lost: str = "") -> Iterator[sqlite3.Connection]:
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

    def _read(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise LambdatuiError(f"{self.path}: the journal cannot be read: {error}.") from None


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


def _dump(value: Any) -> str | None:
    return None if value is None else json.dumps(value, default=str, ensure_ascii=False)


def _load(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
