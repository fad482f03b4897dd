"""Provisioned concurrency: environments that are kept ready for an alias or a version.

https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html: not for $LATEST, not for an alias with
weights, and not for an alias and its version at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lambdatui.aws import concurrency
from lambdatui.aws.concurrency import Provisioned
from lambdatui.aws.functions import LATEST
from lambdatui.errors import Refused
from lambdatui.stages import traffic
from lambdatui.stages.around.standing import Standing
from lambdatui.stages.stage import Change, Danger, differences


def changes(standing: Standing, wanted: Mapping[str, int] | None) -> list[Change]:
    """The calls that give each alias or version its number of environments; 0 removes.

    None leaves all alone, an empty mapping removes all; those that are not named stay. Raises BadInput where a
    qualifier leads nowhere, Refused where AWS's rules forbid it, or AwsError.
    """
    if wanted is None:
        return []
    for qualifier in wanted:
        standing.check(f"provisioned_concurrency.{qualifier}", qualifier)
    there = {}
    if standing.now is not None:
        there = {one.qualifier: one for one in concurrency.list_provisioned(standing.account, standing.function)}
    gone = [q for q in there if not wanted or wanted.get(q) == 0]
    _refuse(standing, wanted, [qualifier for qualifier in there if qualifier not in gone])
    found = [_removal(standing, there[qualifier]) for qualifier in gone]
    for qualifier, executions in wanted.items():
        now = there.get(qualifier)
        if executions and (now is None or now.requested != executions or now.status == "FAILED"):
            found.append(_setting(standing, qualifier, executions, now))
    return found


def _refuse(standing: Standing, wanted: Mapping[str, int], staying: list[str]) -> None:
    to_be = dict.fromkeys([*staying, *(qualifier for qualifier, executions in wanted.items() if executions)])
    for qualifier in (name for name, executions in wanted.items() if executions):
        if qualifier.isdigit():
            continue
        target = standing.target(qualifier)
        weights, version = standing.weights_after(qualifier), standing.version_after(qualifier)
        if weights:
            raise Refused(
                f"{target} shares its traffic ({traffic.in_words(version or 'the new version', weights)}), and AWS "
                "gives no provisioned concurrency to an alias with weights.",
                "Give it all its traffic in one place first, or ask for none.",
            )
        if version == LATEST:
            raise Refused(
                f"{target} leads to {LATEST}, and AWS gives provisioned concurrency to published versions only."
            )
    for alias in (name for name in to_be if not name.isdigit()):
        version = standing.version_after(alias)
        if version in to_be and (wanted.get(alias) or wanted.get(version)):
            raise Refused(
                f"{standing.target(alias)} leads to version {version}, and AWS gives provisioned concurrency to one "
                "of the two only.",
                f"Ask for 0 at `{version}` or at `{alias}`.",
            )


def _setting(standing: Standing, qualifier: str, executions: int, now: Provisioned | None) -> Change:
    there = _words(now.requested, now.status) if now else None
    wanted = _words(executions)
    return replace(
        _put(standing, qualifier, executions, there),
        undo=f"provision {now.requested} again" if now else "remove the provisioned concurrency",
        before=now and {"ProvisionedConcurrentExecutions": now.requested},
        back=(_put(standing, qualifier, now.requested, wanted) if now else _deleted(standing, qualifier, wanted),),
    )


def _removal(standing: Standing, now: Provisioned) -> Change:
    return replace(
        _deleted(standing, now.qualifier, _words(now.requested, now.status)),
        undo=f"provision {now.requested} again",
        before={"ProvisionedConcurrentExecutions": now.requested},
        back=(_put(standing, now.qualifier, now.requested, None),),
    )


def _put(standing: Standing, qualifier: str, executions: int, there: str | None) -> Change:
    request = {"FunctionName": standing.function, "Qualifier": qualifier}
    return Change(
        "PutProvisionedConcurrencyConfig",
        standing.target(qualifier),
        differences({"provisioned": there}, {"provisioned": _words(executions)}),
        {**request, "ProvisionedConcurrentExecutions": executions},
    )


def _deleted(standing: Standing, qualifier: str, there: str) -> Change:
    return Change(
        "DeleteProvisionedConcurrencyConfig",
        standing.target(qualifier),
        differences({"provisioned": there}, {}),
        {"FunctionName": standing.function, "Qualifier": qualifier},
        danger=Danger.TRAFFIC,
    )


def _words(executions: int, status: str = "") -> str:
    return f"{executions:,} environment{'' if executions == 1 else 's'}{' (failed)' if status == 'FAILED' else ''}"
