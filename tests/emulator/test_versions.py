"""Published versions, https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html."""

from __future__ import annotations

from typing import Any

from tests.emulator.clients import make_function, publish, zipped
from tests.emulator.expectations import refused


def test_a_version_is_a_snapshot_with_its_own_code_and_configuration(aws_lambda: Any, account: str) -> None:
    first = make_function(aws_lambda, source="one = 1\n", MemorySize=256)
    version = aws_lambda.publish_version(FunctionName="f", Description="first")
    assert version["Version"] == "1"
    assert version["FunctionArn"] == f"arn:aws:lambda:eu-west-1:{account}:function:f:1"
    assert version["Description"] == "first"
    aws_lambda.update_function_configuration(FunctionName="f", MemorySize=512)
    aws_lambda.update_function_code(FunctionName="f", ZipFile=zipped("two = 2\n"))
    kept = aws_lambda.get_function_configuration(FunctionName="f", Qualifier="1")
    assert (kept["CodeSha256"], kept["MemorySize"]) == (first["CodeSha256"], 256)
    assert aws_lambda.get_function_configuration(FunctionName="f")["Description"] == ""


def test_publishing_what_has_not_changed_returns_the_last_version(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    first = aws_lambda.publish_version(FunctionName="f", Description="first")
    again = aws_lambda.publish_version(FunctionName="f", Description="again")
    assert (again["Version"], again["Description"]) == ("1", "first")
    assert again["RevisionId"] == first["RevisionId"]
    aws_lambda.update_function_configuration(FunctionName="f", Timeout=9)
    assert aws_lambda.publish_version(FunctionName="f")["Version"] == "2"
    assert publish(aws_lambda, source="x = 3\n") == "3"
    assert publish(aws_lambda, source="x = 3\n") == "3"


def test_a_number_is_not_given_twice(aws_lambda: Any) -> None:
    make_function(aws_lambda, Publish=True)
    assert publish(aws_lambda, source="x = 2\n") == "2"
    aws_lambda.delete_function(FunctionName="f", Qualifier="2")
    assert aws_lambda.publish_version(FunctionName="f")["Version"] == "3"


def test_create_function_with_publish_answers_with_version_one(aws_lambda: Any) -> None:
    assert make_function(aws_lambda, Publish=True)["Version"] == "1"


def test_another_code_sha256_than_that_of_latest_is_refused(aws_lambda: Any) -> None:
    sha = make_function(aws_lambda)["CodeSha256"]
    with refused("InvalidParameterValueException", 400, "is different from current CodeSHA256 in $LATEST"):
        aws_lambda.publish_version(FunctionName="f", CodeSha256="another")
    assert aws_lambda.publish_version(FunctionName="f", CodeSha256=sha)["Version"] == "1"


def test_publishing_needs_the_revision_of_latest_and_gives_it_a_new_one(aws_lambda: Any) -> None:
    revision = make_function(aws_lambda)["RevisionId"]
    with refused("PreconditionFailedException", 412):
        aws_lambda.publish_version(FunctionName="f", RevisionId="stale")
    version = aws_lambda.publish_version(FunctionName="f", RevisionId=revision)
    latest = aws_lambda.get_function_configuration(FunctionName="f")
    assert len({revision, version["RevisionId"], latest["RevisionId"]}) == 3


def test_versions_come_fifty_a_page_latest_first(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    for number in range(55):
        publish(aws_lambda, source=f"x = {number}\n")
    first = aws_lambda.list_versions_by_function(FunctionName="f")
    second = aws_lambda.list_versions_by_function(FunctionName="f", Marker=first["NextMarker"])
    assert len(first["Versions"]) == 50
    numbers = [version["Version"] for version in first["Versions"] + second["Versions"]]
    assert numbers == ["$LATEST", *map(str, range(1, 56))]


def test_snap_start_is_on_for_published_versions_only(aws_lambda: Any) -> None:
    made = make_function(aws_lambda, SnapStart={"ApplyOn": "PublishedVersions"}, Publish=True)
    assert made["SnapStart"]["OptimizationStatus"] == "On"
    latest = aws_lambda.get_function_configuration(FunctionName="f")
    assert latest["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    assert aws_lambda.publish_version(FunctionName="f")["Version"] == "1"
