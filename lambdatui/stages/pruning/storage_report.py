"""What the functions of an account's region take of its code storage, and what a retention would give back of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import code_storage
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.code_storage import AccountStorage, FunctionStorage
from lambdatui.aws.errors import NotFound
from lambdatui.clock import Clock
from lambdatui.stages import retention
from lambdatui.stages.pruning.version_uses import Uses
from lambdatui.stages.retention import Rule


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """A function's code in bytes over all its versions, and how much of it would come back, at most."""

    name: str
    versions: int
    """How many are published."""
    size: int
    going: int
    """How many versions would go."""
    freed: int


@dataclass(frozen=True, slots=True)
class StorageReport:
    """One account's region: its storage, and its functions, the largest first."""

    account: AccountStorage
    functions: tuple[FunctionReport, ...]

    @property
    def freed(self) -> int:
        """Bytes that would come back, at most."""
        return sum(function.freed for function in self.functions)


def read(
    account: Account,
    rule: Rule,
    clock: Clock,
    wanted: Callable[[str], bool] = lambda _: True,
    told: Callable[[int], None] = lambda _: None,
) -> StorageReport:
    """The report on the functions whose name is `wanted`. `told` hears how many versions have come.

    One call for 50 versions, and one more for the aliases of each function of which something would go. What else
    uses a version is not asked: what comes back is told as at most so much. Raises AwsError, Cancelled.
    """
    configurations: list[dict[str, Any]] = []
    for page in code_storage.pages(account):
        clock.check()
        configurations += [one for one in page if wanted(one["FunctionName"])]
        told(len(configurations))
    now = dt.datetime.fromtimestamp(clock.now(), dt.UTC)
    found = [_report(account, function, rule, now, clock) for function in code_storage.by_function(configurations)]
    found.sort(key=lambda one: (-one.size, one.name))
    return StorageReport(code_storage.account_storage(account), tuple(found))


def _report(account: Account, function: FunctionStorage, rule: Rule, now: dt.datetime, clock: Clock) -> FunctionReport:
    clock.check()
    doomed = retention.going(retention.judged(function.versions, {}, rule, now))
    if doomed:
        try:
            uses = Uses(tuple(aws.list_aliases(account, function.name)))
        except NotFound:
            # deleted since the list was read
            uses = Uses()
        doomed = retention.going(retention.judged(function.versions, uses.reasons(function.versions), rule, now))
    freed = sum(version.code_size for version in doomed)
    return FunctionReport(function.name, len(function.versions), function.size, len(doomed), freed)
