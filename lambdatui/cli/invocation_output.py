"""What `lambdatui invoke` and `lambdatui invocations` write of results: lines, progress, sums, comparisons."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from lambdatui.aws.invocations import Invocation
from lambdatui.cli import output
from lambdatui.cli.options import Context
from lambdatui.stages.load import record, report
from lambdatui.stages.load.comparison import Compared, compared, percent
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.stage import Event, Progress, Result
from lambdatui.text import milliseconds, one_line

_SHOWN = 400
"""Characters of an answer in a line."""
_PAUSE = 0.1
"""Seconds between two words on the progress."""


class Told:
    """Tells a run as it goes: a line for each answer on standard output, the progress on standard error."""

    def __init__(
        self, context: Context, total: int | None, *, quiet: bool, sides: Mapping[str, str] | None = None
    ) -> None:
        """`total` is how many answers are awaited, None where nobody knows; `sides` names A and B."""
        self.figures = Figures()
        self._context = context
        self._total = total
        self._quiet = quiet
        self._sides = sides or {}
        self._progress = output.Progress()
        self._began = time.monotonic()
        self._shown = 0.0

    def event(self, event: Event) -> None:
        """Takes an event of the run."""
        if isinstance(event, Progress):
            return
        if not isinstance(event, Result) or not isinstance(event.value, Invocation):
            self._progress.clear()
            return
        one = event.value
        self.figures.add(one)
        if not self._quiet and not one.warm_up:
            self._progress.clear()
            if self._context.as_json:
                output.data_json(record.document(one))
            else:
                output.data(line(one))
        self._show()

    def end(self) -> None:
        """Tells what the invocations add up to."""
        self._progress.clear()
        if self.figures.count:
            tell_figures(self.figures, self._sides)

    def _show(self) -> None:
        now = time.monotonic()
        if self._total == 1 or now - self._shown < _PAUSE:
            return
        self._shown = now
        figures = self.figures
        total = f" of {self._total:,}" if self._total is not None else ""
        parts = [f"{figures.count:,}{total}", f"ok {figures.outcomes['ok']:,}"]
        if figures.failures:
            parts.append(f"not ok {figures.failures:,}")
        parts.append(f"{figures.count / max(now - self._began, 1e-3):,.0f}/s")
        if figures.latency.count:
            parts.append(f"p50 {milliseconds(figures.latency.percentile(50))}")
        if figures.lateness.count:
            parts.append(f"late p99 {milliseconds(figures.lateness.percentile(99))}")
        self._progress.show(" · ".join(parts))


def tell_written(count: int, path: Path) -> None:
    """That so many results are in a file now, on standard error."""
    output.word(f"{count:,} {'result is' if count == 1 else 'results are'} in {path}.")


def line(one: Invocation) -> str:
    """An invocation in a line: number, side, version, outcome, latency, and what it answered."""
    told = one.error or one.payload[: _SHOWN * 4].decode("utf-8", "replace")
    text = one_line(told)
    if len(text) > _SHOWN or len(one.payload) > _SHOWN * 4:
        text = f"{text[:_SHOWN]}… ({len(one.payload):,} bytes)"
    side = f"{one.side} " if one.side else ""
    return (
        f"{one.number:>5}  {side}{one_line(one.version) or '–':>7}  {one.outcome:<14}  "
        f"{milliseconds(one.latency):>9}  {text}"
    )


def tell_figures(figures: Figures, sides: Mapping[str, str]) -> None:
    """What invocations add up to, on standard error."""
    for index, text in enumerate(report.summary(figures)):
        if index == 0:
            output.word(text, bold=True)
        else:
            output.word(text, **({"fg": "red"} if " × " in text else {}))
    for side, part in sorted(figures.by_side.items()):
        name = f"{side} {one_line(sides.get(side, ''))}".rstrip()
        spread = report.spread_words(part.latency) if part.latency.count else "–"
        output.word(f"  {name:<8} {spread}   success {percent(part.success_rate)} of {part.count:,}")


def tell_compared(context: Context, first: Figures, second: Figures, first_name: str, second_name: str) -> None:
    """How the second differs from the first: sentences on standard error, and with --json a line of data."""
    found = compared(first, second, one_line(first_name), one_line(second_name))
    if context.as_json:
        data = [one.as_data() for one in found]
        output.data_json({"first": first_name, "second": second_name, "comparison": data})
    output.word(f"{one_line(second_name)} against {one_line(first_name)}:", bold=True)
    for one in found:
        output.word(f"  {_GLYPHS[one.worse]} {one.words}", **_style(one))


_GLYPHS = {None: "=", True: "▲", False: "▼"}


def _style(one: Compared) -> dict[str, object]:
    if one.worse is None:
        return {"dim": True}
    return {"fg": "red" if one.worse else "green"}
