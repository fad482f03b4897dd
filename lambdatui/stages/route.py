"""Route: point an alias at a version, at once, shared between two, after probes, or step by step."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from lambdatui.aws import concurrency, event_sources, functions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST
from lambdatui.aws.masking import MASK
from lambdatui.journal import Routing
from lambdatui.stages import traffic
from lambdatui.stages.alias_standing import AliasStanding, told
from lambdatui.stages.around import event_source_changes, provisioned_concurrency
from lambdatui.stages.around.event_source_mapping import EventSourceMapping
from lambdatui.stages.around.standing import Standing
from lambdatui.stages.delete import Delete
from lambdatui.stages.lost_answers import looked_up
from lambdatui.stages.rollout import blue_green, gradual
from lambdatui.stages.rollout.blue_green import BlueGreen
from lambdatui.stages.rollout.gradual import Gradual
from lambdatui.stages.rollout.rollout import Rollout
from lambdatui.stages.selector import Selector
from lambdatui.stages.stage import (
    Change,
    Event,
    FunctionName,
    Note,
    Place,
    Plan,
    Progress,
    Stage,
    World,
)
from lambdatui.stages.strategy import Strategy


class Simple(Strategy):
    """All traffic to one version."""

    kind: Literal["simple"] = "simple"
    to: Selector
    """The version that gets all traffic."""


class Weighted(Strategy):
    """The traffic shared between two versions."""

    kind: Literal["weighted"] = "weighted"
    stable: Selector
    """The version that gets the rest."""
    canary: Selector
    """The version that gets `percent`."""
    percent: Annotated[float, Field(ge=0, le=100)]
    """The canary's share of the traffic, in percent."""


def _not_a_number(name: str) -> str:
    if name.isdigit():
        raise ValueError("an alias cannot be a number: AWS would take it for a version.")
    return name


AliasName = Annotated[
    str,
    Field(title="Alias", min_length=1, max_length=128, pattern=r"^[a-zA-Z0-9_-]+$"),
    AfterValidator(_not_a_number),
]


class Route(Stage):
    """Moves the traffic of an alias. The alias is created where there is none."""

    kind: ClassVar[str] = "route"
    outputs: ClassVar[Mapping[str, str]] = {
        "version": "The alias's main version.",
        "weights": "AdditionalVersionWeights: the other version's share, 0.0 to 1.0.",
        "alias_arn": "The alias's ARN.",
        "former": "The routing before a gradual rollout, in words.",
    }

    function: FunctionName
    alias: AliasName
    """The alias that callers use."""
    strategy: Annotated[Simple | Weighted | BlueGreen | Gradual, Field(discriminator="kind")]
    """How the traffic is moved."""
    description: Annotated[str, Field(max_length=256)] | None = None
    """The alias's description; absent leaves it as it is."""
    provisioned_concurrency: Annotated[int, Field(ge=0)] | None = None
    """How many environments are kept ready for the alias once it has moved; 0 removes them, absent leaves them: they
    move with the alias. AWS gives none to an alias that shares its traffic."""
    event_sources: Annotated[list[EventSourceMapping], Field(title="Event sources")] | None = None
    """What the alias reads from, once it has moved: queues, streams and brokers, as in a deploy file, their qualifier
    left out. Absent leaves them; an empty list removes those of this alias."""

    @model_validator(mode="after")
    def _moved_alone(self) -> Route:
        if isinstance(self.strategy, Gradual):
            for name in ("description", "provisioned_concurrency", "event_sources"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name}: a gradual rollout moves the traffic alone; set it before or after.")
        return self

    @model_validator(mode="after")
    def _of_this_alias(self) -> Route:
        for index, entry in enumerate(self.event_sources or ()):
            if entry.qualifier not in (None, self.alias):
                raise ValueError(f"event_sources.{index}.qualifier: leave it out, it is {self.alias}.")
        return self

    @property
    def is_rollout(self) -> bool:
        return isinstance(self.strategy, Gradual)

    def remembered(self) -> dict[str, Any]:
        given = super().remembered()
        strategy = given.get("strategy", {})
        for probe in [*strategy.get("probes", ()), *_probes_in(strategy.get("gates", ()))]:
            if "payload" in probe:
                probe["payload"] = MASK
        return given

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        standing = AliasStanding.read(account, self.function, self.alias)
        match self.strategy:
            case Gradual():
                return gradual.plan(world, account, place, standing, self.strategy)
            case BlueGreen():
                plan = blue_green.plan(world, account, place, standing, self.strategy, self.description)
            case _:
                plan = self._at_once(place, standing, self.strategy)
        # what is provisioned follows the alias, which takes a while
        followed = {"followed": self.alias in standing.provisioned}
        plan = replace(plan, facts={**plan.facts, "outputs": {**plan.facts["outputs"], **followed}})
        return self._with_event_sources(account, self._with_provisioned(account, plan))

    def _at_once(self, place: Place, standing: AliasStanding, strategy: Simple | Weighted) -> Plan:
        if isinstance(strategy, Simple):
            after = Routing(standing.number(strategy.to))
        else:
            stable, canary = standing.number(strategy.stable), standing.number(strategy.canary)
            after = Routing(*traffic.weights(stable, canary, strategy.percent))
        provisioned = self.alias in standing.provisioned and self.provisioned_concurrency != 0
        standing.check_weights(
            after, provisioned, "Say `provisioned_concurrency: 0` to remove it first, or move the alias in one go."
        )
        change = standing.moved(after, self.description)
        warnings: tuple[str, ...] = ()
        if after.version == LATEST and change:
            warnings = (f"{LATEST} is whatever was uploaded last: callers get each new upload at once.",)
        return Plan(
            f"Route {self.function}:{self.alias}: {told(after)}",
            place,
            (change,) if change else (),
            warnings,
            tuple(standing.notes),
            {"outputs": {"version": after.version, "weights": dict(after.weights)}},
        )

    def _with_provisioned(self, account: Account, plan: Plan) -> Plan:
        if self.provisioned_concurrency is None:
            return plan
        now = functions.find(account, self.function)
        standing = Standing(account, plan.place, self.function, now, plan.changes)
        found = provisioned_concurrency.changes(standing, {self.alias: self.provisioned_concurrency})
        # AWS takes no weights while there is some, and gives none while there are weights
        removed = [change for change in found if change.operation.startswith("Delete")]
        return replace(plan, changes=(*removed, *plan.changes, *(change for change in found if change not in removed)))

    def _with_event_sources(self, account: Account, plan: Plan) -> Plan:
        if self.event_sources is None:
            return plan
        standing = Standing(account, plan.place, self.function, functions.find(account, self.function), plan.changes)
        wanted = [entry.model_copy(update={"qualifier": self.alias}) for entry in self.event_sources]
        found = event_source_changes.changes(standing, wanted, among=[self.alias])
        return replace(plan, changes=(*plan.changes, *found))

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        if isinstance(self.strategy, Gradual):
            state = plan.facts["state"]
            yield from Rollout(world, self.account(world), self.function, state, plan.changes, run).events()
            return
        yield from super().carry_out(world, plan, run)

    def make(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if change.operation == "Invoke" and isinstance(self.strategy, BlueGreen):
            version = outputs["version"]
            place = {"profile": self.profile, "region": self.region}
            deletion = Delete(function=self.function, versions=(version,), archive="never", **place)
            yield from blue_green.probe(world, self.account(world), change, outputs, self.strategy, deletion, run)
            return {}
        making = super().make(world, change, outputs, run)
        return (yield from looked_up(world, self.account(world), change, outputs, run, making))

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"alias_arn": answer["AliasArn"]} if "AliasArn" in answer else {}

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        moved = change.operation == "UpdateAlias" and outputs.get("followed") and self.provisioned_concurrency != 0
        if moved or change.operation == "PutProvisionedConcurrencyConfig":
            waiting = concurrency.provisioned(
                self.account(world), self.function, self.alias, world.clock, world.wait_seconds
            )
            for now in waiting:
                yield Progress(f"provisioned for {self.alias}", now.available, now.requested, " environments")
        elif change.operation in event_sources.MAPPING_WRITES:
            enabled = change.request.get("Enabled")
            mapping = answer["UUID"]
            for one in event_sources.settled(self.account(world), mapping, world.clock, world.wait_seconds, enabled):
                yield Note(f"{one.source}: {one.state}")
        return {}


def _probes_in(gates: Any) -> list[dict[str, Any]]:
    return [probe for gate in gates for probe in gate.get("probes", ())]
