"""`lambdatui history`: what was done, from the journal."""

from __future__ import annotations

import datetime as dt
import re
import time

import click

from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.journal import Entry, Journal
from lambdatui.settings import state_folder

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_GLYPHS = {"done": "✔ done", "failed": "✖ failed", "sent": "◌ sent", "unknown": "? unknown"}


@click.command()
@click.option("--function", metavar="NAME", help="Only what was done to this function.")
@click.option("--since", metavar="AGE|DATE", help="Only what is newer: 30m, 1h, 2d, or a date such as 2026-11-24.")
@click.option("--limit", default=100, show_default=True, help="At most so many, the newest.")
@global_options
def history(context: Context, function: str | None, since: str | None, limit: int) -> None:
    """Tells every change that was made from here, newest first: when, what, to what, by whom, and how it ended."""
    journal = Journal(state_folder() / "journal.sqlite")
    try:
        entries = journal.entries(function=function, since=_moment(since) if since else None, limit=limit)
    finally:
        journal.close()
    if context.as_json:
        for entry in entries:
            output.data_json(_json(entry))
        return
    if entries:
        output.table(["WHEN", "STATUS", "OPERATION", "TARGET", "ACCOUNT", "REGION", "BY", "ERROR"], map(_row, entries))
    output.word(f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'}.", dim=True)


def _moment(text: str) -> float:
    """Seconds since the epoch for an age or a local date."""
    match = re.fullmatch(r"(\d+)([smhdw])", text.strip().lower())
    if match:
        return time.time() - int(match[1]) * _UNITS[match[2]]
    try:
        return dt.datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except ValueError:
        raise BadInput(f"--since: 30m, 1h, 2d or a date such as 2026-11-24 was expected, not '{text}'.") from None


def _row(entry: Entry) -> list[str]:
    when = dt.datetime.fromtimestamp(entry.at).astimezone()
    return [
        f"{when:%Y-%m-%d %H:%M:%S}",
        _GLYPHS.get(entry.status, entry.status),
        entry.operation,
        entry.target,
        " ".join(part for part in (entry.account_id, entry.profile) if part),
        entry.region,
        entry.arn.rsplit(":", 1)[-1],
        entry.error[:80],
    ]


def _json(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "run": entry.run,
        "at": dt.datetime.fromtimestamp(entry.at, dt.UTC).isoformat(),
        "status": entry.status,
        "operation": entry.operation,
        "target": entry.target,
        "function": entry.function,
        "account": entry.account_id,
        "profile": entry.profile,
        "region": entry.region,
        "arn": entry.arn,
        "parameters": entry.parameters,
        "before": entry.before,
        "undo": entry.undo,
        "error": entry.error,
        "code": entry.code,
        "request_id": entry.request_id,
        "seconds": entry.seconds,
    }
