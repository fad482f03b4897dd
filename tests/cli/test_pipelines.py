"""`lambdatui run`, `check`, `runs` and `resume`: pipelines by the words of a command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, served
from tests.deadlines import wait_for
from tests.terminal import Terminal

MOVE = """\
name: move
parameters:
  to: {description: which version}
stages:
  - {id: call, type: invoke, function: f, qualifier: "${{ parameters.to }}", runs: 2}
  - id: live
    name: Callers get it
    type: route
    function: f
    alias: live
    strategy: {kind: simple, to: "${{ parameters.to }}"}
    when: ${{ stages.call.outputs.success_rate == 1 }}
"""
ASK = """\
name: ask
stages:
  - {id: sign-off, type: approve, message: "Shall it go live?", choices: [all, some]}
  - {id: live, type: route, function: f, alias: live, strategy: {kind: simple, to: 2}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a document, and gives its path."""

    def write(text: str, name: str = "p.yaml") -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_run_tells_its_plan_runs_and_is_in_the_journal(lambdatui: Run, routed: Any, file: Callable[[str], str]) -> None:
    ended = lambdatui("run", file(MOVE), "-p", "to=2", "--yes")
    assert ended.status == 0, ended.err
    assert served(routed) == "2"
    assert ended.out == ""
    for words in (
        "live  route  after call  Callers get it\n  · only if stages.call.outputs.success_rate == 1\n",
        "    ~ UpdateAlias f:live  (callers notice)\n",
        "✔ call  done",
        "✔ live  done",
    ):
        assert words in ended.err
    (run,) = lambdatui("runs", "--json").lines
    assert (run["pipeline"], run["status"], run["parameters"]) == ("move", "done", {"to": "2"})
    document = lambdatui("runs", run["run"], "--json").document
    assert [(stage["id"], stage["status"]) for stage in document["stages"]] == [("call", "done"), ("live", "done")]
    assert document["document"] == MOVE
    assert document["events"][0]["event"] == "stage_began"
    told = lambdatui("runs", run["run"]).out
    assert "live   ✔ done" in told
    assert "version 2" in told


def test_with_json_each_event_is_a_line(lambdatui: Run, routed: Any, file: Callable[[str], str]) -> None:
    ended = lambdatui("run", file(MOVE), "-p", "to=2", "--yes", "--json")
    events = [(line["event"], line.get("stage", "")) for line in ended.lines]
    assert events[0] == ("pipeline_began", "")
    assert events[-1] == ("pipeline_ended", "")
    assert ("stage_ended", "live") in events
    assert next(line for line in ended.lines if line["event"] == "stage_ended")["outputs"]["count"] == 2


def test_plan_does_nothing(lambdatui: Run, routed: Any, calls: Any, file: Callable[[str], str]) -> None:
    calls.forget()
    document = lambdatui("run", file(MOVE), "-p", "to=2", "--plan", "--json").document
    assert [stage["plan"]["title"] for stage in document["stages"]] == ["Invoke f:2", "Route f:live: all traffic to 2"]
    assert lambdatui("run", file(MOVE), "-p", "to=2", "--plan").out.startswith("move\n\ncall  invoke\n  Invoke f:2\n")
    assert calls.changes() == []
    assert lambdatui("runs", "--json").out == ""


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "the parameter 'to' is needed (which version)."),
        (("-p", "to"), 2, "-p: NAME=VALUE was expected, not 'to'."),
        (("-p", "of=2"), 2, "move has no parameter 'of' (it has: to)."),
        (("-p", "to=9"), 2, "f has no version 9"),
        (("-p", "to=2"), 4, "Not confirmed, nothing was done"),
        (("-p", "to=2", "--read-only", "--yes"), 4, "This session is read-only"),
        (("-p", "to=2", "--approve", "cal"), 2, "move has no stage 'cal'. Did you mean 'call'?"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is_done(
    lambdatui: Run, routed: Any, calls: Any, file: Callable[[str], str], words: tuple[str, ...], status: int, said: str
) -> None:
    path = file(MOVE)
    calls.forget()
    ended = lambdatui("run", path, *words)
    assert ended.status == status
    assert said in ended.err.splitlines()[-1]
    assert calls.changes() == []


def test_a_run_that_fails_says_how_to_go_on_and_does(
    lambdatui: Run, routed: Any, connected: Any, account_id: str, file: Callable[[str], str]
) -> None:
    fault = connected.cloud.faults.add("access-denied", operation="UpdateAlias", account=account_id)
    ended = lambdatui("run", file(MOVE), "-p", "to=2", "--yes")
    assert ended.status == 3
    (run,) = lambdatui("runs", "--json").lines
    assert f"`lambdatui resume {run['run']}` goes on from where it ended." in ended.err
    assert lambdatui("resume", run["run"], "--put-back").status == 2
    connected.cloud.faults.remove(fault)
    refused = lambdatui("resume", run["run"])
    assert (refused.status, served(routed)) == (4, "1")
    assert "  live  failed, and is tried again\n" in refused.err
    (stage,) = lambdatui("resume", run["run"], "--plan", "--json").document["stages"]
    assert stage == {"id": "live", "how": "failed, and is tried again"}
    again = lambdatui("resume", run["run"], "--yes")
    assert again.status == 0, again.err
    assert "call" not in again.err
    assert served(routed) == "2"
    assert lambdatui("resume", run["run"], "--yes").status == 4
    assert lambdatui("resume", "nix", "--from", "call").status == 2


def test_without_a_terminal_a_question_is_answered_ahead_or_nothing_is_done(
    lambdatui: Run, routed: Any, file: Callable[[str], str]
) -> None:
    ended = lambdatui("run", file(ASK), "--yes")
    assert ended.status == 4
    assert "The stage sign-off asks a person, and there is no terminal to ask on: nothing was done." in ended.err
    assert lambdatui("run", file(ASK), "--yes", "--approve", "sign-off").status == 2
    assert lambdatui("run", file(ASK), "--yes", "--approve", "sign-off=most").status == 2
    assert served(routed) == "1"
    ended = lambdatui("run", file(ASK), "--yes", "--approve", "sign-off=all")
    assert ended.status == 0, ended.err
    assert served(routed) == "2"


def test_on_a_terminal_a_question_is_answered_in_place(routed: Any, file: Callable[[str], str]) -> None:
    slowly = ASK.replace("stages:\n", "stages:\n  - {id: first, type: wait, duration: 2}\n")
    with Terminal([sys.executable, "-m", "lambdatui", "run", file(slowly), "--yes"]) as terminal:
        terminal.wait("◌ first")
        # an answer to nothing: it must not be taken for one to what is asked later
        terminal.type("all\r")
        terminal.wait(r"Shall it go live\? \[all · some\]")
        terminal.type("most\r")
        terminal.wait("sign-off waits for all, some, or n for no")
        terminal.type("all\r")
        terminal.wait("✔ live")
        assert terminal.wait_end() == 0
    assert served(routed) == "2"


def test_a_run_whose_process_is_killed_goes_on_in_another(
    lambdatui: Run, process: Callable[..., subprocess.Popen[str]], routed: Any, file: Callable[[str], str]
) -> None:
    text = ASK.replace("type: approve", "type: wait").replace(
        'message: "Shall it go live?", choices: [all, some]', "duration: 4"
    )
    child = process("run", file(text), "--yes", "--json")
    assert child.stdout is not None
    assert any(json.loads(line)["event"] == "stage_began" for line in child.stdout)
    (run,) = lambdatui("runs", "--json").lines
    assert lambdatui("resume", run["run"]).status == 4
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert "lost its process" in wait_for(lambda: lambdatui("resume").out, "the journal to notice")
    ended = lambdatui("resume", run["run"], "--yes")
    assert ended.status == 0, ended.err
    assert served(routed) == "2"
    (run,) = lambdatui("runs", "--json").lines
    assert (run["status"], run["attempt"]) == ("done", 1)


def test_ctrl_c_ends_a_run_and_leaves_it_to_be_resumed(
    lambdatui: Run, process: Callable[..., subprocess.Popen[str]], routed: Any, file: Callable[[str], str]
) -> None:
    child = process("run", file("name: w\nstages: [{id: w, type: wait, duration: 600}]\n"), "--json")
    assert child.stdout is not None
    assert any(json.loads(line)["event"] == "stage_began" for line in child.stdout)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "■ cancelled" in said
    (run,) = lambdatui("runs", "--json").lines
    assert run["status"] == "cancelled"


def test_check_tells_all_that_is_wrong_and_needs_no_aws(lambdatui: Run, file: Callable[..., str]) -> None:
    good = file(MOVE)
    ended = lambdatui("check", good)
    assert (ended.status, ended.err) == (0, f"✔ {good}: move, 2 stages\n")
    bad = file(
        MOVE.replace("function: f,", "functoin: f,").replace("parameters.to }}, runs", "parameters.ot }}, runs"),
        "b.yaml",
    )
    ended = lambdatui("check", good, bad)
    assert ended.status == 2
    assert f"✖ {bad}:5: call: invoke has no field 'functoin'. Did you mean 'function'?\n" in ended.err
    assert ended.err.endswith("lambdatui: 1 of 2 could not run.\n")
    first, second = lambdatui("check", good, bad, "--json").lines
    assert (first["valid"], second["valid"], len(second["errors"])) == (True, False, 2)
    broken = file("name: [", "c.yaml")
    assert lambdatui("check", broken).status == 2
    assert lambdatui("check", "--schema").document["title"] == "A pipeline of lambdatui"
