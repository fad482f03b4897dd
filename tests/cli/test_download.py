"""A function downloaded to a folder, and deployed from it again."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lambdatui import documents
from tests.cli.conftest import Run
from tests.conftest import Calls
from tests.emulator.clients import make_function, zipped
from tests.stages.acting import function_with_versions

SOURCE = "import os\n\n\ndef handler(event, context):\n    return [os.environ.get('TOKEN'), event]\n"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:7"


def made(client: Any, **members: Any) -> None:
    make_function(
        client, "shop", SOURCE, MemorySize=512, Environment={"Variables": {"TOKEN": "hunter2"}}, **members
    )  # fmt: skip


def invoked(client: Any) -> str:
    return str(client.invoke(FunctionName="shop", Payload=b"7")["Payload"].read().decode())


def zip_of(*names: str, mode: int = 0) -> bytes:
    """A zip that no tool of good will makes: app.py, and these."""
    buffer = io.BytesIO(zipped())
    with zipfile.ZipFile(buffer, "a") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def test_what_was_downloaded_deploys_without_a_change(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, calls: Calls
) -> None:
    made(aws(), Tags={"team": "pay"}, Description="two\nlines, and \x1b[2J")
    aws().add_permission(
        FunctionName="shop", StatementId="bus", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    folder = tmp_path / "shop"
    ended = lambdatui("download", "shop", str(folder), "--json")
    assert ended.status == 0
    assert ended.document["files"] == ["deploy.yaml", "package.zip", "package/"]
    assert (ended.document["version"], ended.document["folder"]) == ("$LATEST", str(folder))
    assert (folder / "package" / "app.py").read_text() == SOURCE
    text = (folder / "deploy.yaml").read_text()
    assert "hunter2" not in text + ended.out + ended.err
    assert "\x1b" not in text
    assert "# environment: its values were not asked for, and are left alone; the names are\n#   TOKEN\n" in text
    assert "--with-environment" in ended.document["notes"][0]
    calls.forget()
    again = lambdatui("deploy", str(folder / "deploy.yaml"), "--json")
    assert (again.document["status"], again.document["plan"]["changes"]) == ("unchanged", [])
    assert calls.changes() == []


def test_a_function_that_was_deleted_comes_back_as_it_was(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    client = aws()
    made(client)
    before, folder = invoked(client), tmp_path / "shop"
    assert lambdatui("download", "shop", str(folder), "--with-environment").status == 0
    assert stat.S_IMODE((folder / "deploy.yaml").stat().st_mode) == 0o600
    client.delete_function(FunctionName="shop")
    ended = lambdatui("deploy", str(folder / "deploy.yaml"), "--json")
    assert ended.document["outputs"]["created"] is True
    assert "hunter2" not in ended.out + ended.err
    assert invoked(client) == before == '["hunter2", 7]'


def test_the_unpacked_files_deploy_when_the_file_names_them(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    made(aws())
    folder = tmp_path / "shop"
    lambdatui("download", "shop", str(folder))
    (folder / "package" / "app.py").write_text("def handler(event, context):\n    return 'changed'\n")
    file = folder / "deploy.yaml"
    file.write_text(file.read_text().replace("code: package.zip", "code: package    "))
    assert lambdatui("deploy", str(file), "--yes").status == 0
    assert invoked(aws()) == '"changed"'


def test_a_version_is_downloaded_as_it_was_published(lambdatui: Run, connected: Any, aws: Any, tmp_path: Path) -> None:
    function_with_versions(aws(), 3)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="2")
    aws().update_function_configuration(FunctionName="f", MemorySize=1024)
    by_alias = lambdatui("download", "f", str(tmp_path / "a"), "--qualifier", "live", "--json").document
    assert by_alias["version"] == "2"
    assert "return 2" in (tmp_path / "a" / "package" / "app.py").read_text()
    values = documents.read(tmp_path / "a" / "deploy.yaml").value
    assert values["memory"] == 128
    assert not {"publish", "aliases"} & values.keys()
    assert "# aliases: [live]   # now live: all traffic to 2\n" in (tmp_path / "a" / "deploy.yaml").read_text()
    ended = lambdatui("download", "f", str(tmp_path / "b"), "-q", "newesst")
    assert (ended.status, ended.out) == (2, "")
    assert "Did you mean 'newest'?" in ended.err
    assert not (tmp_path / "b").exists()
    assert lambdatui("download", "f", str(tmp_path / "c"), "-q", "alias(live)", "--json").document["version"] == "2"
    ended = lambdatui("download", "f:live", str(tmp_path / "d"))
    assert (ended.status, ended.out) == (2, "")
    assert lambdatui("download", "a shop", str(tmp_path / "d")).err == (
        "lambdatui: a shop: the name of a function was expected, or its ARN: letters, digits, - and _.\n"
    )
    assert ended.err.endswith("without a version. Give the version as a selector: alias(live).\n")


def test_what_belongs_to_an_alias_stands_in_comments(lambdatui: Run, connected: Any, aws: Any, tmp_path: Path) -> None:
    client = aws()
    function_with_versions(client, 1)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    for name, more in (("own", {}), ("theirs", {"Qualifier": "live"})):
        client.add_permission(
            FunctionName="f", StatementId=name, Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", **more
        )
    client.create_function_url_config(FunctionName="f", Qualifier="live", AuthType="AWS_IAM")
    lambdatui("download", "f", str(tmp_path / "f"))
    file = tmp_path / "f" / "deploy.yaml"
    values = documents.read(file).value
    assert [entry["statement_id"] for entry in values["permissions"]] == ["own"]
    assert "function_urls" not in values
    # with the comments taken away it is what stands there, and still no change
    told = file.read_text()
    for line in ("- statement_id: theirs", "  principal: s3.amazonaws.com", "  action: lambda:InvokeFunction",
                 "  qualifier: live", "function_urls:", "- qualifier: live", "  auth_type: AWS_IAM",
                 "  invoke_mode: BUFFERED", "  cors: {}"):  # fmt: skip
        assert f"\n# {line}\n" in told
        told = told.replace(f"\n# {line}\n", f"\n{line}\n")
    file.write_text(told)
    assert len(documents.read(file).value["permissions"]) == 2
    assert lambdatui("deploy", str(file), "--json").document["status"] == "unchanged"


def test_a_token_in_a_policy_is_a_secret_too(lambdatui: Run, connected: Any, aws: Any, tmp_path: Path) -> None:
    make_function(aws(), "f")
    aws().add_permission(
        FunctionName="f", StatementId="alexa", Action="lambda:InvokeFunction",
        Principal="alexa-connectedhome.amazon.com", EventSourceToken="s3cret-token",
    )  # fmt: skip
    ended = lambdatui("download", "f", str(tmp_path / "a"))
    assert "The statement alexa" in ended.err
    assert "s3cret-token" not in ended.err + ended.out + (tmp_path / "a" / "deploy.yaml").read_text()
    lambdatui("download", "f", str(tmp_path / "b"), "--with-environment")
    assert documents.read(tmp_path / "b" / "deploy.yaml").value["permissions"][0]["event_source_token"] == (
        "s3cret-token"
    )


def test_of_an_image_there_is_its_uri(lambdatui: Run, connected: Any, aws: Any, tmp_path: Path) -> None:
    make_function(aws(), "shop", PackageType="Image", Code={"ImageUri": IMAGE}, ImageConfig={"Command": ["app.main"]})
    ended = lambdatui("download", "shop", str(tmp_path / "shop"), "--json")
    assert ended.document["files"] == ["deploy.yaml"]
    values = documents.read(tmp_path / "shop" / "deploy.yaml").value
    assert (values["code"], values["image"]["command"]) == (IMAGE, ["app.main"])
    again = lambdatui("deploy", str(tmp_path / "shop" / "deploy.yaml"), "--json")
    assert again.document["status"] == "unchanged"


def test_an_empty_folder_is_filled_and_nothing_else_is_touched(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: Calls
) -> None:
    make_function(aws(), "f")
    (tmp_path / "empty").mkdir()
    assert lambdatui("download", "f", str(tmp_path / "empty")).status == 0
    calls.forget()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name, words in (
        (str(tmp_path / "empty"), "is there already and not empty."),
        (str(tmp_path / "file"), "is there already, and is no folder."),
        (str(tmp_path / "absent" / "f"), f"there is no folder {tmp_path / 'absent'} to make it in."),
        (".", "is the folder you are in."),
    ):
        ended = lambdatui("download", "f", name)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith(f"lambdatui: {name}: {words}")
    assert calls.operations() == []
    assert (tmp_path / "file").read_text() == "mine"


def test_a_download_that_fails_leaves_nothing(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, account_id: str
) -> None:
    make_function(aws(), "f")
    # the last reading, when the package is there and unpacked
    connected.cloud.faults.add("access-denied", operation="GetCallerIdentity", account=account_id)
    ended = lambdatui("download", "f", str(tmp_path / "f"))
    assert (ended.status, ended.out) == (3, "")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_says_what_would_come_and_writes_nothing(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path
) -> None:
    make_function(aws(), "f")
    ended = lambdatui("download", "f", str(tmp_path / "f"), "--plan", "--json")
    assert (ended.document["status"], ended.document["code"]) == ("planned", f"{len(zipped())} B")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil.py", "/tmp/evil.py", "a/../../evil.py", "..\\evil.py"])
def test_a_package_with_a_name_that_leads_out_is_kept_and_not_unpacked(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, name: str
) -> None:
    data = zip_of(name)
    make_function(aws(), "f", Code={"ZipFile": data})
    ended = lambdatui("download", "f", str(tmp_path / "f"), "--json")
    assert ended.document["files"] == ["deploy.yaml", "package.zip"]
    assert ended.document["notes"] == [
        f"The package was not unpacked: package.zip: the zip holds {name!r}, a name that leads out of the package."
    ]
    assert (tmp_path / "f" / "package.zip").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
