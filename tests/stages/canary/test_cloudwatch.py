"""The Canary stage on CloudWatch: looks as time goes, what was, sides by alias and by number, any metric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.canary.report import Judgement
from lambdatui.errors import BadInput, Cancelled, StageFailed
from lambdatui.settings import Settings
from lambdatui.stages.canary import Canary
from lambdatui.stages.stage import Failed, Finished, Progress, Result, World
from tests.conftest import Calls
from tests.stages.acting import run
from tests.stages.canary.conftest import ALIAS, Served, Traffic
from tests.stages.moved_clock import MovedClock

MIN = 60.0


def canary(**more: Any) -> Canary:
    return Canary(**{"function": "f", "baseline": "1", "canary": "2", "lifetime": "12m", "interval": "4m", **more})


def judgements(events: list[Any]) -> list[Judgement]:
    return [event.value for event in events if isinstance(event, Result)]


def test_a_canary_that_is_as_good_passes_after_its_last_look(
    shared: Any, traffic: Traffic, world: World, clock: MovedClock, calls: Calls
) -> None:
    traffic.begin()
    began = clock.now()
    events = run(canary(), world)
    last, looks = events[-1], judgements(events)
    assert isinstance(last, Finished)
    assert (last.outputs["passed"], last.outputs["verdict"], last.outputs["scores"]) == (True, "pass", [100.0] * 3)
    assert (last.outputs["baseline"], last.outputs["canary"]) == ("1", "2")
    assert [(found.look, found.looks) for found in looks] == [(1, 3), (2, 3), (3, 3)]
    # it looks once the metrics of the last minute are there
    assert clock.now() - began >= 12 * MIN + 60
    windows = [found.window for found in looks]
    assert [end - begin for begin, end in windows if begin] == [4 * MIN, 8 * MIN, 12 * MIN]  # type: ignore[misc]
    assert windows[0][0] >= began  # type: ignore[index]
    assert looks[-1].metric("errors").experiment.count >= 9 * 60
    assert looks[-1].metric("duration").control.count >= 9
    assert looks[-1].metric("duration").timeline is not None
    assert any(isinstance(event, Progress) for event in events)
    assert calls.changes() == []
    assert calls.operations().count("GetMetricData") == 6
    json.dumps(last.outputs)


def test_a_canary_that_fails_ends_it_at_once(shared: Any, traffic: Traffic, world: World, clock: MovedClock) -> None:
    traffic.served["2"] = Served(error_rate=0.3)
    traffic.begin()
    slept = clock.slept
    events = run(canary(), world)
    last = events[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, StageFailed)
    assert str(last.error).startswith("f 2 is not as good as 1: score 0, 50 or less fails: errors, which is critical: ")
    assert (last.outputs["verdict"], last.outputs["passed"], last.outputs["score"]) == ("fail", False, 0)
    assert len(judgements(events)) == 1
    assert clock.slept - slept < 6 * MIN


def test_a_canary_that_fails_may_be_told_and_no_more(shared: Any, traffic: Traffic, world: World) -> None:
    traffic.served["2"] = Served(error_rate=0.3)
    traffic.begin()
    last = run(canary(on_fail="report", interval=0), world)[-1]
    assert isinstance(last, Finished)
    assert (last.outputs["verdict"], last.outputs["passed"]) == ("fail", False)
    assert "errors, which is critical" in last.outputs["reason"]
    assert last.outputs["report"]["metrics"][0]["name"] == "errors"


def test_a_score_between_the_limits_decides_only_when_it_is_the_last(
    shared: Any, traffic: Traffic, world: World
) -> None:
    traffic.served["2"] = Served(ms=40.0)
    traffic.begin()
    events = run(canary(metrics=["errors", "duration"], marginal_score=20, min_samples=3), world)
    looks = judgements(events)
    assert len(looks) == 3
    assert looks[-1].score == pytest.approx(33.33)
    assert (looks[-1].outcome, looks[-1].metric("duration").label) == ("marginal", "High")
    assert isinstance(events[-1], Failed)
    assert events[-1].outputs["verdict"] == "marginal"


def test_nothing_is_looked_at_while_it_warms_up(shared: Any, traffic: Traffic, world: World, clock: MovedClock) -> None:
    traffic.served["2"] = Served(error_rate=1.0)
    began = clock.now()

    def mend(_: float) -> None:
        if clock.now() - began > 4 * MIN:
            traffic.served["2"] = Served()

    clock.as_time_goes.append(mend)
    traffic.begin()
    last = run(canary(warm_up="6m", lifetime="8m", interval=0), world)[-1]
    assert isinstance(last, Finished), last


def test_too_few_calls_are_waited_for_but_not_at_the_end(shared: Any, traffic: Traffic, world: World) -> None:
    traffic.served["2"] = Served(calls=1)
    traffic.begin()
    events = run(canary(), world)
    first, *_, last = judgements(events)
    assert (first.outcome, first.metric("errors").label) == ("pass", "Nodata")
    assert isinstance(events[-1], Failed)
    assert "errors, which is critical: " in last.words
    assert "20 are needed" in last.words


def test_what_was_is_judged_without_waiting(shared: Any, traffic: Traffic, world: World, clock: MovedClock) -> None:
    traffic.served["2"] = Served(error_rate=0.2)
    traffic.begin(earlier=3600)
    slept = clock.slept
    retrospective = {"lifetime": None, "interval": None, "since": "30m"}
    assert isinstance(run(canary(**retrospective), world)[-1], Failed)
    assert clock.slept == slept
    # by Kayenta's judge, with looks over what was, until a moment
    judged = judgements(run(canary(**retrospective | {"until": "10m", "interval": "10m", "judge": "kayenta"}), world))
    assert [found.judge for found in judged] == ["NetflixACAJudge-v1.0"] * len(judged)
    begin, end = judged[-1].window  # type: ignore[misc]
    assert end - begin == 10 * MIN * len(judged)


def test_an_alias_that_has_moved_is_compared_with_itself_of_before(
    aws: Any, shared: Any, traffic: Traffic, world: World
) -> None:
    shared.update_alias(
        FunctionName="f", Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}}
    )
    traffic.served = {"1": Served()}
    traffic.begin(earlier=3600)
    traffic.served = {"2": Served(error_rate=0.5)}
    world.clock.sleep(20 * MIN)
    stage = canary(alias="live", lifetime=None, interval=None, since="18m", baseline_offset="30m")
    plan = stage.plan(world)
    assert "all calls of f:live, then and now" in plan.notes
    (found,) = judgements(run(stage, world, plan))
    assert (found.metric("errors").control.mean, found.outcome) == (0, "fail")
    assert found.control_window == tuple(moment - 30 * MIN for moment in found.window)  # type: ignore[union-attr]


def test_the_sides_are_an_alias_that_was_shared_or_the_versions_numbers(
    shared: Any, traffic: Traffic, world: World
) -> None:
    assert "calls through f:live, by the version that served them" in canary().plan(world).notes
    by_number = canary(canary="3").plan(world)
    assert "calls of f:1 and f:3 by their numbers, for no alias was shared between them" in by_number.notes
    assert by_number.facts["sides"].experiment.dimensions == {"FunctionName": "f", "Resource": "f:3"}
    traffic.begin(earlier=300)
    shared.update_alias(
        FunctionName="f", Name="live", FunctionVersion="3", RoutingConfig={"AdditionalVersionWeights": {}}
    )
    # no more, but CloudWatch still knows
    assert canary().plan(world).facts["sides"].control.dimensions == {**ALIAS, "ExecutedVersion": "1"}


def test_a_plan_resolves_and_tells_and_changes_nothing(shared: Any, world: World, calls: Calls) -> None:
    plan = canary(baseline="alias(live)", canary="previous", judge="kayenta").plan(world)
    assert (plan.title, plan.empty, plan.changes) == ("Judge f 2 beside 1", True, ())
    assert plan.notes[:2] == ("alias(live) is version 1", "previous is version 2")
    assert "Kayenta's judge, of errors, throttles, duration, duration_p95" in plan.notes
    assert "3 looks, every 4 min from now on" in plan.notes
    assert calls.changes() == []


def test_a_read_only_session_may_judge(shared: Any, traffic: Traffic, world: World) -> None:
    traffic.begin(earlier=1800)
    only = World(Accounts(Settings(read_only=True)), clock=world.clock)
    assert isinstance(run(canary(lifetime=None, interval=None, since="20m"), only)[-1], Finished)


def test_whoever_stops_it_is_heeded(shared: Any, traffic: Traffic, world: World, clock: MovedClock) -> None:
    clock.as_time_goes.append(lambda _: clock.cancel())
    last = run(canary(), world)[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, Cancelled)


def test_any_metric_and_any_expression_may_be_judged(
    shared: Any, traffic: Traffic, world: World, tmp_path: Path
) -> None:
    dimensions = {"Service": "${function}", "Version": "${version}"}
    orders = {"type": "cloudwatch", "namespace": "Shop", "metricName": "Orders", "dimensions": dimensions}
    rate = {"type": "cloudwatch", "expression": "100 * errors / invocations", "unit": "%"}
    own = {"type": "cloudwatch", "metricName": "Duration", "statistic": "Maximum", "unit": "ms"}
    config = {
        "judge": {"name": "NetflixACAJudge-v1.0"},
        "metrics": [
            {"name": "orders", "query": {**orders, "statistic": "Sum"}, "groups": ["g"],
             "analysisConfigurations": {"canary": {"direction": "decrease"}}},
            {"name": "error rate", "query": rate, "groups": ["g"]},
            {"name": "slowest", "query": own, "groups": ["g"]},
        ],
    }  # fmt: skip
    (tmp_path / "canary.json").write_text(json.dumps(config))
    minute = traffic._minute

    def with_orders(version: str, served: Served) -> None:
        minute(version, served)
        for count in traffic.random.poisson(3, 20):
            told = float(count if version == "1" else count / 2)
            traffic.put("Orders", {"Service": "f", "Version": version}, told, "Shop")

    traffic._minute = with_orders  # type: ignore[method-assign]
    traffic.served = {"1": Served(error_rate=0.1), "2": Served(error_rate=0.1)}
    traffic.begin(earlier=3600)
    stage = canary(config="canary.json", lifetime=None, interval=None, since="40m")
    (found,) = judgements(run(stage, world))
    orders_, rates, slowest = found.metrics
    assert (orders_.label, rates.label) == ("Low", "Pass")
    assert rates.control.mean == pytest.approx(10, abs=2)
    assert rates.unit == "%"
    assert 20 < slowest.control.mean < 60
    assert found.judge == "NetflixACAJudge-v1.0"


def test_a_query_that_cloudwatch_cannot_be_asked_is_refused_before_anything_is_waited_for(
    shared: Any, world: World, tmp_path: Path
) -> None:
    (tmp_path / "canary.json").write_text(json.dumps({"metrics": [{"name": "m", "query": {"type": "prometheus"}}]}))
    with pytest.raises(BadInput, match="metric 'm' is asked of prometheus, and this canary reads CloudWatch"):
        canary(config="canary.json").plan(world)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"canary": "1"}, "baseline and canary are both version 1 of f: nothing is to compare."),
    ({"alias": "lvie"}, "f has no alias 'lvie'. Did you mean 'live'?"),
    ({"metrics": ["eror"]}, "there is no metric 'eror' of Lambda's. Did you mean 'errors'?"),
    ({"pass_score": 40}, "marginal_score: 40 or less was expected, as pass_score is, not 50."),
    ({"lifetime": None, "interval": None, "since": "10m", "until": "20m"}, "until: a time after "),
    ({"config": "none.json"}, "none.json: no such file."),
    ({"canary": "9"}, "f has no version 9; it has 1, 2, 3."),
]


def test_what_cannot_be_judged_is_refused_at_once(shared: Any, world: World) -> None:
    for inputs, sentence in REFUSED:
        with pytest.raises(BadInput) as raised:
            canary(**inputs).plan(world)
        assert sentence in str(raised.value)
