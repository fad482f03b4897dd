"""A command as a real process: Ctrl-C and its like, and the question that is asked on a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import ROUTE, served
from tests.conftest import Calls
from tests.deadlines import wait_for
from tests.emulator.clients import make_function
from tests.stages.acting import function_with_versions
from tests.terminal import Terminal


def test_ctrl_c_lets_the_call_under_way_end_and_tells_what_was_not_done(
    process: Callable[..., subprocess.Popen[str]], connected: Any, account_id: str, aws: Any, calls: Calls
) -> None:
    function_with_versions(aws(), 5)
    fault = connected.cloud.faults.add("slow", operation="DeleteFunction", account=account_id, seconds=1.5)
    child = process("prune", "f", "--keep", "1", "--yes")
    wait_for(lambda: connected.cloud.faults.hits(fault) == 1, "the first deletion")
    child.send_signal(signal.SIGINT)
    out, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Stopping after the call that is under way; once more ends at once." in said
    assert "done: DeleteFunction f:1" in said
    assert "not done: DeleteFunction f:2, DeleteFunction f:3, DeleteFunction f:4" in said
    assert said.endswith("lambdatui: Stopped by the operator.\n")
    assert calls.changes().count("DeleteFunction") == 1
    assert out == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_does_so_as_with_ctrl_c(
    process: Callable[..., subprocess.Popen[str]], connected: Any, account_id: str, aws: Any, number: signal.Signals
) -> None:
    function_with_versions(aws(), 3)
    fault = connected.cloud.faults.add("slow", operation="DeleteFunction", account=account_id, seconds=1)
    child = process("prune", "f", "--keep", "1", "--yes", "--json")
    wait_for(lambda: connected.cloud.faults.hits(fault) == 1, "the first deletion")
    child.send_signal(number)
    out, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert '"status": "cancelled"' in out
    assert "not done: DeleteFunction f:2" in said


def test_a_second_ctrl_c_ends_at_once(
    process: Callable[..., subprocess.Popen[str]], connected: Any, account_id: str, aws: Any
) -> None:
    make_function(aws(), "f")
    fault = connected.cloud.faults.add("hang", operation="Invoke", account=account_id, seconds=60)
    child = process("invoke", "f")
    assert child.stderr is not None
    try:
        wait_for(lambda: connected.cloud.faults.hits(fault) == 1, "the invocation")
        child.send_signal(signal.SIGINT)
        told = ""
        while "once more ends at once" not in told:
            told += os.read(child.stderr.fileno(), 65536).decode()
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=20)
    finally:
        child.kill()
    assert child.returncode == 130
    assert said.endswith("lambdatui: interrupted.\n")


def test_ctrl_c_while_it_plans_ends_at_once(
    process: Callable[..., subprocess.Popen[str]], connected: Any, account_id: str, routed: Any, calls: Calls
) -> None:
    fault = connected.cloud.faults.add("hang", operation="ListAliases", account=account_id, seconds=30)
    child = process(*ROUTE, "--yes")
    wait_for(lambda: connected.cloud.faults.hits(fault) == 1, "the plan")
    calls.forget()
    child.send_signal(signal.SIGINT)
    out, said = child.communicate(timeout=20)
    assert (child.returncode, out) == (130, "")
    assert said.strip() == "lambdatui: interrupted."
    assert calls.changes() == []


@pytest.mark.parametrize(
    ("typed", "status", "version"),
    [("y\n", 0, "2"), ("yes\n", 0, "2"), ("\n", 4, "1"), ("n\n", 4, "1"), ("\x04", 4, "1"), ("\x03", 130, "1")],
)
def test_on_a_terminal_it_asks_with_account_and_region_and_no_is_the_default(
    routed: Any, account_id: str, typed: str, status: int, version: str
) -> None:
    with Terminal([sys.executable, "-m", "lambdatui", *ROUTE], columns=160) as terminal:
        terminal.wait(r"\[y/N\]")
        assert f"Route f:live: all traffic to 2, in account {account_id}, eu-west-1, as " in terminal.text
        terminal.type(typed)
        assert terminal.wait_end() == status
        assert served(routed) == version
        if status == 4:
            assert "Not confirmed: nothing was done." in terminal.text
        assert terminal.attributes() == terminal.attributes_before
