"""`lambdatui logs`: the lines of a function's log."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.aws.log_samples import OTHER, RID
from tests.cli.conftest import Run
from tests.emulator.clients import REGION, make_function

GROUP = "/aws/lambda/f"
Write = Callable[..., None]


@pytest.fixture
def write(connected: Emulator, account_id: str, aws: Any) -> Write:
    """Makes the function `f`; writes lines to its log, `ago` ms before now, each a ms after the one before."""
    make_function(aws(), "f")

    def put(*lines: str, ago: int = 2000, stream: str = "s") -> None:
        first = int(time.time() * 1000) - ago
        connected.cloud.logs.put(
            account_id, REGION, GROUP, stream, [(first + number, text) for number, text in enumerate(lines)]
        )

    return put


def invocation(*lines: str, rid: str = RID) -> list[str]:
    report = f"REPORT RequestId: {rid}\tDuration: 11.8 ms\tBilled Duration: 12 ms\tMemory Size: 512 MB\t"
    return [f"START RequestId: {rid} Version: 42", *lines, f"END RequestId: {rid}", report]


def test_each_line_with_its_invocation(lambdatui: Run, write: Write) -> None:
    trace = ("Traceback (most recent call last):", "  File x", "KeyError: 1")
    write(*invocation(f"[ERROR]\t2026-11-24T12:00:00.000Z\t{RID}\tno currency", *trace))
    write("\x1b[2Joutside", ago=1000, stream="t")
    ended = lambdatui("logs", "f")
    assert ended.status == 0
    found = [line.split(maxsplit=5)[2:] for line in ended.out.splitlines()]
    assert found[1] == ["42", RID[:8], "ERROR", "no currency"]
    assert [line[1:2] + line[3:] for line in found[2:5]] == [
        [RID[:8], "Traceback (most recent call last):"],
        [RID[:8], "File x"],
        [RID[:8], "KeyError: 1"],
    ], "each once, with its invocation"
    assert found[-1] == ["-", "-", "-", "outside"]
    assert "\x1b" not in ended.out


def test_json_lines_of_one_invocation_with_some_words(lambdatui: Run, write: Write) -> None:
    write(*invocation("paid by card"))
    write(*invocation("paid by card", "shipped", rid=OTHER), ago=1000, stream="t")
    [line] = lambdatui("logs", "f", "--json", "--request-id", OTHER, "--filter", "paid -cash").lines
    assert (line["request_id"], line["version"], line["message"]) == (OTHER, "42", "paid by card")
    assert line["time"].endswith("+00:00")
    assert len(lambdatui("logs", "f", "--json", "--request-id", OTHER).lines) == 5


def test_ranges(lambdatui: Run, write: Write) -> None:
    write("old", ago=3_000_000)
    write("new")
    assert [line["message"] for line in lambdatui("logs", "f", "--json").lines] == ["new"]
    assert [line["message"] for line in lambdatui("logs", "f", "--json", "--since", "1h").lines] == ["old", "new"]
    ended = lambdatui("logs", "f", "--json", "--since", "1h", "--until", "30m")
    assert [line["message"] for line in ended.lines] == ["old"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--since", "soon"), "--since: 15m, 2h, 3d, a time such as 09:30"),
        (("--since", "1h", "--until", "2h"), "--until: it ends before it begins."),
        (("--follow", "--until", "1m"), "--follow has no end: leave out --until."),
        (("--filter", "/(/"), "--filter: /(/ is no regular expression: "),
    ],
)
def test_bad_input_is_told(lambdatui: Run, write: Write, words: tuple[str, ...], sentence: str) -> None:
    ended = lambdatui("logs", "f", *words)
    assert ended.status == 2
    assert sentence in ended.err


def test_what_is_not_there(lambdatui: Run, write: Write, connected: Emulator, account_id: str) -> None:
    ended = lambdatui("logs", "f")
    assert ended.status == 3
    assert f"There is no log group {GROUP} yet: it is made when the function first runs." in ended.err
    ended = lambdatui("logs", "g")
    assert ended.status == 3
    assert "Function not found" in ended.err
    connected.cloud.faults.add("access-denied", operation="FilterLogEvents", account=account_id)
    ended = lambdatui("logs", "f")
    assert ended.status == 3
    assert "logs:FilterLogEvents" in ended.err


def test_without_the_configuration_the_usual_group_is_read(
    lambdatui: Run, write: Write, connected: Emulator, account_id: str
) -> None:
    write("here")
    connected.cloud.faults.add("access-denied", operation="GetFunctionConfiguration", account=account_id)
    ended = lambdatui("logs", "f", "--json")
    assert [line["message"] for line in ended.lines] == ["here"]
    assert f"GetFunctionConfiguration is denied: the log group is taken to be {GROUP}." in ended.err


def test_it_follows_until_it_is_interrupted(process: Callable[..., subprocess.Popen[str]], write: Write) -> None:
    write("before")
    with process("logs", "f", "--follow", "--json") as running:
        assert running.stdout
        assert json.loads(running.stdout.readline())["message"] == "before"
        write("after", ago=0)
        assert json.loads(running.stdout.readline())["message"] == "after"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Live Tail: lines appear as they arrive." in err
    assert out == ""
