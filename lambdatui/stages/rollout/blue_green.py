"""Blue/green: the new version is probed first, and gets all traffic at once if its answers are as expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST
from lambdatui.aws.guard import because
from lambdatui.errors import Refused, StageFailed
from lambdatui.journal import Routing
from lambdatui.stages import payload
from lambdatui.stages.alias_standing import AliasStanding
from lambdatui.stages.delete import Delete
from lambdatui.stages.guarded_run import waited
from lambdatui.stages.pruning.version_uses import Uses
from lambdatui.stages.rollout.probes import Probing, probed
from lambdatui.stages.selector import Selector
from lambdatui.stages.stage import Change, Difference, Event, Place, Plan, Result, World
from lambdatui.stages.strategy import Strategy


class BlueGreen(Probing, Strategy):
    """Probes a version; then it gets all traffic, or the alias is left untouched."""

    kind: Literal["blue_green"] = "blue_green"
    to: Selector
    """The version that is probed, and gets the traffic."""
    delete_on_failure: bool = False
    """Delete the version where its answers are not as expected."""


def plan(
    world: World,
    account: Account,
    place: Place,
    standing: AliasStanding,
    strategy: BlueGreen,
    description: str | None,
) -> Plan:
    """The probes, and the change of the alias that follows if they pass. Raises BadInput, Refused or AwsError."""
    new = standing.number(strategy.to)
    version = standing.version(new)
    if version is None:
        raise Refused(
            f"{standing.target}: {LATEST} may be another code by the time it has been probed.", "Publish a version."
        )
    bodies = strategy.bodies(world, account)
    move = standing.moved(Routing(new), description)
    title = f"Probe {standing.function}:{new}, then route {standing.target} to it"
    outputs = {"version": new, "weights": {}}
    if move is None:
        return Plan(title, place, notes=tuple(standing.notes), facts={"outputs": outputs})
    target = f"{standing.function}:{new}"
    seconds = int(version.configuration.get("Timeout", 900))
    lines = (
        Difference("probes", None, f"{strategy.runs} in at most {strategy.timeout:g} s"),
        Difference("payload", None, payload.preview(bodies[0])),
    )
    warnings = []
    if strategy.delete_on_failure:
        held = Uses(tuple(standing.aliases), frozenset(standing.provisioned)).reasons(standing.versions)
        if version.number in held:
            raise Refused(
                f"{target} is in use ({held[version.number]}), and would not be deleted.",
                "Leave delete_on_failure out, or move the alias first.",
            )
        warnings.append(f"where the probes fail, {target} is deleted for good")
    return Plan(
        title,
        place,
        (Change("Invoke", target, lines, {"InvocationType": "RequestResponse"}), move),
        tuple(warnings),
        tuple(standing.notes),
        {"outputs": {**outputs, "bodies": bodies, "timeout": seconds}},
    )


def probe(
    world: World,
    account: Account,
    change: Change,
    outputs: Mapping[str, Any],
    strategy: BlueGreen,
    deletion: Delete,
    run: str,
) -> Iterator[Event]:
    """Makes the plan's first change: probes the version, each answer and the verdict being a Result.

    `outputs` are the plan's. Raises StageFailed where the answers are not as expected; where the strategy wants it,
    `deletion` was carried out then.
    """
    function, version = str(deletion.function), outputs["version"]
    yield from waited(world, account, function, version)
    bodies, seconds = outputs["bodies"], outputs["timeout"]
    verdict = yield from probed(world, account, function, version, strategy, bodies, seconds)
    yield Result(verdict)
    if verdict.outcome == "pass":
        return
    words = f"{change.target}: {verdict.words} The alias is untouched."
    if strategy.delete_on_failure and verdict.outcome == "unsure":
        words += f" {change.target} is not deleted: that says nothing of it."
    elif strategy.delete_on_failure:
        for gone in deletion.plan(world).changes:
            with because(run, gone.target, gone.before, gone.undo):
                account.call("lambda", gone.operation, gone.request)
        words += f" {change.target} was deleted."
    raise StageFailed(words)
