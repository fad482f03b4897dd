"""Watches and asks the gates of a rollout, and raises where one says no."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from lambdatui.aws import alarms
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.errors import LambdatuiError
from lambdatui.stages.rollout.alarm_gate import AlarmGate
from lambdatui.stages.rollout.alias_writer import AliasWriter
from lambdatui.stages.rollout.gates import ApprovalGate, AskedGate, Gate, ProbeGate, is_asked_at
from lambdatui.stages.rollout.gradual import step_at
from lambdatui.stages.rollout.hook_gate import HookGate
from lambdatui.stages.rollout.metrics_gate import Figures, MetricsGate
from lambdatui.stages.rollout.probes import probed
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.rollout.wishes import TICK_SECONDS, Wishes
from lambdatui.stages.stage import Event, Progress, Result, World

WATCH_SECONDS = 15.0
"""How often the alias and the gates that are watched are looked at."""
_MINUTE = 60.0


class GateFailed(Exception):
    """A gate said no."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.words)
        self.verdict = verdict


class Gatekeeper:
    """The gates of one rollout. `run` is its run in the journal, for hooks."""

    def __init__(
        self, world: World, account: Account, function: str, alias: AliasWriter, gates: Sequence[Gate], run: str
    ) -> None:
        self.wishes = Wishes(world, alias, self.watched)
        self._world = world
        self._account = account
        self._function = function
        self._alias = alias
        self._gates = gates
        self._run = run
        self._next_watch = 0.0
        self._windows: dict[int, tuple[float, float]] = {}
        self._verdicts: dict[int, Verdict] = {}

    def begin_step(self) -> None:
        """Forgets what was judged of another step."""
        self._next_watch = self._world.clock.now() + WATCH_SECONDS
        self._windows.clear()
        self._verdicts.clear()

    def watched(self, at_once: bool = False) -> Iterator[Event]:
        """Looks at the alias, the alarms and the metrics, when it is time or `at_once`. Raises GateFailed, Changed."""
        if not at_once and self._world.clock.now() < self._next_watch:
            return
        self._next_watch = self._world.clock.now() + WATCH_SECONDS
        yield from self._alias.check()
        for index, gate in enumerate(self._gates):
            if isinstance(gate, AlarmGate):
                yield from self._alarms(index, gate)
            elif isinstance(gate, MetricsGate) and self._alias.state.step >= 0:
                yield from self._metrics(index, gate)

    def ask(self, percent: float) -> Iterator[Event]:
        """Asks what is to be asked at the end of a step, or before the first (0).

        Raises GateFailed, and what a person wishes instead.
        """
        for index, gate in enumerate(self._gates):
            if isinstance(gate, MetricsGate):
                # after the last step, only who wants to watch it is made to wait for its calls
                if percent and (percent < 100 or step_at(self._alias.state, self._alias.state.step).bake):
                    yield from self._enough(index, gate)
            elif not isinstance(gate, AlarmGate) and is_asked_at(gate, percent):
                yield from self._asked(gate, percent)

    def _told(self, index: int, verdict: Verdict) -> Iterator[Event]:
        before = self._verdicts.get(index)
        self._verdicts[index] = verdict
        if before is None or (before.outcome, before.words) != (verdict.outcome, verdict.words):
            yield Result(verdict)
        if verdict.outcome == "fail":
            raise GateFailed(verdict)

    # what is watched

    def _alarms(self, index: int, gate: AlarmGate) -> Iterator[Event]:
        try:
            found = yield from self._alias.asked(lambda: alarms.states(self._account, gate.names))
        except AwsError as error:
            raise GateFailed(Verdict("alarms", "fail", f"they cannot be read: {error}")) from None
        red = self._alias.state.more["red"]
        verdict, still = gate.judge(found, red)
        if still != red:
            self._alias.keep(more={**self._alias.state.more, "red": still})
        yield from self._told(index, verdict)

    def _metrics(self, index: int, gate: MetricsGate) -> Iterator[Event]:
        """Judges the minutes that are complete, where there are more than at the last time."""
        window = gate.window(self._alias.state.bake_began or 0.0, self._world.clock.now())
        if window is None or window == self._windows.get(index):
            return
        figures = yield from self._figures(gate, window)
        if figures is not None:
            self._windows[index] = window
            yield from self._told(index, gate.judge(*figures))

    def _figures(
        self, gate: MetricsGate, window: tuple[float, float]
    ) -> Generator[Event, None, tuple[Figures, Figures] | None]:
        state = self._alias.state
        new, old = state.more["new"], state.more["stable"] if state.stands.weights else None

        def read() -> tuple[Figures, Figures] | None:
            return gate.read(self._account, self._function, state.alias, new, old, window)

        try:
            return (yield from self._alias.asked(read))
        except AwsError as error:
            raise GateFailed(Verdict("metrics", "fail", f"they cannot be read: {error}")) from None

    def _enough(self, index: int, gate: MetricsGate) -> Iterator[Event]:
        """Waits until the metrics pass, where the calls were too few, or are not all told of yet."""
        clock = self._world.clock
        began = clock.now()
        # what is not to be waited for is judged once CloudWatch tells of the bake's last minute
        limit = gate.wait_at_most if gate.too_few == "wait" else gate.late + _MINUTE
        said = False
        while True:
            yield from self._metrics(index, gate)
            verdict = self._verdicts.get(index)
            if verdict is not None and verdict.outcome == "pass":
                return
            if clock.now() - began >= limit:
                window = gate.window(self._alias.state.bake_began or 0.0, clock.now())
                figures = (yield from self._figures(gate, window)) if window else None
                new, old = figures or (Figures(), Figures())
                yield from self._told(index, gate.judge(new, old, over=True))
                return
            if not said:
                yield self._alias.at("judging", "waits for CloudWatch, and for calls of the new version")
                said = True
            yield Progress("waiting for calls", round(clock.now() - began), round(limit), " s")
            clock.sleep(TICK_SECONDS)
            yield from self.wishes.heed()
            yield from self.watched()

    # what is asked

    def _asked(self, gate: AskedGate, percent: float) -> Iterator[Event]:
        """Asks a gate, and again where it could not be found out, once a login or a person says so."""
        while True:
            yield self._alias.at("judging", _name(gate))
            verdict = yield from self._answer(gate, percent)
            yield Result(verdict)
            if verdict.outcome == "fail":
                raise GateFailed(verdict)
            if verdict.outcome == "pass":
                return
            lapsed = self._world.accounts.lapses.of(self._account.profile) is not None
            yield from self._alias.check()
            if not lapsed:
                yield from self.wishes.held(f"{verdict.gate}: {verdict.words} Go on to ask again.")

    def _answer(self, gate: AskedGate, percent: float) -> Generator[Event, None, Verdict]:
        match gate:
            case ApprovalGate():
                yield from self.wishes.held(gate.message or f"go on after {percent:g} %?", asking=True)
                return Verdict("a person", "pass", "said to go on.")
            case HookGate():
                return gate.judge(self._world, self._account, self._as_told(percent))
            case ProbeGate():
                return (yield from self._probe(gate))

    def _probe(self, gate: ProbeGate) -> Generator[Event, None, Verdict]:
        new = self._alias.state.more["new"]
        wanted = {"FunctionName": self._function, "Qualifier": new}
        now = yield from self._alias.asked(lambda: self._account.call("lambda", "GetFunctionConfiguration", wanted))
        # one that is taken up again may have begun in another folder
        here = World(self._world.accounts, folder=Path(self._alias.state.more["folder"]))
        try:
            bodies = gate.bodies(here, self._account)
        except LambdatuiError as error:
            return Verdict("probe", "unsure", str(error))
        seconds = int(now.get("Timeout", 900))
        return (yield from probed(self._world, self._account, self._function, new, gate, bodies, seconds))

    def _as_told(self, percent: float) -> dict[str, Any]:
        """The step, as a hook gets it."""
        state = self._alias.state
        return {
            "function": self._function,
            "alias": state.alias,
            "new": state.more["new"],
            "stable": state.more["stable"],
            "percent": percent,
            "step": state.step + 1,
            "steps": len(state.steps),
            "before": dataclasses.asdict(state.before),
            "routing": dataclasses.asdict(state.stands),
            "run": self._run,
        }


def _name(gate: AskedGate) -> str:
    if isinstance(gate, HookGate):
        return gate.name
    return "probe" if isinstance(gate, ProbeGate) else "a person's go"
