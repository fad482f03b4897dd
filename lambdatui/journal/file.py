"""The journal's SQLite file: its schema, how an older one is brought up to date, and one that cannot be read.

`runs` are executions of a stage, `calls` each mutating call, in a run or not, `checkpoints` how far a rollout was;
`pipeline_runs` are executions of a pipeline, `pipeline_stages` how each of its stages stands, `pipeline_events` what
it told.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from lambdatui.errors import LambdatuiError

_MAGIC = b"SQLite format 3\0"

# what makes each version of the schema of the one before it: an old file passes through the same steps as a new one
_VERSIONS = (
    """
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
CREATE INDEX calls_by_time ON calls (at)
""",
    """
ALTER TABLE runs ADD COLUMN process TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN targets TEXT NOT NULL DEFAULT '[]';
ALTER TABLE runs ADD COLUMN settled TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN process TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN back TEXT;
CREATE INDEX runs_by_status ON runs (status);
CREATE TABLE checkpoints (id INTEGER PRIMARY KEY, run TEXT NOT NULL, at REAL NOT NULL, state TEXT NOT NULL);
CREATE INDEX checkpoints_by_run ON checkpoints (run, id)
""",
    """
ALTER TABLE runs ADD COLUMN pipeline TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN stage TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_pipeline ON runs (pipeline, stage);
CREATE TABLE pipeline_runs (
  id TEXT PRIMARY KEY, started REAL NOT NULL, finished REAL, pid INTEGER NOT NULL, process TEXT NOT NULL,
  name TEXT NOT NULL, source TEXT NOT NULL, folder TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL,
  parameters TEXT NOT NULL, attempt INTEGER NOT NULL, parent TEXT NOT NULL, parent_stage TEXT NOT NULL,
  status TEXT NOT NULL, error TEXT
);
CREATE INDEX pipeline_runs_by_time ON pipeline_runs (started);
CREATE TABLE pipeline_stages (
  run TEXT NOT NULL, stage TEXT NOT NULL, started REAL NOT NULL, finished REAL, status TEXT NOT NULL,
  inputs TEXT NOT NULL, planned TEXT, outputs TEXT, error TEXT, PRIMARY KEY (run, stage)
);
CREATE TABLE pipeline_events (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, attempt INTEGER NOT NULL, at REAL NOT NULL, stage TEXT NOT NULL,
  event TEXT NOT NULL
);
CREATE INDEX pipeline_events_by_run ON pipeline_events (run, id)
""",
)
SCHEMA = len(_VERSIONS)


def opened(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """A connection to the journal, made or brought up to date where need be, and where an unreadable one was moved to.

    Raises LambdatuiError where it cannot be opened, or a newer lambdatui wrote it.
    """
    try:
        # SQLite would throw away the write-ahead log of what is no database
        if _may_be_a_database(path):
            try:
                return _connected(path), None
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise LambdatuiError(f"{path}: the journal cannot be opened: {error}.") from None
        set_aside = _put_aside(path)
        return _connected(path), set_aside
    except OSError as error:
        raise LambdatuiError(f"{path}: the journal cannot be opened: {error.strerror}.") from None


def _may_be_a_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return True
    return start in (b"", _MAGIC)


def _put_aside(path: Path) -> Path:
    stem = f"{path.name}.unreadable-{dt.datetime.now():%Y%m%dT%H%M%S.%f}"  # noqa: DTZ005 - a name, not a time
    # the write-ahead log holds the newest entries, and is read under the name of its database
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(path.with_name(stem + suffix))
    return path.with_name(stem)


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        # what is taken out of it is gone
        db.execute("PRAGMA secure_delete=ON")
        db.execute("BEGIN IMMEDIATE")
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA:
            raise LambdatuiError(
                f"{path}: this journal was written by a newer lambdatui (schema {found}, known {SCHEMA}).",
                "Update lambdatui, or set LAMBDATUI_STATE_DIR to another folder.",
            )
        for version in _VERSIONS[found:]:
            for statement in version.split(";"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version={SCHEMA}")
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db
