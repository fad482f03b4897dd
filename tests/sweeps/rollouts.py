"""One rollout in five steps at an embedded AWS, run by a process that can be ended anywhere, and taken up by others."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloudtrail.events import TrailEvent
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal, Routing
from tests.emulator.clients import REGION, client_of, make_function, publish

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
# says what the test's file beside it says: a hook that turns against the rollout at a step
JUDGE = """\
def handler(event, context):
    bad = event["percent"] >= {bad_from}
    return {{"status": "Failed" if bad else "Succeeded", "reason": f"at {{event['percent']:g}} %"}}
"""
GOOD = "def handler(event, context):\n    return {{'version': {number}}}\n"


@dataclass(frozen=True)
class Ended:
    """A process that has ended. `status` is its exit status, negative for a signal; `moments` is its trace."""

    status: int
    out: str
    err: str
    moments: list[tuple[str, int, float]]

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """What the process said last."""
        return self.err.strip().rpartition("\n")[2]


@dataclass
class Stage:
    """An account with `f`, its alias `live` and a hook, and a home: what each point of a sweep is played on.

    `bad_from` is the percent from which on the hook says no.
    """

    emulator: Emulator
    account: str
    home: Path
    bad_from: float = 1000
    client: Any = field(init=False)
    _starter: Starter = field(init=False, repr=False)
    _since: int = field(init=False, default=0)
    _kept: Any = field(init=False, default=None)
    _to_keep: list[TrailEvent] = field(init=False, default_factory=list)
    _kept_calls: list[TrailEvent] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._starter = Starter()
        self.client = client_of(self.emulator, "lambda", self.account)
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
        self.home.mkdir(parents=True, exist_ok=True)
        self.gradual.write_text(GRADUAL)
        (self.home / "credentials").write_text(self._keys())
        self.reset()

    def _keys(self) -> str:
        return f"[ops]\naws_access_key_id = {access_key_of(self.account)}\naws_secret_access_key = unchecked\n"

    def log_in(self) -> None:
        """What a login does: the profile's keys are written anew."""
        (self.home / "credentials").write_text(self._keys())

    def reset(self) -> None:
        """Back to the beginning: the routing from before, and no journal."""
        for folder in (self.state, self._copy):
            shutil.rmtree(folder, ignore_errors=True)
        self.client.update_alias(
            FunctionName="f",
            Name="live",
            FunctionVersion=BEFORE.version,
            RoutingConfig={"AdditionalVersionWeights": dict(BEFORE.weights)},
        )
        self._since = max((number for number, _ in self._trail()), default=0)
        self._kept_calls = []

    def keep_copy(self) -> None:
        """Keeps the journal, the alias and AWS's record of calls as they are now."""
        shutil.copytree(self.state, self._copy)
        self._kept = dataclasses.replace(self._aliases["live"])
        self._to_keep = self.writes()

    def take_copy(self) -> None:
        """Makes all be as it was when the copy was kept."""
        shutil.rmtree(self.state)
        self._copy.rename(self.state)
        self._aliases["live"], self._kept_calls = self._kept, self._to_keep
        self._since = max(number for number, _ in self._trail())

    @property
    def _aliases(self) -> dict[str, Any]:
        return self.emulator.cloud.lambda_service.state.region(self.account, REGION).functions["f"].aliases

    @property
    def state(self) -> Path:
        """The folder of the journal."""
        return self.home / "state"

    @property
    def _copy(self) -> Path:
        return self.home / "copy"

    def routing(self) -> Routing:
        """The alias's routing, as AWS says."""
        found = self.client.get_alias(FunctionName="f", Name="live")
        return Routing(found["FunctionVersion"], (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {}))

    def _trail(self) -> Iterator[tuple[int, TrailEvent]]:
        for number, event in self.emulator.cloud.trail.store.newest_first(self.account, REGION):
            if event.name == "UpdateAlias20150331":
                yield number, event

    def writes(self) -> list[TrailEvent]:
        """Each UpdateAlias that AWS got since the last `reset`, oldest first; of a copy, those of its own."""
        new = [event for number, event in sorted(self._trail(), key=lambda one: one[0]) if number > self._since]
        return [*self._kept_calls, *new]

    def journal(self) -> Journal:
        """The journal, opened as the next lambdatui would."""
        self.state.mkdir(exist_ok=True)
        return Journal(self.state / "journal.sqlite")

    def close(self) -> None:
        """Ends the process that starts the commands."""
        self._starter.close()

    # processes

    def start(
        self,
        *words: str,
        die: tuple[str, int, int, int] | None = None,
        env_keys: bool = False,
        read_timeout: float | None = None,
    ) -> Running:
        """Starts a command that dies as told. Its credentials are a profile's, or the environment's.

        It waits `read_timeout` seconds for an answer, or as long as it does by itself.
        """
        trace = self.home / "trace"
        trace.unlink(missing_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "AWS_ENDPOINT_URL": self.emulator.endpoint,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": str(self.home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAMBDATUI_STATE_DIR": str(self.state),
            "LAMBDATUI_CONFIG_DIR": str(self.home),
            "LAMBDATUI_CACHE_DIR": str(self.home),
        }
        if env_keys:
            keys = {"ACCESS_KEY_ID": access_key_of(self.account), "SECRET_ACCESS_KEY": "x", "SESSION_TOKEN": "an hour"}
            environment |= {f"AWS_{name}": value for name, value in keys.items()}
        else:
            environment["AWS_PROFILE"] = "ops"
        asked = {
            "words": words,
            "die": die,
            "read_timeout": read_timeout,
            "trace": str(trace),
            "environment": environment,
        }
        asked |= {name: str(self.home / name) for name in ("out", "err")}
        for name in ("out", "err"):
            (self.home / name).write_text("")
        return Running(self._starter, self._starter.ask(asked), self.home, trace)

    def run(self, *words: str, die: tuple[str, int, int, int] | None = None) -> Ended:
        """Runs a command to its end."""
        return self.start(*words, die=die).wait()

    def roll(self, die: tuple[str, int, int, int] | None = None) -> Ended:
        """Runs the rollout to its end, or to where it dies."""
        return self.run(*ROLL, str(self.gradual), die=die)


ROLL = ("route", "f", "live", "--yes", "--json", "--gradual")


class Starter:
    """The process that starts the commands, one after the other; see `process`."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.sweeps.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def ask(self, asked: Mapping[str, Any]) -> int:
        """Starts a command, and gives the id of its process."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        return int(self.hear(30))

    @property
    def has_word(self) -> bool:
        """Whether `hear` would not have to wait."""
        return bool(select.select([self._child.stdout], [], [], 0)[0])

    def hear(self, seconds: float) -> str:
        """The next line that it answers with."""
        assert self._child.stdout is not None
        readable, _, _ = select.select([self._child.stdout], [], [], seconds)
        assert readable, f"the process has not ended after {seconds} s"
        return self._child.stdout.readline()

    def close(self) -> None:
        self._child.kill()
        self._child.communicate()


@dataclass
class Running:
    """A process that runs."""

    starter: Starter
    pid: int
    home: Path
    trace: Path

    @property
    def said(self) -> str:
        """What it has said on standard error until now."""
        return (self.home / "err").read_text()

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return not self.starter.has_word

    def signal(self, number: int = signal.SIGINT) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    def wait(self, seconds: float = 120) -> Ended:
        """Its end."""
        try:
            status = int(self.starter.hear(seconds))
        except AssertionError:
            os.kill(self.pid, signal.SIGKILL)
            self.starter.hear(seconds)
            raise
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        moments = [(name, number, now) for name, number, now in map(json.loads, lines)]
        return Ended(status, (self.home / "out").read_text(), self.said, moments)
