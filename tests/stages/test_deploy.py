"""Deploy and update_code: create or update, publish, point aliases; what is there already is not sent again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.errors import AwsError, Changed, NotFound
from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Danger, Note, World
from lambdatui.stages.update_code import UpdateCode
from tests.conftest import Calls
from tests.emulator.clients import make_function, zipped
from tests.stages.acting import failed, finished, operations, run


def write(folder: Path, answer: object = 1) -> Path:
    """A folder with a handler that answers with this."""
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(f"def handler(event, context):\n    return {answer!r}\n")
    return folder


@pytest.fixture
def role(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:role/service"


@pytest.fixture
def new(tmp_path: Path, role: str) -> dict[str, Any]:
    """The inputs that make a function out of the folder `code`."""
    write(tmp_path / "code")
    return {"function": "f", "code": "code", "runtime": "python3.13", "handler": "app.handler", "role": role}


def answer(client: Any, qualifier: str = "$LATEST") -> bytes:
    return bytes(client.invoke(FunctionName="f", Qualifier=qualifier)["Payload"].read())


def test_a_new_function_is_created_published_and_aliased(
    new: dict[str, Any], world: World, aws: Any, calls: Calls
) -> None:
    settings: dict[str, Any] = {
        "description": "the shop",
        "memory": 256,
        "timeout": 9,
        "ephemeral_storage": 1024,
        "architecture": "arm64",
        "environment": {"TOKEN": "s3cret"},
        "tags": {"team": "pay"},
    }
    stage = Deploy(**new, **settings, publish=True, publish_description="first", aliases=["live", "beta"])
    plan = stage.plan(world)
    assert calls.changes() == []
    assert operations(plan) == ["CreateFunction", "PublishVersion", "CreateAlias", "CreateAlias"]
    assert plan.danger is Danger.SAFE
    shown = {line.field: line.after for line in plan.changes[0].differences}
    assert shown["memory"] == "256 MB"
    assert shown["environment TOKEN"] == "••••••"
    assert "s3cret" not in str([change.differences for change in plan.changes])
    calls.forget()
    outputs = finished(stage, world, plan)
    assert calls.changes() == operations(plan)
    assert (outputs["created"], outputs["version"]) == (True, "1")
    client = aws()
    found = client.get_function(FunctionName="f")
    configuration = found["Configuration"]
    assert (configuration["MemorySize"], configuration["Timeout"], configuration["Architectures"]) == (
        256,
        9,
        ["arm64"],
    )
    assert (configuration["Description"], configuration["EphemeralStorage"]) == ("the shop", {"Size": 1024})
    assert configuration["Environment"]["Variables"] == {"TOKEN": "s3cret"}
    assert found["Tags"] == {"team": "pay"}
    assert configuration["CodeSha256"] == outputs["sha256"]
    assert configuration["FunctionArn"] == outputs["function_arn"]
    assert [alias["FunctionVersion"] for alias in client.list_aliases(FunctionName="f")["Aliases"]] == ["1", "1"]
    assert client.get_function(FunctionName="f", Qualifier="1")["Configuration"]["Description"] == "first"
    assert answer(client, "live") == b"1"


def test_a_second_plan_is_empty_and_uploads_nothing(new: dict[str, Any], world: World, calls: Calls) -> None:
    stage = Deploy(**new, environment={"TOKEN": "x"}, tags={"a": "b"}, publish=True, aliases=["live"])
    finished(stage, world)
    calls.forget()
    plan = stage.plan(world)
    assert plan.empty
    outputs = finished(stage, world, plan)
    assert calls.changes() == []
    assert (outputs["version"], outputs["created"]) == ("1", False)
    assert outputs["sha256"]


def test_new_code_and_settings_are_sent_each_once_then_published(
    new: dict[str, Any], world: World, tmp_path: Path, aws: Any, calls: Calls
) -> None:
    finished(Deploy(**new, publish=True, aliases=["live"]), world)
    write(tmp_path / "code", "new")
    stage = Deploy(function="f", code="code", memory=512, publish=True, aliases=["live"])
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias"]
    assert [change.danger for change in plan.changes][-1] is Danger.TRAFFIC
    assert plan.changes[1].differences[0].before == "128 MB"
    calls.forget()
    assert finished(stage, world, plan)["version"] == "2"
    assert calls.changes() == operations(plan)
    assert answer(aws(), "live") == b'"new"'
    assert answer(aws(), "1") == b"1"
    assert stage.plan(world).empty


def test_what_is_absent_is_left_alone_and_what_is_empty_is_removed(new: dict[str, Any], world: World, aws: Any) -> None:
    finished(Deploy(**new, environment={"ONE": "1", "TWO": "2"}, tags={"a": "1", "b": "2"}, description="d"), world)
    finished(Deploy(function="f", memory=256), world)
    configuration = aws().get_function(FunctionName="f")
    assert configuration["Configuration"]["Environment"]["Variables"] == {"ONE": "1", "TWO": "2"}
    assert configuration["Tags"] == {"a": "1", "b": "2"}
    assert configuration["Configuration"]["Description"] == "d"
    stage = Deploy(function="f", environment={}, tags={"b": "3"}, description="")
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateFunctionConfiguration", "TagResource", "UntagResource"]
    finished(stage, world, plan)
    found = aws().get_function(FunctionName="f")
    assert found["Configuration"].get("Environment", {}).get("Variables", {}) == {}
    assert found["Configuration"].get("Description", "") == ""
    assert found["Tags"] == {"b": "3"}
    assert stage.plan(world).empty


def test_environment_values_are_masked_in_the_plan(new: dict[str, Any], world: World) -> None:
    finished(Deploy(**new, environment={"KEPT": "a1", "CHANGED": "b1", "GONE": "c1"}), world)
    [change] = Deploy(function="f", environment={"KEPT": "a1", "CHANGED": "b2", "MADE": "d1"}).plan(world).changes
    assert {line.field: (line.before, line.after) for line in change.differences} == {
        "environment CHANGED": ("••••••", "•••••• (changed)"),
        "environment MADE": (None, "••••••"),
        "environment GONE": ("••••••", None),
    }


def test_tags_alone_publish_nothing(new: dict[str, Any], world: World) -> None:
    finished(Deploy(**new, publish=True, tags={"a": "1", "b": "2"}), world)
    assert operations(Deploy(**new, publish=True, tags={"a": "1"}).plan(world)) == ["UntagResource"]
    assert operations(Deploy(**new, publish=True, tags={"a": "2", "b": "2"}).plan(world)) == ["TagResource"]


def test_settings_that_were_changed_by_hand_are_published(new: dict[str, Any], world: World, aws: Any) -> None:
    stage = Deploy(**new, publish=True)
    finished(stage, world)
    aws().update_function_configuration(FunctionName="f", Timeout=77)
    assert operations(stage.plan(world)) == ["PublishVersion"]
    assert finished(stage, world)["version"] == "2"


def test_a_function_on_managed_instances_is_published_to_latest_published(
    new: dict[str, Any], world: World, aws: Any, account_id: str
) -> None:
    provider = {"arn": f"arn:aws:lambda:eu-west-1:{account_id}:capacity-provider:own"}
    stage = Deploy(**new, capacity_provider=provider, publish=True, publish_to="LATEST_PUBLISHED")
    assert finished(stage, world)["version"] == "$LATEST.PUBLISHED"
    assert stage.plan(world).empty
    assert len(aws().list_versions_by_function(FunctionName="f")["Versions"]) == 1
    again = Deploy(function="f", memory=2048, publish=True, publish_to="LATEST_PUBLISHED")
    plan = again.plan(world)
    assert [change.danger for change in plan.changes] == [Danger.TRAFFIC, Danger.TRAFFIC]
    finished(again, world, plan)
    published = aws().get_function_configuration(FunctionName="f", Qualifier="$LATEST.PUBLISHED")
    assert published["MemorySize"] == 2048


# callers


def test_callers_of_a_function_without_aliases_notice(
    new: dict[str, Any], world: World, tmp_path: Path, aws: Any
) -> None:
    finished(Deploy(**new), world)
    write(tmp_path / "code", 2)
    plan = Deploy(function="f", code="code", memory=256).plan(world)
    assert [change.danger for change in plan.changes] == [Danger.TRAFFIC, Danger.TRAFFIC]
    assert plan.warnings == ("f has no alias: whoever calls it without a version gets this at once.",)
    aws().publish_version(FunctionName="f")
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    plan = Deploy(function="f", code="code", memory=256).plan(world)
    assert plan.danger is Danger.SAFE
    assert plan.warnings == ()


# where code comes from


def test_a_zip_is_deployed_as_it_is(new: dict[str, Any], world: World, tmp_path: Path, aws: Any) -> None:
    (tmp_path / "code.zip").write_bytes(zipped("def handler(event, context):\n    return 'zip'\n"))
    finished(Deploy(**new | {"code": "code.zip"}), world)
    assert answer(aws()) == b'"zip"'


@pytest.fixture
def bucket(aws: Any, account_id: str) -> str:
    s3 = aws("s3")
    name = f"releases-{account_id}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def put(s3: Any, bucket: str, answer: str) -> str:
    source = f"def handler(event, context):\n    return {answer!r}\n"
    return str(
        s3.put_object(Bucket=bucket, Key="f/code.zip", Body=zipped(source), ChecksumAlgorithm="SHA256")["VersionId"]
    )


def test_code_is_deployed_from_s3_and_not_again_where_its_checksum_is_known(
    new: dict[str, Any], world: World, aws: Any, bucket: str, calls: Calls
) -> None:
    first = put(aws("s3"), bucket, "one")
    stage = Deploy(**new | {"code": f"s3://{bucket}/f/code.zip"})
    finished(stage, world)
    assert answer(aws()) == b'"one"'
    assert stage.plan(world).empty
    put(aws("s3"), bucket, "two")
    assert operations(stage.plan(world)) == ["UpdateFunctionCode"]
    finished(stage, world)
    assert answer(aws()) == b'"two"'
    earlier = Deploy(function="f", code=f"s3://{bucket}/f/code.zip?versionId={first}")
    finished(earlier, world)
    assert answer(aws()) == b'"one"'
    calls.forget()
    assert finished(earlier, world)["created"] is False
    assert calls.changes() == []


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("s3://{bucket}/absent.zip", NotFound, r"s3://.*/absent\.zip: there is no such object\."),
        ("s3://{bucket}", BadInput, "s3://BUCKET/KEY was expected"),
        ("nowhere", BadInput, "nowhere: there is no such folder or zip file"),
    ],
)
def test_code_that_is_not_there_is_told_before_any_change(
    new: dict[str, Any], world: World, bucket: str, calls: Calls, code: str, kind: type[Exception], words: str
) -> None:
    calls.forget()
    with pytest.raises(kind, match=words):
        Deploy(**new | {"code": code.format(bucket=bucket)}).plan(world)
    assert calls.changes() == []


def test_paths_start_from_the_world_s_folder_and_home_is_known(
    new: dict[str, Any], world: World, tmp_path: Path, home: Path
) -> None:
    write(home / "code")
    for code in (str(tmp_path / "code"), "~/code", "./code"):
        assert operations(Deploy(**new | {"code": code}).plan(world)) == ["CreateFunction"]


def test_more_than_lambda_takes_directly_is_told(new: dict[str, Any], world: World, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("app.py", bytes(51 * 1024 * 1024))
    with pytest.raises(BadInput, match=r"51\.0 MB zipped, and Lambda takes 50 MB directly; more goes through S3"):
        Deploy(**new | {"code": "big.zip"}).plan(world)


# what is refused early


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": None}, "role: f does not exist yet, so its role is needed"),
        ({"code": None}, "code: f does not exist yet, so its code is needed"),
        ({"handler": "main.handler"}, r"handler: main\.handler needs main\.py, and code does not hold it"),
        ({"handler": "lib.main.handler"}, r"needs lib/main\.py"),
        (
            {"environment": {"BIG": "x" * 5000}},
            "environment: 5010 bytes with names, quotes and commas, and Lambda takes 4096",
        ),
        ({"environment": {"A-B": "x"}}, r"environment\.A-B: letters, digits and _ were expected"),
        ({"environment": {"A": "x"}}, r"environment\.A: letters, digits and _ were expected"),
        ({"aliases": ["live"]}, r"aliases: a version must be published for it\. Say `publish: true`"),
        ({"publish_to": "LATEST_PUBLISHED"}, "publish_to: a version must be published for it"),
        (
            {"publish_to": "LATEST_PUBLISHED", "publish": True, "aliases": ["live"]},
            "aliases: an alias leads to a numbered version",
        ),
    ],
)
def test_what_aws_would_refuse_or_regret_is_told_before(
    new: dict[str, Any], world: World, calls: Calls, change: dict[str, Any], words: str
) -> None:
    inputs = {name: value for name, value in (new | change).items() if value is not None}
    with pytest.raises(BadInput, match=words):
        Deploy(**inputs).plan(world)
    assert calls.changes() == []


def test_a_function_keeps_its_kind_of_package(world: World, aws: Any, tmp_path: Path, account_id: str) -> None:
    make_function(aws())
    image = f"{account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop:7"
    with pytest.raises(BadInput, match="f is a Zip function; AWS keeps it so"):
        UpdateCode(function="f", code=image).plan(world)


def test_another_image_is_deployed_and_the_same_is_not(world: World, aws: Any, account_id: str) -> None:
    image = f"{account_id}.dkr.ecr.eu-west-1.amazonaws.com/shop"
    make_function(aws(), PackageType="Image", Code={"ImageUri": f"{image}:7"})
    assert UpdateCode(function="f", code=f"{image}:7").plan(world).empty
    stage = UpdateCode(function="f", code=f"{image}:8", publish=True)
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateFunctionCode", "PublishVersion"]
    finished(stage, world, plan)
    assert aws().get_function(FunctionName="f")["Code"]["ImageUri"] == f"{image}:8"


def test_updating_what_is_not_there_is_told(world: World, tmp_path: Path) -> None:
    write(tmp_path / "code")
    with pytest.raises(NotFound, match="Function not found"):
        UpdateCode(function="f", code="code").plan(world)


# others act, too


@pytest.mark.parametrize("inputs", [{"code": "code"}, {"memory": 512}])
def test_a_function_that_somebody_else_changed_meanwhile_is_not_overwritten(
    new: dict[str, Any], world: World, tmp_path: Path, aws: Any, inputs: dict[str, Any]
) -> None:
    finished(Deploy(**new), world)
    write(tmp_path / "code", 2)
    stage = Deploy(function="f", **inputs)
    plan = stage.plan(world)
    aws().update_function_configuration(FunctionName="f", Timeout=77)
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert end.done == ()
    assert answer(aws()) == b"1"
    assert aws().get_function_configuration(FunctionName="f")["MemorySize"] == 128


def test_code_that_somebody_else_uploads_meanwhile_is_not_published(
    new: dict[str, Any], world: World, tmp_path: Path, aws: Any
) -> None:
    finished(Deploy(**new), world)
    write(tmp_path / "code", 2)
    stage = UpdateCode(function="f", code="code", publish=True)
    events = []
    for event in stage.run(world, stage.plan(world)):
        events.append(event)
        if len(events) == 2:  # the code is there, and not yet published
            aws().update_function_code(FunctionName="f", ZipFile=zipped("def handler(e, c): return 'theirs'\n"))
    end = events[-1]
    assert end.error.exit_code == 3
    assert "f was changed by somebody else since the plan was made: the code, by its sha256, " in str(end.error)
    assert [change.operation for change in end.done] == ["UpdateFunctionCode"]
    assert [change.operation for change in end.not_done] == ["PublishVersion"]
    assert aws().list_versions_by_function(FunctionName="f")["Versions"][1:] == []


def test_what_was_done_before_a_failure_is_told(
    new: dict[str, Any], world: World, connected: Any, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", operation="PublishVersion", account=account_id)
    end = failed(Deploy(**new, publish=True, aliases=["live"]), world)
    assert [change.operation for change in end.done] == ["CreateFunction"]
    assert [change.operation for change in end.not_done] == ["PublishVersion", "CreateAlias"]
    assert end.unsure is None
    assert isinstance(end.error, AwsError)


def test_a_function_that_takes_its_time_is_waited_for(
    new: dict[str, Any], world: World, connected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected.cloud, "transition_seconds", 0.4)
    stage = Deploy(**new, publish=True, aliases=["live"])
    events = run(stage, world)
    words = [event.text for event in events if isinstance(event, Note)]
    assert any("f: " in text and "created" in text for text in words), words
    assert finished(stage, world)["version"] == "1"
