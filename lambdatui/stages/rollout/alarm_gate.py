"""The gate of CloudWatch's alarms: none may turn red while the traffic moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from lambdatui.aws import alarms
from lambdatui.aws.account import Account
from lambdatui.aws.alarms import AlarmState
from lambdatui.errors import BadInput, Refused, near_match
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.strategy import Part

Red = Mapping[str, float]
"""The alarms that were red at the start, and since when, in epoch seconds."""


class AlarmGate(Part):
    """Alarms that must not turn red."""

    kind: Literal["alarms"] = "alarms"
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    """Metric and composite alarms, by name."""
    ignore_red_at_start: bool = False
    """Begin although one is red. It counts only once it has been green and turns red again: a fix can be rolled out."""

    def at_start(self, account: Account) -> dict[str, float]:
        """Those that are red before anything is moved, and since when.

        Raises BadInput where an alarm does not exist, Refused where one is red and that is not to be ignored, AwsError.
        """
        found = alarms.states(account, self.names)
        for name in self.names:
            if name not in found:
                raise BadInput(f"There is no alarm '{name}'.{near_match(name, alarms.names(account))}")
        red = [found[name] for name in self.names if found[name].red]
        if red and not self.ignore_red_at_start:
            raise Refused(
                f"{'; '.join(map(told, red))}: no step could be judged by it.",
                "With `ignore_red_at_start: true` it counts only once it has been green and turns red again.",
            )
        return {alarm.name: alarm.since for alarm in red}

    def judge(self, found: Mapping[str, AlarmState], red: Red) -> tuple[Verdict, dict[str, float]]:
        """The verdict on the alarms as they stand, and which of those that were red at the start still are."""
        still = {
            name: since
            for name, since in red.items()
            if name not in self.names or (name in found and found[name].red and found[name].since <= since)
        }
        gone = [name for name in self.names if name not in found]
        turned = [found[name] for name in self.names if name in found and found[name].red and name not in still]
        figures = {name: found[name].state for name in self.names if name in found}
        if turned:
            return Verdict("alarms", "fail", f"{'; '.join(map(told, turned))}.", figures), still
        if gone:
            return Verdict("alarms", "fail", f"The alarm {', '.join(gone)} is not there any more.", figures), still
        passed = f"{len(self.names)} alarm{'' if len(self.names) == 1 else 's'} watched, none turned red"
        ignored = [name for name in self.names if name in still]
        words = f"{passed}; red since before the start: {', '.join(ignored)}." if ignored else f"{passed}."
        return Verdict("alarms", "pass", words, figures), still


def told(alarm: AlarmState) -> str:
    """An alarm that is red, with when and why."""
    since = dt.datetime.fromtimestamp(alarm.since, dt.UTC).astimezone()
    reason = f" ({' '.join(alarm.reason.split()).rstrip('.')})" if alarm.reason else ""
    return f"the alarm {alarm.name} is red since {since:%Y-%m-%d %H:%M:%S}{reason}"
