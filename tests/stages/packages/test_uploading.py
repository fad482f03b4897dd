"""A package of more than 50 MB on its way through S3: sent once, in parts, and aborted when it fails or is stopped."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.errors import BadInput, Cancelled
from lambdatui.journal import Journal
from lambdatui.settings import Profile, Settings
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.packages import package
from lambdatui.stages.stage import Danger, Event, Failed, Finished, Progress, Started, World
from lambdatui.stages.update_code import UpdateCode
from tests.conftest import Calls
from tests.emulator.clients import make_function
from tests.stages.acting import failed, finished, operations, run
from tests.stages.packages.test_package import fill

LIMIT = 9 * 1024 * 1024
"""What counts as too large for a call in these tests: 60 MB in each would make them slow."""


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "DIRECT_LIMIT", LIMIT)


@pytest.fixture
def bucket(aws: Any, account_id: str) -> str:
    name = f"releases-{account_id}-eu-west-1"
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return name


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder whose zip has two parts, of bytes that cannot be deflated."""
    folder = fill(tmp_path / "code", "app.py", text="def handler(event, context):\n    return 'large'\n")
    (folder / "model.bin").write_bytes(random.Random(1).randbytes(LIMIT + 1))
    return folder


@pytest.fixture
def stage(bucket: str, code: Path, aws: Any) -> UpdateCode:
    make_function(aws())
    return UpdateCode(function="f", code="code", upload_to=f"s3://{bucket}/lambda/")


def keys(aws: Any, bucket: str) -> list[str]:
    return [entry["Key"] for entry in aws("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def begun(aws: Any, bucket: str) -> list[Any]:
    """The uploads that were neither completed nor aborted."""
    return list(aws("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", []))


def test_a_large_package_goes_through_the_bucket_and_is_sent_once(
    stage: UpdateCode, world: World, aws: Any, bucket: str, calls: Calls, tmp_path: Path
) -> None:
    calls.forget()
    plan = stage.plan(world)
    assert calls.changes() == []
    assert operations(plan) == ["CreateMultipartUpload", "UpdateFunctionCode"]
    built = package.build(tmp_path / "code", "code")
    assert plan.changes[0].target.startswith(f"s3://{bucket}/lambda/")
    assert {line.field: line.after for line in plan.changes[0].differences} == {
        "package": str(built),
        "sha256": built.sha256,
    }
    assert [change.danger for change in plan.changes] == [Danger.SAFE, Danger.TRAFFIC]
    assert finished(stage, world, plan)["sha256"] == built.sha256
    [key] = keys(aws, bucket)
    assert f"s3://{bucket}/{key}" == plan.changes[0].target
    assert aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == built.data
    assert begun(aws, bucket) == []
    assert bytes(aws().invoke(FunctionName="f")["Payload"].read()) == b'"large"'
    # the function has it
    assert stage.plan(world).empty
    # another has not, and the bucket has
    make_function(aws(), "g")
    other = stage.model_copy(update={"function": "g"})
    assert operations(other.plan(world)) == ["UpdateFunctionCode"]
    assert finished(other, world)["sha256"] == built.sha256


def test_what_runs_already_asks_nothing_of_the_bucket(stage: UpdateCode, world: World, calls: Calls) -> None:
    finished(stage, world)
    calls.forget()
    assert stage.model_copy(update={"upload_to": None}).plan(world).empty
    assert "HEAD" not in calls.operations()


def test_a_new_function_gets_its_large_package_too(bucket: str, code: Path, world: World, account_id: str) -> None:
    stage = Deploy(
        function="new",
        code="code",
        runtime="python3.13",
        handler="app.handler",
        role=f"arn:aws:iam::{account_id}:role/service",
        upload_to="s3://releases-{account}-{region}",
        publish=True,
    )
    plan = stage.plan(world)
    assert operations(plan) == ["CreateMultipartUpload", "CreateFunction", "PublishVersion"]
    assert plan.changes[0].target.startswith(f"s3://{bucket}/lambdatui/")
    assert finished(stage, world, plan)["version"] == "1"
    assert stage.plan(world).empty


def test_an_object_that_holds_something_else_is_replaced(
    stage: UpdateCode, world: World, aws: Any, bucket: str
) -> None:
    key = stage.plan(world).changes[0].target.removeprefix(f"s3://{bucket}/")
    aws("s3").put_object(Bucket=bucket, Key=key, Body=b"something else", ChecksumAlgorithm="SHA256")
    plan = stage.plan(world)
    assert operations(plan) == ["CreateMultipartUpload", "UpdateFunctionCode"]
    finished(stage, world, plan)


def test_the_upload_says_how_far_it_is(stage: UpdateCode, world: World) -> None:
    events = run(stage, world)
    told = [event for event in events if isinstance(event, Progress) and event.what == "uploading"]
    assert [event.unit for event in told] == [" B"] * len(told)
    counts = [event.done for event in told]
    assert counts == sorted(counts)
    assert counts[-1] == told[-1].total
    assert (told[-1].rate or 0) > 0


def test_the_journal_has_what_begins_and_ends_it_and_no_part(stage: UpdateCode, world: World, journal: Journal) -> None:
    finished(stage, world)
    entries = [(entry.operation, entry.run != "") for entry in journal.entries()]
    mine = [entry for entry in entries if "Multipart" in entry[0] or "Part" in entry[0]]
    assert sorted(mine) == [("CompleteMultipartUpload", True), ("CreateMultipartUpload", True)]


def until_progress(events: Iterator[Event]) -> list[Event]:
    """The events up to the first that tells how far the upload is."""
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, Progress):
            break
    return seen


def test_stopping_it_aborts_it(stage: UpdateCode, world: World, aws: Any, bucket: str, connected: Any) -> None:
    # the last part does not come to its end before the run is stopped
    connected.cloud.faults.add("hang", service="s3", operation="PUT", account=world_account(world), after=1, seconds=60)
    events = stage.run(world, stage.plan(world))
    until_progress(events)
    world.clock.cancel()
    connected.cloud.faults.clear()
    last = list(events)[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, Cancelled)
    assert [change.operation for change in last.not_done] == ["CreateMultipartUpload", "UpdateFunctionCode"]
    assert (keys(aws, bucket), begun(aws, bucket)) == ([], [])


def world_account(world: World) -> str:
    return world.accounts.open().identity().account_id


def test_a_part_that_s3_refuses_ends_and_aborts_it(
    stage: UpdateCode, world: World, aws: Any, bucket: str, connected: Any, account_id: str
) -> None:
    plan = stage.plan(world)
    connected.cloud.faults.add("access-denied", service="s3", operation="PUT", account=account_id, after=1)
    end = failed(stage, world, plan)
    connected.cloud.faults.clear()
    assert isinstance(end.error, AwsError)
    assert end.error.operation == "UploadPart"
    assert [change.operation for change in end.not_done] == ["CreateMultipartUpload", "UpdateFunctionCode"]
    assert end.unsure is None
    assert (keys(aws, bucket), begun(aws, bucket)) == ([], [])


def test_a_part_that_s3_is_too_busy_for_is_tried_again(
    stage: UpdateCode, world: World, aws: Any, bucket: str, connected: Any, account_id: str
) -> None:
    plan = stage.plan(world)
    connected.cloud.faults.add("unavailable", service="s3", operation="PUT", account=account_id, times=1)
    events = run(stage, world, plan)
    assert isinstance(events[-1], Finished)
    assert any("UploadPart" in str(event) and "next try" in str(event) for event in events)
    assert len(keys(aws, bucket)) == 1


def test_a_package_that_changed_since_the_plan_is_not_sent(
    stage: UpdateCode, world: World, aws: Any, bucket: str, tmp_path: Path
) -> None:
    zipped = tmp_path / "code.zip"
    zipped.write_bytes(package.build(tmp_path / "code").data)
    stage = stage.model_copy(update={"code": "code.zip"})
    plan = stage.plan(world)
    with zipped.open("r+b") as file:
        file.truncate(LIMIT // 2)
    end = failed(stage, world, plan)
    assert isinstance(end.error, BadInput)
    assert str(end.error) == "code.zip: the package cannot be read any more: it has become shorter."
    assert begun(aws, bucket) == []


def test_a_read_only_session_sends_nothing(
    stage: UpdateCode, connected: Any, journal: Journal, tmp_path: Path, calls: Calls
) -> None:
    here = World(Accounts(Settings(read_only=True), journal), folder=tmp_path, journal=journal)
    plan = stage.plan(here)
    assert plan.refused
    calls.forget()
    failed(stage, here, plan)
    assert calls.changes() == []


def test_without_a_bucket_it_is_said_where_to_name_one(stage: UpdateCode, world: World) -> None:
    with pytest.raises(BadInput) as caught:
        stage.model_copy(update={"upload_to": None}).plan(world)
    assert "code: 9.0 MB zipped, and Lambda takes 50 MB directly; more goes through S3." in str(caught.value)
    assert "`upload_to: s3://BUCKET/PREFIX`" in str(caught.value)


def test_the_bucket_may_be_one_of_the_settings(
    stage: UpdateCode, connected: Any, journal: Journal, tmp_path: Path, bucket: str
) -> None:
    settings = Settings(upload_to="s3://releases-{account}-{region}/all")
    here = World(Accounts(settings, journal), folder=tmp_path, journal=journal)
    plan = stage.model_copy(update={"upload_to": None}).plan(here)
    assert plan.changes[0].target.startswith(f"s3://{bucket}/all/")
    named = replace(settings, profiles={"prod": Profile(upload_to="s3://prod")})
    assert (named.upload_to_of("prod"), named.upload_to_of(""), named.upload_to_of(None)) == (
        "s3://prod",
        settings.upload_to,
        settings.upload_to,
    )


@pytest.mark.parametrize("wrong", ["s3://{regoin}-releases", "releases", "s3:///x"])
def test_an_address_that_is_none_is_told(
    stage: UpdateCode, connected: Any, journal: Journal, tmp_path: Path, wrong: str
) -> None:
    here = World(Accounts(Settings(upload_to=wrong), journal), folder=tmp_path)
    with pytest.raises(BadInput, match="s3://BUCKET/PREFIX was expected, not "):
        stage.model_copy(update={"upload_to": None}).plan(here)


def test_a_bucket_that_is_not_there_or_elsewhere_is_told(
    stage: UpdateCode, world: World, aws: Any, account_id: str
) -> None:
    with pytest.raises(NotFound, match=r"^s3://no-such-bucket-here: there is no such bucket\."):
        stage.model_copy(update={"upload_to": "s3://no-such-bucket-here"}).plan(world)
    aws("s3", region="us-west-2").create_bucket(
        Bucket=f"west-{account_id}", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    with pytest.raises(BadInput, match="is in us-west-2, and Lambda takes code only from a bucket of its own region"):
        stage.model_copy(update={"upload_to": f"s3://west-{account_id}"}).plan(world)


def test_who_may_not_look_at_the_bucket_may_still_send(
    stage: UpdateCode, world: World, connected: Any, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", service="s3", operation="HEAD", account=account_id)
    plan = stage.plan(world)
    connected.cloud.faults.clear()
    assert any(isinstance(event, Started) and event.index == 0 for event in run(stage, world, plan))
