"""A run's results are on disk as they come, and stay there when its program is killed."""

from __future__ import annotations

import csv
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import OUTCOMES, Invocation
from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput
from lambdatui.stages.load import export, record, saved
from lambdatui.stages.load.rerun import failures, inputs_again
from lambdatui.stages.load.run_reader import Reader
from lambdatui.stages.load.run_writer import Writer
from lambdatui.stages.load.saved import SavedRuns, figures_of
from tests.deadlines import wait_for
from tests.stages.load.made import invocation

HOSTILE = [
    b"\xff\xfe\x00not utf-8\x80",
    b'{"a": NaN, "b": [Infinity, -Infinity]}',
    b"[" * 100_000 + b"]" * 100_000,
    b'"\x1b]0;pwned\x07\x1b[2J[red]x[/red]"',
    '"\u2028\u202e\ud7ff\U0001f600"'.encode(),
    b'\n{"number": 1, "outcome": "ok"}\n',
    b"x" * 6_291_456,
    b"",
]


@pytest.fixture
def runs(tmp_path: Path) -> SavedRuns:
    return SavedRuns(tmp_path / "invocations")


def begin(runs: SavedRuns, **members: Any) -> Writer:
    values = {"function": "f", "qualifier": "live", "account": "1", "region": "eu-west-1", "inputs": {}, "started": 1e9}
    return runs.begin(**values | members)


def written(runs: SavedRuns, *invocations: Invocation, **members: Any) -> Path:
    writer = begin(runs, **members)
    for one in invocations:
        writer.add(one)
    writer.close("done", {"count": len(invocations), "success_rate": 1.0, "latency_ms": {"p50": 10.0}})
    return writer.path


def test_what_is_written_is_read_from_any_place(runs: SavedRuns) -> None:
    path = written(runs, *(invocation(number=number) for number in range(1, 501)), inputs={"runs": 500})
    with Reader(path) as reader:
        assert len(reader) == 500
        assert [reader[index].number for index in (499, 0, 250)] == [500, 1, 251]
        assert [one.number for one in reader] == list(range(1, 501))
        assert (reader.head["function"], reader.head["inputs"], reader.cut) == ("f", {"runs": 500}, 0)
        assert (reader.end["status"], reader.end["figures"]["count"]) == ("done", 500)
        assert figures_of(reader).count == 500
        with pytest.raises(IndexError):
            reader[500]


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_an_answer_is_kept_byte_for_byte_whatever_it_is(runs: SavedRuns, payload: bytes) -> None:
    text = payload[:3000].decode("utf-8", "replace")
    one = invocation(payload=payload, error=text, log=text, version=text[:40], request_id=text[:40])
    path = written(runs, one, invocation(number=2))
    assert b"\x1b" not in path.read_bytes()
    with Reader(path) as reader:
        assert [reader[0], reader[1].number] == [one, 2]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payload=st.binary(max_size=200),
    text=st.text(max_size=60),
    outcome=st.sampled_from(OUTCOMES),
    number=st.integers(1, 10**6),
    figure=st.none() | st.floats(0, 1e9),
    count=st.integers(1, 5),
    flag=st.booleans(),
)
def test_a_line_gives_back_the_invocation(
    payload: bytes, text: str, outcome: Any, number: int, figure: float | None, count: int, flag: bool
) -> None:
    one = invocation(
        number=number,
        payload=payload,
        log=text,
        error=text,
        outcome=outcome,
        latency=figure or 0.0,
        first_byte=figure or None,
        report=Report(figure, figure, figure, count, count, figure or None, text, text),
        side="A" if flag else "",
        warm_up=flag,
        attempts=count,
        lateness=figure or 0.0,
        qualifier=text,
    )
    line = json.dumps(record.line(one))
    assert "\n" not in line
    assert record.invocation(json.loads(line)) == one


def test_a_figure_that_is_no_number_does_not_break_the_file(runs: SavedRuns) -> None:
    path = written(runs, invocation(report=Report(duration=float("nan"))), invocation(number=2))
    assert "NaN" not in path.read_text()
    with Reader(path) as reader:
        assert [reader[0].report.duration, reader[1].number] == [None, 2]


def test_only_the_owner_may_read_what_is_kept(runs: SavedRuns) -> None:
    path = written(runs, invocation())
    assert stat.S_IMODE(runs.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_answers_and_logs_stay_out_where_they_are_not_wanted(runs: SavedRuns) -> None:
    path = written(runs, invocation(payload=b"secret", log="secret"), answers=False)
    assert "secret" not in path.read_text()
    with Reader(path) as reader:
        assert (reader[0].payload, reader[0].log, reader[0].latency) == (b"", "", 10.0)


def test_a_file_that_has_grown_large_keeps_figures_alone(runs: SavedRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdatui.stages.load import run_writer

    monkeypatch.setattr(run_writer, "ANSWERS", 100)
    path = written(runs, invocation(payload=b"secret"))
    assert "secret" not in path.read_text()
    with Reader(path) as reader:
        assert len(reader) == 1


def test_a_reader_follows_a_file_that_grows(runs: SavedRuns) -> None:
    writer = begin(runs)
    with Reader(writer.path) as reader:
        assert (len(reader), reader.end) == (0, {})
        writer.add(invocation(number=1))
        wait_for(lambda: reader.refresh() == 1, "the first line, though nothing comes after it")
        writer.add(invocation(number=2))
        writer.close("done", {})
        assert reader.refresh() == 2
        assert reader[1].number == 2
        assert reader.end["status"] == "done"
    assert not [thread for thread in threading.enumerate() if thread.name == "saved-run"]


WRITER = """
import sys, time
from pathlib import Path
from lambdatui.stages.load.saved import SavedRuns
from tests.stages.load.made import invocation
writer = SavedRuns(Path(sys.argv[1])).begin(
    function="f", qualifier="", account="1", region="eu-west-1", inputs={}, started=time.time())
print(writer.path, flush=True)
number = 0
while True:
    number += 1
    writer.add(invocation(number=number, payload=b"x" * 1000))
    time.sleep(0.0005)
"""


def test_what_came_before_a_kill_is_there_after_it(runs: SavedRuns) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(runs.folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        reader = Reader(path)
        wait_for(lambda: reader.refresh() >= 200, "200 results on disk")
        [running] = runs.list()
        assert (running.running, running.status) == (True, "")
        seen = len(reader)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert reader.refresh() >= seen
    assert [one.number for one in reader] == list(range(1, len(reader) + 1))
    assert reader.end == {}
    [left] = runs.list()
    assert (left.running, left.status, left.figures) == (False, "", {})
    reader.close()


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_file_that_is_cut_in_a_line_is_read_up_to_there_and_says_so(runs: SavedRuns, cut: int) -> None:
    path = written(runs, invocation(number=1), invocation(number=2))
    lines = path.read_bytes().splitlines(keepends=True)
    os.truncate(path, len(b"".join(lines[:2])) + cut)
    with Reader(path) as reader:
        assert [one.number for one in reader] == [1]
        assert reader.cut == cut
    [run] = runs.list()
    assert (run.status, run.figures) == ("", {})


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"\xff\xfe", b'{"lambdatui": "x"}\n', b"[" * 100_000, b"null\n", b"x" * 10]
)
def test_what_is_no_saved_run_is_told_and_not_listed(runs: SavedRuns, text: bytes) -> None:
    path = runs.folder / "20261124T161800123Z-f-0a1b.jsonl"
    path.write_bytes(text)
    with pytest.raises(BadInput, match=r"0a1b\.jsonl: is no saved run"):
        Reader(path)
    assert runs.list() == []
    with pytest.raises(BadInput, match="no-such: cannot be read: No such file"):
        Reader("no-such")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from([*record.line(invocation(payload=b"\xff")), "answer", "side", "attempts", "restore_ms"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda x: st.lists(x, max_size=3),
        ),
    )
)
def test_whatever_stands_in_a_line_is_an_invocation_or_none(members: dict[str, Any]) -> None:
    found = record.invocation({"number": 1, "outcome": "ok", **members})
    if found is not None:
        assert isinstance(found.payload, bytes)
        assert isinstance(found.version, str)
        assert isinstance(found.latency, float)
        found.log.encode()


def test_damaged_lines_are_left_out_of_the_whole_and_told_alone(runs: SavedRuns) -> None:
    path = written(runs, invocation(number=1), invocation(number=2), invocation(number=3))
    path.write_bytes(path.read_bytes().replace(b'"number":2,"outcome":"ok"', b'"number":2,"outcome":"?!"'))
    with Reader(path) as reader:
        assert [one.number for one in reader] == [1, 3]
        with pytest.raises(BadInput, match=r"the line at byte [\d,]+ is damaged"):
            reader[1]


def test_a_list_shows_the_newest_first_and_runs_are_found_by_name(runs: SavedRuns) -> None:
    old = written(runs, invocation(), started=1e9)
    new = written(runs, invocation(), started=2e9, function="arn:aws:lambda:eu-west-1:1:function:g")
    assert [(run.path, run.status, run.figures["count"]) for run in runs.list()] == [(new, "done", 1), (old, "done", 1)]
    assert runs.path("last") == new
    assert runs.path(old.stem) == runs.path(old.stem[:12]) == old
    assert runs.path(str(old)) == old
    assert "-g-" in new.name
    with pytest.raises(BadInput, match=f"no saved run '{old.stem[:-1]}x'.*Did you mean '{old.stem}'"):
        runs.path(f"{old.stem[:-1]}x")
    assert runs.latest_of_this_process() == new


def test_an_empty_folder_has_no_last_run(runs: SavedRuns) -> None:
    with pytest.raises(BadInput, match="There are no saved runs"):
        runs.path("last")
    with pytest.raises(BadInput, match="No results were written"):
        runs.latest_of_this_process()


def test_the_oldest_go_and_nothing_else(runs: SavedRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 3)
    (runs.folder / "notes.jsonl").write_text("mine")
    running = begin(runs, started=1.0)
    paths = [written(runs, invocation(), started=1e9 + second) for second in range(4)]
    # the oldest is the one that is being written
    assert [path.exists() for path in (running.path, *paths)] == [True, False, True, True, True]
    assert (runs.folder / "notes.jsonl").exists()
    running.close()
    monkeypatch.setattr(saved, "MOST_BYTES", 1)
    last = written(runs, invocation(), started=2e9)
    assert [run.path for run in runs.list()] == [last]


def test_a_full_disk_ends_the_writing_and_not_the_run(runs: SavedRuns) -> None:
    writer = begin(runs)
    writer._file.close()
    writer._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115 - the writer closes it
    writer.add(invocation())
    wait_for(lambda: bool(writer.problem), "the disk's refusal")
    writer.add(invocation())
    writer.close("done", {})
    assert writer.problem.endswith("the results are no longer written: No space left on device.")


def test_whoever_adds_faster_than_the_disk_takes_waits(runs: SavedRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdatui.stages.load import run_writer

    monkeypatch.setattr(run_writer, "_PENDING", 10_000)
    path = written(runs, *(invocation(number=number, payload=b"x" * 3000) for number in range(1, 101)))
    with Reader(path) as reader:
        assert [one.number for one in reader] == list(range(1, 101))


def test_csv_calculates_nothing_and_jsonl_is_what_invoke_prints(runs: SavedRuns, tmp_path: Path) -> None:
    path = written(
        runs,
        invocation(outcome="function error", error='=HYPERLINK("http://x")', version="@x"),
        invocation(number=2, payload=b'{"a": [1]}', log="\x1b[2Jline\nnext"),
        invocation(number=3, payload=b'{"a": NaN}'),
    )
    with Reader(path) as reader:
        assert export.write(reader, tmp_path / "r.csv") == 3
        export.write(reader, tmp_path / "r.jsonl")
        export.write(reader, tmp_path / "r.txt")
        with pytest.raises(BadInput, match="is there already"):
            export.write(reader, tmp_path / "r.csv")
        with pytest.raises(BadInput, match=r"ends in \.jsonl, \.csv or \.txt"):
            export.write(reader, tmp_path / "r.html")
        with pytest.raises(BadInput, match="cannot be written: No such file"):
            export.write(reader, tmp_path / "no" / "r.csv")
    with (tmp_path / "r.csv").open(newline="") as file:
        first, second, third = csv.DictReader(file)
    assert (first["error"], first["version"]) == ('\'=HYPERLINK("http://x")', "'@x")
    assert (second["payload"], second["log"]) == ('{"a": [1]}', "line\nnext")
    assert third["payload"] == '{"a": NaN}'
    lines = [json.loads(line, parse_constant=pytest.fail) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert [line["payload"] for line in lines] == [{}, {"a": [1]}, '{"a": NaN}']
    report = (tmp_path / "r.txt").read_text()
    assert "f:live\n" in report
    assert "3 invoked:  ok 2  function error 1" in report
    assert '1 × =HYPERLINK("http://x")' in report


def test_the_failures_of_a_run_are_told_with_what_they_need(runs: SavedRuns) -> None:
    lines = [
        invocation(number=1),
        invocation(number=9, outcome="throttled"),
        invocation(number=4, outcome="function error", side="A"),
        invocation(number=4, outcome="function error", side="B"),
        invocation(number=2, outcome="function error", warm_up=True),
    ]
    inputs = {"function": "f", "template": MASK, "rows": "orders.csv", "runs": 50, "rate": 5.0, "concurrency": 3}
    with Reader(written(runs, *lines, inputs=inputs)) as reader:
        assert failures(reader) == [4, 9]
        with pytest.raises(BadInput, match="had a template of its own, which is not kept: give it again"):
            inputs_again(reader, {"seed": 1})
        assert inputs_again(reader, {"template": "{{ n }}"}) == {
            "template": "{{ n }}",
            "rows": "orders.csv",
            "concurrency": 3,
            "runs": 2,
            "failures_of": str(reader.path),
        }
    with Reader(written(runs, invocation())) as reader, pytest.raises(BadInput, match="nothing failed in it"):
        inputs_again(reader, {})
