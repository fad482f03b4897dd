"""Which published versions stay, and why. Pure: data in, data out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate

from lambdatui.aws.listing import when
from lambdatui.aws.versions import Version


@dataclass(frozen=True, slots=True)
class Rule:
    """What stays whatever uses it. What nothing here keeps may go."""

    keep: int | None = None
    """The newest so many stay, 1 or more; None where newness is no reason."""
    older_than_days: int | None = None
    """What was published less than so many days ago stays, and so does what has no date."""
    keep_matching: tuple[str, ...] = ()
    """What `matches` one of these stays."""
    hold: frozenset[int] = frozenset()
    """These stay, because somebody said so."""
    chosen: frozenset[int] | None = None
    """Only these may go; None means all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a version. `stays` is the reason, and empty where it goes."""

    version: Version
    stays: str

    @property
    def goes(self) -> bool:
        return not self.stays


def judged(versions: Sequence[Version], uses: Mapping[int, str], rule: Rule, now: dt.datetime) -> list[Verdict]:
    """A verdict on each version, newest first. `versions` is the complete list; `uses` are the reasons by number.

    Of several reasons the one that AWS or a caller would mind most is told: what uses it, then who holds it.
    """
    ordered = sorted(versions, key=lambda version: -version.number)
    newest = {version.number for version in ordered[: rule.keep or 0]}

    def reason(version: Version) -> str:
        number = version.number
        if number in uses:
            return uses[number]
        if rule.chosen is not None and number not in rule.chosen:
            return "not chosen"
        if number in rule.hold:
            return "held by hand"
        if number in newest:
            return f"among the newest {rule.keep}"
        if rule.older_than_days is not None and (young := _young(version, rule.older_than_days, now)):
            return young
        pattern = next((one for one in rule.keep_matching if matches(one, version.description)), None)
        return f"matches '{pattern}'" if pattern is not None else ""

    return [Verdict(version, reason(version)) for version in ordered]


def going(verdicts: Iterable[Verdict]) -> list[Version]:
    """The versions that go, oldest first."""
    return sorted((verdict.version for verdict in verdicts if verdict.goes), key=lambda version: version.number)


def last_copies(verdicts: Sequence[Verdict]) -> frozenset[int]:
    """Of the versions that go, the newest with each CodeSha256 that no version which stays has."""
    left = {verdict.version.sha256 for verdict in verdicts if not verdict.goes}
    newest: dict[str, int] = {}
    for version in going(verdicts):
        if version.sha256 not in left:
            newest[version.sha256] = version.number
    return frozenset(newest.values())


def matches(pattern: str, description: str) -> bool:
    """Whether a description, or one word of it, is what a pattern with `*`, `?` or `[…]` says, whatever the case.

    A pattern with none of them is looked for anywhere in the description.
    """
    wanted, text = pattern.casefold(), description.casefold()
    if not set(wanted) & set("*?["):
        return wanted in text
    found = re.compile(translate(wanted))
    return any(found.match(part) for part in (text, *text.split()))


def _young(version: Version, days: int, now: dt.datetime) -> str:
    """Why a version's age keeps it; empty where it does not."""
    published = when(version.modified)
    if published is None:
        return "its date is unknown"
    return f"younger than {days} d" if now - published < dt.timedelta(days=days) else ""
