"""A deed of the history in words: in lines beside the table, and whole, as everything that is known of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from textual.content import Content

from lambdatui.aws.trail import TrailEvent
from lambdatui.journal import Entry
from lambdatui.text import milliseconds, one_line
from lambdatui.tui.call_words import member
from lambdatui.tui.labelled import labelled
from lambdatui.tui.record_documents import as_json
from lambdatui.tui.timeline import Deed
from lambdatui.tui.widgets.record_table import Tone

OUTCOMES: Mapping[str, tuple[str, Tone]] = {
    "done": ("✔ done", "ok"),
    "failed": ("✖ failed", "bad"),
    "cancelled": ("■ cancelled", "warn"),
    "running": ("◌ running", "busy"),
    "sent": ("◌ sent", "busy"),
    "unknown": ("? unknown", "warn"),
}
_IDENTIFYING = frozenset({"FunctionName", "Name", "Qualifier", "Resource", "RevisionId", "DryRun", "Publish"})
_SHORT = 120
"""Characters of a value in a line; the document has the whole."""


def moment(at: float) -> str:
    """A moment in seconds since the epoch as a date and time of here."""
    return f"{dt.datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M:%S}"


def outcome(deed: Deed) -> tuple[str, Tone]:
    """How it ended: a glyph with a word, and the tone."""
    return OUTCOMES.get(deed.outcome, (one_line(deed.outcome), ""))


def source(deed: Deed) -> str:
    """Where it came from, in a word: here, or the tool that CloudTrail tells."""
    return "here" if deed.here else deed.tool or "–"


def describe(deed: Deed) -> tuple[str, Sequence[Content]]:
    """A title, and what there is to say in lines."""
    text, tone = outcome(deed)
    colour = f"${tone}" if tone else ""
    entry, event, run = deed.entry, deed.event, deed.run
    request_id = entry.request_id if entry else event.request_id if event else ""
    told_by = [name for name, there in (("journal", deed.here), ("CloudTrail", event is not None)) if there]
    lines = labelled(
        [
            ("what", deed.words),
            ("outcome", text, colour),
            ("error", deed.error, "$bad"),
            ("undo", entry.undo if entry else ""),
            ("when", moment(deed.at)),
            ("took", milliseconds(entry.seconds * 1000) if entry and entry.seconds is not None else ""),
            ("who", deed.who),
            ("as", _as(deed)),
            ("from", _from(deed)),
            ("request id", request_id),
            ("told by", " and ".join(told_by)),
        ]
    )
    if run is not None:
        lines += _section("Inputs", [(name, _short(value)) for name, value in run.inputs.items() if value is not None])
        lines += _section("Outputs", [(name, _short(value)) for name, value in run.outputs.items()])
    elif entry is not None:
        lines += _section("Changed", _changes(entry))
    elif event is not None:
        lines += _section("Asked for", [(name, _short(value)) for name, value in event.parameters.items()])
    return one_line(deed.operation), lines


def document(deed: Deed) -> str:
    """Everything that the journal and CloudTrail have of it, secrets masked, as text for a screen or the clipboard."""
    parts = []
    if deed.run is not None:
        parts.append(f"The run, from the journal\n\n{as_json(deed.run)}")
    if deed.entry is not None:
        parts.append(_of_entry(deed.entry))
    if deed.event is not None:
        parts.append(f"The event, from CloudTrail\n\n{as_json(deed.event.document or _told(deed.event))}")
    return "\n\n\n".join(parts)


def _of_entry(entry: Entry) -> str:
    parts = [("Before", entry.before), ("Sent", entry.parameters), ("Answer", entry.result)]
    about = {name: getattr(entry, name) for name in ("operation", "target", "status", "request_id", "arn", "region")}
    about |= {"at": moment(entry.at), "seconds": entry.seconds, "error": entry.error, "undo": entry.undo}
    told = [f"The call, from the journal\n\n{as_json(about)}"]
    told += [f"{title}\n\n{as_json(value)}" for title, value in parts if value]
    return "\n\n".join(told)


def _told(event: TrailEvent) -> Mapping[str, Any]:
    """What is known of an event whose document could not be read."""
    return {"eventName": event.name, "eventTime": event.at.isoformat(), "userIdentity": event.who}


def _section(title: str, pairs: Sequence[tuple[str, str]]) -> list[Content]:
    lines = labelled(pairs)
    return [Content(""), Content.assemble((title, "bold")), *lines] if lines else []


def _changes(entry: Entry) -> list[tuple[str, str]]:
    """Each parameter that says something, with what stood there before where that is known."""
    before = entry.before if isinstance(entry.before, Mapping) else {}
    after = {name: value for name, value in entry.parameters.items() if name not in _IDENTIFYING}
    pairs = [(name, _change(member(before, name), value)) for name, value in after.items()]
    # what a deletion took, or an upload replaced
    pairs += [(name, f"{_short(value)} before") for name, value in before.items() if name not in after]
    return pairs


def _change(before: Any, after: Any) -> str:
    return _short(after) if before is None or before == after else f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    """A value in a line, masked."""
    if isinstance(value, list | tuple) and all(isinstance(item, str | int | float) for item in value):
        value = ", ".join(map(str, value))
    text = one_line(value if isinstance(value, str) else as_json(value))
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _as(deed: Deed) -> str:
    """The role whose session it was, or the kind of who has none: the end of an ARN such as `assumed-role/ops/anna`."""
    call = deed.event or deed.entry or deed.run
    kind, _, rest = (call.arn if call else "").rpartition(":")[2].partition("/")
    return f"role {rest.rpartition('/')[0]}" if kind == "assumed-role" else kind


def _from(deed: Deed) -> str:
    tool = deed.event.tool if deed.event else deed.tool
    address = deed.event.source_ip if deed.event else deed.source_ip
    return ", ".join(part for part in ("here" if deed.here else "", tool, address) if part)
