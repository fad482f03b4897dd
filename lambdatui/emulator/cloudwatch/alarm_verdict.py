"""Whether an alarm's datapoints make it ALARM, OK or INSUFFICIENT_DATA, and the sentence that says why.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OK = "OK"
ALARM = "ALARM"
INSUFFICIENT_DATA = "INSUFFICIENT_DATA"

EXTRA_PERIODS = 2
"""How many periods more than EvaluationPeriods are looked at, in case some have no datapoint."""

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}

TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")


@dataclass(frozen=True, slots=True)
class Datapoint:
    """A statistic of one period that begins at `time` (epoch seconds); `samples` is how many values are in it."""

    time: int
    value: float
    samples: float


@dataclass(frozen=True, slots=True)
class Condition:
    """When an alarm is in ALARM. `datapoints_to_alarm` is None where it was not set: all that are looked at, then."""

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int | None
    treat_missing: str

    @property
    def needed(self) -> int:
        """How many datapoints must breach."""
        return self.datapoints_to_alarm or self.evaluation_periods

    def breaches(self, value: float) -> bool:
        """Whether a value is on the wrong side of the threshold."""
        return COMPARISONS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, why, and the datapoints that were looked at, the latest first."""

    state: str
    reason: str
    evaluated: tuple[Datapoint, ...]


def verdict(condition: Condition, points: Sequence[Datapoint | None], current: str) -> Verdict:
    """Judges datapoints, the latest last, None where a period has none, against the state that the alarm is in now.

    There are `EXTRA_PERIODS` more of them than evaluation periods.
    """
    number, needed = condition.evaluation_periods, condition.needed
    real = [point for point in points if point is not None]
    if len(real) >= number:
        recent = real[-number:]
        breaching = [point for point in recent if condition.breaches(point.value)]
        state = ALARM if len(breaching) >= needed else OK
        return Verdict(state, _crossed(condition, state, recent), tuple(reversed(recent)))
    missing = number - len(real)
    state = _state_with_missing(condition, points, current)
    return Verdict(state, _reason_with_missing(condition, state, real, missing), tuple(reversed(real)))


def _state_with_missing(condition: Condition, points: Sequence[Datapoint | None], current: str) -> str:
    real = [point for point in points if point is not None]
    missing = condition.evaluation_periods - len(real)
    breaching = sum(condition.breaches(point.value) for point in real)
    treatment = condition.treat_missing
    if breaching >= condition.needed:
        return ALARM
    if treatment == "breaching":
        return ALARM if breaching + missing >= condition.needed else OK
    if treatment == "notBreaching" or breaching < len(real):
        return OK
    if treatment == "ignore":
        return current
    recent = points[-condition.evaluation_periods :]
    oldest = next((age for age, point in zip(range(len(recent), 0, -1), recent, strict=True) if point), 0)
    # what breaches, with nothing good since, is an ALARM as soon as it is as old as the datapoints that were needed
    return ALARM if oldest >= condition.needed else INSUFFICIENT_DATA


def _crossed(condition: Condition, state: str, recent: Sequence[Datapoint]) -> str:
    is_alarm = state == ALARM
    decisive = [point for point in reversed(recent) if condition.breaches(point.value) is is_alarm]
    shown = ", ".join(f"{point.value} ({_moment(point.time)})" for point in decisive)
    relation = (
        f"{'' if is_alarm else 'not '}{COMPARISONS[condition.comparison][1]} the threshold ({condition.threshold})"
    )
    verb = "was" if len(decisive) == 1 else "were"
    if condition.datapoints_to_alarm is None:
        return f"Threshold Crossed: {_counted(len(decisive), 'datapoint')} [{shown}] {verb} {relation}."
    number = condition.evaluation_periods
    needed = condition.needed if is_alarm else number - condition.needed + 1
    change = "OK -> ALARM" if is_alarm else "ALARM -> OK"
    return (
        f"Threshold Crossed: {len(decisive)} out of the last {number} datapoints [{shown}] {verb} {relation} "
        f"(minimum {_counted(needed, 'datapoint')} for {change} transition)."
    )


def _reason_with_missing(condition: Condition, state: str, real: Sequence[Datapoint], missing: int) -> str:
    if state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_counted(missing, 'datapoint')} {'was' if missing == 1 else 'were'} unknown."
    if condition.treat_missing not in ("breaching", "notBreaching"):
        return _crossed(condition, state, real)
    number = len(real)
    received = f"{_counted(number, 'datapoint')} {'was' if number == 1 else 'were'}" if real else "no datapoints were"
    treated = "Breaching" if condition.treat_missing == "breaching" else "NonBreaching"
    return (
        f"Threshold Crossed: {received} received for {_counted(condition.evaluation_periods, 'period')} and "
        f"{missing} missing {'datapoint was' if missing == 1 else 'datapoints were'} treated as [{treated}]."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _moment(time: int) -> str:
    return dt.datetime.fromtimestamp(time, dt.UTC).strftime("%d/%m/%y %H:%M:%S")
