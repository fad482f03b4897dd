"""The past of the functions: a week of metrics, an hour of logs, and the day when checkout-api 42 was tried."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdatui.emulator.cloudwatch.aggregates import Columns
from lambdatui.emulator.cloudwatch.metric_store import Metric
from lambdatui.emulator.lambda_.telemetry import NAMESPACE
from lambdatui.emulator.world.past_invocations import METRICS, Ran, drawn, log, measured
from lambdatui.emulator.world.past_week import WEEK, daylight, week
from lambdatui.emulator.world.places import Place
from lambdatui.emulator.world.story import CHECKOUT, TALES
from lambdatui.emulator.world.tale import Pace, Tale

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

HOUR = 3600.0

TRIAL_ENDED = 24.8 * HOUR
TRIAL_LASTED = 25 * 60.0
"""How long ago the 10 % of the traffic were taken back from checkout-api 42, and how long it had had them."""
TRIED, STABLE = "42", "41"
TRIED_PACE = Pace(per_hour=0, median_ms=22, sigma=0.55, errors=0.04, voice="order")


def tell(cloud: Cloud, now: float) -> None:
    """Writes the past of every function of the story. `now` is in epoch seconds."""
    everything: dict[Place, list[dict[str, Columns]]] = {}
    for tale in TALES:
        if tale.pace is None:
            continue
        past = _past_of(cloud, tale, tale.pace, now)
        everything.setdefault(tale.place, []).extend(past)
        for dimensions in _dimensions(tale):
            for columns in past:
                _load(cloud, tale.place, dimensions, columns)
    for place, past in everything.items():
        for columns in past:  # the account's totals
            _load(cloud, place, {}, columns)


def trial(now: float) -> tuple[float, float]:
    """When the trial of checkout-api 42 began and ended, in epoch seconds, on full five minutes."""
    ended = (now - TRIAL_ENDED) // 300 * 300
    return ended - TRIAL_LASTED, ended


def _past_of(cloud: Cloud, tale: Tale, pace: Pace, now: float) -> list[dict[str, Columns]]:
    """Writes a function's log and gives its metrics, in parts."""
    chance = random.Random(f"{tale.place.account} {tale.place.region} {tale.name}")  # noqa: S311 - a story
    hour_ago = (now - HOUR) // 300 * 300
    window = trial(now) if tale is CHECKOUT else None
    parts = [week(chance, pace, now - WEEK, hour_ago, now, window)]
    if window is not None:
        parts.append(_try_out(cloud, tale, pace, chance, window, now))
    recent = list(drawn(chance, pace, tale.version, hour_ago, now - 1))
    log(cloud, tale, pace, chance, recent)
    parts.append(measured(recent))
    return parts


def _try_out(
    cloud: Cloud, tale: Tale, pace: Pace, chance: random.Random, window: tuple[float, float], now: float
) -> dict[str, Columns]:
    """The trial: both versions' logs, their metrics by ExecutedVersion, and the function's in all."""
    per_hour = pace.per_hour * daylight(window[0]) / daylight(now)
    shares = {STABLE: replace(pace, per_hour=per_hour * 0.9), TRIED: replace(TRIED_PACE, per_hour=per_hour * 0.1)}
    every: list[Ran] = []
    for version, share in shares.items():
        invocations = list(drawn(chance, share, version, *window))
        log(cloud, tale, share, chance, invocations)
        dimensions = {**_dimensions(tale)[-1], "ExecutedVersion": version}
        _load(cloud, tale.place, dimensions, measured(invocations))
        every += invocations
    return measured(every)


def _dimensions(tale: Tale) -> list[dict[str, str]]:
    resource = f"{tale.name}:{tale.qualifier}" if tale.qualifier else tale.name
    return [{"FunctionName": tale.name}, {"FunctionName": tale.name, "Resource": resource}]


def _load(cloud: Cloud, place: Place, dimensions: Mapping[str, str], columns: Mapping[str, Columns]) -> None:
    for name, unit in METRICS:
        metric = Metric(NAMESPACE, name, tuple(sorted(dimensions.items())))
        cloud.metrics.load_history(place.account, place.region, metric, unit, columns[name])
