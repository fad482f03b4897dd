"""Route: an alias's traffic."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.aws.errors import Changed, NotFound
from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Journal
from lambdatui.stages.route import Route, Simple, Weighted
from lambdatui.stages.stage import Danger, Done, Failed, Started, World
from tests.conftest import Calls
from tests.stages.acting import failed, finished, function_with_versions, operations, run


def to(selector: str, **members: Any) -> Route:
    return Route(function="f", alias="live", strategy=Simple(to=selector), **members)


def weighted(stable: str, canary: str, percent: float) -> Route:
    return Route(function="f", alias="live", strategy=Weighted(stable=stable, canary=canary, percent=percent))


@pytest.fixture
def client(aws: Any) -> Any:
    """`f` with versions 1 to 3, and `live` on 1."""
    client = aws()
    function_with_versions(client, 3)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


def traffic(client: Any) -> tuple[str, dict[str, float]]:
    alias = client.get_alias(FunctionName="f", Name="live")
    return alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def test_a_plan_reads_only_and_shows_numbers_shares_and_the_way_back(client: Any, world: World, calls: Calls) -> None:
    calls.forget()
    plan = weighted("previous", "newest", 10).plan(world)
    assert calls.changes() == []
    assert plan.title == "Route f:live: 90 % to 2, 10 % to 3"
    assert plan.notes == ("previous is version 2", "newest is version 3")
    [change] = plan.changes
    assert (change.operation, change.target, change.danger) == ("UpdateAlias", "f:live", Danger.TRAFFIC)
    assert {line.field: (line.before, line.after) for line in change.differences} == {
        "1": ("100 %", "0 %"),
        "2": ("0 %", "90 %"),
        "3": ("0 %", "10 %"),
    }
    assert change.undo == "all traffic back to 1"
    assert traffic(client) == ("1", {})


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (to("newest"), ("3", {})),
        (to("alias(live)"), ("1", {})),
        (weighted("1", "3", 10), ("1", {"3": 0.1})),
        (weighted("1", "3", 12.5), ("1", {"3": 0.125})),
        (weighted("1", "3", 0), ("1", {})),
        (weighted("1", "3", 100), ("3", {})),
    ],
)
def test_the_run_does_what_the_plan_says_and_a_second_plan_is_empty(
    client: Any, world: World, stage: Route, expected: Any
) -> None:
    outputs = finished(stage, world)
    assert traffic(client) == expected
    assert (outputs["version"], outputs["weights"]) == expected
    assert stage.plan(world).empty


def test_only_what_the_plan_says_is_sent(client: Any, world: World, calls: Calls) -> None:
    plan = weighted("1", "2", 10).plan(world)
    calls.forget()
    events = run(weighted("1", "2", 10), world, plan)
    assert calls.operations() == operations(plan) == ["UpdateAlias"]
    assert [type(event) for event in events[:2]] == [Started, Done]


def test_weights_that_were_there_are_cleared_not_kept(client: Any, world: World) -> None:
    """AWS keeps the old weights where UpdateAlias has no RoutingConfig: a rollback would leave the canary on."""
    finished(weighted("1", "2", 10), world)
    [change] = to("1").plan(world).changes
    assert change.request["RoutingConfig"] == {"AdditionalVersionWeights": {}}
    finished(to("1"), world)
    assert traffic(client) == ("1", {})


def test_the_alias_is_made_where_there_is_none(client: Any, world: World) -> None:
    stage = Route(function="f", alias="beta", strategy=Weighted(stable="1", canary="2", percent=25), description="d")
    plan = stage.plan(world)
    assert operations(plan) == ["CreateAlias"]
    assert plan.danger is Danger.SAFE
    outputs = finished(stage, world, plan)
    alias = client.get_alias(FunctionName="f", Name="beta")
    assert (alias["FunctionVersion"], alias["RoutingConfig"]) == ("1", {"AdditionalVersionWeights": {"2": 0.25}})
    assert alias["Description"] == "d"
    assert outputs["alias_arn"] == alias["AliasArn"]
    assert stage.plan(world).empty


def test_a_description_is_changed_or_left_alone(client: Any, world: World) -> None:
    finished(to("1", description="the shop"), world)
    assert client.get_alias(FunctionName="f", Name="live")["Description"] == "the shop"
    finished(to("2"), world)
    assert client.get_alias(FunctionName="f", Name="live")["Description"] == "the shop"


def test_the_same_shares_the_other_way_round_are_shown_as_such(client: Any, world: World) -> None:
    finished(weighted("1", "2", 40), world)
    [change] = weighted("2", "1", 60).plan(world).changes
    assert [(line.field, line.before, line.after) for line in change.differences] == [("main version", "1", "2")]


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (to("7"), "f has no version 7; it has 1, 2, 3"),
        (to("previous(3)"), r"previous\(3\): f has 3 published versions"),
        (weighted("1", "alias(prod)", 10), "f has no alias 'prod'"),
        (weighted("9", "1", 10), "f has no version 9"),
    ],
)
def test_a_version_that_cannot_be_resolved_fails_before_any_change(
    client: Any, world: World, calls: Calls, stage: Route, words: str
) -> None:
    """The plugin of old wiped the weights and reported success."""
    finished(weighted("1", "2", 10), world)
    calls.forget()
    with pytest.raises(BadInput, match=words):
        stage.plan(world)
    assert calls.changes() == []
    assert traffic(client) == ("1", {"2": 0.1})


def test_no_such_function_is_told(world: World) -> None:
    with pytest.raises(NotFound, match="Function not found"):
        to("1").plan(world)


def test_an_alias_is_moved_though_provisioned_concurrency_may_not_be_read(
    connected: Any, account_id: str, client: Any, world: World
) -> None:
    fault = connected.cloud.faults.add(
        "access-denied", account=account_id, operation="ListProvisionedConcurrencyConfigs"
    )
    try:
        finished(to("2"), world)
    finally:
        connected.cloud.faults.remove(fault)
    assert traffic(client) == ("2", {})


# AWS's rules of weighted aliases, told before any call


def test_latest_cannot_share(client: Any, world: World, calls: Calls) -> None:
    calls.forget()
    with pytest.raises(Refused, match=r"\$LATEST cannot share an alias's traffic; both versions must be published"):
        weighted("1", "$LATEST", 10).plan(world)
    assert calls.changes() == []


def test_versions_of_other_roles_or_dead_letter_queues_cannot_share(client: Any, world: World, account_id: str) -> None:
    client.update_function_configuration(FunctionName="f", Role=f"arn:aws:iam::{account_id}:role/other")
    client.publish_version(FunctionName="f")
    with pytest.raises(Refused, match=r"versions 1 and 4 differ in their execution role .*role/service"):
        weighted("1", "4", 10).plan(world)


def test_an_alias_with_provisioned_concurrency_takes_no_weights(client: Any, world: World, calls: Calls) -> None:
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=1)
    calls.forget()
    with pytest.raises(Refused, match="the alias has provisioned concurrency, and AWS refuses weights"):
        weighted("1", "2", 10).plan(world)
    assert calls.changes() == []


def test_latest_alone_is_possible_and_warned_of(client: Any, world: World) -> None:
    plan = to("$LATEST").plan(world)
    assert "callers get each new upload at once" in plan.warnings[0]
    finished(to("$LATEST"), world, plan)
    assert traffic(client) == ("$LATEST", {})


# others act, too


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(client: Any, world: World) -> None:
    stage = to("2")
    plan = stage.plan(world)
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="3")
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert "Read it again and plan anew." in str(end.error)
    assert (end.done, operations_of(end), end.unsure) == ((), ["UpdateAlias"], None)
    assert traffic(client) == ("3", {})


def operations_of(end: Failed) -> list[str]:
    return [change.operation for change in end.not_done]


def test_an_answer_that_did_not_come_leaves_the_change_unsure(
    client: Any, world: World, connected: Any, account_id: str
) -> None:
    connected.cloud.faults.add("cut-after-work", operation="UpdateAlias", account=account_id)
    stage = to("2")
    plan = stage.plan(world)

    def stop(_: Any) -> None:
        world.clock.cancel()

    world.on_retry = stop
    end = failed(stage, world, plan)
    assert end.unsure == plan.changes[0]
    assert (end.done, end.not_done) == ((), ())
    assert traffic(client) == ("2", {}), "it was done, though nobody knew"


def test_the_journal_keeps_what_stood_there_and_the_way_back(client: Any, world: World, journal: Journal) -> None:
    finished(weighted("1", "2", 10), world)
    finished(to("3"), world)
    after, before = journal.entries()
    assert after.undo == "90 % to 1, 10 % to 2"
    assert after.before["FunctionVersion"] == "1"
    assert after.before["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.1}}
    assert before.undo == "all traffic back to 1"
    runs = journal.runs(function="f")
    assert [(run.kind, run.status) for run in runs] == [("route", "done"), ("route", "done")]
    assert [entry.run for entry in (after, before)] == [run.id for run in runs]
    assert runs[0].outputs["version"] == "3"


def test_a_plan_and_an_empty_run_leave_no_trace(client: Any, world: World, journal: Journal) -> None:
    to("2").plan(world)
    assert finished(to("1"), world)["version"] == "1"
    assert journal.entries() == []
    assert journal.runs() == []
