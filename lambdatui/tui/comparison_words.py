"""Two runs, two sides of one, or two versions, figure by figure side by side, with the difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from lambdatui.text import milliseconds, one_line
from lambdatui.tui import axes

if TYPE_CHECKING:
    from lambdatui.stages.load.comparison import Compared
    from lambdatui.stages.load.figures import Figures
    from lambdatui.stages.load.spread import Spread

_NAME, _VALUE = 16, 14


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared: a name and the figures of each."""

    a: str
    b: str
    figures_a: Figures
    figures_b: Figures


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure of both; None where one has none. `less_is_better` is None where neither is."""

    name: str
    a: float | None
    b: float | None
    words: Callable[[float], str]
    less_is_better: bool | None = True
    relative: bool = True
    """Whether a difference is a share of the first; else both are shares, and it is told in points."""


def lines(pair: Pair, certain: Sequence[Compared] = ()) -> list[Content]:
    """The table: a figure a line. What is worse in the second is marked, with glyph and colour.

    `certain` are the differences with their intervals, which say whether one is seen at all; without them, what differs
    by a twentieth or more is marked.
    """
    a, b = (one_line(name)[: _VALUE - 1] for name in (pair.a, pair.b))
    known = {one.figure: one for one in certain}
    title = "difference, 95 % sure to lie within …" if known else "difference"
    found = [Content.assemble((f" {'':<{_NAME}}{a:>{_VALUE}}{b:>{_VALUE}}   {title}", "bold $muted"))]
    found += [_line(row, known.get(row.name), bool(known)) for row in _rows(pair.figures_a, pair.figures_b)]
    if known:
        found += [Content(""), *(Content.assemble((f" {words}", "$muted")) for words in _too_few(certain))]
    return found


def _too_few(certain: Sequence[Compared]) -> list[str]:
    missing = [one.figure for one in certain if one.difference is None]
    return [f"too few invocations to be sure of {', '.join(missing)}"] if missing else []


def _rows(a: Figures, b: Figures) -> list[_Row]:
    def share(count: int, figures: Figures) -> float | None:
        return count / figures.count if figures.count else None

    rows = [
        _Row("invocations", a.count, b.count, axes.count, None),
        _Row("success rate", share(a.outcomes["ok"], a), share(b.outcomes["ok"], b), _percent, False, False),
        _Row("cold starts", share(a.cold, a), share(b.cold, b), _percent, True, False),
    ]
    for name, spread_a, spread_b in (
        ("latency", a.latency, b.latency),
        ("duration", a.duration, b.duration),
        ("init", a.init, b.init),
    ):
        rows += [
            _Row(f"{name} p{point}", _at(spread_a, point), _at(spread_b, point), milliseconds)
            for point in ((50, 95, 99) if name != "init" else (50,))
        ]
    rows.append(_Row("memory, most", _most(a), _most(b), lambda value: f"{value:.0f} MB"))
    return rows


def _line(row: _Row, certain: Compared | None, others_are: bool) -> Content:
    """One figure. Where others are certain and this one is not, nothing is judged."""

    def told(value: float | None) -> str:
        return "–" if value is None else row.words(value)

    parts: list[str | tuple[str, str]] = [
        (f" {row.name:<{_NAME}}", "$muted"),
        f"{told(row.a):>{_VALUE}}{told(row.b):>{_VALUE}}   ",
    ]
    if certain is not None and certain.difference is not None:
        parts.append(_sure(row, certain))
    elif others_are and row.less_is_better is not None and row.a != row.b:
        words = _difference(row)[0].lstrip("▲▼≈ ")
        parts.append((words if words == "–" else f"? {words}", "$muted"))
    else:
        parts.append(_difference(row))
    return Content.assemble(*parts)


def _difference(row: _Row) -> tuple[str, str]:
    if row.a is None or row.b is None:
        return "–", "$muted"
    difference = row.b - row.a
    if not difference:
        return "= the same", "$muted"
    words = _signed(row, difference)
    if row.relative and row.a:
        sign = "+" if difference > 0 else "−"
        words += f"  {sign}{abs(difference) / row.a * 100:.3g} %"
    if row.less_is_better is None:
        return words, "$muted"
    # less than a twentieth is what any two runs differ by
    small = abs(difference) < 0.05 * row.a if row.relative else abs(difference) < 0.001
    if small:
        return f"≈ {words}", "$muted"
    worse = (difference > 0) == row.less_is_better
    return (f"▲ {words}", "$bad") if worse else (f"▼ {words}", "$ok")


def _sure(row: _Row, certain: Compared) -> tuple[str, str]:
    """A difference with its interval."""
    found = certain.difference
    assert found is not None
    low, high = (_signed(row, value) for value in (found.low, found.high))
    words = f"{_signed(row, found.estimate)}   {low} … {high}"
    if certain.worse is None:
        return f"≈ none seen   {low} … {high}", "$muted"
    return (f"▲ {words}", "$bad") if certain.worse else (f"▼ {words}", "$ok")


def _signed(row: _Row, value: float) -> str:
    words = row.words(abs(value)) if row.relative else f"{abs(value) * 100:.3g}"
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{words}{'' if row.relative else ' points'}"


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"


def _at(spread: Spread, point: int) -> float | None:
    return spread.percentile(point) if spread.count else None


def _most(figures: Figures) -> float | None:
    return figures.memory.max if figures.memory.count else None
