"""`lambdatui invoke` under load: events of their own, two versions side by side, saved runs, and what comes after."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.load.saved import SavedRuns
from tests.cli.conftest import Run
from tests.deadlines import wait_for
from tests.emulator.clients import make_function, publish, zipped
from tests.terminal import Terminal

ECHO = "def handler(event, context):\n    return event\n"
PICKY = "def handler(event, context):\n    return 1 / (event['id'] % 3)\n"


def test_each_run_has_the_event_that_its_template_and_its_row_make(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    make_function(aws(), "f", ECHO)
    (tmp_path / "rows.csv").write_text("name\nada\nbob\n")
    (tmp_path / "order.json").write_text('{"id": "{{ n }}", "name": "{{ row.name }}"}')
    words = ("invoke", "f", "-n", "3", "--template", str(tmp_path / "order.json"), "--rows", str(tmp_path / "rows.csv"))
    ended = lambdatui(*words, "--json")
    assert [line["payload"] for line in ended.lines] == [
        {"id": 1, "name": "ada"},
        {"id": 2, "name": "bob"},
        {"id": 3, "name": "ada"},
    ]


def test_two_versions_under_the_same_load_are_compared(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", ECHO)
    publish(aws(), "f", ECHO)
    publish(aws(), "f", "def handler(event, context):\n    raise KeyError('currency')\n")
    words = ("invoke", "f", "-q", "1", "--against", "2", "-n", "12", "--success-rate", "0.4")
    ended = lambdatui(*words, "--quiet")
    assert (ended.status, ended.out) == (0, "")
    assert "24 invoked:  ok 12  function error 12" in ended.err
    assert "2 against 1:" in ended.err
    assert "▲ 2 succeeds 100 points less often (95 %: " in ended.err
    assert "0 % of 12 after 100 % of 12" in ended.err
    *lines, last = lambdatui(*words, "--json").lines
    assert {(line["side"], line["version"]) for line in lines} == {("A", "1"), ("B", "2")}
    assert (last["first"], last["second"]) == ("1", "2")
    assert last["comparison"][0]["difference"] == -1.0
    assert "f:1 and 2" in lambdatui("invocations").out
    assert "▲ 2 succeeds 100 points less often" in lambdatui("invocations", "last").err


def test_results_are_kept_listed_read_and_compared(lambdatui: Run, connected: Any, aws: Any, tmp_path: Path) -> None:
    make_function(aws(), "f", PICKY)
    template = ("--template", '{"id": {{ n }}}', "--success-rate", "0.5")
    assert lambdatui("invocations").err.startswith("There are no saved runs in ")
    target = tmp_path / "results.csv"
    ended = lambdatui("invoke", "f", "-n", "12", *template, "--save", str(target))
    assert (ended.status, len(ended.out.splitlines())) == (0, 12)
    assert "4 × ZeroDivisionError: division by zero" in ended.err
    assert f"12 results are in {target}." in ended.err
    with target.open(newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == [str(number) for number in range(1, 13)]
    [listed] = lambdatui("invocations", "--json").lines
    assert (listed["function"], listed["status"], listed["figures"]["count"]) == ("f", "done", 12)
    assert listed["name"] in lambdatui("invocations").out
    shown = lambdatui("invocations", "last")
    assert "12 invoked:  ok 8  function error 4" in shown.out
    failed = lambdatui("invocations", "last", "--failures", "--json").lines
    assert [line["number"] for line in failed] == [3, 6, 9, 12]
    again = lambdatui("invoke", "f", "-n", "12", *template, "--compare", "last", "--quiet")
    assert f"this run against {listed['name']}:" in again.err
    assert "no difference in the success rate seen (66.7 % of 12 after 66.7 % of 12)" in again.err
    assert f"  kept in   {SavedRuns().path('last')}\n" in again.err
    compared = lambdatui("invocations", "last", "--compare", listed["name"])
    assert "no difference in the success rate seen" in compared.err


def test_what_failed_is_invoked_again_with_the_same_events(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    make_function(aws(), "f", PICKY)
    (tmp_path / "ids.jsonl").write_text("".join(f'{{"id": {number}}}\n' for number in range(1, 11)))
    rows = ("--rows", str(tmp_path / "ids.jsonl"))
    assert lambdatui("invoke", "f", "-n", "10", *rows, "--quiet").status == 1
    aws().update_function_code(FunctionName="f", ZipFile=zipped(ECHO))
    ended = lambdatui("invoke", "f", "--rerun-failures", "last", "--json")
    assert ended.status == 0
    assert [line["payload"] for line in ended.lines] == [{"id": 3}, {"id": 6}, {"id": 9}]
    assert "nothing failed in it" in lambdatui("invoke", "f", "--rerun-failures", "last").err
    assert "invoked f, not g" in lambdatui("invoke", "g", "--rerun-failures", "last").err


def test_an_event_that_was_typed_is_not_kept_and_is_given_again(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", PICKY)
    lambdatui("invoke", "f", "-p", '{"id": 3, "card": "4111-2222-3333"}')
    assert "4111-2222" not in SavedRuns().path("last").read_text()
    ended = lambdatui("invoke", "f", "--rerun-failures", "last")
    assert ended.status == 2
    assert "had a payload of its own, which is not kept: give it again." in ended.err
    assert lambdatui("invoke", "f", "--rerun-failures", "last", "-p", '{"id": 4}').status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--template", "nosuch.json"), "--template: there is no file 'nosuch.json', and it is no template."),
        (("--template", "{{ nn }}"), "template:1: there is no 'nn'"),
        (("--shape", "sqz"), "there is no event shape 'sqz'. Did you mean 'sqs'?"),
        (("--event", "order"), "library: there is no 'order' in "),
        (("--rows", "nosuch.csv"), "nosuch.csv: cannot be read: No such file or directory."),
        (("--compare", "nosuch"), "There is no saved run 'nosuch'."),
        (("--save", "results.html"), "--save: results.html: a name that ends in .jsonl, .csv or .txt was expected."),
        (("--save", "no/results.csv"), "--save: no: there is no such folder."),
        (("--rate", "0"), "--rate: more than 0 was expected, not 0."),
        (("-n", "5", "-d", "10s"), "runs and duration exclude each other."),
        (("-p", "[" * 100_000), "--payload: "),
        (("-p", "x" * 10_000), "which is no file either, is not JSON"),
        (("--type", "sync", "--follow"), "follow is for asynchronous invocations"),
    ],
)
def test_a_mistake_is_told_before_anything_is_invoked(
    lambdatui: Run, connected: Any, aws: Any, calls: Any, words: tuple[str, ...], said: str
) -> None:
    make_function(aws(), "f", ECHO)
    calls.forget()
    ended = lambdatui("invoke", "f", *words)
    assert ended.status == 2
    assert said in ended.err
    assert calls.changes() == []


def test_the_price_of_a_large_run_is_told_before_it(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", ECHO, Timeout=10, MemorySize=512)
    assert (
        "costs at most $0.1671: 2,000 requests, 10,000 GB-seconds"
        in lambdatui("invoke", "f", "-n", "2000", "--plan").out
    )
    assert "costs at most" not in lambdatui("invoke", "f", "-n", "1000", "--plan").out


def test_hostile_answers_are_harmless_on_the_screen_and_whole_in_the_file(
    lambdatui: Run, connected: Any, aws: Any
) -> None:
    make_function(
        aws(),
        "f",
        """
def handler(event, context):
    kind = event["kind"]
    if kind == "large":
        return "x" * 6_000_000
    if kind == "deep":
        deep = []
        for _ in range(900):
            deep = [deep]
        return deep
    if kind == "nan":
        return float("nan")
    return "\\x1b]0;pwned\\x07\\x1b[2J[red]x[/red]\\u202e\\u2028\\x9b31m"
""",
        Timeout=20,
    )
    template = "{\"kind\": \"{{ ['large', 'deep', 'nan', 'escapes'][n - 1] }}\"}"
    for options in ((), ("--json",)):
        ended = lambdatui("invoke", "f", "-n", "4", "--template", template, "--success-rate", "0", *options)
        assert ended.status == 0, ended.err
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2028"} & set(ended.out + ended.err)
        if options:
            assert len(ended.lines) == 4
            assert "NaN" not in [line["payload"] for line in ended.lines if not isinstance(line["payload"], str)]
            json.dumps(ended.lines, allow_nan=False)
        else:
            assert len(ended.out.splitlines()) == 4
            assert max(map(len, ended.out.splitlines())) < 600
            assert "[red]x[/red]" in ended.out
        with Reader(SavedRuns().path("last")) as reader:
            answers = {one.number: one.payload for one in reader}
        assert answers[1] == b'"' + b"x" * 6_000_000 + b'"'
        assert answers[2] == b"[" * 901 + b"]" * 901
        assert json.loads(answers[4]) == "\x1b]0;pwned\x07\x1b[2J[red]x[/red]\u202e\u2028\x9b31m"
    shown = lambdatui("invocations", "last", "--lines")
    assert "\x1b" not in shown.out


def test_shapes_are_listed_with_ones_own_and_shown_to_be_changed(
    lambdatui: Run, connected: Any, aws: Any, home: Path
) -> None:
    shelf = home / "config" / "payloads"
    shelf.mkdir(parents=True)
    (shelf / "order.yaml").write_text("description: An order.\npayload: {id: '{{ n }}'}\n")
    listed = lambdatui("shapes").out
    assert "apigw-v2" in listed
    assert "An order." in listed
    text = lambdatui("shapes", "sqs").out
    make_function(aws(), "f", ECHO)
    [own] = lambdatui("invoke", "f", "--event", "order", "--json").lines
    assert own["payload"] == {"id": 1}
    (shelf / "sqs.json").write_text(text)
    [made] = lambdatui("invoke", "f", "--template", str(shelf / "sqs.json"), "--json").lines
    [given] = lambdatui("invoke", "f", "--shape", "sqs", "--json").lines
    assert (
        made["payload"]["Records"][0]["body"]
        == given["payload"]["Records"][0]["body"]
        == '{"id": 1, "currency": "EUR"}'
    )


def test_on_a_terminal_the_progress_is_shown_and_gone_at_the_end(connected: Any, aws: Any, account_id: str) -> None:
    make_function(aws(), "f", ECHO)
    fault = connected.cloud.faults.add("slow", operation="Invoke", account=account_id, seconds=0.3)
    command = [sys.executable, "-m", "lambdatui", "invoke", "f", "-n", "6", "--quiet", "--yes"]
    with Terminal(command, columns=160) as terminal:
        terminal.wait(r"[1-5] of 6 · ok [1-5] · \d+/s · p50 ")
        assert terminal.wait_end() == 0
        assert "6 invoked:  ok 6" in terminal.text
        assert " of 6 · ok" not in terminal.text
    assert connected.cloud.faults.hits(fault) == 6


def test_a_kill_loses_none_of_the_results_that_were_told(
    process: Callable[..., subprocess.Popen[str]], lambdatui: Run, connected: Any, aws: Any
) -> None:
    make_function(aws(), "f", ECHO)
    child = process("invoke", "f", "-d", "60s", "--json", "--yes")
    try:
        runs = SavedRuns()
        path = wait_for(lambda: next((run.path for run in runs.list()), None), "a saved run")
        reader = Reader(path)
        wait_for(lambda: reader.refresh() >= 20, "20 results on disk")
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        child.stderr.close()
    assert reader.refresh() >= 20
    reader.close()
    shown = lambdatui("invocations", "last")
    assert "it runs, or it was killed" in shown.out
    assert "invoked:  ok " in shown.out
