"""Gradual: the traffic moves to another version in steps, each held until its gates are content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from lambdatui.aws.account import Account
from lambdatui.aws.functions import LATEST
from lambdatui.errors import Refused
from lambdatui.journal import RolloutState, Routing
from lambdatui.stages import traffic
from lambdatui.stages.alias_standing import AliasStanding, routing_of, shift, told
from lambdatui.stages.rollout.alarm_gate import AlarmGate
from lambdatui.stages.rollout.gates import ApprovalGate, Gate, ProbeGate
from lambdatui.stages.rollout.hook_gate import HookGate
from lambdatui.stages.rollout.schedule import Schedule, Step, beyond
from lambdatui.stages.selector import Selector
from lambdatui.stages.stage import Change, FromRun, Place, Plan, World
from lambdatui.stages.strategy import Strategy

STEPS = "steps"


class Gradual(Strategy):
    """Moves the traffic to a version step by step; a gate that says no puts back the exact routing from before."""

    kind: Literal["gradual"] = "gradual"
    to: Selector
    """The version that gets the traffic."""
    stable: Selector | None = None
    """The version that has the rest meanwhile; absent means the alias's main version."""
    schedule: Schedule
    """In which steps, and how long each one is looked at."""
    gates: Annotated[tuple[Gate, ...], Field(max_length=20)] = ()
    """What must hold for the traffic to go on."""

    @model_validator(mode="after")
    def _steps_exist(self) -> Gradual:
        percents = [0.0, *(step.percent for step in self.schedule.steps())]
        for gate in self.gates:
            for percent in getattr(gate, STEPS, None) or ():
                if not any(abs(percent - known) < 1e-9 for known in percents):
                    shares = ", ".join(f"{known:g}" for known in percents)
                    raise ValueError(
                        f"gates: the {gate.kind} names the step {percent:g}, and the schedule has {shares}."
                    )
        return self


def plan(world: World, account: Account, place: Place, standing: AliasStanding, strategy: Gradual) -> Plan:
    """What a rollout would do: one UpdateAlias a step, each with the routing whole.

    Raises BadInput, Refused or AwsError, for versions, AWS's rules of weights, payloads and alarms.
    """
    now, new = standing.now, standing.number(strategy.to)
    if now is None:
        raise Refused(
            f"{standing.target}: there is no such alias, and so no traffic to move in steps.",
            "Create it with a simple route first.",
        )
    former = routing_of(now)
    outputs = {"version": new, "weights": {}, "former": told(former)}
    title = f"Route {standing.target} to {new} in steps"
    if former == Routing(new):
        return Plan(title, place, notes=tuple(standing.notes), facts={"outputs": outputs})
    stable = standing.number(strategy.stable) if strategy.stable is not None else former.version
    if stable == new:
        raise Refused(
            f"{standing.target}: its main version is {new} already ({told(former)}).",
            "Say with `stable` which version has the rest meanwhile.",
        )
    for name in (new, stable):
        if name == LATEST:
            raise Refused(f"{standing.target}: {LATEST} cannot share an alias's traffic; both must be published.")
    share = 100 * now.shares.get(new, 0.0)
    steps = beyond(strategy.schedule.steps(), round(share, 4))
    standing.check_weights(
        Routing(stable, {new: 0.5}),
        standing.name in standing.provisioned,
        "Remove it first, or move the alias in one go, such as by blue_green: then it goes along.",
    )
    warnings = [*_left_out(former, {new, stable}), *_unwatched(strategy)]
    notes = list(standing.notes)
    if share and len(steps) < len(strategy.schedule.steps()):
        notes.append(f"{new} has {share:g} % already: the rollout begins at {steps[0].percent:g} %")
    red: dict[str, float] = {}
    for gate in strategy.gates:
        if isinstance(gate, ProbeGate):
            gate.bodies(world, account)
        if isinstance(gate, AlarmGate):
            red |= gate.at_start(account)
    warnings += [f"the alarm {name} is red already; it counts once it has been green" for name in red]
    wanted = tuple(_as_data(step, stable, new) for step in steps)
    state = RolloutState(
        alias=standing.name,
        before=former,
        stands=former,
        step=-1,
        steps=wanted,
        revision=now.revision,
        more={
            "new": new,
            "stable": stable,
            "description": now.description,
            "red": red,
            "folder": str(world.folder),
            "strategy": strategy.model_dump(mode="json", exclude_unset=True) | {"kind": strategy.kind},
        },
    )
    changes = changes_of(standing.function, state)
    facts = {"outputs": outputs, "state": state}
    return Plan(title, place, changes, tuple(warnings), (*notes, *_in_words(strategy, steps)), facts)


def changes_of(function: str, state: RolloutState) -> tuple[Change, ...]:
    """The changes that are left of a rollout: one UpdateAlias for each step after the one that stands."""
    before, found = state.stands, list[Change]()
    for index in range(state.step + 1, len(state.steps)):
        after = routing_at(state, index)
        found.append(shift(function, state.alias, before, after, FromRun("revision") if found else state.revision))
        before = after
    return tuple(found)


def routing_at(state: RolloutState, index: int) -> Routing:
    """The routing of a step; of -1, the one from before the rollout."""
    if index < 0:
        return state.before
    step = state.steps[index]
    return Routing(step["version"], dict(step["weights"]))


def step_at(state: RolloutState, index: int) -> Step:
    """A step's share and bake."""
    return Step(state.steps[index]["percent"], state.steps[index]["bake"])


def _as_data(step: Step, stable: str, new: str) -> dict[str, Any]:
    version, weights = traffic.weights(stable, new, step.percent)
    return {"percent": step.percent, "bake": step.bake, "version": version, "weights": weights}


def _left_out(former: Routing, named: set[str]) -> list[str]:
    shares = traffic.shares(former.version, former.weights)
    return [f"{name}, which has {share} now, gets none" for name, share in shares.items() if name not in named]


def _unwatched(strategy: Gradual) -> list[str]:
    if strategy.gates:
        return []
    return ["No gate watches it: only you, and the clock, decide whether it goes on."]


def _in_words(strategy: Gradual, steps: Sequence[Step]) -> list[str]:
    bakes = ", ".join(f"{step.percent:g} % for {length(step.bake)}" for step in steps if step.bake)
    words = [f"stays at {bakes}"] if bakes else []
    for gate in strategy.gates:
        match gate:
            case AlarmGate():
                words.append(f"watches the alarms {', '.join(gate.names)}")
            case ProbeGate():
                words.append(f"probes the new version, {gate.runs} times, {_when(gate.steps)}")
            case HookGate():
                words.append(f"asks the {gate.name} {_when(gate.steps)}")
            case ApprovalGate():
                words.append(f"waits for a person's go {_when(gate.steps, 'after each step but the last')}")
            case _:
                words.append(f"watches the new version's own figures ({_limits(gate.model_dump(exclude_none=True))})")
    return words


def _limits(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in given.items() if name.startswith("max_"))


def _when(steps: tuple[float, ...] | None, always: str = "after each step") -> str:
    if steps is None:
        return always
    later = ", ".join(f"{step:g} %" for step in steps if step)
    first = ["before the first step"] if 0 in steps else []
    return " and ".join([*first, *([f"after {later}"] if later else [])])


def length(seconds: float) -> str:
    """A length of time as a person says it: `90 s`, `10 min`, `1 h 30 min`."""
    if seconds < 120 and seconds != 60:
        return f"{seconds:g} s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
