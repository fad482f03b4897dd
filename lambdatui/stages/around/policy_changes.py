"""The changes that bring a function's resource policies to what is wanted, statement by statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdatui.aws import who_may_invoke
from lambdatui.errors import BadInput
from lambdatui.stages.around.permission import Permission, added_by, content, lines
from lambdatui.stages.around.standing import Standing
from lambdatui.stages.stage import Change, Danger, Difference, differences


def check(permissions: Sequence[Permission], standing: Standing) -> None:
    """Raises BadInput where two statements have one name, or a qualifier leads nowhere."""
    seen: dict[tuple[str, str], int] = {}
    for index, one in enumerate(permissions):
        standing.check(f"permissions.{index}.qualifier", one.qualifier)
        standing.check_place(f"permissions.{index}.source_arn", one.source_arn)
        standing.check_place(f"permissions.{index}.principal", one.principal)
        key = (one.qualifier or "", one.statement_id)
        if key in seen:
            raise BadInput(
                f"permissions.{index}.statement_id: {one.statement_id} is the name of permissions.{seen[key]} already."
            )
        seen[key] = index


def changes(
    standing: Standing,
    wanted: Sequence[Permission],
    needed: Sequence[Permission] = (),
    unneeded: Collection[tuple[str, str]] = (),
    *,
    remove_others: bool = False,
) -> list[Change]:
    """The calls that make the policies hold `wanted` by name, and `needed` under any name.

    `unneeded` are statements to remove, each as its qualifier (empty for the function itself) and its name. With
    `remove_others` whatever is neither wanted nor needed goes, at every alias and version.
    """
    qualifiers = dict.fromkeys([one.qualifier or "" for one in (*wanted, *needed)] + [at for at, _ in unneeded])
    if remove_others:
        qualifiers |= dict.fromkeys(standing.qualifiers())
    found: list[Change] = []
    for qualifier in qualifiers:
        there = {str(statement.get("Sid", "")): statement for statement in standing.policy(qualifier).statements}
        targets = {one.statement_id: one for one in wanted if (one.qualifier or "") == qualifier}
        kept = set(targets)
        for permission in needed:
            if (permission.qualifier or "") == qualifier:
                name = _named_already(permission, standing, there, targets)
                kept.add(name or permission.statement_id)
                if not name:
                    targets[permission.statement_id] = permission
        gone = there if remove_others else {name: None for at, name in unneeded if at == qualifier and name in there}
        found += _at(standing, qualifier, there, targets, [name for name in gone if name not in kept])
    return found


def _named_already(
    permission: Permission,
    standing: Standing,
    there: Mapping[str, Mapping[str, Any]],
    targets: Mapping[str, Permission],
) -> str:
    """The name of the statement that says the same, of those there are or will be; empty where none does."""
    partition = standing.partition
    wanted = {name: one.statement(partition) for name, one in targets.items()}
    says = content(permission.statement(partition))
    return next((name for name, statement in {**there, **wanted}.items() if content(statement) == says), "")


def _at(
    standing: Standing,
    qualifier: str,
    there: Mapping[str, Mapping[str, Any]],
    targets: Mapping[str, Permission],
    gone: Sequence[str],
) -> list[Change]:
    """The changes of one policy. The first carries its RevisionId, where nothing before it gives the policy another."""
    found = [_removed(standing, qualifier, there[name]) for name in gone]
    for name, permission in targets.items():
        wanted, now = permission.statement(standing.partition), there.get(name)
        if now is not None and content(now) == content(wanted):
            continue
        if now is not None:
            found.append(replace(_removed(standing, qualifier, now), differences=_REPLACED))
        added = _call(standing, qualifier, "AddPermission", name, permission.request, lines(now), lines(wanted))
        taken_back = _call(standing, qualifier, "RemovePermission", name, {"StatementId": name}, lines(wanted), {})
        is_public = who_may_invoke.read(wanted, qualifier, standing.place.account_id).level == "bad"
        found.append(
            replace(
                added,
                danger=Danger.TRAFFIC if is_public else Danger.SAFE,
                undo="remove the statement",
                before={"Statement": now},
                back=(taken_back,),
            )
        )
    revision = standing.policy(qualifier).revision
    if found and revision and standing.revision_holds(qualifier):
        found[0] = replace(found[0], request={**found[0].request, "RevisionId": revision})
    return found


_REPLACED = (Difference("statement", "as it was", None),)


def _removed(standing: Standing, qualifier: str, statement: Mapping[str, Any]) -> Change:
    name = str(statement.get("Sid", ""))
    request = added_by(statement)
    back = [] if request is None else [_call(standing, qualifier, "AddPermission", name, request, {}, lines(statement))]
    return replace(
        _call(standing, qualifier, "RemovePermission", name, {"StatementId": name}, lines(statement), {}),
        undo="add the statement again" if back else "",
        before={"Statement": statement},
        back=tuple(back),
    )


def _call(
    standing: Standing,
    qualifier: str,
    operation: str,
    name: str,
    request: Mapping[str, Any],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> Change:
    place = {"FunctionName": standing.function} | ({"Qualifier": qualifier} if qualifier else {})
    return Change(
        operation,
        f"{standing.target(qualifier)} statement {name}",
        differences(before, after),
        {**place, **request},
        danger=Danger.TRAFFIC,
    )


def warnings(standing: Standing, found: Sequence[Change], permissions: Sequence[Permission]) -> list[str]:
    """A word on each statement that is added and lets everybody in."""
    partition = standing.partition
    added = {
        (change.request.get("Qualifier", ""), change.request["StatementId"])
        for change in found
        if change.operation == "AddPermission"
    }
    told = []
    for permission in permissions:
        qualifier = permission.qualifier or ""
        if (qualifier, permission.statement_id) not in added:
            continue
        invoker = who_may_invoke.read(permission.statement(partition), qualifier, standing.place.account_id)
        if invoker.level == "bad":
            told.append(f"{invoker.sentence}: {invoker.risk}")
    return told
