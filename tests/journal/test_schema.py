"""A journal that an older lambdatui wrote is brought up to date, and nothing of it is lost."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from lambdatui.aws.guard import Outcome
from lambdatui.journal import Journal, RolloutState, Routing
from lambdatui.journal.file import SCHEMA
from tests.journal.test_journal import begin, sent

VERSION_1 = """
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
INSERT INTO runs VALUES ('r1', 1000.5, 1002.5, 7, 'route', 'Route f:live', 'prod', '123456789012',
  'arn:aws:iam::123456789012:user/anna', 'eu-west-1', 'f', '{"function": "f"}', 'done', '{"version": "2"}', '');
INSERT INTO runs VALUES ('r2', 1003.5, NULL, PID, 'route', 'Route f:live', 'prod', '123456789012',
  'arn:aws:iam::123456789012:user/anna', 'eu-west-1', 'f', '{"function": "f"}', 'running', NULL, NULL);
INSERT INTO calls VALUES (41, 'r1', 1001.5, 7, 'lambda', 'UpdateAlias', 'f:live', 'prod', '123456789012',
  'arn:aws:iam::123456789012:user/anna', 'eu-west-1', 'f', '{"Name": "live"}', '{"FunctionVersion": "1"}',
  'all traffic back to 1', 'done', '', '', 'req', '{"RevisionId": "x"}', 0.25);
PRAGMA user_version=1
"""


def old(path: Path) -> None:
    db = sqlite3.connect(path)
    db.executescript(VERSION_1.replace("PID", str(os.getpid())))
    db.close()


def schema(path: Path) -> set[tuple[str, str]]:
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    found = {(table, column[1]) for table in tables for column in db.execute(f"PRAGMA table_info({table})")}
    found |= {("", name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='index'")}
    db.close()
    return found


def test_a_journal_of_the_first_schema_keeps_all_and_takes_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    old(path)
    journal = Journal(path)
    assert journal.set_aside is None
    running, done = journal.runs()
    assert (done.id, done.started, done.outputs, done.targets, done.settled) == ("r1", 1000.5, {"version": "2"}, (), "")
    # a process that was not named by its beginning counts as long as its id is in use
    assert (running.id, running.status) == ("r2", "running")
    [entry] = journal.entries()
    assert (entry.id, entry.before, entry.undo) == (41, {"FunctionVersion": "1"}, "all traffic back to 1")

    assert journal.sent(sent()) == 42
    journal.finished(42, Outcome())
    run = begin(journal, targets=["f:live"])
    state = RolloutState(alias="live", before=Routing("1"), stands=Routing("1"), step=-1)
    journal.checkpoint(run, state)
    assert journal.state(run) == state
    journal.close()

    again = Journal(path)
    assert [found.id for found in again.entries()] == [42, 41]
    again.close()


def test_an_old_journal_ends_with_the_schema_of_a_new_one(tmp_path: Path) -> None:
    old(tmp_path / "old.sqlite")
    Journal(tmp_path / "old.sqlite").close()
    Journal(tmp_path / "new.sqlite").close()
    assert schema(tmp_path / "old.sqlite") == schema(tmp_path / "new.sqlite")
    db = sqlite3.connect(tmp_path / "old.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    db.close()
