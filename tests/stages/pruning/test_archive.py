"""Archive before delete: what is kept, that it is whole, that nothing is deleted which could not be archived."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.errors import NotFound
from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Journal
from lambdatui.stages.delete import Delete
from lambdatui.stages.packages import package
from lambdatui.stages.prune import Prune
from lambdatui.stages.pruning.deletion import archive_addresses
from lambdatui.stages.restore import Restore
from lambdatui.stages.stage import Done, Failed, Note, World
from lambdatui.stages.undo import Undo
from tests.conftest import Calls
from tests.emulator.clients import ECHO, make_function, publish, zipped
from tests.stages.acting import failed, finished, function_with_versions, run

SECRET = "postgres://flags:s3cr3t-Pa55@db/flags"
SETTINGS = ("CodeSha256", "Runtime", "Handler", "MemorySize", "Timeout", "Environment", "Role", "Description")


@pytest.fixture
def client(aws: Any) -> Any:
    """`f`: 1 has 256 MB and a secret, 2 and 3 one code, 4 the code of 1 with other settings, $LATEST as 4."""
    client = aws()
    make_function(client, source="A = 1\n" + ECHO, MemorySize=256, Environment={"Variables": {"DATABASE": SECRET}})
    client.publish_version(FunctionName="f", Description="the first")
    client.update_function_configuration(FunctionName="f", MemorySize=512, Timeout=9, Environment={"Variables": {}})
    publish(client, source="B = 1\n" + ECHO)
    client.update_function_configuration(FunctionName="f", Timeout=10)
    client.publish_version(FunctionName="f", Description="v2")
    publish(client, source="C = 1\n" + ECHO)
    return client


def version(client: Any, number: str = "$LATEST") -> dict[str, Any]:
    found = client.get_function_configuration(FunctionName="f", Qualifier=number)
    return {name: found.get(name) for name in SETTINGS}


def numbers(client: Any) -> list[str]:
    return [one["Version"] for one in client.list_versions_by_function(FunctionName="f")["Versions"]][1:]


def test_the_last_copy_of_each_code_is_archived_whole_before_it_is_deleted(
    client: Any, world: World, calls: Calls, journal: Journal, home: Path, account_id: str
) -> None:
    before = version(client, "1")
    stage = Delete(function="f", keep=1)
    plan = stage.plan(world)
    assert [bool(change.undo) for change in plan.changes] == [True, False, True]
    assert "the values of environments, in plain" in plan.warnings[0]
    assert SECRET not in repr(plan.changes[0].differences) + repr(plan.warnings) + repr(plan.notes)
    calls.forget()
    outputs = finished(stage, world, plan)
    assert (outputs["deleted"], outputs["kept"]) == ([1, 2, 3], [4])
    first, second = (Path(address) for address in outputs["archived"])
    assert [first.name.partition("-")[0], second.name.partition("-")[0]] == ["1", "3"]
    assert home in first.parents
    assert first.parts[-4:-1] == (account_id, "eu-west-1", "f")
    # whole, and the operator's alone
    document = json.loads((first / "version.json").read_text())
    assert {name: document["configuration"].get(name) for name in SETTINGS} == before
    assert document["configuration"]["Environment"]["Variables"] == {"DATABASE": SECRET}
    digest = hashlib.sha256((first / "package.zip").read_bytes()).digest()
    assert base64.b64encode(digest).decode() == before["CodeSha256"]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (first / "version.json", first / "package.zip")}
    assert modes == {0o600}
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    assert sorted(path.name for path in first.iterdir()) == ["package.zip", "version.json"]
    # archived first, each, and none of the secret in the journal
    sent = [name for name in calls.operations() if name in ("GetFunction", "DeleteFunction")]
    assert sent == ["GetFunction", "DeleteFunction", "DeleteFunction", "GetFunction", "DeleteFunction"]
    told = journal.entries()
    assert archive_addresses(told[-1].before) == {"1": str(first)}
    assert archive_addresses(told[-2].before) == {}
    assert SECRET not in journal.path.read_bytes().decode("latin-1")


def test_everything_or_nothing_is_archived_where_that_is_asked_for(client: Any, world: World, tmp_path: Path) -> None:
    never = finished(Delete(function="f", versions=["2"], archive="never"), world)
    assert never["archived"] == []
    outputs = finished(Delete(function="f", keep=1, archive="always", archive_to="kept"), world)
    assert len(outputs["archived"]) == 2
    assert all(Path(address).is_relative_to(tmp_path / "kept") for address in outputs["archived"])


def test_what_cannot_be_archived_is_not_deleted_and_stops_no_other(
    client: Any, world: World, tmp_path: Path, connected: Any, account_id: str
) -> None:
    stage = Delete(function="f", keep=1)
    plan = stage.plan(world)
    connected.cloud.faults.add("access-denied", operation="GetFunction", account=account_id, times=1)
    events = run(stage, world, plan)
    assert [event.change.target for event in events if isinstance(event, Done)] == ["f:2", "f:3"]
    words = [event.text for event in events if isinstance(event, Note) and "f:1 stays" in event.text]
    assert "it could not be archived, so it is not deleted: GetFunction" in words[0]
    assert isinstance(events[-1], Failed)
    assert numbers(client) == ["1", "4"]


def test_a_place_that_cannot_be_written_keeps_the_versions(client: Any, world: World, tmp_path: Path) -> None:
    stage = Delete(function="f", keep=1, archive_to="file/archive")
    plan = stage.plan(world)
    (tmp_path / "file").write_text("no folder")
    end = failed(stage, world, plan)
    assert "cannot be written" in str(end.error)
    # 2 is no last copy
    assert numbers(client) == ["1", "3", "4"]


def test_a_bucket_that_is_gone_since_the_plan_keeps_the_versions(client: Any, world: World, aws: Any) -> None:
    bucket = aws("s3")
    bucket.create_bucket(Bucket="kept-versions", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    stage = Delete(function="f", keep=1, archive_to="s3://kept-versions")
    plan = stage.plan(world)
    bucket.delete_bucket(Bucket="kept-versions")
    end = failed(stage, world, plan)
    assert "it could not be archived, so it is not deleted: PutObject" in str(end.error)
    assert numbers(client) == ["1", "3", "4"]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("s3://", "s3://BUCKET/PREFIX was expected"),
        ("s3://no-such-bucket/shop", "there is no such bucket"),
        ("file", "archives go to a folder, and this is none"),
        ("file/deeper", "archives go to a folder, and this is none"),
    ],
)
@pytest.mark.parametrize("inputs", [{"keep": 1}, {"whole_function": True}])
def test_a_place_where_nothing_can_be_kept_is_refused_before_anything_is_done(
    client: Any, world: World, tmp_path: Path, to: str, words: str, inputs: dict[str, Any]
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises((BadInput, NotFound), match=words):
        Delete(function="f", archive_to=to, **inputs).plan(world)


@pytest.mark.parametrize("to", ["", "s3://kept-versions/shop"])
def test_an_archived_version_comes_back_with_its_code_and_settings_and_latest_is_as_it_was(
    client: Any, world: World, aws: Any, to: str
) -> None:
    if to:
        aws("s3").create_bucket(Bucket="kept-versions", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    before, latest = version(client, "1"), version(client)
    [address] = finished(Delete(function="f", versions=["1"], archive_to=to or None), world)["archived"]
    assert numbers(client) == ["2", "3", "4"]
    assert address.startswith(to or "/")
    stage = Restore(function="f", archived=address)
    plan = stage.plan(world)
    assert [change.operation for change in plan.changes] == [
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "PublishVersion",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
    ]
    assert plan.title == "Bring back f:1 “the first”"
    assert SECRET not in repr([change.differences for change in plan.changes])
    outputs = finished(stage, world, plan)
    assert (outputs["version"], outputs["sha256"]) == ("5", before["CodeSha256"])
    assert version(client, "5") == before
    assert version(client) == latest
    if to:
        keys = [one["Key"] for one in aws("s3").list_objects_v2(Bucket="kept-versions")["Contents"]]
        assert {key.rpartition("/")[2] for key in keys} == {"version.json", "package.zip"}


@pytest.mark.parametrize("operation", ["UpdateFunctionConfiguration", "PublishVersion"])
def test_latest_is_put_back_where_a_step_fails(
    client: Any, world: World, connected: Any, account_id: str, operation: str
) -> None:
    [address] = finished(Delete(function="f", versions=["1"]), world)["archived"]
    latest = version(client)
    connected.cloud.faults.add("access-denied", operation=operation, account=account_id, times=1)
    end = failed(Restore(function="f", archived=address), world)
    assert operation in str(end.error)
    assert [change.operation for change in end.done].count("UpdateFunctionCode") == 2
    assert version(client) == latest
    assert numbers(client) == ["2", "3", "4"]


def test_latest_is_put_back_where_it_is_stopped(client: Any, world: World) -> None:
    [address] = finished(Delete(function="f", versions=["1"]), world)["archived"]
    latest = version(client)
    stage, events = Restore(function="f", archived=address), []
    for event in stage.run(world, stage.plan(world)):
        events.append(event)
        if isinstance(event, Done):
            world.clock.cancel()
    assert events[-1].error.exit_code == 130
    assert version(client) == latest
    assert numbers(client) == ["2", "3", "4"]


def test_of_an_image_the_uri_is_kept(aws: Any, world: World, account_id: str) -> None:
    client = aws()
    repository = aws("ecr").create_repository(repositoryName="shop")["repository"]["repositoryUri"]
    for tag in ("1", "2"):
        manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "n": tag})
        aws("ecr").put_image(repositoryName="shop", imageManifest=manifest, imageTag=tag)
    make_function(client, PackageType="Image", Code={"ImageUri": f"{repository}:1"})
    client.publish_version(FunctionName="f", Description="one")
    before = client.get_function(FunctionName="f", Qualifier="1")
    client.update_function_code(FunctionName="f", ImageUri=f"{repository}:2", Publish=True)
    [address] = finished(Delete(function="f", keep=1), world)["archived"]
    assert [path.name for path in Path(address).iterdir()] == ["version.json"]
    assert finished(Restore(function="f", archived=address), world)["version"] == "3"
    after = client.get_function(FunctionName="f", Qualifier="3")
    assert after["Code"]["ResolvedImageUri"] == before["Code"]["ResolvedImageUri"]
    assert client.get_function(FunctionName="f")["Code"]["ImageUri"] == f"{repository}:2"


def test_what_is_too_large_for_a_call_goes_through_s3_both_ways(
    client: Any, world: World, aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.update_function_code(FunctionName="f", ZipFile=zipped("E = 1\n"), Architectures=["arm64"])
    before, latest = version(client, "1"), version(client)
    [address] = finished(Delete(function="f", versions=["1"]), world)["archived"]
    aws("s3").create_bucket(Bucket="on-the-way", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    monkeypatch.setattr(package, "DIRECT_LIMIT", 10)
    stage = Restore(function="f", archived=address, upload_to="s3://on-the-way")
    plan = stage.plan(world)
    operations = [change.operation for change in plan.changes]
    assert operations[:3] == ["CreateMultipartUpload", "CreateMultipartUpload", "UpdateFunctionCode"]
    assert plan.changes[2].request["Architectures"] == ["x86_64"]
    finished(stage, world, plan)
    assert version(client, "5") == before
    assert version(client) == latest
    assert client.get_function_configuration(FunctionName="f")["Architectures"] == ["arm64"]


def test_undo_of_an_archived_deletion_names_what_brings_it_back(client: Any, world: World, journal: Journal) -> None:
    [address] = finished(Delete(function="f", versions=["1"]), world)["archived"]
    with pytest.raises(Refused, match=f"`lambdatui restore f {address}` publishes it"):
        Undo.last(journal).plan(world)


def test_a_package_that_was_changed_in_the_archive_is_refused(client: Any, world: World, calls: Calls) -> None:
    [address] = finished(Delete(function="f", versions=["1"]), world)["archived"]
    (Path(address) / "package.zip").write_bytes(zipped("D = 1\n"))
    calls.forget()
    with pytest.raises(Refused, match="the package is not what was archived"):
        Restore(function="f", archived=address).plan(world)
    assert calls.changes() == []


def test_a_whole_function_comes_back_from_the_archive_of_a_version(client: Any, world: World) -> None:
    before = version(client, "1")
    stage = Delete(function="f", whole_function=True)
    outputs = finished(stage, world)
    # $LATEST, which has the code of 4, and the newest with each other code
    assert [Path(address).name.partition("-")[0] for address in outputs["archived"]] == ["latest", "3", "1"]
    assert client.list_functions()["Functions"] == []
    back = Restore(function="f", archived=outputs["archived"][-1])
    assert finished(back, world)["version"] == "1"
    assert version(client, "1") == before


def test_several_functions_are_pruned_as_one_act(client: Any, world: World, connected: Any, account_id: str) -> None:
    function_with_versions(client, 3, "g")
    function_with_versions(client, 2, "h")
    deletions = [Delete(function=name, keep=1, hold=["1"] if name == "g" else []) for name in ("f", "g", "absent", "h")]
    stage = Prune(deletions=deletions)
    plan = stage.plan(world)
    assert stage.subject == "4 functions"
    assert [change.target for change in plan.changes] == ["f:1", "f:2", "f:3", "g:2", "h:1"]
    assert any("absent" in word for word in plan.warnings)
    assert plan.notes[0].startswith("5 versions of 3 functions go;")
    outputs = finished(stage, world, plan)
    assert outputs["deleted"] == ["f:1", "f:2", "f:3", "g:2", "h:1"]
    assert len(outputs["archived"]) == 4
