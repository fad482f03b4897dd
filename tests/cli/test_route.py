"""`lambdatui route` with a file: blue/green and gradual rollouts from the command line, and what a person can do."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui import documents
from lambdatui.emulator.accounts import access_key_of
from lambdatui.stages.rollout.blue_green import BlueGreen
from lambdatui.stages.rollout.gradual import Gradual
from lambdatui.stages.route import Route
from tests.cli.conftest import Run
from tests.conftest import Calls
from tests.deadlines import wait_for
from tests.emulator.clients import make_function, publish
from tests.stages.acting import function_with_versions
from tests.terminal import Terminal

SAMPLES = Path(__file__).parents[2] / "sample_configs"
FAST = "schedule: {kind: steps, percents: [5, 50, 100]}\n"
SLOW = "schedule: {kind: canary, percent: 25, bake: 1h}\n"


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str, name: str = "rollout.yaml") -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def routing(client: Any) -> tuple[str, dict[str, float]]:
    found = client.get_alias(FunctionName="f", Name="live")
    return found["FunctionVersion"], (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})


def test_a_gradual_rollout_is_told_step_by_step(lambdatui: Run, routed: Any, file: Any) -> None:
    ended = lambdatui("route", "f", "live", "--to", "newest", "--gradual", file(FAST), "--yes")
    assert ended.status == 0, ended.err
    assert "newest is version 2" in ended.err
    for words in ("moving: to 5 %", "at 5 %, step 1 of 3", "at 50 %, step 2 of 3", "at 100 %, step 3 of 3"):
        assert words in ended.err
    assert "former   all traffic to 1" in ended.out
    assert routing(routed) == ("2", {})


def test_with_json_each_event_is_a_line_and_the_last_is_the_end(lambdatui: Run, routed: Any, file: Any) -> None:
    ended = lambdatui("route", "f", "live", "--to", "2", "--gradual", file(FAST), "--yes", "--json")
    *events, last = ended.lines
    assert [(line["phase"], line["percent"]) for line in events if line["event"] == "step"] == [
        ("moving", 0), ("baking", 5), ("moving", 5), ("baking", 50), ("moving", 50), ("baking", 100),
    ]  # fmt: skip
    assert [line["event"] for line in events].count("done") == 3
    assert (last["status"], last["outputs"]["version"]) == ("done", "2")


def test_a_gate_that_says_no_ends_with_1_and_all_is_as_before(lambdatui: Run, routed: Any, aws: Any, file: Any) -> None:
    make_function(aws(), "check", "def handler(step, context):\n    return step['percent'] < 50\n")
    path = file(FAST + "gates: [{kind: hook, function: check}]\n")
    ended = lambdatui("route", "f", "live", "--to", "2", "--gradual", path, "--yes", "--json")
    assert ended.status == 1
    last = ended.lines[-1]
    assert last["status"] == "failed"
    assert last["error"]["message"] == (
        "Stopped at 50 % by hook check: it says that the step is bad. Put back: all traffic to 1."
    )
    assert last["done"] == []
    assert ended.err.splitlines()[-1] == f"lambdatui: {last['error']['message']}"
    assert routing(routed) == ("1", {})


def test_blue_green_tells_each_probe_with_the_log_of_those_that_fail(
    lambdatui: Run, routed: Any, file: Any, tmp_path: Path
) -> None:
    (tmp_path / "order.json").write_text('{"id": 7}')
    publish(routed, "f", "def handler(event, context):\n    print('looking at', event)\n    return event\n")
    path = file("probes: [{payload_file: order.json, runs: 2, expect: {jmespath: 'id == `7`'}}]\n")
    ended = lambdatui("route", "f", "live", "--to", "newest", "--blue-green", path, "--yes", "--json")
    assert ended.status == 0, ended.err
    probes = [line for line in ended.lines if line.get("event") == "probe"]
    assert [(line["version"], line["passed"]) for line in probes] == [("3", True)] * 2
    assert "looking at {'id': 7}" in probes[0]["log"]
    assert routing(routed) == ("3", {})
    path = file("to: 3\nprobes: [{payload: {id: 8}, expect: {jmespath: 'id == `7`'}}]\n")
    routed.update_alias(FunctionName="f", Name="live", FunctionVersion="1")
    ended = lambdatui("route", "f", "live", "--blue-green", path, "--yes")
    assert ended.status == 1
    assert "✖ probe 1, version 3, " in ended.err
    assert '`id == `7`` is not true of {"id": 8}.' in ended.err
    assert "looking at {'id': 8}" in ended.err
    assert routing(routed) == ("1", {})


def test_a_file_may_say_everything(lambdatui: Run, routed: Any, file: Any) -> None:
    path = file("function: f\nalias: live\nstrategy:\n  kind: weighted\n  stable: 1\n  canary: newest\n  percent: 30\n")
    assert lambdatui("route", path, "--yes").status == 0
    assert routing(routed) == ("1", {"2": 0.3})


def test_what_is_provisioned_is_set_once_the_alias_has_moved(lambdatui: Run, routed: Any) -> None:
    ended = lambdatui("route", "f", "live", "--to", "2", "--provisioned", "2", "--yes", "--json")
    changes = [change["operation"] for change in ended.document["plan"]["changes"]]
    assert changes == ["UpdateAlias", "PutProvisionedConcurrencyConfig"]
    ended = lambdatui("route", "f", "live", "--to", "2", "--weight", "1=10", "--yes")
    assert ended.status == 4
    assert "the alias has provisioned concurrency, and AWS refuses weights on such an alias." in ended.err
    ended = lambdatui("route", "f", "live", "--to", "2", "--weight", "1=10", "--provisioned", "0", "--yes", "--json")
    changes = [change["operation"] for change in ended.document["plan"]["changes"]]
    assert changes == ["DeleteProvisionedConcurrencyConfig", "UpdateAlias"]
    assert routing(routed) == ("2", {"1": 0.1})


@pytest.mark.parametrize(
    ("words", "text", "sentence"),
    [
        (["f", "live"], "", "--to: a version was expected, such as newest or 42."),
        (["f"], "", "ALIAS: a FUNCTION and an ALIAS were expected, or a FILE.yaml that says everything."),
        (
            ["f", "live", "--to", "2", "--weight", "1=5", "--gradual", "{}"],
            FAST,
            "--gradual: --weight was given already",
        ),
        (["f", "live", "--gradual", "{}"], FAST, "{}:1: the field 'to' is missing."),
        (["f", "live", "--to", "nwest", "--gradual", "{}"], FAST, "'nwest' names no version"),
        (["{}", "--to", "2"], FAST, "--to: {} says which version gets the traffic."),
        (["f", "live", "--to", "2", "--gradual", "{}"], "schedule: {kind: linaer}", "Did you mean 'linear'?"),
        (
            ["f", "live", "--to", "2", "--gradual", "{}"],
            "schedule:\n  kind: canary\n  percent: 5\n  bake: soon\n",
            "{}:4: schedule.bake: a length of time such as 90s, 10m or 1h30m was expected, not 'soon'.",
        ),
        (
            ["f", "live", "--to", "2", "--blue-green", "{}"],
            "probes: [{expect: {jmespath: 'a >'}}]",
            "a JMESPath expression was expected, and 'a >' is none",
        ),
        (["f", "live", "--to", "2", "--gradual", "{}"], "strategy: {}", "Give it alone: lambdatui route {}"),
        (["f", "live", "--to", "9", "--gradual", "{}"], FAST, "f has no version 9; it has 1, 2."),
    ],
)
def test_a_mistake_is_one_sentence_before_any_change(
    lambdatui: Run, routed: Any, file: Any, calls: Calls, words: list[str], text: str, sentence: str
) -> None:
    path = file(text)
    calls.forget()
    ended = lambdatui("route", *[word.replace("{}", path) for word in words], "--yes")
    assert (ended.status, ended.out) == (2, "")
    assert sentence.replace("{}", path) in ended.err
    assert calls.changes() == []


def test_without_a_terminal_a_persons_go_is_a_no(lambdatui: Run, routed: Any, file: Any) -> None:
    ended = lambdatui(
        "route", "f", "live", "--to", "2", "--gradual", file(FAST + "gates: [{kind: approval}]\n"), "--yes"
    )
    assert ended.status == 130
    assert "There is no terminal to ask on: it is put back." in ended.err
    assert routing(routed) == ("1", {})


# signals, and a person at a terminal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_alias_at_its_step_and_says_how_to_go_on(
    lambdatui: Run, process: Callable[..., subprocess.Popen[str]], routed: Any, file: Any, number: signal.Signals
) -> None:
    child = process("route", "f", "live", "--to", "2", "--gradual", file(SLOW), "--yes")
    wait_for(lambda: routing(routed) == ("1", {"2": 0.25}), "the first step")
    child.send_signal(number)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "f:live stays as it is: 75 % to 1, 25 % to 2." in said
    assert routing(routed) == ("1", {"2": 0.25})
    [stopped] = lambdatui("resume", "--json").lines
    assert f"`lambdatui resume {stopped['run']}` goes on with it" in said
    assert lambdatui("resume", stopped["run"], "--put-back", "--yes").status == 0
    assert routing(routed) == ("1", {})


def test_with_put_back_a_signal_puts_back(
    lambdatui: Run, process: Callable[..., subprocess.Popen[str]], routed: Any, file: Any
) -> None:
    child = process("route", "f", "live", "--to", "2", "--gradual", file(SLOW), "--yes", "--put-back")
    wait_for(lambda: routing(routed) == ("1", {"2": 0.25}), "the first step")
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130, said
    assert routing(routed) == ("1", {})
    assert lambdatui("resume", "--json").out == ""


@pytest.fixture
def terminal(connected: Any, account_id: str, home: Path, routed: Any, file: Any) -> Any:
    """The rollout in a real terminal, at its first step."""
    command = [sys.executable, "-m", "lambdatui", "route", "f", "live", "--to", "2", "--gradual", file(SLOW), "--yes"]
    with Terminal(command, {"AWS_ACCESS_KEY_ID": access_key_of(account_id), "HOME": str(home)}) as running:
        running.wait("at 25 %, step 1 of 2")
        yield running


def test_letters_pause_and_put_back(terminal: Any, routed: Any) -> None:
    assert "g go on · p pause" in terminal.text
    terminal.type("p\r")
    terminal.wait("paused: paused by a person")
    assert routing(routed) == ("1", {"2": 0.25})
    terminal.type("b\r")
    terminal.wait("stepped back; go on to try again")
    assert routing(routed) == ("1", {})
    terminal.type("a\r")
    assert terminal.wait_end() == 130
    assert "Nothing has moved: all traffic to 1." in terminal.text
    assert routing(routed) == ("1", {})


def test_ctrl_c_asks_whether_to_put_back(terminal: Any, routed: Any) -> None:
    terminal.press("ctrl+c")
    terminal.wait(r"Put back all traffic to 1\? Otherwise f:live stays so\. \[y/N\]")
    assert routing(routed) == ("1", {"2": 0.25})
    terminal.type("y\r")
    assert terminal.wait_end() == 130
    assert "lambdatui: Stopped by the operator. Put back: all traffic to 1." in terminal.text
    assert routing(routed) == ("1", {})


# the samples


def test_the_samples_are_taken_and_planned(lambdatui: Run, connected: Any, aws: Any, calls: Calls) -> None:
    function_with_versions(aws(), 2, "checkout-api")
    aws().create_alias(FunctionName="checkout-api", Name="live", FunctionVersion="1")
    for name in ("checkout-api-errors", "checkout-api-p95"):
        aws("cloudwatch").put_metric_alarm(
            AlarmName=name, Namespace="Shop", MetricName=name, Statistic="Sum", Period=60, EvaluationPeriods=1,
            Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
        )  # fmt: skip
    calls.forget()
    for words in (
        ("checkout-api", "live", "--to", "newest", "--gradual", str(SAMPLES / "gradual.yaml")),
        ("checkout-api", "live", "--to", "newest", "--blue-green", str(SAMPLES / "blue-green.yaml")),
        (str(SAMPLES / "route.yaml"),),
    ):
        ended = lambdatui("route", *words, "--plan", "--json")
        assert ended.status == 0, ended.err
        assert ended.document["plan"]["changes"]
    assert calls.changes() == []


def test_what_the_samples_say_in_comments_is_taken_too() -> None:
    """Each line that a person may uncomment belongs to the model."""
    gradual = (SAMPLES / "gradual.yaml").read_text()
    for old, new in (("# to:", "to:"), ("# stable:", "stable:"), ("  # - kind", "  - kind")):
        assert old in gradual
        gradual = gradual.replace(old, new)
    gradual = gradual.replace("  #   ", "    ")
    strategy = documents.check(documents.parse(gradual, "gradual.yaml"), Gradual)
    assert [gate.kind for gate in strategy.gates] == ["alarms", "metrics", "probe", "hook", "approval"]
    blue_green = (SAMPLES / "blue-green.yaml").read_text().replace("# to:", "to:")
    blue_green = re.sub(r"^      # ", "      ", blue_green, flags=re.MULTILINE)
    probes = documents.check(documents.parse(blue_green.replace("  # - payload", "  - payload"), "b.yaml"), BlueGreen)
    assert len(probes.probes) == 2
    assert {"status", "equals", "contains", "jmespath", "matches", "of"} <= probes.probes[0].expect.model_fields_set
    route = (SAMPLES / "route.yaml").read_text()
    for name in ("description", "profile", "region"):
        route = route.replace(f"# {name}:", f"{name}:")
    documents.check(documents.parse(route, "route.yaml"), Route)
    assert json.loads(strategy.model_dump_json())["schedule"]["percents"] == [5, 25, 50, 100]
