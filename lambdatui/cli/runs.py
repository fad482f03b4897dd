"""`lambdatui runs`: the runs of pipelines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.cli.pipeline_output import GLYPHS, outputs_in_short
from lambdatui.errors import BadInput
from lambdatui.journal import Journal, PipelineRun, PipelineRuns
from lambdatui.moments import clock_words
from lambdatui.settings import state_folder
from lambdatui.text import one_line


@click.command()
@click.argument("run", required=False)
@click.option("--name", metavar="PIPELINE", help="Only those of this pipeline.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many at most.")
@global_options
def runs(context: Context, run: str | None, name: str | None, limit: int) -> None:
    """Lists the runs of pipelines, newest first; with RUN, how each stage of that one stands, and what it told.

    Everything is read from the journal of this machine. With --json each run is a line; RUN is one document.

    \b
    lambdatui runs
    lambdatui runs 1b2f90ac77de --json
    """
    journal = Journal(state_folder() / "journal.sqlite")
    try:
        kept = PipelineRuns(journal)
        if run is None:
            _list(context, kept, name, limit)
        else:
            found = kept.run(run)
            if found is None:
                raise BadInput(f"There is no run '{run}' of a pipeline in the journal.", "`lambdatui runs` lists them.")
            _tell(context, kept, found)
    finally:
        journal.close()


def _list(context: Context, kept: PipelineRuns, name: str | None, limit: int) -> None:
    found = kept.runs(name=name, limit=limit)
    if context.as_json:
        for one in found:
            output.data_json(_as_data(one))
        return
    if not found:
        output.word("No pipeline was run from here.", dim=True)
        return
    rows = [
        (
            one.id,
            _status(one.status),
            clock_words(one.started),
            _took(one.started, one.finished),
            one.name[:40],
            one.error[:80],
        )
        for one in found
    ]
    output.table(("RUN", "STATUS", "BEGAN", "TOOK", "PIPELINE", "ERROR"), rows)


def _tell(context: Context, kept: PipelineRuns, run: PipelineRun) -> None:
    stages = kept.stages(run.id)
    if context.as_json:
        document = {
            **_as_data(run),
            "document": run.text,
            "stages": [
                {
                    "id": one.stage,
                    "status": one.status,
                    "started": _iso(one.started),
                    "finished": _iso(one.finished),
                    "inputs": one.inputs,
                    "outputs": one.outputs,
                    "error": one.error,
                }
                for one in stages.values()
            ],
            "events": [
                {"at": round(one.at, 3), "attempt": one.attempt, "stage": one.stage, **one.event}
                for one in kept.events(run.id)
            ],
        }
        output.data_json(document)
        return
    output.data(f"{run.name}  {_status(run.status)}  {clock_words(run.started)}  {_took(run.started, run.finished)}")
    given = ", ".join(f"{name}={value}" for name, value in run.parameters.items())
    output.data(f"{run.source}  sha256 {run.sha256[:12]}{'  ' + one_line(given) if given else ''}")
    if not stages:
        return
    rows = [
        (
            one.stage,
            _status(one.status),
            _took(one.started, one.finished),
            one.error or ", ".join(outputs_in_short(one.outputs)),
        )
        for one in stages.values()
    ]
    output.data("")
    output.table(("STAGE", "STATUS", "TOOK", "OUTPUTS"), rows)
    if run.status not in ("done", "running"):
        output.word(f"`lambdatui resume {run.id}` goes on with it.", fg="yellow")


def _as_data(run: PipelineRun) -> dict[str, Any]:
    return {
        "run": run.id,
        "pipeline": run.name,
        "status": run.status,
        "started": _iso(run.started),
        "finished": _iso(run.finished),
        "attempt": run.attempt,
        "source": run.source,
        "sha256": run.sha256,
        "parameters": run.parameters,
        "error": run.error,
    }


def _status(status: str) -> str:
    glyph, _ = GLYPHS.get(status, ("?", None))
    return f"{glyph} {status}"


def _took(started: float, finished: float | None) -> str:
    if finished is None:
        return ""
    seconds = finished - started
    return f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _iso(at: float | None) -> str | None:
    return None if at is None else dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="milliseconds")
