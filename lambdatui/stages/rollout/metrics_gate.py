"""The gate of the new version's own figures: its errors and its p95 beside the old version's, by CloudWatch.

An alias with weights has its metrics by ExecutedVersion, for free. CloudWatch counts by the minute, and tells of a
minute some time after it is over: only whole minutes since the step began, and not the latest, are judged.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from lambdatui.aws import metrics
from lambdatui.aws.account import Account
from lambdatui.aws.functions import plain_name
from lambdatui.aws.metric_data import Points
from lambdatui.aws.metrics import PERIOD, Query
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.strategy import Part, Seconds


@dataclass(frozen=True, slots=True)
class Figures:
    """What a version served in some minutes. `p95` is its Duration in ms: the mean of the minutes' p95, weighted by
    their calls, for percentiles cannot be added up; None without calls."""

    calls: int = 0
    errors: int = 0
    p95: float | None = None

    @property
    def error_rate(self) -> float:
        """Errors in percent of calls, 0 without calls."""
        return 100 * self.errors / self.calls if self.calls else 0.0

    def as_data(self) -> dict[str, Any]:
        """As JSON values."""
        p95 = None if self.p95 is None else round(self.p95, 2)
        return {"calls": self.calls, "errors": self.errors, "error_rate": round(self.error_rate, 3), "p95_ms": p95}


class MetricsGate(Part):
    """Limits of the new version's errors and p95, as such and beside the old version's."""

    kind: Literal["metrics"] = "metrics"
    max_error_rate: Annotated[float, Field(ge=0, le=100)] | None = None
    """The new version's errors, in percent of its calls."""
    max_error_increase: Annotated[float, Field(ge=0, le=100)] | None = None
    """How many percentage points its error rate may lie above the old version's."""
    max_p95_ms: Annotated[float, Field(gt=0)] | None = None
    """The new version's p95 of Duration, in ms."""
    max_p95_increase: Annotated[float, Field(ge=0)] | None = None
    """How much higher its p95 may be than the old version's, in percent of that."""
    min_calls: Annotated[int, Field(ge=1)] = 50
    """So many calls of a version are needed before it is judged, or judged by."""
    too_few: Literal["wait", "fail", "pass"] = "wait"
    """What becomes of a step whose bake is over and that had fewer calls."""
    wait_at_most: Annotated[Seconds, Field(ge=0, le=7 * 86_400)] = 1800.0
    """How long to wait for more calls after the bake; then the step fails."""
    late: Annotated[Seconds, Field(ge=0, le=3600)] = 60.0
    """How long after its end a minute is complete in CloudWatch."""

    @model_validator(mode="after")
    def _limited(self) -> MetricsGate:
        limits = (self.max_error_rate, self.max_error_increase, self.max_p95_ms, self.max_p95_increase)
        if all(limit is None for limit in limits):
            raise ValueError(
                "one of max_error_rate, max_error_increase, max_p95_ms and max_p95_increase at least was expected."
            )
        return self

    def window(self, began: float, now: float) -> tuple[float, float] | None:
        """The whole minutes since a step began that CloudWatch knows by now, from and to in epoch seconds; or None."""
        first, last = math.ceil(began / PERIOD) * PERIOD, math.floor((now - self.late) / PERIOD) * PERIOD
        return (first, last) if last > first else None

    def read(
        self, account: Account, function: str, alias: str, new: str, old: str | None, window: tuple[float, float]
    ) -> tuple[Figures, Figures] | None:
        """What the new and the old version served through an alias in these minutes; None where there is more to come.

        Without an old version all of the alias is the new one's. One GetMetricData call. Raises AwsError.
        """
        name = plain_name(function)
        places = [metrics.resource(name, alias, new if old else None)]
        if old:
            places.append(metrics.resource(name, alias, old))
        queries = [
            Query(metric, place, statistic)
            for place in places
            for metric, statistic in (("Invocations", "Sum"), ("Errors", "Sum"), ("Duration", "p95"))
        ]
        start, end = (dt.datetime.fromtimestamp(moment, dt.UTC) for moment in window)
        found = metrics.read(account, queries, start, end)
        if not all(points.complete for points in found):
            return None
        figures = [_figures(*found[index : index + 3]) for index in range(0, len(found), 3)]
        return figures[0], figures[1] if old else Figures()

    def judge(self, new: Figures, old: Figures, over: bool = False) -> Verdict:
        """The verdict on these figures. `over` is whether the wait for more calls is over."""
        figures = {"new": new.as_data(), "old": old.as_data()}
        if new.calls < self.min_calls:
            words = f"the new version had {new.calls} calls in whole minutes, {self.min_calls} are needed"
            if not over or self.too_few == "wait":
                return Verdict("metrics", "fail" if over else "wait", f"{words}.", figures)
            return Verdict("metrics", self.too_few, f"{words}; too few are to {self.too_few}.", figures)
        broken = self._broken(new, old)
        if broken:
            return Verdict("metrics", "fail", f"{'; '.join(broken)}.", figures)
        p95 = "" if new.p95 is None else f", p95 {new.p95:.1f} ms"
        words = f"{new.calls:,} calls, {new.error_rate:.2f} % errors{p95}"
        if old.calls:
            p95 = "" if old.p95 is None else f", p95 {old.p95:.1f} ms"
            words += f"; old: {old.calls:,} calls, {old.error_rate:.2f} % errors{p95}"
        return Verdict("metrics", "pass", f"{words}.", figures)

    def _broken(self, new: Figures, old: Figures) -> list[str]:
        found = []
        if self.max_error_rate is not None and new.error_rate > self.max_error_rate:
            found.append(
                f"{new.errors:,} of {new.calls:,} calls of the new version failed ({new.error_rate:.2f} %), "
                f"{self.max_error_rate:g} % are allowed"
            )
        if self.max_p95_ms is not None and new.p95 is not None and new.p95 > self.max_p95_ms:
            found.append(f"the new version's p95 is {new.p95:.1f} ms, {self.max_p95_ms:g} ms are allowed")
        if old.calls < self.min_calls:
            return found
        more = new.error_rate - old.error_rate
        if self.max_error_increase is not None and more > self.max_error_increase:
            found.append(
                f"{new.error_rate:.2f} % of the new version's {new.calls:,} calls failed and {old.error_rate:.2f} % of "
                f"the old version's {old.calls:,}; {self.max_error_increase:g} percentage points more are allowed"
            )
        if self.max_p95_increase is not None and new.p95 is not None and old.p95:
            increase = 100 * (new.p95 / old.p95 - 1)
            if increase > self.max_p95_increase:
                found.append(
                    f"the new version's p95 is {new.p95:.1f} ms, {increase:.0f} % above the old version's "
                    f"{old.p95:.1f} ms; {self.max_p95_increase:g} % are allowed"
                )
        return found


def _figures(invocations: Points, errors: Points, p95: Points) -> Figures:
    calls = sum(invocations.values.values())
    weighted = [(value, invocations.values.get(minute, 0.0)) for minute, value in p95.values.items()]
    weight = sum(share for _, share in weighted)
    return Figures(
        calls=round(calls),
        errors=round(sum(errors.values.values())),
        p95=sum(value * share for value, share in weighted) / weight if weight else None,
    )
