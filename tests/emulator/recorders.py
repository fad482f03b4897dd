"""What stands for CloudWatch Logs where a test asks what an invocation leaves behind."""

from __future__ import annotations

from collections.abc import Sequence


class LogRecorder:
    """Keeps what was put: `events[account, group, stream]` are the texts."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str, str], list[str]] = {}

    def put(self, account: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        self.events.setdefault((account, group, stream), []).extend(text for _, text in events)

    def of(self, account: str, group: str) -> list[str]:
        return [text for (a, g, _), texts in self.events.items() if (a, g) == (account, group) for text in texts]
