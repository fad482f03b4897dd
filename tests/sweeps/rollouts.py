"""One rollout in five steps at an embedded AWS, run by a process that can be ended anywhere, and taken up by others."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambdatui.emulator.cloudtrail.events import TrailEvent
from lambdatui.journal import Routing
from tests.emulator.clients import REGION, client_of, make_function, publish
from tests.sweeps.commands import Death, Ended, Operator

PERCENTS = (10, 25, 50, 75, 100)
BAKE = 16.0
"""Long enough that alias and alarms are looked at once in its midst."""
BEFORE = Routing("1", {"3": 0.01})
"""What `live` has before: also a weight, which the rollout knows nothing of and a put-back has to restore."""
AFTER = Routing("2")
STEPS = (*(Routing("1", {"2": percent / 100}) for percent in PERCENTS[:-1]), AFTER)

GRADUAL = f"""\
to: "2"
stable: "1"
schedule: {{kind: steps, percents: {list(PERCENTS)}, bake: {BAKE:g}, final_bake: {BAKE:g}}}
gates:
- {{kind: alarms, names: [errors]}}
- {{kind: probe, steps: [0], probes: [{{payload: {{order: secret-payload}}}}]}}
- {{kind: hook, function: judge, timeout: 8}}
"""
# a hook that turns against the rollout at a step
JUDGE = """\
def handler(event, context):
    bad = event["percent"] >= {bad_from}
    return {{"status": "Failed" if bad else "Succeeded", "reason": f"at {{event['percent']:g}} %"}}
"""
GOOD = "def handler(event, context):\n    return {{'version': {number}}}\n"


ROLL = ("route", "f", "live", "--yes", "--json", "--gradual")


@dataclass
class Stage(Operator):
    """An operator of `f`, whose alias `live` a rollout moves: what each point of a sweep is played on.

    `bad_from` is the percent from which on the rollout's hook says no.
    """

    bad_from: float = 1000
    _kept: Any = field(init=False, default=None)
    _to_keep: list[TrailEvent] = field(init=False, default_factory=list)
    _kept_calls: list[TrailEvent] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        make_function(self.client)
        for number in range(1, 4):
            publish(self.client, "f", GOOD.format(number=number))
        make_function(self.client, "judge", JUDGE.format(bad_from=self.bad_from))
        client_of(self.emulator, "cloudwatch", self.account).put_metric_alarm(
            AlarmName="errors",
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
        self.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        self.gradual = self.home / "gradual.yaml"
        self.gradual.write_text(GRADUAL)
        self.reset()

    def reset(self) -> None:
        """Back to the beginning: the routing from before, and no journal."""
        shutil.rmtree(self._copy, ignore_errors=True)
        self.client.update_alias(
            FunctionName="f",
            Name="live",
            FunctionVersion=BEFORE.version,
            RoutingConfig={"AdditionalVersionWeights": dict(BEFORE.weights)},
        )
        self.forget()
        self._kept_calls = []

    def keep_copy(self) -> None:
        """Keeps the journal, the alias and AWS's record of calls as they are now."""
        shutil.copytree(self.state, self._copy)
        self._kept = dataclasses.replace(self._aliases["live"])
        self._to_keep = self.writes()

    def take_copy(self) -> None:
        """Makes all be as it was when the copy was kept."""
        self.forget()
        self._copy.rename(self.state)
        self._aliases["live"], self._kept_calls = self._kept, self._to_keep

    @property
    def _aliases(self) -> dict[str, Any]:
        return self.emulator.cloud.lambda_service.state.region(self.account, REGION).functions["f"].aliases

    @property
    def _copy(self) -> Path:
        return self.home / "copy"

    def routing(self) -> Routing:
        """The alias's routing, as AWS says."""
        found = self.client.get_alias(FunctionName="f", Name="live")
        return Routing(found["FunctionVersion"], (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {}))

    def writes(self) -> list[TrailEvent]:
        return [*self._kept_calls, *super().writes()]

    def roll(self, die: Death | None = None) -> Ended:
        """Runs the rollout to its end, or to where it dies."""
        return self.run(*ROLL, str(self.gradual), die=die)
