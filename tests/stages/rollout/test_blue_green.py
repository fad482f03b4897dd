"""Blue/green: probes decide, and the alias moves or stays untouched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdatui.clock import Clock
from lambdatui.emulator.server import Emulator
from lambdatui.errors import BadInput, Refused, StageFailed
from lambdatui.journal import Journal
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.route import Route
from lambdatui.stages.stage import Done, Result, World
from tests.conftest import Calls
from tests.emulator.clients import publish
from tests.stages.acting import failed, finished, operations, run
from tests.stages.rollout.conftest import routing
from tests.stages.rollout.test_gradual import verdicts

HOLDS = {"contains": {"total": 20.5}}


def blue_green(to: str = "2", probes: Any = None, **members: Any) -> Route:
    strategy = {"kind": "blue_green", "to": to, "probes": probes or [{"runs": 3, "expect": HOLDS}], **members}
    return Route(function="f", alias="live", strategy=strategy)


def versions(client: Any) -> list[str]:
    return [entry["Version"] for entry in client.list_versions_by_function(FunctionName="f")["Versions"]]


def test_a_version_whose_answers_are_as_expected_gets_all_traffic(client: Any, world: World, calls: Calls) -> None:
    client.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.5}})
    stage = blue_green("previous")
    plan = stage.plan(world)
    assert operations(plan) == ["Invoke", "UpdateAlias"]
    assert plan.title == "Probe f:2, then route f:live to it"
    calls.forget()
    events = run(stage, world, plan)
    assert calls.changes() == ["Invoke"] * 3 + ["UpdateAlias"]
    probed = [event.value for event in events if isinstance(event, Result) and isinstance(event.value, Probed)]
    assert [(one.invocation.number, one.invocation.version, one.failures) for one in probed] == [
        (1, "2", ()), (2, "2", ()), (3, "2", ()),
    ]  # fmt: skip
    assert all("REPORT RequestId" in one.invocation.log for one in probed)
    assert verdicts(events)[0].words == "3 of 3 answers were as expected."
    assert [event.index for event in events if isinstance(event, Done)] == [0, 1]
    assert routing(client) == ("2", {})
    assert stage.plan(world).empty


def test_an_alias_that_is_not_there_is_made_after_the_probes(client: Any, world: World) -> None:
    stage = Route(function="f", alias="beta", strategy=blue_green().strategy)
    finished(stage, world)
    assert routing(client, "beta") == ("2", {})


def test_a_version_that_fails_leaves_the_alias_untouched(client: Any, world: World, calls: Calls) -> None:
    before = client.get_alias(FunctionName="f", Name="live")["RevisionId"]
    last = failed(blue_green("3"), world)
    assert isinstance(last.error, StageFailed)
    assert last.error.message == (
        "f:3: 0 of 3 answers were as expected, 3 were wanted. function error: KeyError: 'currency' "
        "The alias is untouched."
    )
    assert client.get_alias(FunctionName="f", Name="live")["RevisionId"] == before
    assert versions(client) == ["$LATEST", "1", "2", "3"]


def test_the_version_is_deleted_where_that_was_asked_for(client: Any, world: World, journal: Journal) -> None:
    stage = blue_green("3", delete_on_failure=True)
    assert "where the probes fail, f:3 is deleted for good" in stage.plan(world).warnings
    last = failed(stage, world)
    assert last.error.message.endswith("f:3 was deleted.")
    assert versions(client) == ["$LATEST", "1", "2"]
    assert [entry.operation for entry in journal.entries()] == ["DeleteFunction"]
    assert journal.entries()[0].run == journal.runs()[0].id


def test_a_version_in_use_is_not_to_be_deleted(client: Any, world: World) -> None:
    client.create_alias(FunctionName="f", Name="beta", FunctionVersion="3")
    with pytest.raises(Refused, match=r"f:3 is in use \(alias beta\)"):
        blue_green("3", delete_on_failure=True).plan(world)


def test_so_many_must_pass(client: Any, world: World) -> None:
    flaky = (
        "import itertools\n"
        "count = itertools.count(1)\n"
        "def handler(event, context):\n"
        "    return {'total': 20.5 if next(count) % 3 else 0, 'n': event}\n"
    )
    assert publish(client, "f", flaky) == "4"
    probe = {"runs": 6, "must_pass": 4, "expect": HOLDS}
    finished(blue_green("4", [probe]), world)
    assert routing(client) == ("4", {})
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="1")
    last = failed(blue_green("4", [probe | {"must_pass": 5}]), world)
    assert "4 of 6 answers were as expected, 5 were wanted" in last.error.message


def test_payloads_come_from_the_file_beside_from_a_file_and_from_s3(
    client: Any, world: World, aws: Any, tmp_path: Path, account_id: str
) -> None:
    publish(client, "f", "def handler(event, context):\n    return event\n")
    (tmp_path / "order.json").write_text('{"id": 1}')
    s3, bucket = aws("s3"), f"orders-{account_id}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=bucket, Key="a/order.json", Body=b'{"id": 2}')
    probes = [
        {"payload": {"id": 0}, "expect": {"equals": {"id": 0}}},
        {"payload_file": "order.json", "expect": {"jmespath": "id == `1`"}},
        {"payload_file": f"s3://{bucket}/a/order.json", "expect": {"matches": '"id": 2'}},
        {"expect": {"equals": {}}},
    ]
    finished(blue_green("4", probes), world)
    assert routing(client) == ("4", {})
    for source, words in ((f"s3://{bucket}/b", "there is no such object"), ("s3://x", "s3://BUCKET/KEY was expected")):
        with pytest.raises(Exception, match=words):
            blue_green("4", [{"payload_file": source}]).plan(world)


def test_a_file_that_is_no_json_is_told(client: Any, world: World, tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text("{")
    with pytest.raises(BadInput, match="is not JSON"):
        blue_green("2", [{"payload_file": "order.json"}]).plan(world)


def test_the_deadline_is_true_though_the_function_sleeps(client: Any, world: World) -> None:
    """A version that answers in 30 s cannot make anybody wait for longer than was said."""
    publish(client, "f", "import time\ndef handler(event, context):\n    time.sleep(30)\n")
    client.update_function_configuration(FunctionName="f", Timeout=60)
    client.publish_version(FunctionName="f")
    world.clock = Clock()
    last = failed(blue_green("newest", [{"runs": 2}], timeout=0.5), world)
    assert "0 of 2 answers were as expected, 2 were wanted; only 0 came within 0.5 s." in last.error.message
    assert routing(client) == ("1", {})


def test_what_says_nothing_of_the_version_does_not_delete_it(
    connected: Emulator, account_id: str, client: Any, world: World
) -> None:
    fault = connected.cloud.faults.add("throttle", account=account_id, operation="Invoke")
    try:
        last = failed(blue_green("3", delete_on_failure=True), world)
    finally:
        connected.cloud.faults.remove(fault)
    assert "throttled: " in last.error.message
    assert last.error.message.endswith("f:3 is not deleted: that says nothing of it.")
    assert "3" in versions(client)


def test_latest_is_refused(client: Any, world: World) -> None:
    with pytest.raises(Refused, match=r"\$LATEST may be another code by the time"):
        blue_green("$LATEST").plan(world)


def test_what_is_provisioned_goes_along_and_is_waited_for(client: Any, world: World) -> None:
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=2)
    finished(blue_green(), world)
    found = client.get_provisioned_concurrency_config(FunctionName="f", Qualifier="live")
    assert (found["Status"], found["RequestedProvisionedConcurrentExecutions"]) == ("READY", 2)


def test_the_plan_is_json_for_the_command_line(client: Any, world: World) -> None:
    from lambdatui.cli import plan_output

    document = plan_output.as_data(blue_green().plan(world))
    assert json.loads(json.dumps(document))["changes"][0]["target"] == "f:2"
