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


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 100_000, "is not JSON: it is nested too deeply."),
        (b'{"a": NaN}', "is not JSON: NaN is no JSON number."),
        (b'{"a": }', "is not JSON: Expecting value, line 1 column 7."),
        (b"\xff\xfe{}", "is not UTF-8 text (byte 0)"),
    ],
)
def test_a_payload_that_lambda_would_not_take_is_one_sentence(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, data: bytes, words: str
) -> None:
    make_function(aws(), "f")
    file = tmp_path / "bad.json"
    file.write_bytes(data)
    ended = lambdatui("invoke", "f", "-p", str(file))
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_payload_is_sent_without_the_mark_that_some_editors_put_before_it(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    make_function(aws(), "f")
    file = tmp_path / "order.json"
    file.write_bytes(b'\xef\xbb\xbf{"id": 7}')
    [line] = lambdatui("invoke", "f", "-p", str(file), "--json").lines
    assert line["payload"] == {"id": 7}


def test_results_that_could_not_be_saved_are_a_failure(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    """The folder goes while the function runs, which runs on this machine."""
    (tmp_path / "there").mkdir()
    make_function(aws(), "f", f"import os\ndef handler(event, context):\n    os.rmdir({str(tmp_path / 'there')!r})\n")
    ended = lambdatui("invoke", "f", "--save", str(tmp_path / "there" / "results.csv"))
    assert ended.status == 1
    assert "The results were not saved" in ended.err
