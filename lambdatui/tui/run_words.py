"""What many invocations add up to, in lines: counters, spreads, a histogram, a time line, errors, two runs compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lambdatui.aws.invocations import OUTCOMES
from lambdatui.text import milliseconds, one_line
from lambdatui.tui import axes, invocation_words
from lambdatui.tui.areas import Cell, areas

if TYPE_CHECKING:
    from lambdatui.stages.load.figures import Figures
    from lambdatui.stages.load.spread import Spread
    from lambdatui.stages.load.timeline import Stretch

POINTS = (50, 90, 95, 99)

_BAR = 16
_Parts = list[str | tuple[str, str]]


def counters(figures: Figures, wanted: int | None, share: float | None, rate: float | None) -> Content:
    """How far the run is, how many ended how, and how many a second: one line.

    `share` is how much of the run is done, 0.0 to 1.0, None where that is not known.
    """
    parts: _Parts = [" "]
    if share is not None:
        cells = round(min(1.0, share) * _BAR)
        parts += [("█" * cells, "$primary"), ("░" * (_BAR - cells), "$muted"), " "]
    parts.append(f"{figures.count:,}/{wanted:,}  " if wanted is not None else f"{figures.count:,}  ")
    for name in OUTCOMES:
        count = figures.outcomes[name]
        if count or name == "ok":
            _, word, tone = invocation_words.OUTCOMES[name]
            word = "errors" if name == "function error" else word
            parts += [f"{word} ", (f"{count:,}", f"bold ${tone}"), "  "]
    if figures.cold:
        parts.append((f"cold {figures.cold:,}  ", "$muted"))
    if figures.warm_ups:
        parts.append((f"warm-up {figures.warm_ups:,}  ", "$muted"))
    if figures.retried:
        parts.append((f"retried {figures.retried:,}  ", "$warn"))
    if rate is not None:
        parts.append((f"{axes.count(round(rate, 1))}/s", "$muted"))
    return Content.assemble(*parts)


def waits(figures: Figures, rate_is_set: bool) -> Content:
    """What callers waited, in one line; where a rate is set, also how late they were sent."""
    parts: _Parts = [" "]
    if figures.latency.count:
        parts += _points(figures.latency)
    if rate_is_set and figures.lateness.count:
        late = figures.lateness.percentile(99)
        parts += [("   sent late p99 ", "$muted"), (milliseconds(late), "$warn" if late >= 5 else "")]
    return Content.assemble(*parts)


def _points(spread: Spread) -> _Parts:
    parts: _Parts = []
    for point in POINTS:
        parts += [(f"p{point} ", "$muted"), f"{milliseconds(spread.percentile(point))}  "]
    return [*parts, ("max ", "$muted"), milliseconds(spread.max)]


def served(figures: Figures, asked: Mapping[str, float]) -> Content:
    """Which versions served, beside the shares that the alias asks for."""
    shares = figures.shares()
    parts: _Parts = [" "]
    if shares:
        parts.append(("served ", "$muted"))
        for version in sorted(shares, key=lambda name: -shares[name]):
            parts += [
                (f"{one_line(version)}: {figures.versions[version]:,}", "bold"),
                f" ({shares[version] * 100:.1f} %",
            ]
            if version in asked:
                parts.append((f", asked {asked[version] * 100:.4g}", "$muted"))
            parts.append(")  ")
        missing = [version for version, share in asked.items() if share and version not in shares]
        if len(asked) > 1 and missing:
            parts.append((f"not yet: {', '.join(one_line(version) for version in missing)}", "$muted"))
    return Content.assemble(*parts)


def spreads(figures: Figures, rate_is_set: bool) -> list[Content]:
    """The latency, Lambda's Duration and Init Duration, side by side in a table, and the memory."""
    rows: list[tuple[str, Spread]] = [
        ("latency", figures.latency),
        ("duration", figures.duration),
        ("init", figures.init),
    ]
    if rate_is_set:
        rows.append(("sent late", figures.lateness))
    heads = ("mean", "p50", "p90", "p95", "p99", "max")
    lines = [Content.assemble((" " * 10 + "".join(f"{head:>9}" for head in heads) + "    count", "$muted"))]
    for name, spread in rows:
        values: Sequence[float | None] = (
            [spread.mean, *(spread.percentile(point) for point in POINTS), spread.max] if spread.count else [None] * 6
        )
        cells = "".join(f"{milliseconds(value):>9}" for value in values)
        lines.append(Content.assemble((f" {name:<9}", "$muted"), cells, (f"{spread.count:>9,}", "$muted")))
    lines.append(memory(figures))
    return lines


def memory(figures: Figures) -> Content:
    """The greatest memory used, against what the function has."""
    used, size = figures.memory.max, figures.memory_size
    if not figures.memory.count or not size:
        return Content.assemble((" memory    the log tail has not told it", "$muted"))
    share = used / size
    colour = "$bad" if share >= 0.95 else "$warn" if share >= 0.8 else "$ok"
    cells = max(1, round(min(1.0, share) * 24))
    word = "   little is left: more memory is needed" if share >= 0.95 else ""
    return Content.assemble(
        (" memory    ", "$muted"),
        ("█" * cells, colour),
        ("░" * (24 - cells), "$muted"),
        f" {used:.0f} of {size:,} MB at most",
        (f"  {share:.0%}{word}", colour),
    )


def histogram(spread: Spread, width: int, rows: int, name: str) -> list[Content]:
    """The bars of a spread on a logarithmic scale, with its ends beneath and the median and p99 marked."""
    label = f" {name}, how many took how long"
    if spread.count < 2 or width < 20 or rows < 1:
        return [Content.assemble((label, "$muted")), Content.assemble((" not enough yet", "$muted"))]
    # more bars than there is to tell would each have one value or none
    bars = spread.histogram(min(width - 8, max(8, int(4 * spread.count**0.5))))
    counts = [float(bar.count) for bar in bars]
    top = max(counts)
    lines = [Content.assemble((label, "$muted"))]
    for index, row in enumerate(areas([counts], top, width - 8, rows)):
        side = f"{axes.count(top):>6} " if index == 0 else " " * 7
        # a count of nothing has no bar
        text = "".join(cell.character if counts[_bin(x, width - 8, len(counts))] else " " for x, cell in enumerate(row))
        lines.append(Content.assemble((side, "$muted"), (text, "$primary")))
    low, high = milliseconds(bars[0].low), milliseconds(bars[-1].high)
    axis = [" "] * (width - 8)
    _put(axis, 0, low)
    _put(axis, width - 8 - len(high), high)
    for point in (50, 99):
        value = spread.percentile(point)
        at = next((index for index, bar in enumerate(bars) if value < bar.high), len(bars) - 1)
        x = min(width - 9, at * (width - 8) // len(bars))
        _put(axis, x, f"▲p{point}")
    lines.append(Content.assemble(" " * 7, ("".join(axis), "$muted")))
    return lines


def _bin(x: int, width: int, count: int) -> int:
    return min(count - 1, x * count // width)


def _put(axis: list[str], at: int, text: str) -> None:
    """Writes a text on an axis where nothing stands yet."""
    at = max(0, min(at, len(axis) - len(text)))
    if all(character == " " for character in axis[max(0, at - 1) : at + len(text) + 1]):
        axis[at : at + len(text)] = text


def timeline(stretches: Sequence[Stretch], width: int, rows: int) -> list[Content]:
    """How many were sent, and how many of them were not ok, over time; beneath, the p95 of what callers waited."""
    if not stretches or width < 20 or rows < 2:
        return [Content.assemble((" Nothing was sent yet.", "$muted"))]
    seconds = stretches[0].seconds
    each = "each second" if seconds == 1 else f"each {seconds} s"
    counts = [float(stretch.count) for stretch in stretches]
    failures = [float(stretch.count - stretch.outcomes.get("ok", 0)) for stretch in stretches]
    below = max(1, rows // 3)
    latencies = [stretch.latency.percentile(95) if stretch.latency.count else None for stretch in stretches]
    chart = min(width - 9, max(20, 3 * len(stretches)))
    lines = [
        Content.assemble((f" sent {each}  ", "$muted"), ("■", "$ok"), " ok  ", ("■", "$bad"), " not ok"),
        *_chart([counts, failures], chart, rows - below, ("$ok", "$bad"), axes.count),
        Content.assemble((" p95 of the latency", "$muted")),
        *_chart([[value or 0.0 for value in latencies]], chart, below, ("$primary",), milliseconds),
    ]
    total = sum(stretch.seconds for stretch in stretches)
    word = f"{total} s" if total < 120 else f"{total / 60:.3g} min"
    lines.append(Content.assemble(" " * 8, (f"0 s{word:>{max(1, chart - 3)}}", "$muted")))
    return lines


def _chart(
    series: Sequence[Sequence[float]], width: int, rows: int, colours: Sequence[str], word: object
) -> list[Content]:
    top = max((value for one in series for value in one), default=0.0)
    # a moment without any has no bar
    values = [[value or None for value in one] for one in series]
    lines = []
    for index, row in enumerate(areas(values, top or 1.0, width, rows)):
        label = word(top) if index == 0 and callable(word) else ""
        parts: _Parts = [(f"{label:>7} ", "$muted")]
        parts += [_painted(cell, colours) for cell in row]
        lines.append(Content.assemble(*parts))
    return lines


def _painted(cell: Cell, colours: Sequence[str]) -> tuple[str, str]:
    if cell.front is None:
        return " ", ""
    behind = f" on {colours[cell.behind]}" if cell.behind is not None else ""
    return cell.character, f"{colours[cell.front]}{behind}"
