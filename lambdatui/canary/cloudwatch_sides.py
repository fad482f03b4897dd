"""Under which dimensions CloudWatch has each side of a canary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lambdatui.aws import metric_history
from lambdatui.aws.account import Account
from lambdatui.aws.functions import plain_name
from lambdatui.aws.metrics import resource
from lambdatui.aws.versions import Alias
from lambdatui.canary.cloudwatch_samples import Side
from lambdatui.errors import BadInput, near_match


class Sides(NamedTuple):
    """Both sides, and in words through what they are called."""

    control: Side
    experiment: Side
    words: str


def find(
    account: Account,
    function: str,
    baseline: str,
    canary: str,
    alias: str | None,
    aliases: Sequence[Alias],
    *,
    as_whole: bool,
) -> Sides:
    """The sides of two versions.

    Through the alias that is named; else through the one that shares its traffic between them, or did in the last two
    weeks; else by the versions' numbers. `as_whole` takes an alias's calls whatever version served them, which is what
    tells a baseline of an hour ago where the alias has moved since. Raises BadInput or AwsError.
    """
    name = plain_name(function)
    if alias is None:
        alias = _shared(account, name, baseline, canary, aliases)
    elif alias not in [entry.name for entry in aliases]:
        near = near_match(alias, [entry.name for entry in aliases])
        raise BadInput(f"{function} has no alias '{alias}'.{near}")
    if alias is None:
        words = f"calls of {name}:{baseline} and {name}:{canary} by their numbers, for no alias was shared between them"
        return Sides(_side(name, baseline, None), _side(name, canary, None), words)
    if as_whole and not next(entry for entry in aliases if entry.name == alias).extra:
        words = f"all calls of {name}:{alias}, then and now"
        return Sides(_side(name, baseline, alias, whole=True), _side(name, canary, alias, whole=True), words)
    words = f"calls through {name}:{alias}, by the version that served them"
    return Sides(_side(name, baseline, alias), _side(name, canary, alias), words)


def _shared(account: Account, name: str, baseline: str, canary: str, aliases: Sequence[Alias]) -> str | None:
    now = next((entry.name for entry in aliases if entry.serves(baseline) and entry.serves(canary)), None)
    if now is not None and baseline != canary:
        return now
    for split in metric_history.known(account, name, aliases).splits:
        found = {slice_.label: slice_.dimensions for slice_ in split.slices if "ExecutedVersion" in slice_.dimensions}
        if baseline in found and canary in found:
            return found[canary]["Resource"].rpartition(":")[2]
    return None


def _side(function: str, version: str, alias: str | None, *, whole: bool = False) -> Side:
    by_number = alias is None or whole
    dimensions = resource(function, alias or version, None if by_number else version)
    names = {"function": function, "version": version, "alias": alias or "", "resource": dimensions["Resource"]}
    return Side(dimensions, names)
