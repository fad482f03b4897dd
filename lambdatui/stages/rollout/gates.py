"""The gates of a rollout: what must hold for the traffic to go on to the new version.

Alarms and metrics are watched all the time; probes, hooks and a person's go are asked at the end of a step, or before
the first.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lambdatui.stages.rollout.alarm_gate import AlarmGate
from lambdatui.stages.rollout.hook_gate import HookGate
from lambdatui.stages.rollout.metrics_gate import MetricsGate
from lambdatui.stages.rollout.probes import Probing
from lambdatui.stages.strategy import Part

Share = Annotated[float, Field(ge=0, le=100)]


class ProbeGate(Probing):
    """Probes of the new version whose answers must be as expected."""

    kind: Literal["probe"] = "probe"
    steps: tuple[Share, ...] | None = None
    """After the bake of which steps, by their percent, 0 being before any traffic moves; absent means every step."""


class ApprovalGate(Part):
    """A person's go."""

    kind: Literal["approval"] = "approval"
    message: Annotated[str, Field(max_length=500)] = ""
    """What the person is asked to look at."""
    steps: tuple[Share, ...] | None = None
    """After the bake of which steps, by their percent, 0 being before any traffic moves; absent means every step but
    the last."""


Gate = Annotated[AlarmGate | MetricsGate | ProbeGate | HookGate | ApprovalGate, Field(discriminator="kind")]
AskedGate = ProbeGate | HookGate | ApprovalGate


def is_asked_at(gate: AskedGate, percent: float) -> bool:
    """Whether a gate is asked at the end of the step with this share; at 0, before the first."""
    if gate.steps is not None:
        return any(abs(step - percent) < 1e-9 for step in gate.steps)
    return 0 < percent < 100 or (percent == 100 and not isinstance(gate, ApprovalGate))
