"""`lambdatui history`: what was done, from the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.journal import Checkpoint, Entry, Journal, Run
from lambdatui.moments import moment
from lambdatui.settings import state_folder

_GLYPHS = {
    "done": "✔ done",
    "failed": "✖ failed",
    "cancelled": "■ cancelled",
    "sent": "◌ sent",
    "running": "◌ running",
    "unknown": "? unknown",
}
_TITLES = ("WHEN", "STATUS", "WHAT", "ACCOUNT", "REGION", "BY", "ID", "ERROR")

Act = tuple[Run | None, list[Entry]]
"""A run with its calls, or a call that belongs to none."""


@click.command()
@click.option("--function", metavar="NAME", help="Only what was done to this function.")
@click.option(
    "--since", metavar="AGE|DATE", help="Only what is newer: 30m, 1h, 2d, 09:30, or a date such as 2026-11-24."
)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many runs.")
@global_options
def history(context: Context, function: str | None, since: str | None, limit: int) -> None:
    """Tells what was done from here, newest first: each run, and below it each call that changed something.

    `running` and `sent` are under way in another lambdatui; `unknown` was sent by one that ended before
    the answer came. What became of a rollout that stopped half-way stands behind it. ID is what undo takes.
    With --json each run is a line that holds its calls, and a rollout's steps.
    """
    start = _moment(since) if since else None
    journal = Journal(state_folder() / "journal.sqlite")
    try:
        acts = sorted(_acts(journal, function, start, limit), key=_began, reverse=True)[:limit]
        steps = {run.id: journal.checkpoints(run.id) for run, _ in acts if run is not None}
    finally:
        journal.close()
    if context.as_json:
        for run, entries in acts:
            output.data_json(_json(run, entries, steps.get(run.id, []) if run else []))
        return
    rows = [row for run, entries in acts for row in _rows(run, entries)]
    if rows:
        output.table(_TITLES, rows)
    output.word("Nothing was done yet." if not acts else f"{len(acts)} listed.", dim=True)


def _acts(journal: Journal, function: str | None, since: float | None, limit: int) -> Iterator[Act]:
    runs = journal.runs(function=function, since=since, limit=limit)
    for run in runs:
        yield run, journal.entries(run=run.id)[::-1]
    told = {run.id for run in runs}
    for entry in journal.entries(function=function, since=since, limit=limit):
        if entry.run not in told:
            yield None, [entry]


def _began(act: Act) -> float:
    run, entries = act
    return run.started if run else entries[0].at


def _moment(text: str) -> float:
    """Seconds since the epoch. Raises BadInput."""
    try:
        return moment(text, dt.datetime.now(dt.UTC)).timestamp()
    except BadInput as error:
        raise BadInput(f"--since: {error}") from None


def _rows(run: Run | None, entries: list[Entry]) -> Iterator[list[str]]:
    if run is not None:
        title = f"{run.title} ({run.settled})" if run.settled else run.title
        yield _row(run.started, run.status, title, run, run.error)
    for entry in entries:
        indent = "└ " if run is not None else ""
        # the run's line says it already
        error = "" if run is not None and entry.error in run.error else entry.error
        yield _row(entry.at, entry.status, f"{indent}{entry.operation} {entry.target}", entry, error)


def _row(moment: float, status: str, what: str, source: Run | Entry, error: str) -> list[str]:
    when = dt.datetime.fromtimestamp(moment).astimezone()
    return [
        f"{when:%Y-%m-%d %H:%M:%S}",
        _GLYPHS.get(status, status),
        what,
        " ".join(part for part in (source.account_id, source.profile) if part),
        source.region,
        source.arn.rsplit(":", 1)[-1],
        str(source.id),
        error,
    ]


def _json(run: Run | None, entries: list[Entry], steps: list[Checkpoint]) -> dict[str, Any]:
    calls = [asdict(entry) | {"at": _iso(entry.at)} for entry in entries]
    if run is None:
        return {"run": None, "calls": calls}
    told = asdict(run) | {"started": _iso(run.started), "finished": _iso(run.finished) if run.finished else None}
    document = {"run": told, "calls": calls}
    if steps:
        document["steps"] = [{"at": _iso(one.at), **one.state.as_data()} for one in steps]
    return document


def _iso(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, dt.UTC).isoformat()
