"""Canary: whether a version is as good as another, by its metrics or its invocations, once or as time goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.functions import plain_name
from lambdatui.canary import (
    canary_config,
    cloudwatch_samples,
    cloudwatch_sides,
    file_samples,
    invocation_samples,
    judging,
)
from lambdatui.canary.canary_config import CanaryConfig, MetricConfig
from lambdatui.canary.lambda_metrics import DEFAULTS, default_config
from lambdatui.canary.report import Judgement
from lambdatui.canary.series import Samples
from lambdatui.canary.windows import Look, Schedule, Window
from lambdatui.errors import BadInput, StageFailed, near_match
from lambdatui.moments import moment
from lambdatui.stages.canary_source import CloudWatch, File, Invocations, Source
from lambdatui.stages.interlude import NOWHERE, ending
from lambdatui.stages.route import AliasName
from lambdatui.stages.selector import Selector, parse, resolve
from lambdatui.stages.stage import Event, Failed, Finished, FunctionName, Plan, Progress, Result, Stage, World
from lambdatui.stages.strategy import Seconds

LIFETIME, INTERVAL = 1800.0, 300.0
"""How long CloudWatch's metrics are watched, and how often looked at, where nothing else is said. Seconds."""
TICK_SECONDS = 15.0
_ALL_TIME = Window(0.0, float("inf"))

Reader = Callable[[Look], Samples]


class Canary(Stage):
    """Judges one version beside another. It changes nothing: its plan is empty, and is carried out all the same."""

    kind: ClassVar[str] = "canary"
    outputs: ClassVar[Mapping[str, str]] = {
        "passed": "Whether the canary is as good as the baseline: no score was marginal or less, and the last is good.",
        "verdict": "pass, marginal or fail: what the last score means.",
        "score": "The last score, 0 to 100.",
        "scores": "The score of each look, in their order.",
        "reason": "What decided the last score, in a sentence.",
        "baseline": "The baseline's version.",
        "canary": "The canary's version.",
        "report": "The last judgement in full: metrics with their verdicts and figures, groups, windows, warnings.",
    }

    function: FunctionName
    baseline: Selector
    """The version that is known to be good."""
    canary: Selector = "newest"
    """The version that is judged."""
    alias: AliasName | None = None
    """CloudWatch: the alias through which both are called. Absent means the one that shares, or shared, its traffic
    between them; where there is none, each version's calls by its number."""
    source: Source = CloudWatch()
    """Where the samples come from."""

    judge: Literal["exact", "kayenta"] | None = None
    """`exact`: for few samples, and false alarms do not add up over the looks. `kayenta`: NetflixACAJudge-v1.0, which
    needs 50 values a side or more. Absent means the one that the config names, and exact without a config."""
    config: str | None = None
    """A canary config, as Kayenta has them: JSON, or the same in YAML. Absent means Lambda's own metrics."""
    metrics: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Which of Lambda's metrics, such as errors, throttles, duration, duration_p95, init, memory; or, with a config,
    which of its own. Absent means all that the source has."""
    pass_score: Annotated[float, Field(ge=0, le=100)] | None = None
    """The last score must be this at least; absent means the config's, else 75."""
    marginal_score: Annotated[float, Field(ge=0, le=100)] | None = None
    """A score of this or less fails at once; absent means the config's, else 50."""

    lifetime: Annotated[Seconds, Field(gt=0, le=7 * 86_400)] | None = None
    """How long to watch, such as 30m. Absent means 30 minutes of CloudWatch's metrics, and one look at once at what is
    stored."""
    interval: Annotated[Seconds, Field(ge=0, le=7 * 86_400)] | None = None
    """How long from one look to the next; 0 for one look at the end. Absent means 5 minutes while it waits."""
    warm_up: Annotated[Seconds, Field(ge=0, le=86_400)] = 0.0
    """How long nothing is looked at, at first."""
    lookback: Annotated[Seconds, Field(ge=0, le=7 * 86_400)] = 0.0
    """Each look covers so much before it; 0 means all since the warm-up."""
    baseline_offset: Annotated[Seconds, Field(ge=0, le=30 * 86_400)] = 0.0
    """How much earlier the baseline is looked at than the canary."""
    since: str | None = None
    """Judge what was, without waiting: from when, such as 2h, 09:30 or 2026-11-24T09:30."""
    until: str | None = None
    """Until when; absent means now."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Exact judge: the chance that a canary as good as the baseline is alarmed about, over all metrics and looks."""
    min_samples: Annotated[int, Field(ge=1, le=1_000_000)] = 20
    """Exact judge: with fewer calls or values on a side, a metric has no data; by the minute, 5 are enough."""
    on_fail: Literal["fail", "report"] = "fail"
    """Whether a canary that does not pass fails the stage, or is told in its outputs alone."""

    @model_validator(mode="after")
    def _fits_together(self) -> Canary:
        if self.until is not None and self.since is None:
            raise ValueError("until: since was expected with it: what is judged lies between them.")
        if self.since is not None and (self.lifetime is not None or self.warm_up):
            word = "lifetime" if self.lifetime is not None else "warm_up"
            raise ValueError(f"{word}: with since there is nothing to wait for; until says where it ends.")
        if self.alias is not None and not isinstance(self.source, CloudWatch):
            raise ValueError("alias: it is CloudWatch that is asked by alias; invocations tell their version.")
        if self._at_once and self.since is None:
            for name in ("interval", "warm_up", "lookback", "baseline_offset"):
                if getattr(self, name):
                    raise ValueError(f"{name}: say lifetime, to wait for more samples, or since, for what is stored.")
        return self

    @property
    def _at_once(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.since is not None or (self.lifetime is None and not isinstance(self.source, CloudWatch))

    @property
    def _offline(self) -> bool:
        """Whether it can be judged without AWS."""
        named = all(parse(selector).word == "number" for selector in (self.baseline, self.canary))
        return named and not isinstance(self.source, CloudWatch)

    # the plan

    def plan(self, world: World) -> Plan:
        config, warnings = self._config(world)
        name: judging.JudgeName = self.judge or judging.judge_of(config)
        scores = self._scores(config)
        schedule, start = self._schedule(world)
        notes: list[str] = []
        facts: dict[str, Any] = {
            "config": config,
            "judge": name,
            "scores": scores,
            "schedule": schedule,
            "start": start,
        }
        if self._offline:
            place = NOWHERE
            baseline, canary = (str(parse(selector).number) for selector in (self.baseline, self.canary))
        else:
            account, place = self.account(world), self.place(world)
            versions, aliases = aws.list_versions(account, self.function), aws.list_aliases(account, self.function)
            baseline, canary = (
                resolve(selector, self.function, versions, aliases) for selector in (self.baseline, self.canary)
            )
            for selector, number in ((self.baseline, baseline), (self.canary, canary)):
                if selector != number:
                    notes.append(f"{selector} is version {number}")
            if isinstance(self.source, CloudWatch):
                cloudwatch_samples.check(config.metrics)
                whole = bool(self.baseline_offset)
                sides = cloudwatch_sides.find(
                    account, self.function, baseline, canary, self.alias, aliases, as_whole=whole
                )
                facts["sides"] = sides
                notes.append(sides.words)
        if baseline == canary and not self.baseline_offset:
            raise BadInput(f"baseline and canary are both version {canary} of {self.function}: nothing is to compare.")
        if not judging.is_known(config) and self.judge is None:
            warnings = (*warnings, f"the config's judge is {config.judge.name}, which is not known: {name} judges.")
        notes += self._told(config, name, scores, schedule)
        title = f"Judge {plain_name(self.function)} {canary} beside {baseline}"
        facts |= {"baseline": baseline, "canary": canary}
        return Plan(title, place, (), warnings, tuple(notes), facts)

    def _config(self, world: World) -> tuple[CanaryConfig, tuple[str, ...]]:
        if self.config is None:
            names = self.metrics or DEFAULTS[self.source.kind]
            judge = self.judge or "exact"
            if judge == "kayenta" and self.metrics is None and not isinstance(self.source, CloudWatch):
                names = tuple(name for name in names if name != "duration_p95")
            return default_config(names, judge), ()
        read = canary_config.read(world.path(self.config))
        if self.metrics is None:
            return read.config, read.warnings
        known = {metric.name: metric for metric in read.config.metrics}
        for name in self.metrics:
            if name not in known:
                raise BadInput(f"metrics: {self.config} has no metric '{name}'.{near_match(name, known)}")
        chosen: tuple[MetricConfig, ...] = tuple(known[name] for name in self.metrics)
        config = read.config.model_copy(update={"metrics": chosen})
        # what is left out leaves its group's points behind
        return config, tuple(dict.fromkeys((*read.warnings, *config.warnings())))

    def _scores(self, config: CanaryConfig) -> tuple[float, float]:
        passing, marginal = judging.thresholds(config, self.pass_score, self.marginal_score)
        if marginal > passing:
            raise BadInput(f"marginal_score: {passing:g} or less was expected, as pass_score is, not {marginal:g}.")
        return passing, marginal

    def _schedule(self, world: World) -> tuple[Schedule | None, float | None]:
        """The schedule, and when it starts where that is in the past; no schedule where all there is is judged."""
        if self.since is not None:
            now = dt.datetime.fromtimestamp(world.clock.now()).astimezone()
            begin, end = moment(self.since, now), moment(self.until or "now", now)
            if end <= begin:
                raise BadInput(f"until: a time after {begin:%Y-%m-%d %H:%M} was expected, not {end:%Y-%m-%d %H:%M}.")
            span = (end - begin).total_seconds()
            interval = self.interval or 0.0
            return Schedule(span, interval, 0.0, self.lookback, self.baseline_offset), begin.timestamp()
        if self._at_once:
            return None, None
        lifetime = self.lifetime if self.lifetime is not None else LIFETIME
        interval = self.interval if self.interval is not None else INTERVAL
        return Schedule(lifetime, interval, self.warm_up, self.lookback, self.baseline_offset), None

    def _told(
        self, config: CanaryConfig, judge: str, scores: tuple[float, float], schedule: Schedule | None
    ) -> list[str]:
        names = ", ".join(metric.name for metric in config.metrics)
        words = {"exact": "the exact judge", "kayenta": "Kayenta's judge"}[judge]
        found = [f"{words}, of {names}", f"a score of {scores[0]:g} passes, one of {scores[1]:g} or less fails at once"]
        if schedule is not None and schedule.looks > 1:
            every = f"every {_minutes(schedule.step)}"
            found.append(f"{schedule.looks} looks, {every}{'' if self._at_once else ' from now on'}")
        elif schedule is not None and not self._at_once:
            found.append(f"one look, in {_minutes(schedule.warm_up + schedule.step)}")
        return found

    # the run

    def run(self, world: World, plan: Plan) -> Iterator[Event]:
        events = (
            self._watched(world, plan, "") if plan.place is not NOWHERE else ending(self.carry_out(world, plan, ""))
        )
        yield from events

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """A Result with a Judgement after each look, and Progress while it waits for the next."""
        facts = plan.facts
        schedule: Schedule | None = facts["schedule"]
        reader = self._reader(world, facts)
        start = facts["start"] if facts["start"] is not None else world.clock.now()
        looks = list(schedule.at(start)) if schedule else [Look(1, start, _ALL_TIME, _ALL_TIME)]
        scores: list[float] = []
        for look in looks:
            if not self._at_once:
                yield from self._wait(world, look, len(looks))
            world.clock.check()
            judgement = self._judged(facts, reader(look), look, len(looks))
            scores.append(judgement.score)
            yield Result(judgement)
            if judgement.outcome == "fail":
                break
        yield self._end(facts, judgement, scores)

    def _wait(self, world: World, look: Look, looks: int) -> Iterator[Event]:
        late = self.source.late if isinstance(self.source, CloudWatch) else 0.0
        began, due = world.clock.now(), look.due + late
        while (left := due - world.clock.now()) > 0:
            waited = world.clock.now() - began
            yield Progress(f"look {look.number} of {looks}", round(waited), round(due - began), " s")
            world.clock.sleep(min(TICK_SECONDS, left))

    def _reader(self, world: World, facts: Mapping[str, Any]) -> Reader:
        config: CanaryConfig = facts["config"]
        match self.source:
            case CloudWatch(period=period):
                account: Account = self.account(world)
                sides: cloudwatch_sides.Sides = facts["sides"]

                def of_cloudwatch(look: Look) -> Samples:
                    earliest = min(look.control, look.experiment, key=lambda window: window.begin)
                    fine = cloudwatch_samples.period_of(earliest, world.clock.now(), period)
                    control, experiment = (sides.control, look.control), (sides.experiment, look.experiment)
                    return cloudwatch_samples.read(account, config.metrics, control, experiment, fine)

                return of_cloudwatch
            case Invocations(results=results):
                paths = [world.path(result) for result in results]

                def of_invocations(look: Look) -> Samples:
                    calls = invocation_samples.read(paths, facts["baseline"], facts["canary"])
                    pairs = {
                        metric.name: invocation_samples.pair(calls, metric, look.control, look.experiment)
                        for metric in config.metrics
                    }
                    others = f"{calls.others:,} calls were of neither version." if calls.others else ""
                    return Samples(pairs, (others,) if others else ())

                return of_invocations
            case File(path=path):
                return lambda look: self._of_file(world, path, config, look)

    def _of_file(self, world: World, path: str, config: CanaryConfig, look: Look) -> Samples:
        there = file_samples.read(world.path(path))
        return Samples(
            {metric.name: file_samples.pair(there, metric, look.control, look.experiment) for metric in config.metrics}
        )

    def _judged(self, facts: Mapping[str, Any], samples: Samples, look: Look, looks: int) -> Judgement:
        found = judging.judge(
            facts["judge"],
            facts["config"],
            samples.pairs,
            facts["scores"],
            look=look.number,
            looks=looks,
            alpha=self.alpha,
            min_samples=self.min_samples,
        )
        found = replace(found, warnings=(*found.warnings, *samples.warnings))
        if look.experiment is _ALL_TIME:
            return found
        control = look.control if look.control != look.experiment else None
        return replace(
            found,
            window=(look.experiment.begin, look.experiment.end),
            control_window=(control.begin, control.end) if control else None,
        )

    def _end(self, facts: Mapping[str, Any], last: Judgement, scores: list[float]) -> Event:
        outputs = {
            "passed": last.outcome == "pass",
            "verdict": last.outcome,
            "score": last.score,
            "scores": scores,
            "reason": last.words,
            "baseline": facts["baseline"],
            "canary": facts["canary"],
            "report": last.as_data(),
        }
        if last.outcome == "pass" or self.on_fail == "report":
            return Finished(outputs)
        limit = f"{last.marginal_score:g} or less fails" if last.outcome == "fail" else f"{last.pass_score:g} passes"
        words = f"{plain_name(self.function)} {facts['canary']} is not as good as {facts['baseline']}"
        error = StageFailed(f"{words}: score {last.score:g}, {limit}: {last.words}")
        return Failed(error, (), (), outputs=outputs)


def _minutes(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 or seconds % 60 else f"{seconds / 60:g} min"
