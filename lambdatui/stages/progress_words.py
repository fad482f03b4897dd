"""How far a lengthy thing is, in one line: a bar, how much of how much, how fast, and how long it will take."""

from __future__ import annotations

from lambdatui.stages.stage import Progress
from lambdatui.text import size


def told(progress: Progress, width: int = 20) -> str:
    """Such as `uploading ██████████░░░░░░░░░░  31.2 MB of 62.5 MB  4.1 MB/s  8 s left`; `width` is the bar's."""
    parts = [_amount(progress, progress.done)]
    bar = ""
    if progress.total is not None:
        parts = [f"{parts[0]} of {_amount(progress, progress.total)}"]
        # a limit in time is nothing to be reached
        if progress.unit.strip() != "s":
            share = progress.done / progress.total if progress.total else 1.0
            bar = f"{filled(share, width)}  "
    if progress.rate:
        parts.append(f"{_amount(progress, progress.rate)}/s")
        if progress.total is not None and progress.done < progress.total:
            parts.append(f"{_span((progress.total - progress.done) / progress.rate)} left")
    return f"{progress.what} {bar}{'  '.join(parts)}"


def filled(share: float, width: int) -> str:
    """A bar of `width` characters. `share` is 0 to 1."""
    full = round(min(1.0, max(0.0, share)) * width)
    return "█" * full + "░" * (width - full)


def _amount(progress: Progress, count: float) -> str:
    return size(count) if progress.unit.strip() == "B" else f"{count:g}{progress.unit}"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
