"""What a judge says: the score, each metric's verdict with the rule that decided it, and what a screen draws of it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdatui.canary.quantities import quantity

Label = Literal["Pass", "High", "Low", "Nodata", "NodataFailMetric", "Error"]
"""A metric's verdict, in Kayenta's words. NodataFailMetric: there is no data where there must be some."""

Outcome = Literal["pass", "marginal", "fail"]


@dataclass(frozen=True, slots=True)
class Stats:
    """One side after cleaning. All but `count` are 0 where there is nothing. `std` is the sample's."""

    count: int = 0
    min: float = 0.0
    max: float = 0.0
    mean: float = 0.0
    std: float = 0.0
    median: float = 0.0
    p95: float = 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a difference lies, canary minus baseline, with this `confidence` (0.0 to 1.0)."""

    low: float
    high: float
    estimate: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often each side's values fall between `edges`; the counts are one fewer than those.

    The last bin has its upper edge in it. Both sides share the edges, so that they can be drawn over each other.
    """

    edges: tuple[float, ...]
    control: tuple[int, ...]
    experiment: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Each side's mean between `begin` and `end`, in equal steps; None where there was nothing.

    `begin` and `end` are seconds since the epoch; the control's are its own window's where that lies earlier.
    """

    begin: float
    end: float
    control: tuple[float | None, ...]
    experiment: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """What these samples can show: the smallest change that is seen in four of five such trials.

    `change` is that of a rate in percentage points, of values in the metric's unit; `relative` is the same as a share
    of the baseline (0.1 is 10 %); both None where no change would be seen, or where it cannot be said. `words` is a
    sentence.
    """

    words: str
    change: float | None = None
    relative: float | None = None


@dataclass(frozen=True, slots=True)
class MetricVerdict:
    """One metric: its label, why, and what was measured."""

    name: str
    label: Label
    words: str
    """Why, in a sentence."""
    rule: str
    """The rule that decided, such as `interval above band`."""
    groups: tuple[str, ...] = ()
    critical: bool = False
    """Whether this label alone makes the whole a failure."""
    muted: bool = False
    direction: str = "either"
    unit: str = ""
    kind: str = "values"
    control: Stats = Stats()
    experiment: Stats = Stats()
    ratio: float = math.nan
    """The canary's mean as a multiple of the baseline's; NaN where either is 0."""
    effect: float = math.nan
    """What `allowedIncrease` and the like are compared with."""
    effect_measure: str = "meanRatio"
    interval: Interval | None = None
    band: float | None = None
    """The interval must lie beyond this much on either side of 0."""
    p_value: float | None = None
    """The chance of so great a difference between two that are alike; of the exact judge."""
    threshold: float | None = None
    """What `p_value` must not exceed for a difference to count, at this look and beside the other metrics."""
    power: Power | None = None
    distribution: Distribution | None = None
    timeline: Timeline | None = None
    warnings: tuple[str, ...] = ()

    def figure(self, side: Stats) -> str:
        """What the metric is about, with its unit: a side's share of events, p95 or median; a dash for no values."""
        if not side.count:
            return "–"
        value = {"rate": side.mean, "tail": side.p95}.get(self.kind, side.median)
        return quantity(value, self.unit)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """A group of metrics: `score` is the share of its metrics that pass, 0 to 100; `weight` its points of 100."""

    name: str
    score: float
    weight: float
    no_data: bool
    """Nothing in it could be judged; it counts as 100."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge's word on one look at a canary."""

    judge: str
    """`NetflixACAJudge-v1.0` or `exact`."""
    outcome: Outcome
    score: float
    """0 to 100."""
    words: str
    """What decided, in a sentence."""
    metrics: tuple[MetricVerdict, ...]
    groups: tuple[GroupScore, ...]
    pass_score: float
    marginal_score: float
    look: int = 1
    """Which look it is, from 1."""
    looks: int = 1
    """How many there are to be."""
    window: tuple[float, float] | None = None
    """From when to when the canary was looked at, in seconds since the epoch."""
    control_window: tuple[float, float] | None = None
    """The baseline's, where it is another."""
    warnings: tuple[str, ...] = ()

    def metric(self, name: str) -> MetricVerdict:
        """The verdict on a metric. Raises KeyError."""
        for verdict in self.metrics:
            if verdict.name == name:
                return verdict
        raise KeyError(name)

    def as_data(self) -> dict[str, Any]:
        """As JSON values, with the names of these fields; None for NaN and infinity."""
        return {name: _plain(value) for name, value in dataclasses.asdict(self).items()}

    @classmethod
    def from_data(cls, data: Any) -> Judgement | None:
        """What `as_data` gave, as a judgement again; None where it is no such thing.

        Members that are missing take their defaults, and those that are not known are passed over: the report may be
        of another release. An end of an interval that was infinite is so again.
        """
        from pydantic import TypeAdapter, ValidationError

        if not isinstance(data, Mapping):
            return None
        try:
            return TypeAdapter(cls).validate_python({**_ABSENT, **_told(data)})
        except ValidationError:
            return None


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


_ABSENT: Mapping[str, Any] = {
    "judge": "",
    "words": "",
    "metrics": (),
    "groups": (),
    "pass_score": 75.0,
    "marginal_score": 50.0,
}
"""What a judgement is taken to say where it does not; its outcome and its score have to be there."""
_ABSENT_OF_METRIC: Mapping[str, Any] = {"words": "", "rule": ""}


def _told(value: Any) -> Any:
    """Without the members that are None: each of them is None, or NaN, by default, but for an interval's infinities."""
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    found = {str(name): _told(item) for name, item in value.items() if item is not None}
    if "label" in found:
        return {**_ABSENT_OF_METRIC, **found}
    if "confidence" in found:
        return {"low": -math.inf, "high": math.inf, "estimate": math.nan, **found}
    return found
