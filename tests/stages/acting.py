"""Plans and runs for the tests of stages: each helper does what a command or a screen does."""

from __future__ import annotations

from typing import Any

from lambdatui.stages.stage import Event, Failed, Finished, Plan, Stage, World
from tests.emulator.clients import make_function, publish


def run(stage: Stage, world: World, plan: Plan | None = None) -> list[Event]:
    """The events of a stage that is planned, unless a plan is given, and run."""
    return list(stage.run(world, plan or stage.plan(world)))


def finished(stage: Stage, world: World, plan: Plan | None = None) -> dict[str, Any]:
    """The outputs of a stage that must end well."""
    last = run(stage, world, plan)[-1]
    assert isinstance(last, Finished), last
    return dict(last.outputs)


def failed(stage: Stage, world: World, plan: Plan | None = None) -> Failed:
    """The end of a stage that must not end well."""
    last = run(stage, world, plan)[-1]
    assert isinstance(last, Failed), last
    return last


def operations(plan: Plan) -> list[str]:
    """The calls that a plan announces."""
    return [change.operation for change in plan.changes]


def function_with_versions(client: Any, count: int, name: str = "f", **members: Any) -> None:
    """A function with versions 1 to `count`, each of other code."""
    make_function(client, name, **members)
    for number in range(1, count + 1):
        publish(client, name, f"def handler(event, context):\n    return {number}\n")
