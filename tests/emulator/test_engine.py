"""The engine by itself: what handlers can do to it, and what comes of it."""

from __future__ import annotations

import io
import json
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.engine.pool import Engine, EngineClosed
from lambdatui.emulator.engine.program import Event, Outcome, Program
from lambdatui.emulator.engine.unpacking import unpack
from tests.emulator.clients import zipped
from tests.emulator.expectations import eventually


@pytest.fixture
def engine() -> Iterator[Engine]:
    running = Engine(init_limit=2.0)
    yield running
    running.close()


def program(source: str, **settings: Any) -> Program:
    settings = {"handler": "app.handler", "log_group": "/aws/lambda/f", **settings}
    return Program(
        key=f"arn:f:1@{hash((source, str(settings)))}", name="f", version="1", code=zipped(source), **settings
    )


def run(engine: Engine, source: str, payload: object = None, **settings: Any) -> Outcome:
    event = Event("request-1", json.dumps(payload).encode(), "arn:f:1")
    return engine.invoke(program(source, **settings), event)


def texts(outcome: Outcome) -> list[str]:
    return [text for _, text in outcome.lines]


@pytest.mark.parametrize(
    ("source", "handler", "kind", "message"),
    [
        (
            "import nope\n",
            "app.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nope'",
        ),
        ("x = 1\n", "missing.handler", "Runtime.ImportModuleError", "Unable to import module 'missing': No module"),
        ("x = 1\n", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        (
            "def x(\n",
            "app.handler",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'app': '(' was never closed",
        ),
        ("x = 1\n", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler': not enough values to unpack"),
        ("x = 1\n", "sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        ("raise ValueError('no')\n", "app.handler", "ValueError", "no"),
        (
            "def handler(e, c):\n    return {1}\n",
            "app.handler",
            "Runtime.MarshalError",
            "Unable to marshal response: Object",
        ),
    ],
)
def test_errors_have_the_runtimes_types_and_words(
    engine: Engine, source: str, handler: str, kind: str, message: str
) -> None:
    outcome = run(engine, source, handler=handler)
    payload = json.loads(outcome.payload)
    assert (outcome.error_type, payload["errorType"], payload["requestId"]) == (kind, kind, "request-1")
    assert payload["errorMessage"].startswith(message)
    assert any(text.startswith(f"[ERROR] {kind}: {message}") for text in texts(outcome))


def test_a_failed_start_is_reported_before_the_invocation(engine: Engine) -> None:
    lines = texts(run(engine, "import nope\n"))
    kinds = [line.split()[0] for line in lines]
    assert kinds == ["INIT_START", "[ERROR]", "INIT_REPORT", "START", "END", "REPORT"]
    assert lines[2].endswith("ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError")
    assert lines[-1].endswith("\tStatus: error\tError Type: Runtime.ImportModuleError\t")


def test_a_handler_is_killed_at_its_timeout(engine: Engine) -> None:
    source = "import time\ndef handler(event, context):\n    print('working')\n    time.sleep(60)\n"
    outcome = run(engine, source, timeout=0.3)
    assert (outcome.status, outcome.error_type) == ("timeout", "Sandbox.Timedout")
    assert json.loads(outcome.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: request-1 Error: Task timed out after 0.30 seconds",
    }
    lines = texts(outcome)
    assert "working" in lines
    assert any(line.endswith("request-1 Task timed out after 0.30 seconds") for line in lines)
    assert lines[-1].endswith("\tStatus: timeout\t")
    assert outcome.duration_ms == pytest.approx(300)
    assert engine.counts() == (0, 0)


def test_what_a_handler_started_is_killed_with_it(engine: Engine, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    source = f"""
import subprocess, sys, time
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    open({str(note)!r}, "w").write(str(child.pid))
    time.sleep(60)
"""
    run(engine, source, timeout=1.0)
    pid = int(note.read_text())

    def gone() -> bool:
        try:
            return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return True

    eventually(gone)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("os._exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("sys.exit(4)", "Runtime exited with error: exit status 4"),
    ],
)
def test_an_exit_is_a_runtime_exit_error(engine: Engine, statement: str, reason: str) -> None:
    outcome = run(engine, f"import os, sys\ndef handler(event, context):\n    print('last words')\n    {statement}\n")
    assert json.loads(outcome.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: request-1 Error: {reason}",
    }
    assert "last words" in texts(outcome)
    assert texts(outcome)[-1].endswith("\tStatus: error\tError Type: Runtime.ExitError\t")


def test_a_start_that_takes_too_long_times_out(engine: Engine) -> None:
    quick = Engine(init_limit=0.3)
    try:
        outcome = run(quick, "import time\ntime.sleep(60)\n", timeout=3.0)
    finally:
        quick.close()
    assert outcome.error_type == "Sandbox.Timedout"
    assert any("Phase: init\tStatus: timeout" in line for line in texts(outcome))


def test_output_of_every_kind_is_logged_in_order(engine: Engine) -> None:
    source = """
import logging, os, sys
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("one\\ntwo")
    sys.stderr.write("three\\n")
    logging.info("four %s\\nof several lines", 4)
    print("five", end="")
    context.log("six")
    os.write(1, b"seven\\n")
"""
    lines = texts(run(engine, source))[2:-2]
    assert lines[:3] == ["one", "two", "three"]
    level, moment, request, message = lines[3].split("\t")
    assert (level, request, message) == ("[INFO]", "request-1", "four 4\nof several lines")
    assert moment.endswith("Z")
    assert sorted(lines[4:]) == ["five", "seven", "six"]


def test_json_logs_are_documents_and_honour_the_levels(engine: Engine) -> None:
    source = """
import logging
def handler(event, context):
    logging.debug("hidden")
    logging.info("shown", extra={"order": 7})
    print("as it is")
"""
    json_logs = {"log_format": "JSON", "application_log_level": "INFO"}
    lines = texts(run(engine, source, system_log_level="INFO", **json_logs))
    documents = [json.loads(line) for line in lines if line.startswith("{")]
    assert [d.get("type") for d in documents] == ["platform.initStart", "platform.start", None, "platform.report"]
    shown = documents[2]
    assert (shown["level"], shown["message"], shown["order"], shown["requestId"]) == ("INFO", "shown", 7, "request-1")
    report = documents[3]["record"]
    assert (report["requestId"], report["status"]) == ("request-1", "success")
    assert report["metrics"].keys() == {
        "durationMs",
        "billedDurationMs",
        "memorySizeMB",
        "maxMemoryUsedMB",
        "initDurationMs",
    }
    assert "as it is" in lines
    quiet = texts(run(engine, source, log_format="JSON", application_log_level="ERROR", system_log_level="WARN"))
    assert quiet == ["as it is"]
    failed = texts(run(engine, "def handler(e, c):\n    1 / 0\n", system_log_level="WARN", **json_logs))
    assert json.loads(failed[0])["errorType"] == "ZeroDivisionError"
    assert json.loads(failed[-1])["record"]["status"] == "error"


def test_escapes_and_bytes_that_are_no_text_pass_through_as_data(engine: Engine) -> None:
    source = "import os\ndef handler(event, context):\n    print('\\x1b[2J[bold]')\n    os.write(1, b'\\xff\\xfe\\n')\n"
    lines = texts(run(engine, source))
    assert "\x1b[2J[bold]" in lines
    assert "\ufffd\ufffd" in lines


def test_a_handler_that_never_stops_to_print_fills_no_memory(engine: Engine) -> None:
    source = "def handler(event, context):\n    while True:\n        print('x' * 100_000)\n"
    outcome = run(engine, source, timeout=2.0)
    assert outcome.status == "timeout"
    assert sum(len(text) for text in texts(outcome)) < 17_000_000
    assert "The emulator keeps 16777216 bytes of an invocation's log; the rest is lost." in texts(outcome)


def test_parts_without_an_end_are_too_large_an_answer(engine: Engine) -> None:
    outcome = run(engine, "def handler(event, context):\n    while True:\n        yield 'x' * 100_000\n")
    assert outcome.error_type == "Function.ResponseSizeTooLarge"


def test_memory_and_durations_are_measured(engine: Engine) -> None:
    source = """
import time
def handler(event, context):
    started = time.perf_counter()
    bytearray(60_000_000)
    return (time.perf_counter() - started) * 1000
"""
    cold, warm = run(engine, source), run(engine, source)
    assert cold.init_ms is not None
    assert cold.billed_ms >= cold.duration_ms + cold.init_ms
    assert warm.init_ms is None
    assert warm.duration_ms >= json.loads(warm.payload)
    assert 60 < warm.max_memory_mb < 600


def test_an_environment_that_ended_by_itself_is_replaced(engine: Engine) -> None:
    source = "import os\ndef handler(event, context):\n    return os.getpid()\n"
    pid = json.loads(run(engine, source).payload)
    os.kill(pid, 9)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    again = run(engine, source)
    assert again.error_type is None
    assert json.loads(again.payload) != pid


def test_environments_beyond_the_most_are_waited_for() -> None:
    engine = Engine(most=2, most_idle=1)
    source = "import os, time\ndef handler(event, context):\n    time.sleep(0.2)\n    return os.getpid()\n"
    pids: list[int] = []
    threads = [threading.Thread(target=lambda: pids.append(json.loads(run(engine, source).payload))) for _ in range(6)]
    try:
        for thread in threads:
            thread.start()
        most = 0
        while any(thread.is_alive() for thread in threads):
            busy, idle = engine.counts()
            most = max(most, busy + idle)
            assert busy <= 2
        assert most == 2
        assert len(pids) == 6
        assert engine.counts() == (0, 1)
    finally:
        engine.close()


def test_idle_environments_are_let_go() -> None:
    engine = Engine(idle_seconds=0.1)
    try:
        run(engine, "def handler(event, context): pass\n")
        assert engine.counts() == (0, 1)
        eventually(lambda: engine.counts() == (0, 0))
    finally:
        engine.close()


def test_closing_ends_what_runs_and_leaves_nothing_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine = Engine()
    outcomes: list[object] = []
    source = "import time\ndef handler(event, context):\n    time.sleep(60)\n"

    def invoke() -> None:
        try:
            outcomes.append(run(engine, source, timeout=60).error_type)
        except EngineClosed as error:
            outcomes.append(error)

    thread = threading.Thread(target=invoke)
    thread.start()
    eventually(lambda: engine.counts() == (1, 0) and list(tmp_path.iterdir()))
    engine.close()
    thread.join(10)
    assert not thread.is_alive()
    assert isinstance(outcomes[0], EngineClosed)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(EngineClosed):
        run(engine, source)


def test_a_zip_cannot_leave_its_folder(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("good/app.py", "x = 1\n")
        archive.writestr("../evil.py", "")
        archive.writestr("good/../../evil.py", "")
        archive.writestr("/evil.py", "")
        archive.writestr("..\\evil.py", "")
        archive.writestr(link, "/etc/passwd")
    folder = tmp_path / "folder"
    folder.mkdir()
    unpack(buffer.getvalue(), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) == ["good", "good/app.py"]
