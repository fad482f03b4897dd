"""The way back of an alias: which routings it has had, by whom, and the exact one before the last change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdatui.aws import trail
from lambdatui.emulator.server import Emulator
from lambdatui.errors import Refused
from lambdatui.journal import Journal, Routing
from lambdatui.stages.stage import World
from lambdatui.stages.undoing.past_routings import of_journal, of_trail, past, previous
from lambdatui.stages.way_back import WayBack
from tests.stages.acting import finished
from tests.stages.undoing.test_undo import canary, to

BACK = WayBack(function="f", alias="live")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded AWS takes as many calls as there are."""
    monkeypatch.setattr(trail, "CALL_SECONDS", 0.0)


def others(client: Any, version: str, weights: dict[str, float]) -> None:
    """Moves f:live as somebody else would: CloudTrail tells of it, and the journal does not."""
    client.update_alias(
        FunctionName="f", Name="live", FunctionVersion=version, RoutingConfig={"AdditionalVersionWeights": weights}
    )


def now(client: Any) -> Routing:
    found = client.get_alias(FunctionName="f", Name="live")
    return Routing(found["FunctionVersion"], (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {})


def test_the_exact_routing_before_the_last_change_comes_back(client: Any, world: World, journal: Journal) -> None:
    finished(canary(12.5), world)
    finished(to("3"), world)
    plan = BACK.plan(world)
    assert plan.title == "Back on f:live: 87.5 % to 1, 12.5 % to 2"
    assert plan.notes[0].startswith("it was made so at ")
    finished(BACK, world, plan)
    assert now(client) == Routing("1", {"2": 0.125})
    # and once more is forth again: the last change was the way back
    finished(BACK, world)
    assert now(client) == Routing("3")


def test_what_stood_before_the_first_change_that_is_known_comes_back(client: Any, world: World) -> None:
    finished(to("3"), world)
    plan = BACK.plan(world)
    assert plan.notes[0].startswith("it was so until ")
    finished(BACK, world, plan)
    assert now(client) == Routing("1")


def test_one_of_them_is_chosen(client: Any, world: World) -> None:
    finished(canary(5), world)
    finished(to("2"), world)
    finished(WayBack(function="f", alias="live", version="1", weights={"2": 0.05}), world)
    assert now(client) == Routing("1", {"2": 0.05})


def test_what_others_did_is_learned_from_cloudtrail(client: Any, world: World, journal: Journal) -> None:
    others(client, "2", {})
    others(client, "1", {"3": 0.2})
    with pytest.raises(ClientError):
        others(client, "9", {})
    account = world.accounts.open()
    events = of_trail(account, "f", "live", world.clock, 1)
    known = past(of_journal(journal, account, "f"), events, "live")
    assert [one.routing for one in known] == [Routing("1", {"3": 0.2}), Routing("2"), Routing("1")]
    assert (known[0].who, known[0].source.split()[0]) == ("you", "Boto3")
    plan = BACK.plan(world)
    assert "by you" in plan.notes[0]
    finished(BACK, world, plan)
    assert now(client) == Routing("2")


def test_a_change_that_both_tell_of_counts_once(client: Any, world: World, journal: Journal) -> None:
    finished(to("2"), world)
    account = world.accounts.open()
    [entry] = of_journal(journal, account, "f")
    event = trail.trail_event({"EventId": "e", "EventTime": dt.datetime.now()})
    ours = type(event)(
        **{name: getattr(event, name) for name in event.__dataclass_fields__}
        | {"name": "UpdateAlias20150331", "request_id": entry.request_id, "parameters": {"name": "live"}}
    )
    known = past([entry], [ours], "live")
    assert [one.routing for one in known] == [Routing("2"), Routing("1")]
    assert previous(known, Routing("2")) == known[1]


def test_where_nothing_is_known_or_a_version_is_gone_it_is_said(client: Any, world: World) -> None:
    with pytest.raises(Refused, match="neither the journal nor CloudTrail knows of another routing than all traffic"):
        BACK.plan(world)
    with pytest.raises(Refused, match="there is no such alias"):
        WayBack(function="f", alias="beta").plan(world)
    finished(canary(10), world)
    finished(to("3"), world)
    client.delete_function(FunctionName="f", Qualifier="2")
    with pytest.raises(Refused, match=r"cannot go back to 90 % to 1, 10 % to 2: version 2 is not there any more\."):
        BACK.plan(world)


def test_cloudtrail_that_may_not_be_read_is_done_without(
    client: Any, world: World, connected: Emulator, account_id: str
) -> None:
    fault = connected.cloud.faults.add("access-denied", operation="LookupEvents", account=account_id)
    try:
        finished(to("3"), world)
        client.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
        # the last that is known of here
        assert BACK.plan(world).title == "Back on f:live: all traffic to 3"
    finally:
        connected.cloud.faults.remove(fault)
