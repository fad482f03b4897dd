"""The journal: written before, completed after, complete whoever dies or writes beside; no secret in the file."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.guard import Context, Outcome, Sent
from lambdatui.errors import LambdatuiError
from lambdatui.journal import Journal
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Finished, World
from tests.deadlines import wait_for
from tests.emulator.clients import make_function


def sent(**members: Any) -> Sent:
    return Sent(
        **{
            "service": "lambda",
            "operation": "UpdateAlias",
            "profile": "prod",
            "account_id": "123456789012",
            "arn": "arn:aws:iam::123456789012:user/anna",
            "region": "eu-west-1",
            "parameters": {"FunctionName": "f", "Name": "live"},
            "context": Context(),
        }
        | members
    )


def begin(journal: Journal, **members: Any) -> str:
    return journal.begin(
        **{
            "kind": "route",
            "title": "Route f:live",
            "profile": "prod",
            "account_id": "123456789012",
            "arn": "arn:aws:iam::123456789012:user/anna",
            "region": "eu-west-1",
            "function": "f",
            "inputs": {"function": "f"},
        }
        | members
    )


@pytest.fixture
def path(journal: Journal) -> Path:
    return journal.path


def test_an_entry_is_sent_then_done_failed_or_unknown(journal: Journal) -> None:
    cases = {
        "done": Outcome(result={"Version": "2"}, request_id="r", seconds=0.5),
        "failed": Outcome(error="no", code="AccessDeniedException"),
        "unknown": Outcome(error="reset", code="no-answer", unsure=True),
    }
    for status, outcome in cases.items():
        number = journal.sent(sent())
        assert journal.entries()[0].status == "sent"
        journal.finished(number, outcome)
        [entry] = [entry for entry in journal.entries() if entry.id == number]
        assert entry.status == status
        assert (entry.error, entry.code, entry.result) == (outcome.error, outcome.code, outcome.result)
    assert [entry.target for entry in journal.entries()] == ["f:live"] * 3


def test_entries_are_found_by_function_place_run_and_time(journal: Journal) -> None:
    journal.sent(sent(parameters={"FunctionName": "f"}, context=Context(run="run-1")))
    journal.sent(sent(parameters={"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:g:7"}))
    journal.sent(sent(parameters={"FunctionName": "g"}, region="us-east-1"))
    by_g = journal.entries(function="g")
    assert [entry.region for entry in by_g] == ["us-east-1", "eu-west-1"]
    assert journal.entries(function="arn:aws:lambda:eu-west-1:123456789012:function:g") == by_g
    assert len(journal.entries(region="us-east-1")) == 1
    assert len(journal.entries(account_id="210987654321")) == 0
    assert [entry.function for entry in journal.entries(run="run-1")] == ["f"]
    assert journal.entries(since=by_g[0].at) == by_g[:1]
    assert journal.entries(limit=1) == by_g[:1]


def test_a_run_has_a_beginning_and_an_end(journal: Journal) -> None:
    run = begin(journal)
    assert [(entry.id, entry.status) for entry in journal.runs()] == [(run, "running")]
    journal.end(run, "failed", {"version": "7"}, "AWS said no")
    [ended] = journal.runs(function="f")
    assert (ended.status, ended.outputs, ended.error) == ("failed", {"version": "7"}, "AWS said no")
    assert ended.finished is not None
    assert ended.finished >= ended.started


def test_the_file_is_its_owner_s_alone(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    for beside in path.parent.glob("journal.sqlite-*"):
        assert beside.stat().st_mode & 0o077 == 0


def test_what_was_written_is_there_when_it_is_opened_again(journal: Journal, path: Path) -> None:
    journal.finished(journal.sent(sent()), Outcome())
    again = Journal(path)
    assert again.entries() == journal.entries()
    again.close()


def test_what_is_under_way_in_a_living_process_stays_sent(journal: Journal, path: Path) -> None:
    journal.sent(sent())
    begin(journal)
    again = Journal(path)
    assert [entry.status for entry in again.entries()] == ["sent"]
    assert [run.status for run in again.runs()] == ["running"]
    again.close()


# other processes

CHANGING = """
    from lambdatui.aws.accounts import Accounts
    from lambdatui.journal import Journal
    from lambdatui.settings import Settings, state_folder
    from lambdatui.stages.route import Route, Simple
    from lambdatui.stages.stage import World
    journal = Journal(state_folder() / "journal.sqlite")
    world = World(Accounts(Settings(), journal), journal=journal)
    stage = Route(function="f", alias="live", strategy=Simple(to="1"))
    for event in stage.run(world, stage.plan(world)):
        print(event, flush=True)
"""


def python(source: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_process_killed_between_sending_and_the_answer_leaves_unknown(
    connected: Any, account_id: str, aws: Any, journal: Journal, path: Path
) -> None:
    make_function(aws(), "f")
    aws().publish_version(FunctionName="f")
    connected.cloud.faults.add("hang", operation="CreateAlias", account=account_id, seconds=60)
    child = python(CHANGING)
    try:
        [entry] = wait_for(journal.entries, "the entry of the child")
        [run] = journal.runs()
        assert (entry.status, entry.operation, entry.target) == ("sent", "CreateAlias", "f:live")
        assert (run.status, run.id) == ("running", entry.run)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        connected.cloud.faults.clear()
    assert [entry.status for entry in journal.entries()] == ["sent"]
    again = Journal(path)
    assert [entry.status for entry in again.entries()] == ["unknown"]
    assert [run.status for run in again.runs()] == ["unknown"]
    again.close()


WRITING = """
    from pathlib import Path
    from lambdatui.journal import Journal
    from tests.journal.test_journal import sent
    from lambdatui.aws.guard import Outcome
    journal = Journal(Path({path!r}))
    print("ready", flush=True)
    input()
    for number in range(150):
        entry = journal.sent(sent(parameters={{"FunctionName": "f-{child}-%d" % number}}))
        journal.finished(entry, Outcome())
    print("done")
"""


def test_processes_and_threads_that_write_at_once_lose_nothing(journal: Journal, path: Path) -> None:
    children = [python(WRITING.format(path=str(path), child=child)) for child in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"

    def write(name: int) -> None:
        for number in range(150):
            journal.finished(journal.sent(sent(parameters={"FunctionName": f"f-t{name}-{number}"})), Outcome())

    threads = [threading.Thread(target=write, args=(name,)) for name in range(2)]
    for thread in threads:
        thread.start()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for thread in threads:
        thread.join()
    for child in children:
        said, _ = child.communicate(timeout=60)
        assert said == "done\n"
    entries = journal.entries()
    assert len({entry.function for entry in entries}) == 600
    assert {entry.status for entry in entries} == {"done"}


# a file that is no journal


def test_an_unreadable_journal_is_set_aside_whole_and_a_new_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"this was never a database" * 100)
    path.with_name("journal.sqlite-wal").write_bytes(b"the newest entries")
    journal = Journal(path)
    assert journal.entries() == []
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes().startswith(b"this was never a database")
    assert Path(f"{journal.set_aside}-wal").read_bytes() == b"the newest entries"
    journal.sent(sent())
    journal.close()
    again = Journal(path)
    assert again.set_aside is None
    assert len(again.entries()) == 1
    again.close()


def test_two_unreadable_journals_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    kept = set()
    for number in range(2):
        path.write_bytes(b"garbage %d " % number * 100)
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        journal = Journal(path)
        assert journal.set_aside is not None
        kept.add(journal.set_aside)
        journal.close()
    kept = {file.read_bytes()[:9] for file in kept}
    assert kept == {b"garbage 0", b"garbage 1"}


def test_a_journal_of_a_newer_lambdatui_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(LambdatuiError, match=r"written by a newer lambdatui \(schema 99, known \d+\)"):
        Journal(path)
    assert list(tmp_path.glob("*unreadable*")) == []


def test_a_folder_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.mkdir()
    with pytest.raises(LambdatuiError, match="the journal cannot be opened"):
        Journal(path)


def test_a_journal_that_breaks_while_it_is_read_is_told(journal: Journal) -> None:
    journal._db.execute("DROP TABLE calls")
    with pytest.raises(LambdatuiError, match="the journal cannot be read: no such table: calls"):
        journal.entries()


# secrets

SECRETS = ("hunter2-value", "s3cr3t-payload", "AKIA")


def test_no_secret_reaches_the_file(
    world: World, journal: Journal, path: Path, tmp_path: Path, account_id: str
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): return 1  # s3cr3t-payload\n")
    role = f"arn:aws:iam::{account_id}:role/service"
    deploy = Deploy(
        function="f",
        code="code",
        runtime="python3.13",
        handler="app.handler",
        role=role,
        environment={"API_TOKEN": "hunter2-value", "PLAIN": "hunter2-value"},
    )
    changed = Deploy(function="f", environment={"API_TOKEN": "hunter2-value-2"})
    invoke = Invoke(function="f", payload={"card": "s3cr3t-payload"})
    for stage in (deploy, changed, invoke):
        events = list(stage.run(world, stage.plan(world)))
        assert isinstance(events[-1], Finished), events[-1]
    assert [entry.operation for entry in journal.entries()] == ["UpdateFunctionConfiguration", "CreateFunction"]
    # the answers of invocations are kept, as their screen says; what was sent is not
    written = b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())
    for secret in SECRETS:
        assert secret.encode() not in written
    # and what is no secret is there
    created, configured = journal.entries()[1], journal.entries()[0]
    assert created.parameters["Environment"]["Variables"] == {"API_TOKEN": "••••••", "PLAIN": "••••••"}
    assert created.parameters["Code"]["ZipFile"].startswith("<")
    assert "sha256" in created.parameters["Code"]["ZipFile"]
    assert configured.before["Environment"]["Variables"] == {"API_TOKEN": "••••••", "PLAIN": "••••••"}
    inputs = {run.kind: run.inputs for run in journal.runs()}
    assert set(inputs["deploy"]["environment"]) <= {"API_TOKEN", "PLAIN"}
    assert inputs["invoke"]["payload"] != {"card": "s3cr3t-payload"}
    assert inputs["invoke"]["function"] == "f"
