"""Samples from a file: CSV, JSON, or what Kayenta keeps of an analysis (its metric set pairs).

- CSV: a line a value, with the columns `metric`, `side` (baseline or canary; control or experiment), `value`, and, if
  one likes, `time` (ISO 8601 or seconds since the epoch) and `of` (how many calls the value counts events of).
- JSON: `{"metric": {"baseline": [...], "canary": [...]}}`; a value that is not there is null or "NaN".
- Kayenta's: a list of `{"name": ..., "values": {"control": [...], "experiment": [...]}}`, times in `scopes`.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lambdatui import documents
from lambdatui.canary.canary_config import MetricConfig
from lambdatui.canary.lambda_metrics import asked
from lambdatui.canary.series import Pair, Series
from lambdatui.canary.windows import Window
from lambdatui.errors import BadInput, near_match

_SIDES = {"control": "control", "baseline": "control", "experiment": "experiment", "canary": "experiment"}
_COLUMNS = ("metric", "side", "value", "time", "of")

Sides = dict[str, dict[str, Series]]
"""Each metric's control and experiment."""


def read(path: Path) -> Sides:
    """All that is in a file. Raises BadInput that names what was expected, and where."""
    text = documents.text_in(path)
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise BadInput(f"{path}: is not JSON: {error}.") from None
        return _kayenta(value, path) if isinstance(value, list) else _json(value, path)
    return _csv(text, path)


def pair(sides: Sides, metric: MetricConfig, control: Window | None, experiment: Window | None) -> Pair:
    """The samples of a metric in the windows, where times are known; a metric that is not in the file has none."""
    found = sides.get(metric.name, {})
    known = asked(metric)
    kind, unit = (known.kind, known.unit) if known else ("values", str(metric.query.get("unit", "")))
    first, second = (
        _within(found.get(name, Series()), window)
        for name, window in (("control", control), ("experiment", experiment))
    )
    return Pair(metric.name, first, second, kind, unit)


def _within(series: Series, window: Window | None) -> Series:
    if window is None or not series.times:
        return series
    kept = [index for index, time in enumerate(series.times) if window.begin <= time < window.end]
    of = None if series.of is None else tuple(series.of[index] for index in kept)
    return Series(tuple(series.values[index] for index in kept), tuple(series.times[index] for index in kept), of)


def _csv(text: str, path: Path) -> Sides:
    rows = csv.DictReader(text.splitlines())
    columns = rows.fieldnames or []
    for column in columns:
        if column not in _COLUMNS:
            raise BadInput(f"{path}:1: there is no column '{column}'.{near_match(str(column), _COLUMNS)}")
    for column in _COLUMNS[:3]:
        if column not in columns:
            raise BadInput(f"{path}:1: the column '{column}' is missing; {', '.join(_COLUMNS[:3])} were expected.")
    gathered: dict[str, dict[str, list[tuple[float, float | None, float | None]]]] = {}
    for row in rows:
        place = f"{path}:{rows.line_num}"
        side = _side(row["side"], place)
        value = _value(row["value"], place)
        time = _time(row["time"], place) if row.get("time") else None
        of = _value(row["of"], place) if row.get("of") else None
        gathered.setdefault(str(row["metric"]), {}).setdefault(side, []).append((value, time, of))
    return {metric: {side: _series(found) for side, found in by_side.items()} for metric, by_side in gathered.items()}


def _series(found: Sequence[tuple[float, float | None, float | None]]) -> Series:
    if all(time is not None for _, time, _ in found):
        found = sorted(found, key=lambda entry: entry[1] or 0.0)
        times = tuple(time or 0.0 for _, time, _ in found)
    else:
        times = ()
    of = tuple(whole or 0.0 for _, _, whole in found) if any(whole is not None for _, _, whole in found) else None
    return Series(tuple(value for value, _, _ in found), times, of)


def _json(value: Mapping[str, Any], path: Path) -> Sides:
    found: Sides = {}
    for metric, by_side in value.items():
        if not isinstance(by_side, Mapping):
            raise BadInput(f"{path}: {metric}: a mapping with baseline and canary was expected.")
        found[metric] = {
            _side(side, f"{path}: {metric}"): Series(_values(values, f"{path}: {metric}.{side}"))
            for side, values in by_side.items()
        }
    return found


def _kayenta(value: Sequence[Any], path: Path) -> Sides:
    found: Sides = {}
    for index, entry in enumerate(value):
        place = f"{path}: [{index}]"
        if not isinstance(entry, Mapping) or not isinstance(entry.get("values"), Mapping) or "name" not in entry:
            raise BadInput(f"{place}: a metric set pair with name and values was expected.")
        scopes = entry.get("scopes")
        sides = found.setdefault(str(entry["name"]), {})
        for side, values in entry["values"].items():
            series = Series(_values(values, f"{place}.values.{side}"))
            scope = scopes.get(side) if isinstance(scopes, Mapping) else None
            sides[_side(side, place)] = _timed(series, scope)
    return found


def _timed(series: Series, scope: Any) -> Series:
    start, step = (
        (scope.get(name) for name in ("startTimeMillis", "stepMillis")) if isinstance(scope, Mapping) else (None, None)
    )
    if not isinstance(start, int | float) or not isinstance(step, int | float):
        return series
    return Series(series.values, tuple((start + index * step) / 1000 for index in range(len(series.values))))


def _values(values: Any, place: str) -> tuple[float, ...]:
    if not isinstance(values, list):
        raise BadInput(f"{place}: a list of numbers was expected.")
    return tuple(_value(value, f"{place}[{index}]") for index, value in enumerate(values))


def _value(value: Any, place: str) -> float:
    if value is None or value == "":
        return math.nan
    try:
        if isinstance(value, bool):
            raise ValueError
        found = float(value)
    except (TypeError, ValueError):
        raise BadInput(f"{place}: a number was expected, not '{value}'.") from None
    if math.isinf(found):
        raise BadInput(f"{place}: a finite number was expected, not '{value}'.")
    return found


def _side(text: Any, place: str) -> str:
    found = _SIDES.get(str(text).strip().lower())
    if found is None:
        raise BadInput(f"{place}: baseline or canary was expected, not '{text}'.{near_match(str(text), _SIDES)}")
    return found


def _time(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return dt.datetime.fromisoformat(text).timestamp()
    except ValueError:
        words = "a time such as 2026-11-24T09:30:00Z, or seconds since the epoch, was expected"
        raise BadInput(f"{place}: {words}, not '{text}'.") from None
