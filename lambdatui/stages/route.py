"""Route: point an alias at a version, or share its traffic between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lambdatui.aws import versions as aws
from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import Refused
from lambdatui.stages import traffic
from lambdatui.stages.selector import Selector, resolve
from lambdatui.stages.stage import Change, Danger, FunctionName, Plan, Stage, World, differences


class Strategy(BaseModel):
    """How the traffic is moved."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


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
    }

    function: FunctionName
    alias: AliasName
    """The alias that callers use."""
    strategy: Annotated[Simple | Weighted, Field(discriminator="kind")]
    """How the traffic is moved."""
    description: Annotated[str, Field(max_length=256)] | None = None
    """The alias's description; absent leaves it as it is."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        versions = aws.list_versions(account, self.function)
        aliases = aws.list_aliases(account, self.function)
        now = next((entry for entry in aliases if entry.name == self.alias), None)
        main, extra, notes = self._resolved(versions, aliases)
        if extra:
            provisioned = self.alias in aws.list_provisioned(account, self.function)
            by_name = {version.name: version for version in versions}
            why = traffic.why_not_weighted(by_name.get(main), by_name.get(next(iter(extra))), provisioned)
            if why:
                raise Refused(f"{self.function}:{self.alias}: {why}")
        title = f"Route {self.function}:{self.alias}: {traffic.in_words(main, extra)}"
        change = self._creation(main, extra) if now is None else self._update(now, main, extra)
        warnings: tuple[str, ...] = ()
        if main == LATEST and change:
            warnings = (f"{LATEST} is whatever was uploaded last: callers get each new upload at once.",)
        return Plan(
            title,
            place,
            (change,) if change else (),
            warnings,
            notes,
            {"outputs": {"version": main, "weights": extra}},
        )

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"alias_arn": answer.get("AliasArn", "")}

    def _resolved(
        self, versions: Sequence[Version], aliases: Sequence[Alias]
    ) -> tuple[str, dict[str, float], tuple[str, ...]]:
        notes: list[str] = []

        def number(selector: str) -> str:
            found = resolve(selector, self.function, versions, aliases)
            if found != selector:
                notes.append(f"{selector} is version {found}")
            return found

        if isinstance(self.strategy, Simple):
            return number(self.strategy.to), {}, tuple(notes)
        main, extra = traffic.weights(number(self.strategy.stable), number(self.strategy.canary), self.strategy.percent)
        return main, extra, tuple(notes)

    def _creation(self, main: str, extra: dict[str, float]) -> Change:
        request: dict[str, Any] = {
            "FunctionName": self.function,
            "Name": self.alias,
            "FunctionVersion": main,
            "RoutingConfig": {"AdditionalVersionWeights": extra},
        }
        after = traffic.shares(main, extra)
        if self.description is not None:
            request["Description"] = self.description
            after["description"] = self.description
        return Change(
            "CreateAlias",
            f"{self.function}:{self.alias}",
            differences({}, after),
            request,
            danger=Danger.SAFE,
            undo=f"delete the alias {self.alias}",
        )

    def _update(self, now: Alias, main: str, extra: dict[str, float]) -> Change | None:
        before, after = traffic.shares(now.version, now.extra), traffic.shares(main, extra)
        # a version that is not there yet, or no longer, has 0 %
        versions = sorted({*before, *after}, key=lambda name: (len(name), name))
        before = {name: before.get(name, "0 %") for name in versions}
        after = {name: after.get(name, "0 %") for name in versions}
        request: dict[str, Any] = {
            "FunctionName": self.function,
            "Name": self.alias,
            "FunctionVersion": main,
            # always whole: AWS keeps the old weights where RoutingConfig is left out
            "RoutingConfig": {"AdditionalVersionWeights": extra},
            "RevisionId": now.revision,
        }
        if self.description is not None:
            request["Description"] = self.description
            before["description"], after["description"] = now.description, self.description
        if before == after and now.version == main:
            return None
        if traffic.shares(now.version, now.extra) == traffic.shares(main, extra):
            before["main version"], after["main version"] = now.version, main
        return Change(
            "UpdateAlias",
            f"{self.function}:{self.alias}",
            differences(before, after),
            request,
            danger=Danger.TRAFFIC,
            undo=traffic.in_words(now.version, now.extra).replace("all traffic to", "all traffic back to"),
            before={
                "FunctionVersion": now.version,
                "RoutingConfig": {"AdditionalVersionWeights": dict(now.extra)},
                "Description": now.description,
                "RevisionId": now.revision,
            },
        )
