"""The routings that an alias has had: by whom, since when, from the journal and, where permitted, from CloudTrail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.functions import plain_name
from lambdatui.aws.trail import DAYS, TrailEvent, TrailReader
from lambdatui.clock import Clock
from lambdatui.journal import Entry, Journal, Routing

_MOVES = ("CreateAlias", "UpdateAlias")


@dataclass(frozen=True, slots=True)
class PastRouting:
    """A routing that an alias was given, or was found with. `at` is when, in seconds since the epoch."""

    routing: Routing
    at: float
    who: str
    source: str
    """Where the change came from, such as `here` or `console`."""
    description: str = ""
    """The alias's description then, where that is known."""
    found: bool = False
    """Whether it stood there before the first change that is known: then `at` is when it ended, and nobody gave it."""


def past(entries: Iterable[Entry], events: Iterable[TrailEvent], alias: str) -> list[PastRouting]:
    """The routings of an alias, newest first, none twice in a row.

    `entries` and `events` may be of anything; a call that both tell of counts once.
    """
    made: list[PastRouting] = []
    ours: set[str] = set()
    oldest: Entry | None = None
    for entry in entries:
        if entry.operation in _MOVES and entry.status == "done" and entry.parameters.get("Name") == alias:
            ours.add(entry.request_id)
            made.append(_of_entry(entry))
            oldest = entry if oldest is None or entry.at < oldest.at else oldest
    made += [
        told
        for event in events
        if event.operation in _MOVES and not event.error_code and event.request_id not in ours
        if event.parameters.get("name") == alias and (told := _of_event(event)) is not None
    ]
    made.sort(key=lambda one: one.at, reverse=True)
    if oldest is not None and oldest.before and made and made[-1].at == oldest.at:
        # what stood there before all that is known
        made.append(PastRouting(_routing(oldest.before, ""), oldest.at, "", "", found=True))
    return [one for index, one in enumerate(made) if index == 0 or made[index - 1].routing != one.routing]


def previous(routings: Sequence[PastRouting], now: Routing) -> PastRouting | None:
    """The routing before the last change: the newest that is not the one of now."""
    return next((one for one in routings if one.routing != now), None)


def of_journal(journal: Journal, account: Account, function: str) -> list[Entry]:
    """The journal's calls of a function in an account and region, newest first. Raises AwsError, LambdatuiError."""
    identity = account.identity()
    return journal.entries(function=function, account_id=identity.account_id, region=account.region)


def of_trail(account: Account, function: str, alias: str, clock: Clock, pages: int) -> list[TrailEvent]:
    """CloudTrail's events of an alias, at AWS's slow pace; none where it may not be read. Raises Cancelled."""
    since = dt.datetime.fromtimestamp(clock.now(), dt.UTC) - dt.timedelta(days=DAYS)
    reader = TrailReader(account, plain_name(function), (alias,), since, clock)
    try:
        return [event for page in reader.read(pages) for event in page.events]
    except AwsError:
        return []


def _of_entry(entry: Entry) -> PastRouting:
    who = entry.arn.rpartition("/")[2] or entry.arn.rpartition(":")[2]
    described = str(entry.result.get("Description") or entry.parameters.get("Description") or "")
    return PastRouting(_routing(entry.parameters, ""), entry.at, who, "here", described)


def _of_event(event: TrailEvent) -> PastRouting | None:
    # the answer has the alias whole; what was asked for may be a part of it
    told = event.response if event.response.get("functionVersion") else event.parameters
    if not told.get("functionVersion"):
        return None
    described = str(told.get("description") or "")
    return PastRouting(_routing(told, "camel"), event.at.timestamp(), event.who, event.tool, described)


def _routing(members: Mapping[str, Any], spelling: str) -> Routing:
    """The routing in members of AWS's, or as CloudTrail spells them."""
    names = ("functionVersion", "routingConfig", "additionalVersionWeights")
    version, config, weights = names if spelling else tuple(name[0].upper() + name[1:] for name in names)
    found = (members.get(config) or {}).get(weights) or {}
    return Routing(str(members.get(version, "")), {str(name): float(share) for name, share in found.items()})
