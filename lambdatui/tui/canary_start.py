"""What the form of a canary begins with: which version is judged, beside which, by which saved runs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version

SINCE = "2h"
"""How far back CloudWatch is looked at, at first: there is something to see at once."""


class Sides(NamedTuple):
    """The versions that are compared; empty where none is known."""

    baseline: str
    canary: str


def sides(versions: Sequence[Version], aliases: Sequence[Alias], canary: str = "", alias: str = "") -> Sides:
    """The version that is judged, and the one that callers get now. `versions` are all of them, newest first.

    The canary is the one that is asked for; else the one to which `alias`, or the first alias that shares its
    traffic, sends less; else the newest. The baseline is what `alias`, `live`, or the first alias serves; where that
    is the canary itself, the version before it.
    """
    names = [version.name for version in versions]
    serving = _serving(aliases, alias)
    shares = serving.shares if serving is not None else {}
    by_share = sorted(shares, key=lambda name: -shares[name])
    canary = canary or (by_share[-1] if len(by_share) > 1 else next(iter(names), ""))
    before = names[names.index(canary) + 1 :] if canary in names else names
    others = [*by_share, *before, *names]
    return Sides(next((name for name in others if name != canary), ""), canary)


def _serving(aliases: Sequence[Alias], wanted: str) -> Alias | None:
    named = [alias for alias in aliases if alias.name == wanted]
    sharing = [alias for alias in aliases if alias.extra]
    live = [alias for alias in aliases if alias.name == "live"]
    return next(iter([*named, *sharing, *live, *aliases]), None)


def sides_of_runs(runs: Iterable[Mapping[str, Any]]) -> Sides | None:
    """The versions that saved runs compare, by what each run added up to, as the Invoke stage's outputs tell it.

    Of a run of two qualifiers, B is judged beside A; of others, the newer of the two versions that served most. None
    where there are no two.
    """
    served: Counter[str] = Counter()
    for figures in runs:
        found = figures.get("sides")
        if isinstance(found, Mapping):
            first, second = (_most(_versions(found.get(side))) for side in ("A", "B"))
            if first and second and first != second:
                return Sides(first, second)
        served += _versions(figures)
    two = sorted((version for version, _ in served.most_common(2)), key=_age)
    return Sides(*two) if len(two) == 2 else None


def served_by(runs: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """The versions that served in saved runs, oldest first."""
    found: Counter[str] = Counter()
    for figures in runs:
        found += _versions(figures)
    return sorted(found, key=_age)


def _versions(figures: Any) -> Counter[str]:
    versions = figures.get("versions") if isinstance(figures, Mapping) else None
    if not isinstance(versions, Mapping):
        return Counter()
    return Counter({str(name): count for name, count in versions.items() if isinstance(count, int)})


def _most(versions: Counter[str]) -> str:
    return versions.most_common(1)[0][0] if versions else ""


def _age(version: str) -> tuple[bool, int]:
    return version == LATEST, int(version) if version.isdigit() else 0
