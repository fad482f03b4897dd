"""In which steps the traffic moves to the new version, and how long each one is looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from lambdatui.stages.strategy import Part, Seconds

Percent = Annotated[float, Field(gt=0, le=100)]
Bake = Annotated[Seconds, Field(ge=0, le=7 * 86_400)]
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """The new version's share in percent, more than 0 and up to 100, and how long to stay there, in seconds."""

    percent: float
    bake: float


class Linear(Part):
    """The same share more at each step."""

    kind: Literal["linear"] = "linear"
    step: Annotated[Percent, Field(ge=100 / MOST_STEPS)]
    """How much more of the traffic each step gives the new version, in percent."""
    interval: Bake
    """How long to stay at each step."""
    final_bake: Bake = 0
    """How long to watch once all traffic is there."""

    def steps(self) -> tuple[Step, ...]:
        """The steps, the last at 100 %."""
        count = int(100 / self.step + 1e-9)
        percents = [round(self.step * number, 4) for number in range(1, count + 1)]
        return _stepped([percent for percent in percents if percent < 100], self.interval, self.final_bake)


class Canary(Part):
    """A first share, then everything."""

    kind: Literal["canary"] = "canary"
    percent: Annotated[Percent, Field(lt=100)]
    """The new version's first share, in percent."""
    bake: Bake
    """How long to stay there."""
    final_bake: Bake = 0
    """How long to watch once all traffic is there."""

    def steps(self) -> tuple[Step, ...]:
        """Two steps, the last at 100 %."""
        return _stepped([self.percent], self.bake, self.final_bake)


class Listed(Part):
    """Shares one by one."""

    kind: Literal["steps"] = "steps"
    percents: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=MOST_STEPS)]
    """The new version's share at each step, in percent, rising to 100."""
    bake: Bake | tuple[Bake, ...] = 0
    """How long to stay at each step but the last, or one for each step."""
    final_bake: Bake = 0
    """How long to watch once all traffic is there; not where `bake` has one for each step."""

    @model_validator(mode="after")
    def _rising(self) -> Listed:
        shares = ", ".join(f"{percent:g}" for percent in self.percents)
        if any(after <= before for before, after in zip(self.percents, self.percents[1:], strict=False)):
            raise ValueError(f"percents: shares that rise were expected, not {shares}.")
        if self.percents[-1] != 100:
            raise ValueError(f"percents: the last share must be 100, not {self.percents[-1]:g}.")
        if isinstance(self.bake, tuple):
            if len(self.bake) != len(self.percents):
                raise ValueError(
                    f"bake: one for all, or one for each of the {len(self.percents)} percents was expected, "
                    f"not {len(self.bake)}."
                )
            if self.final_bake:
                raise ValueError("final_bake: the last of `bake` says it already.")
        return self

    def steps(self) -> tuple[Step, ...]:
        """The steps, the last at 100 %."""
        if isinstance(self.bake, tuple):
            return tuple(Step(percent, bake) for percent, bake in zip(self.percents, self.bake, strict=True))
        return _stepped(list(self.percents[:-1]), self.bake, self.final_bake)


Schedule = Annotated[Linear | Canary | Listed, Field(discriminator="kind")]


def _stepped(percents: list[float], bake: float, final_bake: float) -> tuple[Step, ...]:
    return (*(Step(percent, bake) for percent in percents), Step(100.0, final_bake))


def beyond(steps: tuple[Step, ...], percent: float) -> tuple[Step, ...]:
    """The steps that give the new version more than it has already."""
    return tuple(step for step in steps if step.percent > percent)
