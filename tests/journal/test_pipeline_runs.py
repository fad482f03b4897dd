"""The journal of pipelines: what is written is read, and a run belongs to one process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lambdatui.errors import Refused
from lambdatui.journal import Journal, PipelineRuns, within
from tests.journal.test_journal import begin

TEXT = "name: release\nstages: []\n"


def begun(journal: Journal, **more: object) -> str:
    given = {"name": "release", "source": "release.yaml", "folder": "/x", "text": TEXT, "parameters": {"n": 1}, **more}
    return PipelineRuns(journal).begin(**given)  # type: ignore[arg-type]


def test_a_run_is_read_as_it_was_written(journal: Journal) -> None:
    runs = PipelineRuns(journal)
    name = begun(journal)
    runs.stage_began(name, "deploy", {"function": "f"})
    runs.stage_planned(name, "deploy", {"function": "f"}, {"version": "2"})
    runs.stage_ended(name, "deploy", "done", {"version": "2"})
    runs.stage_ended(name, "notify", "skipped", {})
    runs.told(name, 1, "deploy", {"event": "note", "text": "hello"})
    runs.end(name, "done")
    (run,) = runs.runs()
    assert (run.id, run.name, run.status, run.text, run.parameters, run.attempt) == (
        name,
        "release",
        "done",
        TEXT,
        {"n": 1},
        1,
    )
    stages = runs.stages(name)
    assert list(stages) == ["deploy", "notify"]
    assert (stages["deploy"].planned, stages["deploy"].outputs) == ({"version": "2"}, {"version": "2"})
    assert stages["notify"].status == "skipped"
    assert [one.event["text"] for one in runs.events(name)] == ["hello"]


def test_stages_that_run_again_are_forgotten_and_count_an_attempt(journal: Journal) -> None:
    runs = PipelineRuns(journal)
    name = begun(journal)
    for stage in ("a", "b"):
        runs.stage_ended(name, stage, "failed", {}, "no")
    runs.end(name, "failed", "no")
    assert runs.take_up(name, again=True).attempt == 2
    runs.forget(name, ("b",))
    assert list(runs.stages(name)) == ["a"]
    run = runs.run(name)
    assert run is not None
    assert (run.status, run.error, run.finished) == ("running", "", None)


def test_what_another_process_runs_is_not_taken_up(journal: Journal, home: Path) -> None:
    child = (
        "import sys\n"
        "from pathlib import Path\n"
        "from lambdatui.journal import Journal, PipelineRuns\n"
        "runs = PipelineRuns(Journal(Path(sys.argv[1])))\n"
        "print(runs.begin(name='release', source='r', folder='/', text='', parameters={}), flush=True)\n"
        "sys.stdin.read()\n"
    )
    path = str(home / "state" / "journal.sqlite")
    other = subprocess.Popen(
        [sys.executable, "-c", child, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert other.stdout is not None
    name = other.stdout.readline().strip()
    runs = PipelineRuns(journal)
    with pytest.raises(Refused, match=f"under way, in process {other.pid}"):
        runs.take_up(name, again=False)
    with pytest.raises(Refused, match="one runs at a time"):
        begun(journal, alone=True)
    other.kill()
    other.wait()
    run = runs.run(name)
    assert run is not None
    assert run.status == "unknown"
    assert runs.take_up(name, again=False).pid == os.getpid()


def test_a_run_of_a_stage_knows_its_pipeline(journal: Journal) -> None:
    with within("p1", "route"):
        inside = begin(journal)
    begin(journal)
    (run,) = journal.runs(pipeline="p1", stage="route")
    assert (run.id, run.pipeline, run.stage) == (inside, "p1", "route")


def test_a_pipeline_that_another_ran_is_found_by_its_parent_alone(journal: Journal) -> None:
    runs = PipelineRuns(journal)
    with within("p1", "sub"):
        inner = begun(journal)
    assert runs.runs() == []
    found = runs.child("p1", "sub")
    assert found is not None
    assert found.id == inner
