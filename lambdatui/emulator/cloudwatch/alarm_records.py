"""Alarms as they are kept, and their history."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from lambdatui.emulator.cloudwatch.alarm_rule import Rule
from lambdatui.emulator.cloudwatch.alarm_verdict import INSUFFICIENT_DATA, Condition
from lambdatui.emulator.cloudwatch.metric_queries import Query

_HISTORY_ITEMS = 5_000


@dataclass(slots=True)
class Watch:
    """What a metric alarm looks at: the queries, the one that counts, the period in seconds, when it is an ALARM."""

    queries: list[Query]
    watched: Query
    period: int
    condition: Condition


@dataclass(slots=True)
class Alarm:
    """An alarm: a metric alarm has a `watch`, a composite one a `rule`.

    `members` are those of AWS's shape that were set, as AWS shows them. Times are epoch seconds.
    """

    name: str
    arn: str
    members: dict[str, Any]
    configured: float
    watch: Watch | None = None
    rule: Rule | None = None
    state: str = INSUFFICIENT_DATA
    reason: str = "Unchecked: Initial alarm creation"
    reason_data: dict[str, Any] = field(default_factory=dict)
    updated: float = 0.0
    transitioned: float = 0.0
    due: float = 0.0
    """When it is to be evaluated next."""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """AWS's AlarmType."""
        return "CompositeAlarm" if self.rule is not None else "MetricAlarm"

    def shown(self) -> dict[str, Any]:
        """The members that AWS shows."""
        return {
            "AlarmName": self.name,
            "AlarmArn": self.arn,
            **self.members,
            "AlarmConfigurationUpdatedTimestamp": self.configured,
            "StateValue": self.state,
            "StateReason": self.reason,
            "StateReasonData": json.dumps(self.reason_data) if self.reason_data else None,
            "StateUpdatedTimestamp": self.updated,
            "StateTransitionedTimestamp": self.transitioned,
        }


class AlarmRegion:
    """The alarms of one account in one region. `lock` is held while they are read or changed."""

    def __init__(self, account: str, name: str) -> None:
        self.account = account
        self.name = name
        self.lock = threading.RLock()
        self.alarms: dict[str, Alarm] = {}
        self.history: deque[dict[str, Any]] = deque(maxlen=_HISTORY_ITEMS)

    def change_state(self, alarm: Alarm, state: str, reason: str, reason_data: dict[str, Any], now: float) -> None:
        """Gives an alarm a state and writes it into the history. No actions are carried out."""
        old = _state_document(alarm)
        before = alarm.state
        alarm.state, alarm.reason, alarm.reason_data = state, reason, reason_data
        alarm.updated = now
        if state != before:
            alarm.transitioned = now
        document = {"version": "1.0", "oldState": old, "newState": _state_document(alarm)}
        self.record(alarm, "StateUpdate", f"Alarm updated from {before} to {state}", document, now)

    def record(self, alarm: Alarm, item_type: str, summary: str, document: dict[str, Any], now: float) -> None:
        """Adds to the history."""
        item = {
            "AlarmName": alarm.name,
            "AlarmType": alarm.kind,
            "Timestamp": now,
            "HistoryItemType": item_type,
            "HistorySummary": summary,
            "HistoryData": json.dumps(document),
        }
        self.history.append(item)


def iso(time: float) -> str:
    """A moment as CloudWatch writes it into its JSON: `2026-11-24T10:16:24.123+0000`."""
    return dt.datetime.fromtimestamp(time, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _state_document(alarm: Alarm) -> dict[str, Any]:
    document: dict[str, Any] = {"stateValue": alarm.state, "stateReason": alarm.reason}
    if alarm.reason_data:
        document["stateReasonData"] = alarm.reason_data
    return document
