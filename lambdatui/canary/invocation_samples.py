"""Samples from saved runs of invocations: JSON lines, as the Invoke stage and `lambdatui invoke --json` write them.

Each call is a sample, so that a verdict needs minutes, not hours. Lines that are about something else are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.canary.canary_config import MetricConfig
from lambdatui.canary.lambda_metrics import METRICS, LambdaMetric, asked
from lambdatui.canary.series import Pair, Series
from lambdatui.canary.windows import Window
from lambdatui.errors import BadInput, near_match

Call = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of both sides, oldest first."""

    control: tuple[Call, ...]
    experiment: tuple[Call, ...]
    others: int
    """How many calls belong to neither side."""


def read(paths: Sequence[Path], baseline: str, canary: str) -> Calls:
    """The calls that version `baseline` and version `canary` served. Raises BadInput where a file cannot be read.

    A call that was refused was served by none: it counts for the version that the other calls of its side, or of its
    qualifier, or else of its file, went to.
    """
    sides: dict[str, list[Call]] = {baseline: [], canary: []}
    others = 0
    for path in paths:
        calls = list(_calls(path))
        served_by = _served_by(calls, sides)
        for call in calls:
            version = str(call.get("version") or "") or next(
                (served_by[key] for key in _keys(call) if key in served_by), ""
            )
            if version in sides:
                sides[version].append(call)
            else:
                others += 1
    control, experiment = (tuple(sorted(sides[name], key=_started)) for name in (baseline, canary))
    return Calls(control, experiment, others)


def pair(calls: Calls, metric: MetricConfig, control: Window | None, experiment: Window | None) -> Pair:
    """What a metric's query asks of the calls that began in the windows. Raises BadInput where it asks for no such."""
    known = asked(metric)
    name = metric.query.get("metric", metric.name)
    if known is None:
        words = f"metric '{metric.name}' is none that an invocation has: {', '.join(METRICS)} were expected."
        raise BadInput(f"{words}{near_match(str(name), METRICS)}")
    return Pair(
        metric.name,
        _series(_within(calls.control, control), known),
        _series(_within(calls.experiment, experiment), known),
        known.kind,
        known.unit,
    )


def _calls(path: Path) -> Iterator[Call]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    found = json.loads(line)
                except (ValueError, RecursionError):
                    # the last line of a run that is being written may be half of one
                    continue
                if isinstance(found, dict) and "outcome" in found and found.get("warm_up") is not True:
                    yield found
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file.") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}.") from None


def _served_by(calls: Sequence[Call], versions: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Which of the versions served a file's calls, by their side, their qualifier, or all; where it is one only."""
    found: dict[tuple[str, str], set[str]] = {}
    for call in calls:
        if version := str(call.get("version") or ""):
            for key in _keys(call):
                found.setdefault(key, set()).add(version)
    for version in versions:
        found.setdefault(("qualifier", version), set()).add(version)
    return {key: served.pop() for key, served in found.items() if len(served) == 1}


def _keys(call: Call) -> Iterator[tuple[str, str]]:
    for name in ("side", "qualifier"):
        if value := call.get(name):
            yield name, str(value)
    yield "file", ""


def _started(call: Call) -> float:
    return _number(call.get("started")) or 0.0


def _within(calls: Sequence[Call], window: Window | None) -> list[Call]:
    if window is None:
        return list(calls)
    return [call for call in calls if window.begin <= _started(call) < window.end]


def _series(calls: Sequence[Call], metric: LambdaMetric) -> Series:
    if metric.outcomes:
        # what never came to the function cannot fail in it
        counted = [call for call in calls if _counts(str(call["outcome"]), metric)]
        events = tuple(1.0 if call["outcome"] in metric.outcomes else 0.0 for call in counted)
        return Series(events, tuple(map(_started, counted)), (1.0,) * len(counted))
    known = [(value, _started(call)) for call in calls if (value := _number(call.get(metric.field))) is not None]
    return Series(tuple(value for value, _ in known), tuple(at for _, at in known))


def _counts(outcome: str, metric: LambdaMetric) -> bool:
    return outcome == "ok" or outcome in metric.outcomes or (outcome in METRICS["errors"].outcomes)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
