"""Two runs of invocations, or the two sides of one, compared in sentences: what differs, by how much, how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lambdatui.canary import difference
from lambdatui.canary.difference import Difference, Sample
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.spread import Spread
from lambdatui.text import milliseconds

POINTS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both."""

    figure: str
    """Such as `success rate` or `latency p50`."""
    difference: Difference | None
    """The second minus the first: of shares, or of ms. None where there is too little to compare."""
    words: str
    """A sentence without its end."""
    worse: bool | None
    """Whether the second is the worse of the two; None where no difference is seen."""

    def as_data(self) -> dict[str, Any]:
        """What JSON says of it."""
        found: dict[str, Any] = {"figure": self.figure, "words": self.words, "worse": self.worse}
        if self.difference is not None:
            found |= {
                "first": self.difference.first,
                "second": self.difference.second,
                "difference": self.difference.estimate,
                "low": self.difference.low,
                "high": self.difference.high,
            }
        return found


def compared(first: Figures, second: Figures, first_name: str, second_name: str, *, seed: int = 0) -> list[Compared]:
    """The second run against the first: success rate, cold starts, what callers waited, Lambda's Duration and Init
    Duration.

    Each interval holds its difference with 95 % confidence, for itself: of twenty, one may be wrong.
    """
    found = [_success(first, second, first_name, second_name), *_cold(first, second, second_name)]
    for name, one, other, points in (
        ("latency", first.latency, second.latency, POINTS),
        ("duration", first.duration, second.duration, POINTS),
        ("init", first.init, second.init, (50,)),
    ):
        found += _times(name, one, other, points, second_name, seed)
    return found


def _success(first: Figures, second: Figures, first_name: str, second_name: str) -> Compared:
    figure = "success rate"
    found = difference.of_shares((first.outcomes["ok"], first.count), (second.outcomes["ok"], second.count))
    if found is None:
        nobody = first_name if not first.count else second_name
        return Compared(figure, None, f"success rate: {nobody} has no invocations", None)
    rates = f"{percent(found.second)} of {second.count:,} after {percent(found.first)} of {first.count:,}"
    if not found.seen:
        words = (
            f"no difference in the success rate seen ({rates}); "
            f"with so many invocations, {_points(found.visible)} would be"
        )
        return Compared(figure, found, words, None)
    more = "more" if found.estimate > 0 else "less"
    low, high = sorted((abs(found.low), abs(found.high)))
    words = (
        f"{second_name} succeeds {_points(abs(found.estimate))} {more} often "
        f"(95 %: {_short(low * 100)} … {_short(high * 100)}): {rates}"
    )
    return Compared(figure, found, words, found.estimate < 0)


def _cold(first: Figures, second: Figures, second_name: str) -> list[Compared]:
    """Where one has started cold more often, its tail is slower for that alone."""
    found = difference.of_shares((first.cold, first.duration.count), (second.cold, second.duration.count))
    if found is None or not found.seen:
        return []
    more = "more" if found.estimate > 0 else "less"
    counts = f"{second.cold:,} of {second.duration.count:,} after {first.cold:,} of {first.duration.count:,}"
    words = f"{second_name} started cold {more} often, which its slowest calls show: {counts}"
    return [Compared("cold starts", found, words, found.estimate > 0)]


def _times(
    name: str, first: Spread, second: Spread, points: tuple[int, ...], second_name: str, seed: int
) -> list[Compared]:
    if not first.count or not second.count:
        return []
    one, other = Sample(first.cells()), Sample(second.cells())
    found = []
    for point in points:
        figure = f"{name} p{point}"
        seen = difference.of_percentiles(one, other, point, seed=seed)
        if seen is None:
            few = min(first.count, second.count)
            words = f"{figure}: too few to compare ({few:,}, and {difference.needed(point):,} are needed)"
            found.append(Compared(figure, None, words, None))
            continue
        found.append(
            Compared(figure, seen, _time_words(figure, seen, second_name), seen.estimate > 0 if seen.seen else None)
        )
    return found


def _time_words(figure: str, seen: Difference, second_name: str) -> str:
    values = f"{milliseconds(seen.second)} after {milliseconds(seen.first)}"
    share = f"{_short(seen.visible / seen.first * 100)} %" if seen.first > 0 else milliseconds(seen.visible)
    if not seen.visible:
        return f"no difference in {figure} seen ({values})"
    if not seen.seen:
        return f"no difference in {figure} seen ({values}); with so many invocations, a change of {share} would be"
    way = "slower" if seen.estimate > 0 else "faster"
    low, high = sorted((abs(seen.low), abs(seen.high)))
    return (
        f"{second_name} is {milliseconds(abs(seen.estimate))} {way} at {figure} "
        f"(95 %: {milliseconds(low)} … {milliseconds(high)}): {values}"
    )


def percent(share: float) -> str:
    """A share as `99.4 %`; 100 % and 0 % only where it is so."""
    if share in (0, 1):
        return f"{share * 100:.0f} %"
    places = 1 if 0.0005 <= share < 0.9995 else 4
    return f"{share * 100:.{places}f} %"


def _points(share: float) -> str:
    return f"{_short(share * 100)} points"


def _short(number: float) -> str:
    """Two digits that count, and none after the point from ten on."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
