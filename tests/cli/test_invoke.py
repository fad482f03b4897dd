"""`lambdatui invoke`: a line an invocation, a summary, and nothing that touches the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.emulator.clients import make_function


def test_an_invocation_is_a_line_and_a_summary(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    return {'total': 1290, 'got': event}\n")
    ended = lambdatui("invoke", "f", "-n", "3", "-p", '{"id": 7}')
    assert ended.status == 0
    assert len(ended.out.splitlines()) == 3
    assert '{"total": 1290, "got": {"id": 7}}' in ended.out
    assert "3 invoked:  ok 3" in ended.err
    assert "served by  $LATEST: 3 (100 %)" in ended.err
    assert "p50 " in ended.err


def test_a_json_line_holds_everything_of_an_invocation(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    print('seen')\n    return [1, 'é']\n")
    [line] = lambdatui("invoke", "f", "--json").lines
    assert (line["number"], line["outcome"], line["status"], line["version"]) == (1, "ok", 200, "$LATEST")
    assert line["payload"] == [1, "é"]
    assert "seen" in line["log"]
    assert line["duration_ms"] is not None
    assert line["init_ms"] is not None
    assert line["memory_mb"] == 128
    assert line["request_id"]


@pytest.mark.parametrize("how", ["inline", "file", "stdin"])
def test_the_payload_is_inline_or_a_file_or_standard_input(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, how: str
) -> None:
    make_function(aws(), "f")
    text = '{"id": 7}'
    (tmp_path / "order.json").write_text(text)
    source = {"inline": text, "file": str(tmp_path / "order.json"), "stdin": "-"}[how]
    [line] = lambdatui("invoke", "f", "-p", source, "--json", typed=text).lines
    assert line["payload"] == {"id": 7}


def test_function_errors_are_counted_by_what_they_say(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    return event['currency']\n")
    ended = lambdatui("invoke", "f", "-n", "4", "-c", "2")
    assert ended.status == 1
    assert "4 × KeyError: 'currency'" in ended.err
    assert "function error" in ended.out
    allowed = lambdatui("invoke", "f", "--success-rate", "0")
    assert allowed.status == 0


@pytest.mark.parametrize(("kind", "status"), [("async", 202), ("dry-run", 204)])
def test_other_types_of_invocation(lambdatui: Run, connected: Any, aws: Any, kind: str, status: int) -> None:
    make_function(aws(), "f")
    [line] = lambdatui("invoke", "f", "--type", kind, "--json").lines
    assert (line["status"], line["outcome"]) == (status, "ok")


def test_a_dry_run_is_possible_where_everything_is_read_only(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f")
    assert lambdatui("invoke", "f", "--type", "dry-run", "--read-only").status == 0


def test_what_a_handler_prints_or_answers_cannot_touch_the_terminal(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(
        aws(), "f", "def handler(event, context):\n    raise ValueError('\\x1b]0;pwned\\x07\\x1b[2Jbad [red]x[/]')\n"
    )
    for words in (("invoke", "f"), ("invoke", "f", "--json")):
        ended = lambdatui(*words)
        assert "\x1b" not in ended.out + ended.err
        assert "\x07" not in ended.out + ended.err
        assert "[red]x[/]" in ended.out
