"""A run waits until what it set around a function is in force, and tells how far that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Event, Finished, Note, Progress, World
from tests.emulator.clients import REGION, client_of, make_function
from tests.stages.around.test_event_sources import STREAM


@pytest.fixture
def slow() -> Iterator[Emulator]:
    """An AWS in which transitions take their time."""
    with Emulator(Cloud(transition_seconds=0.3, seed=7)) as running:
        yield running


@pytest.fixture
def client(slow: Emulator, account_id: str) -> Any:
    """Its Lambda, with a function f whose version 1 the alias live leads to."""
    found = client_of(slow, "lambda", account_id)
    make_function(found)
    found.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1})
    found.publish_version(FunctionName="f")
    found.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return found


@pytest.fixture
def world(slow: Emulator, client: Any, account_id: str, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("AWS_ENDPOINT_URL", slow.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(account_id))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unchecked")
    monkeypatch.setenv("AWS_REGION", REGION)
    return World(Accounts(Settings(), journal), journal=journal)


def ran(stage: Deploy, world: World) -> list[Event]:
    events = list(stage.run(world, stage.plan(world)))
    assert isinstance(events[-1], Finished), events[-1]
    return events


def test_mappings_are_awaited_until_they_poll_or_are_gone(client: Any, world: World) -> None:
    events = ran(Deploy(function="f", event_sources=[STREAM]), world)
    assert Note("Kinesis stream clicks: Creating") in events
    [mapping] = client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]
    assert mapping["State"] == "Enabled"
    events = ran(Deploy(function="f", event_sources=[]), world)
    assert Note("Kinesis stream clicks: Deleting") in events
    assert client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"] == []


def test_provisioned_concurrency_is_awaited_and_its_progress_told(client: Any, world: World) -> None:
    events = ran(Deploy(function="f", provisioned_concurrency={"live": 4}), world)
    told = [event for event in events if isinstance(event, Progress) and event.what == "environments ready for live"]
    assert told[0].done < 4
    assert (told[-1].done, told[-1].total) == (4, 4)
    config = client.get_provisioned_concurrency_config(FunctionName="f", Qualifier="live")
    assert config["Status"] == "READY"


def test_an_alias_that_moves_is_followed_by_what_is_provisioned_before_that_changes(client: Any, world: World) -> None:
    ran(Deploy(function="f", provisioned_concurrency={"live": 4}), world)
    stage = Deploy(function="f", memory=256, publish=True, aliases=["live"], provisioned_concurrency={"live": 5})
    ran(stage, world)
    alias = client.get_alias(FunctionName="f", Name="live")
    assert alias["FunctionVersion"] == "2"
    assert not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    assert stage.plan(world).empty
