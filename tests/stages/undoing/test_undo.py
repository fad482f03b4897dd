"""Undo: what the journal holds is taken back as it was, and what somebody changed since is told first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Journal
from lambdatui.stages.delete import Delete
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.route import Route, Simple, Weighted
from lambdatui.stages.stage import Danger, Stage, World
from lambdatui.stages.undo import Undo, can_be_undone
from lambdatui.stages.undoing.put_back import PutBack
from lambdatui.stages.update_code import UpdateCode
from tests.conftest import Calls
from tests.stages.acting import failed, finished, operations
from tests.stages.around.test_event_sources import STREAM
from tests.stages.around.test_function_urls import CORS
from tests.stages.around.test_permissions import BUCKET, EVERY

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:done"
PERMISSIONS = [one for one in EVERY if "event_source_token" not in one]


def deploy(**values: Any) -> Deploy:
    return Deploy(function="f", **values)


def canary(percent: float, alias: str = "live") -> Route:
    return Route(function="f", alias=alias, strategy=Weighted(stable="1", canary="2", percent=percent))


def to(version: str, alias: str = "live", **values: Any) -> Route:
    return Route(function="f", alias=alias, strategy=Simple(to=version), **values)


def undone(journal: Journal, world: World) -> None:
    """Undoes the newest run, and shows that there is nothing left to undo of it."""
    stage = Undo.last(journal)
    plan = stage.plan(world)
    assert plan.changes
    finished(stage, world, plan)
    assert stage.plan(world).empty


CHANGES: list[tuple[Stage, Stage]] = [
    (to("1"), to("2")),
    (canary(10), to("2", description="all of it")),
    (canary(10), canary(25)),
    (deploy(memory=128, timeout=3, description=""), deploy(memory=512, timeout=9, description="more")),
    (
        deploy(vpc={}, logging={}, layers=[], tracing="PassThrough"),
        deploy(
            vpc={"subnets": ["subnet-1"], "security_groups": ["sg-1"]}, logging={"format": "JSON"}, tracing="Active"
        ),
    ),
    (deploy(tags={"team": "pay", "tier": "1"}), deploy(tags={"team": "web", "of": "us"})),
    (deploy(tags={}), deploy(tags={"team": "web"})),
    (deploy(reserved_concurrency=""), deploy(reserved_concurrency=7)),
    (deploy(reserved_concurrency=7), deploy(reserved_concurrency="")),
    (deploy(reserved_concurrency=7), deploy(reserved_concurrency=0)),
    (deploy(recursion="Terminate"), deploy(recursion="Allow")),
    (deploy(runtime_management={}), deploy(runtime_management={"update_on": "FunctionUpdate"})),
    (deploy(provisioned_concurrency={}), deploy(provisioned_concurrency={"live": 2})),
    (deploy(provisioned_concurrency={"live": 2}), deploy(provisioned_concurrency={"live": 3, "2": 1})),
    (deploy(provisioned_concurrency={"live": 2}), deploy(provisioned_concurrency={})),
    (deploy(async_invocation=[]), deploy(async_invocation=[{"maximum_retry_attempts": 1, "on_success": QUEUE}])),
    (
        deploy(async_invocation=[{"qualifier": "live", "maximum_retry_attempts": 1, "on_success": QUEUE}]),
        deploy(async_invocation=[{"qualifier": "live", "maximum_event_age": 99, "on_success": ""}]),
    ),
    (deploy(async_invocation=[{"on_failure": QUEUE}]), deploy(async_invocation=[])),
    (deploy(permissions=[]), deploy(permissions=PERMISSIONS)),
    (deploy(permissions=PERMISSIONS), deploy(permissions=[])),
    (deploy(permissions=[BUCKET]), deploy(permissions=[{**BUCKET, "principal": "sns.amazonaws.com"}])),
    (deploy(function_urls=[]), deploy(function_urls=[{"auth_type": "NONE", "cors": CORS}])),
    (
        deploy(function_urls=[{"auth_type": "AWS_IAM", "cors": CORS}]),
        deploy(function_urls=[{"auth_type": "NONE", "cors": {}, "invoke_mode": "RESPONSE_STREAM"}]),
    ),
    (
        deploy(event_sources=[STREAM]),
        deploy(event_sources=[{"source": STREAM["source"], "filters": [], "enabled": False, "tags": {"of": "us"}}]),
    ),
    (deploy(event_sources=[]), deploy(event_sources=[STREAM])),
]


@pytest.mark.parametrize(("before", "after"), CHANGES, ids=[f"{number}" for number in range(len(CHANGES))])
def test_what_was_done_is_undone_and_done_again(
    client: Any, world: World, journal: Journal, before: Stage, after: Stage
) -> None:
    finished(before, world)
    assert not after.plan(world).empty
    finished(after, world)
    # each call of it has a way back, and said so before it was sent
    for entry in journal.entries(run=journal.runs()[0].id):
        assert entry.undo, entry.operation
        assert can_be_undone(entry), entry.operation
    undone(journal, world)
    assert before.plan(world).empty
    [undo, *_] = journal.runs()
    if all(entry.undo for entry in journal.entries(run=undo.id)):
        again = Undo.of_run(journal, undo)
        finished(again, world)
        assert after.plan(world).empty


def test_an_alias_that_was_made_goes_and_one_that_was_deleted_comes_back_as_it_was(
    client: Any, world: World, journal: Journal
) -> None:
    finished(Route(function="f", alias="beta", strategy=Weighted(stable="1", canary="2", percent=5)), world)
    finished(Route(function="f", alias="beta", strategy=Simple(to="2"), description="for a few"), world)
    finished(canary(15, "beta"), world)
    made = client.get_alias(FunctionName="f", Name="beta")
    for _ in range(3):
        undone(journal, world)
    assert [alias["Name"] for alias in client.list_aliases(FunctionName="f")["Aliases"]] == ["live"]
    deletion = journal.runs()[0]
    finished(Undo.of_run(journal, deletion), world)
    there = client.get_alias(FunctionName="f", Name="beta")
    assert there["FunctionVersion"] == "1"
    assert there["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.05}}
    assert made["AliasArn"] == there["AliasArn"]


def test_the_newest_is_undone_first_and_each_once(client: Any, world: World, journal: Journal) -> None:
    for version in ("2", "3"):
        finished(to(version), world)
    finished(deploy(memory=256), world)
    for served, memory in (("3", 128), ("2", 128), ("1", 128)):
        undone(journal, world)
        assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == served
        assert client.get_function_configuration(FunctionName="f")["MemorySize"] == memory
    with pytest.raises(Refused, match="holds nothing of f that could be undone"):
        Undo.last(journal, "f")


@pytest.mark.parametrize(
    ("before", "after", "looked_at"),
    [
        (deploy(event_sources=[]), deploy(event_sources=[STREAM]), "GetEventSourceMapping"),
        (
            deploy(provisioned_concurrency={"live": 2}),
            deploy(provisioned_concurrency={"live": 3}),
            "GetProvisionedConcurrencyConfig",
        ),
        # what is provisioned follows the alias
        (deploy(provisioned_concurrency={"live": 2}), to("2"), "GetProvisionedConcurrencyConfig"),
    ],
)
def test_it_ends_once_what_stands_around_has_settled(
    client: Any, world: World, journal: Journal, calls: Calls, before: Stage, after: Stage, looked_at: str
) -> None:
    finished(before, world)
    finished(after, world)
    stage = Undo.last(journal)
    plan = stage.plan(world)
    calls.forget()
    finished(stage, world, plan)
    assert calls.operations()[-1] == looked_at


def test_what_was_put_back_is_not_the_newest_any_more(
    client: Any, world: World, journal: Journal, connected: Any, account_id: str
) -> None:
    finished(to("2"), world)
    fault = connected.cloud.faults.add("access-denied", operation="TagResource", account=account_id)
    stage = deploy(tags={"team": "web"}, reserved_concurrency=7, memory=256)
    end = failed(stage, world)
    connected.cloud.faults.remove(fault)
    assert end.done
    assert Undo.last(journal).title == journal.runs()[0].title
    back = PutBack.after(stage, end)
    assert back is not None
    finished(back, world)
    assert journal.runs()[1].settled == f"put back in {journal.runs()[0].id}"
    undone(journal, world)
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"


def test_what_somebody_changed_since_is_told_and_left_unless_it_is_wanted_anyway(
    client: Any, world: World, journal: Journal
) -> None:
    finished(to("2"), world)
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="3")
    stage = Undo.last(journal)
    with pytest.raises(Refused, match="f was changed since: traffic all traffic to 2 → all traffic to 3") as told:
        stage.plan(world)
    assert "--anyway" in str(told.value)
    forced = Undo.last(journal, anyway=True)
    plan = forced.plan(world)
    assert "f was changed since" in plan.warnings[0]
    finished(forced, world, plan)
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"


@pytest.mark.parametrize(
    ("values", "others"),
    [
        ({"memory": 256}, lambda client: client.update_function_configuration(FunctionName="f", MemorySize=512)),
        ({"tags": {"a": "1"}}, lambda client: _tag(client, {"a": "2"})),
        (
            {"reserved_concurrency": 3},
            lambda client: client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5),
        ),
        (
            {"async_invocation": [{"maximum_retry_attempts": 1}]},
            lambda client: client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0),
        ),
        (
            {"function_urls": [{"auth_type": "AWS_IAM"}]},
            lambda client: client.update_function_url_config(FunctionName="f", InvokeMode="RESPONSE_STREAM"),
        ),
    ],
)
def test_each_kind_of_setting_is_looked_at_before_it_is_undone(
    client: Any, world: World, journal: Journal, values: dict[str, Any], others: Any
) -> None:
    finished(deploy(**values), world)
    others(client)
    with pytest.raises(Refused, match="f was changed since"):
        Undo.last(journal).plan(world)
    forced = Undo.last(journal, anyway=True)
    finished(forced, world)


def _tag(client: Any, tags: dict[str, str]) -> None:
    client.tag_resource(Resource=client.get_function(FunctionName="f")["Configuration"]["FunctionArn"], Tags=tags)


def test_what_is_changed_between_plan_and_run_stops_the_run(client: Any, world: World, journal: Journal) -> None:
    finished(to("2"), world)
    stage = Undo.last(journal)
    plan = stage.plan(world)
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="3")
    end = failed(stage, world, plan)
    assert "changed by somebody else" in str(end.error)
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "3"


# code


def write(folder: Path, answer: int) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(f"def handler(event, context):\n    return {answer}\n")
    return str(folder)


def test_code_comes_back_from_the_version_that_holds_it(
    client: Any, world: World, journal: Journal, tmp_path: Path
) -> None:
    finished(UpdateCode(function="f", code=write(tmp_path / "one", 10), publish=True), world)
    before = client.get_function_configuration(FunctionName="f")["CodeSha256"]
    finished(UpdateCode(function="f", code=write(tmp_path / "two", 11)), world)
    undone(journal, world)
    assert client.get_function_configuration(FunctionName="f")["CodeSha256"] == before


def test_code_that_no_version_holds_cannot_come_back_and_that_is_said(
    client: Any, world: World, journal: Journal, tmp_path: Path
) -> None:
    finished(UpdateCode(function="f", code=write(tmp_path / "one", 10)), world)
    finished(UpdateCode(function="f", code=write(tmp_path / "two", 11)), world)
    [entry] = journal.entries(limit=1)
    assert (entry.operation, entry.undo, can_be_undone(entry)) == ("UpdateFunctionCode", "", False)
    with pytest.raises(Refused, match="The former code cannot be put back: no version of f holds it"):
        Undo.last(journal).plan(world)


def test_a_run_s_published_versions_stay_and_one_goes_by_its_own_number(
    client: Any, world: World, journal: Journal, tmp_path: Path
) -> None:
    finished(UpdateCode(function="f", code=write(tmp_path / "one", 10), publish=True, aliases=["live"]), world)
    [run] = journal.runs()
    publication = next(entry for entry in journal.entries(run=run.id) if entry.operation == "PublishVersion")
    undone(journal, world)
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"
    number = publication.result["Version"]
    stage = Undo.named(journal, str(publication.id))
    plan = stage.plan(world)
    assert (operations(plan), plan.danger) == (["DeleteFunction"], Danger.DESTRUCTIVE)
    finished(stage, world, plan)
    numbers = [one["Version"] for one in client.list_versions_by_function(FunctionName="f")["Versions"]]
    assert number not in numbers


# what cannot be


def test_the_values_of_an_environment_cannot_come_back_and_the_rest_does(
    client: Any, world: World, journal: Journal
) -> None:
    finished(deploy(environment={"TOKEN": "one"}, memory=128), world)
    change = deploy(environment={"TOKEN": "two"}, memory=256)
    [update] = change.plan(world).changes
    assert update.undo == "put the former settings back, but for the environment's values"
    [update] = deploy(environment={"TOKEN": "two"}).plan(world).changes
    assert update.undo == ""
    finished(change, world)
    stage = Undo.last(journal)
    plan = stage.plan(world)
    assert plan.warnings == ("environment: its values are secret, and were not written down.",)
    finished(stage, world, plan)
    now = client.get_function_configuration(FunctionName="f")
    assert (now["MemorySize"], now["Environment"]["Variables"]) == (128, {"TOKEN": "two"})


def test_an_environment_comes_back_from_a_version_that_has_it(client: Any, world: World, journal: Journal) -> None:
    finished(deploy(environment={"TOKEN": "s3cr3t-one"}, publish=True), world)
    change = deploy(environment={"TOKEN": "s3cr3t-two", "MORE": "x"})
    [update] = change.plan(world).changes
    assert update.undo == "put the former settings back"
    finished(change, world)
    undone(journal, world)
    variables = client.get_function_configuration(FunctionName="f")["Environment"]["Variables"]
    assert variables == {"TOKEN": "s3cr3t-one"}
    assert b"s3cr3t" not in b"".join(file.read_bytes() for file in journal.path.parent.iterdir())


def test_a_deletion_is_not_offered_for_undoing(client: Any, world: World, journal: Journal) -> None:
    finished(Delete(function="f", versions=["3"], archive="never"), world)
    [entry] = journal.entries()
    assert entry.undo == ""
    assert not can_be_undone(entry)
    with pytest.raises(Refused, match=r"DeleteFunction f:3 cannot be undone\."):
        Undo.last(journal).plan(world)


def test_a_call_that_aws_refused_has_nothing_to_undo(
    client: Any, world: World, journal: Journal, connected: Any, account_id: str
) -> None:
    fault = connected.cloud.faults.add("access-denied", operation="UpdateAlias", account=account_id)
    failed(to("2"), world)
    connected.cloud.faults.remove(fault)
    [entry] = journal.entries()
    with pytest.raises(Refused, match="UpdateAlias f:live was not done"):
        Undo.named(journal, str(entry.id))
    with pytest.raises(Refused, match="changed nothing"):
        Undo.named(journal, entry.run)


def test_a_call_of_which_the_end_is_not_known_is_looked_up(client: Any, world: World, journal: Journal) -> None:
    finished(to("2"), world)
    with journal.writing() as db:
        db.execute("UPDATE calls SET status='unknown', result='{}'")
    undone(journal, world)
    assert client.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"


def test_what_is_not_in_the_journal_or_is_elsewhere_is_said(client: Any, world: World, journal: Journal) -> None:
    with pytest.raises(BadInput, match="no run and no call '99' in the journal"):
        Undo.named(journal, "99")
    finished(to("2"), world)
    with pytest.raises(Refused, match=r"was done in .* eu-west-1, and this is .* us-east-1"):
        Undo.last(journal, region="us-east-1").plan(world)
