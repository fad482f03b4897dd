"""What was done to a function, in one line of time: from here as the journal has it, by others as CloudTrail has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lambdatui.aws.listing import when
from lambdatui.aws.trail import TrailEvent
from lambdatui.aws.versions import Version
from lambdatui.journal import Entry, Journal, Run
from lambdatui.tui.call_words import member, shares, words

Act = tuple[Run | None, Sequence[Entry]]
"""A run with its calls in their order, or a call that belongs to none."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: a run, a call, or somebody else's call. `at` is in seconds since the epoch.

    A call from here has its entry, and its event too once CloudTrail has it. Texts are as they came.
    """

    key: tuple[str, object]
    at: float
    operation: str
    """AWS's name of the operation, or the kind of a run."""
    words: str
    who: str
    tool: str
    source_ip: str
    outcome: str
    """`done`, `failed`, `cancelled`, `running`, `sent` or `unknown`, as in the journal."""
    error: str
    run: Run | None = None
    entry: Entry | None = None
    event: TrailEvent | None = None
    in_run: bool = False
    """Whether it is a call below its run."""

    @property
    def here(self) -> bool:
        """Whether lambdatui did it, on this machine."""
        return self.run is not None or self.entry is not None


def acts(
    journal: Journal,
    function: str | None = None,
    account_id: str | None = None,
    region: str | None = None,
    since: float | None = None,
) -> list[Act]:
    """What the journal has, of a function, an account and a region, since a moment. Newest first.

    Raises LambdatuiError.
    """
    runs = [
        run
        for run in journal.runs(function=function, since=since)
        if account_id in (None, run.account_id) and region in (None, run.region)
    ]
    found: list[tuple[float, Act]] = [(run.started, (run, journal.entries(run=run.id)[::-1])) for run in runs]
    told = {run.id for run in runs}
    entries = journal.entries(function=function, since=since, account_id=account_id, region=region)
    found += [(entry.at, (None, [entry])) for entry in entries if entry.run not in told]
    return [act for _, act in sorted(found, key=lambda pair: pair[0], reverse=True)]


def timeline(local: Iterable[Act], events: Sequence[TrailEvent]) -> list[Deed]:
    """All of it, newest first; the calls of a run stand below it in their order.

    A call from here that is in CloudTrail, too, is one line: AWS's request id tells.
    """
    by_request = {event.request_id: event for event in events if event.request_id}
    blocks: list[tuple[float, list[Deed]]] = []
    ours: set[str] = set()
    for run, entries in local:
        lines = [_of_run(run)] if run is not None else []
        for entry in entries:
            event = by_request.get(entry.request_id)
            if event is not None:
                ours.add(event.event_id)
            lines.append(_of_entry(entry, event, in_run=run is not None))
        if lines:
            blocks.append((lines[0].at, lines))
    blocks += [(event.at.timestamp(), [_of_event(event)]) for event in events if event.event_id not in ours]
    blocks.sort(key=lambda block: block[0], reverse=True)
    return [line for _, lines in blocks for line in lines]


def _of_run(run: Run) -> Deed:
    # a rollout that stopped half-way, and what became of it
    title = f"{run.title} ({run.settled})" if run.settled else run.title
    return Deed(("run", run.id), run.started, run.kind, title, _session(run.arn), "", "", run.status, run.error, run)


def _of_entry(entry: Entry, event: TrailEvent | None, in_run: bool) -> Deed:
    told = words(entry.operation, entry.parameters, entry.result)
    return Deed(
        ("call", entry.id),
        entry.at,
        entry.operation,
        told or entry.target,
        _session(entry.arn),
        "",
        "",
        entry.status,
        entry.error,
        entry=entry,
        event=event,
        in_run=in_run,
    )


def _of_event(event: TrailEvent) -> Deed:
    failed = bool(event.error_code)
    return Deed(
        ("event", event.event_id),
        event.at.timestamp(),
        event.operation,
        words(event.operation, event.parameters, event.response),
        event.who,
        event.tool,
        event.source_ip,
        "failed" if failed else "done",
        (event.error_message or event.error_code) if failed else "",
        event=event,
    )


def _session(arn: str) -> str:
    """The name at the end of a caller's ARN: a user's, or that of a role's session."""
    return arn.rpartition("/")[2] or arn.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Mark:
    """A deployment on a time axis: when, a label of a few cells, and one line about it."""

    at: float
    label: str
    words: str


def deployments(deeds: Sequence[Deed], versions: Iterable[Version]) -> list[Mark]:
    """The publications, code changes and traffic shifts that AWS took, oldest first; `deeds` are newest first.

    A version that nobody is known to have published is marked when it was last modified, which is when it came.
    """
    marks: list[Mark] = []
    known: set[str] = set()
    # CloudTrail tells time in whole seconds: what came in one keeps its order
    for deed in reversed(deeds):
        if deed.outcome == "done" and (found := _mark(deed)) is not None:
            marks.append(found)
            known.add(found.label)
    for version in versions:
        moment = when(version.modified)
        if moment is not None and f"v{version.name}" not in known:
            marks.append(Mark(moment.timestamp(), f"v{version.name}", f"version {version.name}  {version.description}"))
    return sorted(marks, key=lambda mark: mark.at)


def _mark(deed: Deed) -> Mark | None:
    call = deed.entry or deed.event
    if call is None:
        return None
    result = deed.entry.result if deed.entry else deed.event.response if deed.event else {}
    label = ""
    if deed.operation in ("CreateAlias", "UpdateAlias"):
        traffic = shares(call.parameters).replace(" %", "%")
        label = f"{member(call.parameters, 'Name', '')} {traffic}" if traffic else ""
    elif deed.operation == "PublishVersion" or member(call.parameters, "Publish"):
        version = member(result, "Version")
        label = f"v{version}" if version else "published"
    elif deed.operation in ("UpdateFunctionCode", "CreateFunction"):
        label = "code"
    return Mark(deed.at, label, f"{deed.operation} {deed.words} by {deed.who}") if label else None
