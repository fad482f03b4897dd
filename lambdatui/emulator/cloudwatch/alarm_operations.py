"""CloudWatch's operations on alarms. Their actions are kept and shown, and not carried out."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.cloudwatch.alarm_evaluation import AlarmBook
from lambdatui.emulator.cloudwatch.alarm_records import Alarm, AlarmRegion, Watch
from lambdatui.emulator.cloudwatch.alarm_rule import Rule, RuleMistake, parse_rule
from lambdatui.emulator.cloudwatch.alarm_watch import watch_of
from lambdatui.emulator.cloudwatch.metric_store import metric_of
from lambdatui.emulator.service import ApiError, Call

if TYPE_CHECKING:
    from lambdatui.emulator.clock import Clock

_PAGE = 50
_HISTORY_PAGE = 100


class AlarmOperations:
    """PutMetricAlarm, PutCompositeAlarm, DescribeAlarms and its kin, SetAlarmState, DeleteAlarms, tags."""

    def __init__(self, book: AlarmBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    def put_metric_alarm(
        self, call: Call, AlarmName: str, Tags: Sequence[Mapping[str, str]] = (), **members: Any
    ) -> dict[str, Any]:
        self._put(call, AlarmName, members, Tags, watch=watch_of(members))
        return {}

    def put_composite_alarm(
        self, call: Call, AlarmName: str, AlarmRule: str, Tags: Sequence[Mapping[str, str]] = (), **members: Any
    ) -> dict[str, Any]:
        try:
            rule = parse_rule(AlarmRule)
        except RuleMistake as mistake:
            raise ApiError("ValidationError", f"AlarmRule is invalid: {mistake}.") from None
        region = self._book.region(call.account, call.region)
        unknown = sorted(name for name in rule.names if name not in region.alarms and name != AlarmName)
        if unknown or AlarmName in rule.names:
            named = ", ".join(unknown) or AlarmName
            raise ApiError(
                "ValidationError",
                f"Could not save the composite alarm as alarms [{named}] in the alarm rule do not exist",
            )
        self._put(call, AlarmName, {**members, "AlarmRule": AlarmRule}, Tags, rule=rule)
        return {}

    def _put(
        self,
        call: Call,
        name: str,
        members: Mapping[str, Any],
        tags: Sequence[Mapping[str, str]],
        *,
        watch: Watch | None = None,
        rule: Rule | None = None,
    ) -> None:
        region, now = self._book.region(call.account, call.region), self._clock.now()
        kept = {name: value for name, value in members.items() if value is not None}
        with region.lock:
            alarm = region.alarms.get(name)
            verb = "updated"
            if alarm is None:
                verb = "created"
                arn = f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}"
                alarm = region.alarms[name] = Alarm(name, arn, {}, now, updated=now, transitioned=now)
                alarm.tags = {tag["Key"]: tag["Value"] for tag in tags}
            alarm.members, alarm.configured, alarm.due = {**_ACTIONS, **kept}, now, now
            alarm.watch, alarm.rule = watch, rule
            document = {"version": "1.0", "type": verb.capitalize().removesuffix("d"), "alarmName": name}
            region.record(alarm, "ConfigurationUpdate", f'Alarm "{name}" {verb}', document, now)
        self._book.keep_evaluating()

    def describe_alarms(
        self,
        call: Call,
        AlarmNames: Sequence[str] | None = None,
        AlarmNamePrefix: str | None = None,
        AlarmTypes: Sequence[str] | None = None,
        ChildrenOfAlarmName: str | None = None,
        ParentsOfAlarmName: str | None = None,
        StateValue: str | None = None,
        ActionPrefix: str | None = None,
        MaxRecords: int | None = None,
        NextToken: str | None = None,
    ) -> dict[str, Any]:
        if AlarmNames is not None and AlarmNamePrefix is not None:
            raise ApiError(
                "InvalidParameterCombination", "AlarmNames and AlarmNamePrefix are mutually exclusive parameters."
            )
        kinds = AlarmTypes or ["MetricAlarm"]
        region = self._book.region(call.account, call.region)

        def matches(alarm: Alarm) -> bool:
            return (
                alarm.kind in kinds
                and (AlarmNames is None or alarm.name in AlarmNames)
                and alarm.name.startswith(AlarmNamePrefix or "")
                and StateValue in (None, alarm.state)
                and (ActionPrefix is None or _has_action(alarm, ActionPrefix))
                and (ChildrenOfAlarmName is None or alarm.name in _children(region, ChildrenOfAlarmName))
                and (ParentsOfAlarmName is None or (alarm.rule is not None and ParentsOfAlarmName in alarm.rule.names))
            )

        with region.lock:
            found = sorted((a for a in region.alarms.values() if matches(a)), key=lambda alarm: alarm.name)
            first = _position(NextToken)
            last = first + (MaxRecords or _PAGE)
            page = found[first:last]
            return {
                "MetricAlarms": [alarm.shown() for alarm in page if alarm.kind == "MetricAlarm"],
                "CompositeAlarms": [alarm.shown() for alarm in page if alarm.kind == "CompositeAlarm"],
                "NextToken": _token(last) if last < len(found) else None,
            }

    def describe_alarms_for_metric(
        self,
        call: Call,
        MetricName: str,
        Namespace: str,
        Statistic: str | None = None,
        ExtendedStatistic: str | None = None,
        Dimensions: Sequence[Mapping[str, str]] = (),
        Period: int | None = None,
        Unit: str | None = None,
    ) -> dict[str, Any]:
        wanted = metric_of(Namespace, MetricName, Dimensions)
        exact = {"Statistic": Statistic, "ExtendedStatistic": ExtendedStatistic, "Period": Period, "Unit": Unit}

        def matches(alarm: Alarm) -> bool:
            members = alarm.members
            return (
                "MetricName" in members
                and metric_of(members["Namespace"], members["MetricName"], members.get("Dimensions")) == wanted
                and all(value in (None, members.get(name)) for name, value in exact.items())
            )

        region = self._book.region(call.account, call.region)
        with region.lock:
            return {"MetricAlarms": [alarm.shown() for alarm in region.alarms.values() if matches(alarm)]}

    def describe_alarm_history(
        self,
        call: Call,
        AlarmName: str | None = None,
        AlarmContributorId: str | None = None,
        AlarmTypes: Sequence[str] | None = None,
        HistoryItemType: str | None = None,
        StartDate: float | None = None,
        EndDate: float | None = None,
        MaxRecords: int | None = None,
        NextToken: str | None = None,
        ScanBy: str = "TimestampDescending",
    ) -> dict[str, Any]:
        kinds = AlarmTypes or ["MetricAlarm"]
        region = self._book.region(call.account, call.region)
        with region.lock:
            items = [
                item
                for item in region.history
                if AlarmName in (None, item["AlarmName"])
                and item["AlarmType"] in kinds
                and HistoryItemType in (None, item["HistoryItemType"])
                and (StartDate is None or item["Timestamp"] >= StartDate)
                and (EndDate is None or item["Timestamp"] <= EndDate)
            ]
        if ScanBy == "TimestampDescending":
            items.reverse()
        first = _position(NextToken)
        last = first + (MaxRecords or _HISTORY_PAGE)
        return {"AlarmHistoryItems": items[first:last], "NextToken": _token(last) if last < len(items) else None}

    def set_alarm_state(
        self, call: Call, AlarmName: str, StateValue: str, StateReason: str, StateReasonData: str | None = None
    ) -> dict[str, Any]:
        region = self._book.region(call.account, call.region)
        with region.lock:
            alarm = _existing(region, [AlarmName])[0]
            now = self._clock.now()
            region.change_state(alarm, StateValue, StateReason, {}, now)
            alarm.due = now + _KEPT_SECONDS
        return {}

    def delete_alarms(self, call: Call, AlarmNames: Sequence[str]) -> dict[str, Any]:
        region, now = self._book.region(call.account, call.region), self._clock.now()
        with region.lock:
            for alarm in _existing(region, AlarmNames):
                del region.alarms[alarm.name]
                document = {"version": "1.0", "type": "Delete", "alarmName": alarm.name}
                region.record(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" deleted', document, now)
        return {}

    def enable_alarm_actions(self, call: Call, AlarmNames: Sequence[str]) -> dict[str, Any]:
        return self._set_actions(call, AlarmNames, True)

    def disable_alarm_actions(self, call: Call, AlarmNames: Sequence[str]) -> dict[str, Any]:
        return self._set_actions(call, AlarmNames, False)

    def _set_actions(self, call: Call, names: Sequence[str], enabled: bool) -> dict[str, Any]:
        region, now = self._book.region(call.account, call.region), self._clock.now()
        with region.lock:
            for alarm in (region.alarms[name] for name in names if name in region.alarms):
                alarm.members = {**alarm.members, "ActionsEnabled": enabled}
                alarm.configured = now
        return {}

    def list_tags_for_resource(self, call: Call, ResourceARN: str) -> dict[str, Any]:
        return {"Tags": [{"Key": key, "Value": value} for key, value in self._tagged(call, ResourceARN).items()]}

    def tag_resource(self, call: Call, ResourceARN: str, Tags: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        self._tagged(call, ResourceARN).update({tag["Key"]: tag["Value"] for tag in Tags})
        return {}

    def untag_resource(self, call: Call, ResourceARN: str, TagKeys: Sequence[str]) -> dict[str, Any]:
        tags = self._tagged(call, ResourceARN)
        for key in TagKeys:
            tags.pop(key, None)
        return {}

    def _tagged(self, call: Call, arn: str) -> dict[str, str]:
        region = self._book.region(call.account, call.region)
        alarm = region.alarms.get(arn.rpartition(":alarm:")[2])
        if alarm is None or alarm.arn != arn:
            raise ApiError("ResourceNotFoundException", f"{arn} does not exist")
        return alarm.tags


_KEPT_SECONDS = 10.0
"""How long a state that was set by hand lasts at least; AWS looks again within a minute."""

_ACTIONS: Mapping[str, Any] = {
    "ActionsEnabled": True,
    "OKActions": [],
    "AlarmActions": [],
    "InsufficientDataActions": [],
}


def _existing(region: AlarmRegion, names: Iterable[str]) -> list[Alarm]:
    alarms = []
    for name in names:
        if name not in region.alarms:
            raise ApiError("ResourceNotFound", f"Alarm with name: {name} does not exist")
        alarms.append(region.alarms[name])
    return alarms


def _children(region: AlarmRegion, name: str) -> frozenset[str]:
    parent = region.alarms.get(name)
    return parent.rule.names if parent is not None and parent.rule is not None else frozenset()


def _has_action(alarm: Alarm, prefix: str) -> bool:
    lists = (alarm.members.get(name) or () for name in ("OKActions", "AlarmActions", "InsufficientDataActions"))
    return any(action.startswith(prefix) for actions in lists for action in actions)


def _token(position: int) -> str:
    return base64.b64encode(str(position).encode()).decode()


def _position(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError:
        raise ApiError("InvalidNextToken", "The next token specified is invalid.") from None
