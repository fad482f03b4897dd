"""CloudWatch's alarms, as far as a rollout watches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdatui.aws.account import Account

NAMES_A_CALL = 100
"""DescribeAlarms takes no more."""
_PAGES = 20


@dataclass(frozen=True, slots=True)
class AlarmState:
    """A metric or composite alarm as it stands. `since` is when it changed to this state, in epoch seconds."""

    name: str
    state: str
    """`OK`, `ALARM` or `INSUFFICIENT_DATA`."""
    reason: str
    since: float

    @property
    def red(self) -> bool:
        return self.state == "ALARM"


def states(account: Account, names: Sequence[str]) -> dict[str, AlarmState]:
    """The alarms with these names, by name; one that does not exist is not there. Raises AwsError."""
    found: dict[str, AlarmState] = {}
    for first in range(0, len(names), NAMES_A_CALL):
        wanted = list(names[first : first + NAMES_A_CALL])
        parameters = {"AlarmNames": wanted, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100}
        answer = account.call("cloudwatch", "DescribeAlarms", parameters)
        for entry in [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]:
            # the first is younger than the second, which also moves when a state is confirmed
            since = entry.get("StateTransitionedTimestamp") or entry.get("StateUpdatedTimestamp")
            found[entry["AlarmName"]] = AlarmState(
                entry["AlarmName"],
                entry["StateValue"],
                entry.get("StateReason", ""),
                since.timestamp() if since else 0.0,
            )
    return found


def names(account: Account) -> list[str]:
    """The names of the account's alarms, for a near match: at most 2,000. Raises AwsError."""
    found: list[str] = []
    parameters = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100}
    for _ in range(_PAGES):
        answer = account.call("cloudwatch", "DescribeAlarms", parameters)
        entries = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
        found += [entry["AlarmName"] for entry in entries]
        if not answer.get("NextToken"):
            break
        parameters["NextToken"] = answer["NextToken"]
    return found
