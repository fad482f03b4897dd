"""What many invocations add up to: counts by outcome and by served version, and the spread of their times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Any

from lambdatui.aws.invocations import OUTCOMES, Invocation

POINTS = (50, 90, 95, 99)


class Tally:
    """Takes invocations one by one; its figures are true at any moment."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.cold = 0
        self._latency: list[float] = []
        self._duration: list[float] = []
        self._sorted = True

    def add(self, invocation: Invocation) -> None:
        """Counts one."""
        self.outcomes[invocation.outcome] += 1
        if invocation.version:
            self.versions[invocation.version] += 1
        if invocation.error:
            self.errors[invocation.error] += 1
        if invocation.cold:
            self.cold += 1
        if invocation.status:
            self._latency.append(invocation.latency)
        if invocation.report.duration is not None:
            self._duration.append(invocation.report.duration)
        self._sorted = False

    @property
    def count(self) -> int:
        return self.outcomes.total()

    @property
    def success_rate(self) -> float:
        """The share of `ok` among all, 0.0 to 1.0; 1.0 where there are none."""
        return self.outcomes["ok"] / self.count if self.count else 1.0

    @property
    def latency(self) -> Sequence[float]:
        """The caller's waits in ms, sorted; calls without an answer have none."""
        self._sort()
        return self._latency

    @property
    def duration(self) -> Sequence[float]:
        """Lambda's Duration in ms, sorted, where the log tail told it."""
        self._sort()
        return self._duration

    def shares(self) -> dict[str, float]:
        """The share of each served version, 0.0 to 1.0, by version."""
        total = self.versions.total()
        return {name: count / total for name, count in sorted(self.versions.items())} if total else {}

    def outputs(self) -> dict[str, Any]:
        """The figures as a stage's outputs: counts, shares, and percentiles in ms."""
        return {
            "count": self.count,
            "outcomes": {name: self.outcomes[name] for name in OUTCOMES if self.outcomes[name]},
            "success_rate": round(self.success_rate, 6),
            "versions": dict(sorted(self.versions.items())),
            "cold": self.cold,
            "errors": dict(self.errors.most_common(20)),
            "latency_ms": summary(self.latency),
            "duration_ms": summary(self.duration),
        }

    def _sort(self) -> None:
        if not self._sorted:
            # nearly sorted already: timsort takes this in linear time
            self._latency.sort()
            self._duration.sort()
            self._sorted = True


def percentile(ordered: Sequence[float], point: float) -> float:
    """The smallest value that `point` percent of the values do not exceed (nearest rank). `ordered` is not empty."""
    return ordered[max(0, ceil(point / 100 * len(ordered)) - 1)]


def summary(ordered: Sequence[float]) -> dict[str, float]:
    """p50 to p99 and the maximum of sorted values; empty where there are none."""
    if not ordered:
        return {}
    return {f"p{point}": round(percentile(ordered, point), 3) for point in POINTS} | {"max": round(ordered[-1], 3)}
