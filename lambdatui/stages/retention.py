"""Which published versions are kept, and why. Pure: data in, data out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from lambdatui.aws.listing import when
from lambdatui.aws.versions import Alias, Version


def held(versions: Sequence[Version], aliases: Sequence[Alias], provisioned: Collection[str] = ()) -> dict[int, str]:
    """The versions that something refers to, with the reason: AWS would refuse their deletion, or callers would fail.

    `provisioned` are qualifiers with provisioned concurrency.
    """
    reasons: dict[int, str] = {}
    for version in versions:
        names = [entry.name for entry in aliases if entry.serves(version.name)]
        if names:
            reasons[version.number] = f"alias {', '.join(names)}"
        elif version.name in provisioned:
            reasons[version.number] = "provisioned concurrency"
    return reasons


def newest(versions: Sequence[Version], keep: int) -> dict[int, str]:
    """The newest `keep` versions (1 or more), with the reason."""
    numbers = sorted((version.number for version in versions), reverse=True)
    return dict.fromkeys(numbers[:keep], f"among the newest {keep}")


def younger(versions: Sequence[Version], days: int, now: dt.datetime) -> dict[int, str]:
    """The versions published less than `days` days before `now`, with the reason; so one whose date is unknown."""
    reasons: dict[int, str] = {}
    for version in versions:
        published = when(version.modified)
        if published is None or now - published < dt.timedelta(days=days):
            reasons[version.number] = f"younger than {days} d" if published else "its date is unknown"
    return reasons


def surplus(versions: Sequence[Version], *kept: Mapping[int, str]) -> list[Version]:
    """The versions that nothing keeps, oldest first."""
    numbers = {number for reasons in kept for number in reasons}
    return sorted((version for version in versions if version.number not in numbers), key=lambda v: v.number)
