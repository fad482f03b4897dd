"""Series: what was measured of one side, and the pair of them that a metric is judged by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["values", "rate", "tail"]
"""How a metric is judged: by where its values lie, as a share of events, or by the share of its largest values."""


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured of one side, oldest first.

    `values` are NaN where a period had none. With `of`, each value counts events (errors) among so many (calls);
    without, it is a measurement of its own. `times` are seconds since the epoch, or empty where nobody knows them.
    """

    values: tuple[float, ...] = ()
    times: tuple[float, ...] = ()
    of: tuple[float, ...] | None = None

    @property
    def plain(self) -> tuple[float, ...]:
        """The values as they are compared one by one: events as percent of `of`, NaN where that is 0."""
        if self.of is None:
            return self.values
        return tuple(
            100 * value / whole if whole else math.nan for value, whole in zip(self.values, self.of, strict=True)
        )

    @property
    def events(self) -> tuple[int, int]:
        """How many events there were, and among how many. Without `of` each value is one, and an event if not 0."""
        if self.of is None:
            there = [value for value in self.values if not math.isnan(value)]
            return sum(1 for value in there if value), len(there)
        known = [(value, whole) for value, whole in zip(self.values, self.of, strict=True) if not math.isnan(value)]
        return round(sum(value for value, _ in known)), round(sum(whole for _, whole in known))


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides of a metric. `kind` is what the exact judge takes it for; Kayenta's knows only values."""

    name: str
    control: Series
    """The baseline."""
    experiment: Series
    """The canary."""
    kind: Kind = "values"
    unit: str = ""
    """Such as `ms` or `MB`; empty where nobody knows it."""
    of_periods: bool = False
    """Whether each value sums up what happened in a minute or so, and is no single measurement."""

    @classmethod
    def of_nothing(cls, name: str) -> Pair:
        """A pair without data."""
        return cls(name, Series(), Series())

    @property
    def plain_unit(self) -> str:
        """The unit of the sides' `plain` values."""
        return "%" if self.control.of is not None or self.experiment.of is not None else self.unit


@dataclass(frozen=True, slots=True)
class Samples:
    """The pairs of a look by their metrics' names, and what a reader should know of how they came about."""

    pairs: Mapping[str, Pair]
    warnings: tuple[str, ...] = ()
