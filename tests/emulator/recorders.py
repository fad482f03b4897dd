"""What stands for CloudWatch and Logs where a test asks what an invocation leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class MetricRecorder:
    """Keeps what was put: `values[account, name, dimensions]` are the values."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, frozenset[tuple[str, str]]], list[float]] = {}

    def put(
        self,
        account: str,
        region: str,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        timestamp: float,
        unit: str,
    ) -> None:
        self.values.setdefault((account, name, frozenset(dimensions.items())), []).append(value)

    def of(self, account: str, name: str, **dimensions: str) -> list[float]:
        return self.values.get((account, name, frozenset(dimensions.items())), [])


class LogRecorder:
    """Keeps what was put: `events[account, group, stream]` are the texts."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str, str], list[str]] = {}

    def put(self, account: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        self.events.setdefault((account, group, stream), []).extend(text for _, text in events)

    def of(self, account: str, group: str) -> list[str]:
        return [text for (a, g, _), texts in self.events.items() if (a, g) == (account, group) for text in texts]
