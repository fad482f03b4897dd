"""What a log is folded into: an entry for each invocation, and one for each line outside of any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.log_lines import End, Failure, Level, LogLine

Outcome = Literal["ok", "error", "timeout", "running", "init", "not told"]
"""`init` is an environment in which nothing was invoked yet; `not told` an invocation whose end is not in the log."""

LONGEST = 900_000
"""Milliseconds that an invocation may take: Lambda's limit. After them one without an end is no longer running."""


@dataclass(slots=True, eq=False)
class Entry:
    """An invocation, or a line outside of any. Entries are in the order of `key`."""

    began: int
    """Milliseconds since the epoch."""
    number: int
    """Unlike that of any other entry."""
    stream: str
    lines: list[LogLine] = field(default_factory=list)
    """Its own lines, in the order of time."""
    worst: Level = Level.NONE
    """The gravest level of its lines."""
    headline: LogLine | None = None
    """The line that tells most: the first of the gravest from WARN on, else the last of all."""
    is_gone: bool = False
    """Whether it is an entry no more: there was no room for it, or it went into another."""

    @property
    def key(self) -> tuple[int, int]:
        return self.began, self.number

    @property
    def every_line(self) -> list[LogLine]:
        """All lines in the order of time, with those of the platform."""
        return self.lines

    @property
    def level(self) -> Level:
        """How grave it is: an invocation that failed is an error whatever it wrote."""
        return self.worst

    def noted(self, line: LogLine) -> None:
        """Takes the level of a line that was added to `lines` into account."""
        level = line.level
        if level > self.worst:
            self.worst = level
        before = self.headline
        if before is None or (level > before.level and level >= Level.WARN) or before.level < Level.WARN:
            self.headline = line


@dataclass(slots=True, eq=False)
class Outside(Entry):
    """A line that belongs to no invocation."""


@dataclass(slots=True, eq=False)
class Invoked(Entry):
    """One invocation, as far as its log tells it."""

    request_id: str = ""
    """Empty while only its environment has begun."""
    version: str = ""
    """Empty where its beginning is not in the log."""
    report: Report | None = None
    failure: Failure | None = None
    """What the platform or the runtime says of its failure, first."""
    begins_environment: bool = False
    init_status: str = ""
    """What became of the environment, where Lambda told: such as `error` or `timeout`."""
    is_started: bool = False
    in_json: bool = False
    """Whether the platform's lines are JSON: then an environment may run several invocations at once."""
    done_status: str = ""
    ended: int | None = None
    """When the last of its END and REPORT was written, ms since the epoch."""
    platform: list[LogLine] = field(default_factory=list)
    """The platform's lines that are folded into this entry: START, END, REPORT and those of its environment."""

    @property
    def every_line(self) -> list[LogLine]:
        last = [line for line in self.platform if isinstance(line.mark, End | Report)]
        first = [line for line in self.platform if not isinstance(line.mark, End | Report)]
        # of the same millisecond, START comes before what the handler wrote, and END after it
        return sorted([*first, *self.lines, *last], key=lambda line: line.timestamp)

    @property
    def is_cold(self) -> bool:
        """Whether it waited for a new environment."""
        report = self.report
        return self.begins_environment or bool(report and (report.init is not None or report.restore is not None))

    @property
    def failed(self) -> bool:
        return self.outcome(self.began) in ("error", "timeout")

    @property
    def level(self) -> Level:
        return max(self.worst, Level.ERROR) if self.failed else self.worst

    def outcome(self, now: int) -> Outcome:
        """How it ended, as seen at `now` (ms since the epoch)."""
        report, failure = self.report, self.failure
        status = (report.status if report is not None else "") or self.done_status
        if status == "timeout" or (failure is not None and failure.timed_out):
            return "timeout"
        if status in ("error", "failure") or failure is not None:
            return "error"
        if report is not None or self.ended is not None:
            return "ok"
        if self.init_status in ("error", "failure", "timeout"):
            return "error"
        if not self.request_id:
            return "init"
        return "running" if self.is_started and now - self.began < LONGEST else "not told"
