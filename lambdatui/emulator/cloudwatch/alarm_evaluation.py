"""Alarms are evaluated: each metric alarm on its datapoints, then each composite alarm on the others' states."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.cloudwatch.alarm_records import Alarm, AlarmRegion, Watch, iso
from lambdatui.emulator.cloudwatch.alarm_verdict import (
    ALARM,
    EXTRA_PERIODS,
    INSUFFICIENT_DATA,
    OK,
    Datapoint,
    Verdict,
    verdict,
)
from lambdatui.emulator.cloudwatch.metric_queries import MINUTE, Evaluation, MetricQuery
from lambdatui.emulator.cloudwatch.metric_store import MetricStore
from lambdatui.emulator.service import ApiError

if TYPE_CHECKING:
    from lambdatui.emulator.clock import Clock

_INTERVAL = 10.0
"""Seconds between two looks at an alarm. AWS looks once a minute; sooner here, so that an operator sees it."""


class AlarmBook:
    """The alarms of every account and region. They are evaluated when they are due, and whenever they are read."""

    def __init__(self, store: MetricStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._regions: dict[tuple[str, str], AlarmRegion] = {}
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def region(self, account: str, name: str) -> AlarmRegion:
        """What an account has in a region, evaluated."""
        with self._lock:
            region = self._regions.setdefault((account, name), AlarmRegion(account, name))
        self._evaluate(region, self._clock.now())
        return region

    def keep_evaluating(self) -> None:
        """Evaluates from now on, in a thread of its own, until `close`."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stops the evaluation."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._clock.wait(self._clock.now() + _INTERVAL, self._stopped):
            with self._lock:
                regions = list(self._regions.values())
            for region in regions:
                self._evaluate(region, self._clock.now())

    def _evaluate(self, region: AlarmRegion, now: float) -> None:
        with region.lock:
            due = [alarm for alarm in region.alarms.values() if now >= alarm.due]
            for alarm in due:
                alarm.due = now + _INTERVAL
                if alarm.watch is not None:
                    self._evaluate_metrics(region, alarm, alarm.watch, now)
            for alarm in region.alarms.values():
                if alarm.rule is not None:
                    _evaluate_rule(region, alarm, now)

    def _evaluate_metrics(self, region: AlarmRegion, alarm: Alarm, watch: Watch, now: float) -> None:
        end = int(now) // MINUTE * MINUTE  # what the minute that is not over has would look like a drop
        start = end - watch.period * (watch.condition.evaluation_periods + EXTRA_PERIODS)
        try:
            points = self._points(region, watch, start, end)
        except ApiError as error:  # an expression that cannot be computed
            reached = Verdict(INSUFFICIENT_DATA, error.message, ())
        else:
            reached = verdict(watch.condition, points, alarm.state)
        if reached.state != alarm.state:
            region.change_state(alarm, reached.state, reached.reason, _reason_data(watch, reached, now), now)

    def _points(self, region: AlarmRegion, watch: Watch, start: int, end: int) -> list[Datapoint | None]:
        evaluation = Evaluation(self._store, region.account, region.name, watch.queries, start, end)
        found = evaluation.results(watch.watched)
        values = found[0].points if found else {}
        samples = self._samples(region, watch, start, end)
        return [
            Datapoint(time, values[time], samples.get(time, 1.0)) if time in values else None
            for time in range(start, end, watch.period)
        ]

    def _samples(self, region: AlarmRegion, watch: Watch, start: int, end: int) -> dict[int, float]:
        if not isinstance(watch.watched, MetricQuery):
            return {}
        _, gathered = self._store.gathered(
            region.account, region.name, watch.watched.metric, start, end, watch.period, with_values=False
        )
        return {time: aggregate.count for time, aggregate in gathered.items()}


def _evaluate_rule(region: AlarmRegion, alarm: Alarm, now: float) -> None:
    assert alarm.rule is not None

    def state_of(name: str) -> str:
        other = region.alarms.get(name)
        return other.state if other is not None else INSUFFICIENT_DATA

    state = ALARM if alarm.rule.holds(state_of) else OK
    if state == alarm.state:
        return
    children = [region.alarms[name] for name in alarm.rule.names if name in region.alarms]
    if children:
        latest = max(children, key=lambda child: child.transitioned)
        moment = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%A %d %B, %Y %H:%M:%S UTC")
        reason = f"{latest.arn} transitioned to {latest.state} at {moment}"
    else:
        reason = "The rule names no alarm that exists."
    triggering = [
        {"arn": child.arn, "state": {"value": child.state, "timestamp": iso(child.transitioned)}} for child in children
    ]
    region.change_state(alarm, state, reason, {"triggeringAlarms": triggering}, now)


def _reason_data(watch: Watch, reached: Verdict, now: float) -> dict[str, Any]:
    evaluated = reached.evaluated
    data: dict[str, Any] = {"version": "1.0", "queryDate": iso(now)}
    if evaluated:
        data["startDate"] = iso(evaluated[-1].time)
    if isinstance(watch.watched, MetricQuery):
        data["statistic"] = watch.watched.statistic.name
    data |= {
        "period": watch.period,
        "recentDatapoints": [point.value for point in reversed(evaluated)],
        "threshold": watch.condition.threshold,
        "evaluatedDatapoints": [
            {"timestamp": iso(point.time), "sampleCount": point.samples, "value": point.value} for point in evaluated
        ],
    }
    return data
