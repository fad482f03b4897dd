"""prune, storage, delete and restore: what they read, ask, do, and tell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.settings import config_folder
from tests.cli.conftest import Run
from tests.conftest import Calls
from tests.stages.acting import function_with_versions


def numbers(client: Any, name: str = "f") -> list[str]:
    return [one["Version"] for one in client.list_versions_by_function(FunctionName=name)["Versions"]][1:]


def test_what_was_archived_is_listed_and_brought_back(
    process: Callable[..., subprocess.Popen[str]], connected: Any, aws: Any
) -> None:
    """As processes, as an operator would: the second knows nothing of the first but what is on the disk."""
    client = aws()
    function_with_versions(client, 4, MemorySize=256)
    before = client.get_function_configuration(FunctionName="f", Qualifier="1")
    out, _ = process("prune", "f", "--keep", "1", "--yes", "--json").communicate(timeout=60)
    assert json.loads(out)["outputs"]["deleted"] == [1, 2, 3]
    out, _ = process("restore", "f", "--json").communicate(timeout=60)
    assert [json.loads(line)["version"] for line in out.splitlines()] == ["3", "2", "1"]
    child = process("restore", "f", "1", "--yes")
    out, said = child.communicate(timeout=60)
    assert child.returncode == 0, said
    assert "version  5" in out
    after = client.get_function_configuration(FunctionName="f", Qualifier="5")
    assert (after["CodeSha256"], after["MemorySize"]) == (before["CodeSha256"], 256)
    assert numbers(client) == ["4", "5"]


def test_a_version_without_an_archive_is_told_which_have_one(lambdatui: Run, connected: Any, aws: Any) -> None:
    function_with_versions(aws(), 3)
    assert lambdatui("prune", "f", "--keep", "2", "--yes").status == 0
    ended = lambdatui("restore", "f", "2")
    assert ended.status == 2
    assert "There is no archive of version 2 of f here (there are those of 1)." in ended.err


def test_a_filter_prunes_in_every_region_of_the_settings(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = config_folder()
    folder.mkdir(parents=True)
    (folder / "settings.yaml").write_text("regions: [eu-west-1, us-east-1]\n")
    monkeypatch.chdir(tmp_path)
    for name, region in (("pay-a", "eu-west-1"), ("pay-b", "us-east-1"), ("other", "us-east-1")):
        function_with_versions(aws("lambda", region), 3, name)
    flags = ("prune", "--filter", "pay-*", "--keep", "2", "--keep-matching", "release *", "--archive-to", "kept")
    planned = lambdatui(*flags, "--hold", "oldest", "--plan", "--json")
    assert [line["plan"]["changes"] for line in planned.lines] == [[], []]
    planned = lambdatui(*flags, "--plan", "--json")
    assert [line["plan"]["changes"][0]["target"] for line in planned.lines] == ["pay-a:1", "pay-b:1"]
    assert "2 versions of 2 of 2 functions; 304 B come back" in planned.err
    refused = lambdatui(*flags)
    assert refused.status == 4
    assert "no terminal to ask on" in refused.err
    done = lambdatui(*flags, "--yes", "--json")
    assert [line["outputs"]["deleted"] for line in done.lines] == [[1], [1]]
    again = lambdatui(*flags, "--yes")
    assert [line.split() for line in again.out.splitlines()[1:]] == [
        ["pay-a", "eu-west-1", "–", "2", "0", "0", "B"],
        ["pay-b", "us-east-1", "–", "2", "0", "0", "B"],
    ]
    assert len(list((tmp_path / "kept").glob("*/*/*/*/version.json"))) == 2
    assert numbers(aws("lambda", "us-east-1"), "other") == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("prune",), "prune: the names of functions were expected, or --all, or --filter; one of them."),
        (("prune", "f", "--all"), "one of them."),
        (("prune", "--all", "--hold", "newst"), "Did you mean 'newest'?"),
        (("delete", "f", "--version", "9-3"), "a range from the lower to the higher number was expected"),
        (("delete", "f", "--version", "1", "--with-mappings"), "--with-mappings: goes with a whole function"),
        (("storage", "--keep", "0"), "--keep: 1 or more was expected, not 0."),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_read(
    lambdatui: Run, connected: Any, calls: Calls, words: Any, sentence: str
) -> None:
    calls.forget()
    ended = lambdatui(*words)
    assert ended.status == 2
    assert sentence in ended.err
    assert calls.operations() == []


@pytest.mark.parametrize(("answer", "status", "word"), [("skip", 0, "skipped"), ("succeed", 0, "unchanged")])
def test_nothing_to_delete_is_told_as_it_is(
    lambdatui: Run, connected: Any, aws: Any, answer: str, status: int, word: str
) -> None:
    function_with_versions(aws(), 1)
    ended = lambdatui("prune", "f", "--on-missing", answer, "--json")
    assert (ended.status, ended.document["status"]) == (status, word)
    assert lambdatui("prune", "f", "--on-missing", "fail").status == 2


def test_storage_tells_the_largest_first_and_what_would_come_back(
    lambdatui: Run, connected: Any, aws: Any, account_id: str
) -> None:
    client = aws()
    function_with_versions(client, 5, "small")
    function_with_versions(client, 53, "large")
    client.create_alias(FunctionName="large", Name="live", FunctionVersion="7")
    found = lambdatui("storage", "--keep", "3", "--json")
    assert found.status == 0
    [place] = found.document["places"]
    assert [one["name"] for one in place["functions"]] == ["large", "small"]
    large, small = place["functions"]
    assert (large["versions"], large["going"], small["going"]) == (53, 49, 2)
    assert place["comes_back"] == large["comes_back"] + small["comes_back"]
    assert place["used"] == large["code_size"] + small["code_size"]
    assert place["limit"] == 75 * 1024**3
    told = lambdatui("storage", "sm*")
    assert told.out.splitlines()[1].split()[0] == "small"
    assert "of 75.0 GB" in told.err
    connected.cloud.faults.add("access-denied", operation="ListFunctions", account=account_id)
    assert lambdatui("storage").status == 3


def test_a_whole_function_goes_with_its_mappings_and_its_log(lambdatui: Run, connected: Any, aws: Any) -> None:
    client = aws()
    function_with_versions(client, 2)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.create_function_url_config(FunctionName="f", Qualifier="live", AuthType="NONE")
    queue = aws("sqs").create_queue(QueueName="orders")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.create_event_source_mapping(FunctionName="f:live", EventSourceArn=arn)
    aws("logs").create_log_group(logGroupName="/aws/lambda/f")
    told = lambdatui("delete", "f", "--plan").out
    assert "its event source mappings stay, and fail from then on: SQS queue orders" in told
    assert "its log group stays, with 0 B: /aws/lambda/f" in told
    assert "URL of live" in told
    flags = ("delete", "f", "--with-mappings", "--with-log-group", "--archive", "never")
    plan = lambdatui(*flags, "--plan", "--json").document["plan"]
    assert [(change["operation"], change["undo"]) for change in plan["changes"]] == [
        ("DeleteEventSourceMapping", "make the mapping again"),
        ("DeleteFunction", ""),
        ("DeleteLogGroup", ""),
    ]
    assert lambdatui(*flags, "--yes").status == 0
    assert client.list_functions()["Functions"] == []
    assert client.list_event_source_mappings()["EventSourceMappings"] == []
    assert aws("logs").describe_log_groups()["logGroups"] == []


def test_the_log_stays_where_the_function_does(lambdatui: Run, connected: Any, aws: Any, account_id: str) -> None:
    function_with_versions(aws(), 1)
    aws("logs").create_log_group(logGroupName="/aws/lambda/f")
    replicated = (
        "Lambda was unable to delete arn:aws:lambda:us-east-1:123456789012:function:f:1 because it is a replicated "
        "function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas."
    )
    connected.cloud.faults.add(
        "error",
        operation="DeleteFunction",
        account=account_id,
        code="InvalidParameterValueException",
        message=replicated,
    )
    ended = lambdatui("delete", "f", "--with-log-group", "--yes")
    assert ended.status == 1
    assert "CloudFront takes its replicas away some hours after" in ended.err
    assert "the function was not deleted, so its log stays" in ended.err
    assert len(aws("logs").describe_log_groups()["logGroups"]) == 1
