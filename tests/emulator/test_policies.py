"""Resource-based policies, https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.clients import make_function
from tests.emulator.expectations import refused

S3 = {"StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}


def statements(client: Any, **members: str) -> Any:
    return json.loads(client.get_policy(FunctionName="f", **members)["Policy"])["Statement"]


def test_a_statement_is_written_as_aws_writes_it(aws_lambda: Any, account: str) -> None:
    arn = make_function(aws_lambda)["FunctionArn"]
    added = aws_lambda.add_permission(
        FunctionName="f", **S3, SourceArn="arn:aws:s3:::bucket", SourceAccount="123456789012"
    )
    expected = {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": arn,
        "Condition": {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
        },
    }
    assert json.loads(added["Statement"]) == expected
    assert statements(aws_lambda) == [expected]
    action = {"Action": "lambda:InvokeFunction"}
    aws_lambda.add_permission(FunctionName="f", StatementId="account", Principal="210987654321", **action)
    aws_lambda.add_permission(FunctionName="f", StatementId="all", Principal="*", **action)
    assert [s["Principal"] for s in statements(aws_lambda)[1:]] == [{"AWS": "arn:aws:iam::210987654321:root"}, "*"]


def test_a_policy_belongs_to_a_function_a_version_or_an_alias(aws_lambda: Any, account: str) -> None:
    make_function(aws_lambda, Publish=True)
    aws_lambda.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    aws_lambda.add_permission(FunctionName="f", Qualifier="live", **S3)
    with refused("ResourceNotFoundException", 404, "The resource you requested does not exist."):
        aws_lambda.get_policy(FunctionName="f")
    (statement,) = statements(aws_lambda, Qualifier="live")
    assert statement["Resource"] == f"arn:aws:lambda:eu-west-1:{account}:function:f:live"
    with refused("InvalidParameterValueException", 400, "We currently do not support adding policies for $LATEST."):
        aws_lambda.add_permission(FunctionName="f", Qualifier="$LATEST", **S3)


def test_a_statements_id_is_there_once(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    aws_lambda.add_permission(FunctionName="f", **S3)
    with refused("ResourceConflictException", 409, "The statement id (s3) provided already exists."):
        aws_lambda.add_permission(FunctionName="f", **S3)


def test_a_statement_is_removed_and_with_the_last_one_the_policy(aws_lambda: Any) -> None:
    make_function(aws_lambda)
    with refused("ResourceNotFoundException", 404, "No policy is associated with the given resource."):
        aws_lambda.remove_permission(FunctionName="f", StatementId="s3")
    aws_lambda.add_permission(FunctionName="f", **S3)
    with refused("ResourceNotFoundException", 404, "Statement other is not found in resource policy."):
        aws_lambda.remove_permission(FunctionName="f", StatementId="other")
    aws_lambda.remove_permission(FunctionName="f", StatementId="s3")
    with refused("ResourceNotFoundException", 404):
        aws_lambda.get_policy(FunctionName="f")


def test_a_permission_changes_the_revision_and_may_ask_for_one(aws_lambda: Any) -> None:
    revision = make_function(aws_lambda)["RevisionId"]
    with refused("PreconditionFailedException", 412):
        aws_lambda.add_permission(FunctionName="f", RevisionId="stale", **S3)
    aws_lambda.add_permission(FunctionName="f", RevisionId=revision, **S3)
    changed = aws_lambda.get_policy(FunctionName="f")["RevisionId"]
    assert changed != revision
    assert aws_lambda.get_function_configuration(FunctionName="f")["RevisionId"] == changed
    with refused("PreconditionFailedException", 412):
        aws_lambda.remove_permission(FunctionName="f", StatementId="s3", RevisionId=revision)


def test_a_resource_policy_replaces_what_was_there(aws_lambda: Any) -> None:
    arn = make_function(aws_lambda)["FunctionArn"]
    aws_lambda.add_permission(FunctionName="f", **S3)
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "mine", "Effect": "Deny", "Principal": "*", "Action": "*"}],
    }
    put = aws_lambda.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))
    assert json.loads(put["Policy"])["Statement"] == policy["Statement"]
    assert statements(aws_lambda) == policy["Statement"]
    assert aws_lambda.get_resource_policy(ResourceArn=arn)["RevisionId"] == put["RevisionId"]
    with refused("PreconditionFailedException", 412):
        aws_lambda.delete_resource_policy(ResourceArn=arn, RevisionId="00000000-0000-0000-0000-000000000000")
    aws_lambda.delete_resource_policy(ResourceArn=arn, RevisionId=put["RevisionId"])
    with refused("ResourceNotFoundException", 404):
        aws_lambda.get_resource_policy(ResourceArn=arn)
    with refused("InvalidParameterValueException", 400, "not a valid policy document"):
        aws_lambda.put_resource_policy(ResourceArn=arn, Policy="nonsense")
