"""Load balancers: a function registered with a target group, and the permission that the group needs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html: a group of the type `lambda`
holds one function, and the function's policy must let elasticloadbalancing.amazonaws.com in for that group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from lambdatui.aws import arns, target_groups
from lambdatui.errors import BadInput, Refused
from lambdatui.stages.around.permission import Permission, content, source_of
from lambdatui.stages.around.standing import Qualifier, Standing
from lambdatui.stages.settings.setting_groups import Group
from lambdatui.stages.stage import Change, Danger, differences

PRINCIPAL = "elasticloadbalancing.amazonaws.com"


class TargetGroup(Group):
    """One target group that the function is registered with."""

    target_group: Annotated[str, Field(title="Target group", min_length=1, pattern=r"^(arn:.+:targetgroup/.+|[^:/]+)$")]
    """Name or ARN of a target group whose target type is lambda."""
    qualifier: Qualifier | None = None
    """The alias or version that it invokes; left out, the function itself ($LATEST)."""


class TargetGroupChanges:
    """What the wanted registrations come to: the calls, the statements they need, and those that are needed no more.

    None for `wanted` leaves all alone; an empty list takes the function out of every group that its policies name.
    Raises BadInput, Refused or AwsError.
    """

    def __init__(self, standing: Standing, wanted: Sequence[TargetGroup] | None) -> None:
        self.changes: list[Change] = []
        self.needed: list[Permission] = []
        self.unneeded: list[tuple[str, str]] = []
        self._standing = standing
        if wanted is None:
            return
        seen: dict[str, int] = {}
        for index, entry in enumerate(wanted):
            standing.check(f"target_groups.{index}.qualifier", entry.qualifier)
            standing.check_place(f"target_groups.{index}.target_group", entry.target_group, regional=True)
            group = _group(standing, index, entry)
            if group.arn in seen:
                raise BadInput(
                    f"target_groups.{index}.target_group: {group.name} is target_groups.{seen[group.arn]} already."
                )
            seen[group.arn] = index
            self._register(entry, group)
        if not wanted:
            self._leave_all()

    def _register(self, entry: TargetGroup, group: target_groups.TargetGroup) -> None:
        standing = self._standing
        arn = standing.qualified_arn(entry.qualifier)
        self.needed.append(
            Permission(
                statement_id=f"target-group-{arns.short(group.arn)}-{group.arn.rpartition('/')[2]}",
                principal=PRINCIPAL,
                source_arn=group.arn,
                qualifier=entry.qualifier,
            )
        )
        if arn in group.targets:
            return
        for target in group.targets:
            if not self._is_ours(target):
                raise Refused(
                    f"{group.name} has {arns.described(target)} registered, and a target group holds one function.",
                    "Take that one out first.",
                )
            self._deregister(group, target)
        registered, deregistered = self._both(group, arn)
        self.changes.append(replace(registered, undo="deregister it", back=(deregistered,)))

    def _leave_all(self) -> None:
        for qualifier in self._standing.qualifiers():
            for statement in self._standing.policy(qualifier).statements:
                source = source_of(statement)
                if content(statement).get("principal") != (PRINCIPAL,) or ":targetgroup/" not in source:
                    continue
                group = target_groups.find(self._standing.account, source)
                for target in group.targets if group else ():
                    if target == self._standing.qualified_arn(qualifier):
                        assert group is not None
                        self._deregister(group, target)
                self.unneeded.append((qualifier, str(statement.get("Sid", ""))))

    def _deregister(self, group: target_groups.TargetGroup, target: str) -> None:
        qualifier = arns.qualifier(target)
        registered, deregistered = self._both(group, target)
        undo = f"register {self._standing.target(qualifier)} again"
        before = {"Targets": [{"Id": target}]}
        self.changes.append(replace(deregistered, undo=undo, before=before, back=(registered,)))
        self.unneeded += [
            (qualifier, str(statement.get("Sid", "")))
            for statement in self._standing.policy(qualifier).statements
            if source_of(statement) == group.arn and content(statement).get("principal") == (PRINCIPAL,)
        ]

    def _both(self, group: target_groups.TargetGroup, arn: str) -> tuple[Change, Change]:
        """The call that registers and the one that deregisters."""
        named = {"target": self._standing.target(arns.qualifier(arn))}
        target = f"target group {group.name}"
        request = {"TargetGroupArn": group.arn, "Targets": [{"Id": arn}]}
        more: dict[str, Any] = {"service": "elbv2", "danger": Danger.TRAFFIC}
        return (
            Change("RegisterTargets", target, differences({}, named), request, **more),
            Change("DeregisterTargets", target, differences(named, {}), request, **more),
        )

    def _is_ours(self, target: str) -> bool:
        return target == self._standing.arn or target.startswith(f"{self._standing.arn}:")


def _group(standing: Standing, index: int, entry: TargetGroup) -> target_groups.TargetGroup:
    where = f"target_groups.{index}.target_group"
    found = target_groups.find(standing.account, entry.target_group)
    if found is None:
        raise BadInput(f"{where}: there is no target group {arns.short(entry.target_group)} here.")
    if found.kind != "lambda":
        raise BadInput(f"{where}: {found.name} takes targets of the type {found.kind}; lambda was expected.")
    return found
