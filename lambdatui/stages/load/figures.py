"""What many invocations add up to, true at any moment, in memory that a million of them do not fill."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lambdatui.aws.invocations import OUTCOMES, Invocation
from lambdatui.stages.load.error_groups import ErrorGroups
from lambdatui.stages.load.spread import Spread
from lambdatui.stages.load.timeline import Timeline

ANSWERED = frozenset({"ok", "function error"})
"""Outcomes of invocations that Lambda took: what was throttled or refused is answered fast, and tells nothing of how
long a function takes."""

_MOST_VERSIONS = 20


class Figures:
    """Takes invocations one by one, in constant time. To be used by one thread.

    Those that only warm up are not counted. Times are in ms, memory in MB.
    """

    def __init__(self, *, parts: bool = True) -> None:
        self.outcomes: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.warm_ups = 0
        """How many were sent to warm up."""
        self.cold = 0
        self.retried = 0
        """How many were sent again after a throttle."""
        self.latency = Spread()
        """What callers waited for an answer of Lambda's or the function's."""
        self.duration = Spread()
        """Lambda's Duration, where the log tail told it."""
        self.init = Spread()
        """Lambda's Init Duration, or a SnapStart's Restore Duration."""
        self.lateness = Spread()
        """How far each was sent behind its time, where a rate sets one."""
        self.memory = Spread()
        """Lambda's Max Memory Used."""
        self.memory_size = 0
        """The memory that the function has, the greatest where versions differ."""
        self.errors = ErrorGroups()
        self.timeline = Timeline()
        self.by_version: dict[str, Figures] = {}
        """The figures of each served version; of no more than 20."""
        self.by_side: dict[str, Figures] = {}
        """The figures of A and of B, where two qualifiers run side by side."""
        self._parts = parts

    def add(self, invocation: Invocation) -> None:
        """Counts one."""
        if invocation.warm_up:
            self.warm_ups += 1
            return
        report, outcome = invocation.report, invocation.outcome
        self.outcomes[outcome] += 1
        latency = invocation.latency if outcome in ANSWERED else None
        if latency is not None:
            self.latency.add(latency)
        if report.duration is not None:
            self.duration.add(report.duration)
        if report.init is not None or report.restore is not None:
            self.cold += 1
            self.init.add((report.init or 0.0) + (report.restore or 0.0))
        if report.memory_used is not None:
            self.memory.add(report.memory_used)
        if report.memory_size is not None and report.memory_size > self.memory_size:
            self.memory_size = report.memory_size
        if invocation.attempts > 1:
            self.retried += 1
        if invocation.lateness > 0:
            self.lateness.add(invocation.lateness)
        if invocation.error:
            self.errors.add(invocation.error, invocation.number)
        version = invocation.version
        if version and (version in self.versions or len(self.versions) < _MOST_VERSIONS):
            self.versions[version] += 1
        if self._parts:
            self.timeline.add(invocation.started, outcome, latency)
            if version in self.versions:
                _part(self.by_version, version).add(invocation)
            if invocation.side:
                _part(self.by_side, invocation.side).add(invocation)

    @property
    def count(self) -> int:
        return self.outcomes.total()

    @property
    def failures(self) -> int:
        """How many were not `ok`."""
        return self.count - self.outcomes["ok"]

    @property
    def success_rate(self) -> float:
        """The share of `ok` among all, 0.0 to 1.0; 1.0 where there are none."""
        return self.outcomes["ok"] / self.count if self.count else 1.0

    def shares(self) -> dict[str, float]:
        """The share of each served version, 0.0 to 1.0, by version."""
        total = self.versions.total()
        return {name: count / total for name, count in sorted(self.versions.items())} if total else {}

    def outputs(self) -> dict[str, Any]:
        """The figures as a stage's outputs: counts, shares, and percentiles in ms."""
        found: dict[str, Any] = {
            "count": self.count,
            "outcomes": {name: self.outcomes[name] for name in OUTCOMES if self.outcomes[name]},
            "success_rate": round(self.success_rate, 6),
            "versions": dict(sorted(self.versions.items())),
            "cold": self.cold,
            "errors": {group.title: group.count for group in self.errors.most_common(20)},
            "latency_ms": self.latency.summary(),
            "duration_ms": self.duration.summary(),
            "init_ms": self.init.summary(),
        }
        if self.lateness.count:
            found["lateness_ms"] = self.lateness.summary()
        if self.memory.count:
            found["memory_mb"] = {"used": round(self.memory.max), "size": self.memory_size}
        if self.warm_ups:
            found["warm_ups"] = self.warm_ups
        if self.retried:
            found["retried"] = self.retried
        if self.by_side:
            found["sides"] = {side: figures.outputs() for side, figures in sorted(self.by_side.items())}
        return found


def _part(parts: dict[str, Figures], name: str) -> Figures:
    found = parts.get(name)
    if found is None:
        found = parts[name] = Figures(parts=False)
    return found
