"""Resource policies in words, and what is public."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.aws import policies, who_may_invoke
from lambdatui.aws.account import Account
from lambdatui.aws.who_may_invoke import Invoker
from tests.emulator.clients import make_function

HERE, THERE = "123456789012", "999988887777"


def read(principal: Any, condition: Any = None, qualifier: str = "", **members: Any) -> Invoker:
    statement = {"Sid": "s", "Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", **members}
    if condition is not None:
        statement["Condition"] = condition
    return who_may_invoke.read(statement, qualifier, HERE)


def service(name: str, arn: str = "", owner: str = "", **members: Any) -> Invoker:
    condition: dict[str, Any] = {}
    if arn:
        condition["ArnLike"] = {"AWS:SourceArn": arn}
    if owner:
        condition["StringEquals"] = {"AWS:SourceAccount": owner}
    return read({"Service": f"{name}.amazonaws.com"}, condition, **members)


def test_a_bucket_of_another_account() -> None:
    found = service("s3", "arn:aws:s3:::media", THERE, qualifier="live")
    assert found.sentence == f"S3 bucket media of account {THERE} may invoke :live"
    assert (found.level, found.risk) == ("note", "That is another account.")


def test_a_bucket_without_an_owner_is_whoevers() -> None:
    found = service("s3", "arn:aws:s3:::media")
    assert found.sentence == "S3 bucket media may invoke the function"
    assert found.level == "note"
    assert "names no account" in found.risk


@pytest.mark.parametrize(
    ("name", "arn", "words"),
    [
        ("sns", "arn:aws:sns:eu-west-1:{here}:paid", "SNS topic paid of this account may invoke the function"),
        (
            "scheduler",
            "arn:aws:scheduler:eu-west-1:{here}:schedule/default/nightly",
            "EventBridge Scheduler: schedule nightly of this account may invoke the function",
        ),
        (
            "logs.eu-west-1",
            "arn:aws:logs:eu-west-1:{here}:log-group:/app:*",
            "CloudWatch Logs: log group /app of this account may invoke the function",
        ),
        (
            "apigateway",
            "arn:aws:execute-api:eu-west-1:{here}:a1b2c3/*/*",
            "API Gateway: API a1b2c3 of this account may invoke the function",
        ),
    ],
)
def test_services_with_a_source_of_this_account(name: str, arn: str, words: str) -> None:
    found = service(name, arn.format(here=HERE))
    assert (found.sentence, found.level, found.risk) == (words, "ok", "")


def test_a_service_without_a_source_acts_for_anybody() -> None:
    found = service("s3")
    assert found.sentence == "S3, whatever the source, may invoke the function"
    assert (found.level, found.risk) == ("warn", "Any AWS account can have S3 do it: no source is named.")
    assert service("s3", "arn:aws:s3:::*").level == "warn"
    assert service("s3", owner=HERE).sentence == "S3 of this account may invoke the function"
    assert service("s3", owner=HERE).level == "ok"


def test_accounts_roles_and_the_deleted() -> None:
    assert read({"AWS": f"arn:aws:iam::{HERE}:root"}).sentence == "this account may invoke the function"
    assert read({"AWS": THERE}).sentence == f"account {THERE} may invoke the function"
    assert read({"AWS": THERE}).level == "note"
    role = read({"AWS": [f"arn:aws:iam::{THERE}:role/deploy", HERE]})
    assert role.sentence == f"role deploy of account {THERE} and this account may invoke the function"
    assert role.level == "note"
    gone = read({"AWS": "AROAEXAMPLEID"})
    assert (gone.who, gone.level) == ("a deleted identity (AROAEXAMPLEID)", "warn")


@pytest.mark.parametrize(
    "principal",
    ["*", {"AWS": "*"}, {"AWS": ["*", HERE]}],
)
def test_everybody_is_public(principal: Any) -> None:
    found = read(principal)
    assert found.sentence == "anyone may invoke the function (public!)"
    assert (found.level, found.risk) == ("bad", "Whoever has an AWS account can call it.")


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"AWS:SourceArn": "*"}},
        {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::*"}},
        {"StringNotEquals": {"aws:SourceAccount": "1"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": HERE}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Null": {"aws:SourceAccount": "false"}},
    ],
)
def test_conditions_that_narrow_nothing_leave_it_public(condition: Any) -> None:
    assert read("*", condition).level == "bad"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "within organization o-1"),
        ({"StringEquals": {"AWS:SourceAccount": HERE}}, f"for sources of account {HERE}"),
        ({"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{HERE}:t"}}, "for SNS topic t"),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.1/32"]}}, "from 10.0.0.0/8 or 192.0.2.1/32"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "through VPC endpoint vpce-1"),
    ],
)
def test_conditions_that_narrow_are_told_and_it_is_not_public(condition: Any, words: str) -> None:
    found = read("*", condition)
    assert found.sentence == f"anyone may invoke the function, {words}"
    assert found.level == "warn"


def test_function_urls() -> None:
    unsigned = read("*", {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}, Action="lambda:InvokeFunctionUrl")
    assert unsigned.sentence == "anyone, unsigned, may call the URL of the function (public!)"
    assert unsigned.level == "bad"
    signed = read("*", {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, Action="lambda:InvokeFunctionUrl")
    assert signed.sentence == "any AWS identity may call the URL of the function (public!)"
    through = read("*", {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})
    assert through.sentence == "anyone may invoke the function, through the function URL only (public!)"


def test_other_conditions_are_told_word_by_word() -> None:
    found = service("sns", f"arn:aws:sns:eu-west-1:{HERE}:t")
    assert found.conditions == ()
    found = read(
        {"AWS": HERE},
        {
            "StringNotLike": {"aws:PrincipalTag/team": ["ops-*", "dev"]},
            "ForAnyValue:StringEquals": {"aws:TagKeys": "x"},
            "NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "300"},
            "Null": {"aws:TokenIssueTime": "true"},
            "StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.4711"},
        },
    )
    assert found.conditions == (
        "if aws:PrincipalTag/team is not like ops-* or dev",
        "if any aws:TagKeys is x",
        "if aws:MultiFactorAuthAge is below 300 or is absent",
        "if aws:TokenIssueTime is absent",
        "with the right event source token",
    )
    assert "4711" not in found.sentence


def test_denials_and_other_actions() -> None:
    denied = read("*", {"Bool": {"aws:SecureTransport": "false"}}, Effect="Deny")
    assert (denied.sentence, denied.level) == ("nobody may invoke the function, without TLS", "ok")
    assert read({"AWS": HERE}, Action=["lambda:InvokeFunction", "lambda:GetFunction"]).sentence == (
        "this account may invoke and GetFunction the function"
    )
    assert "do anything with" in read({"AWS": HERE}, Action="lambda:*").sentence


def test_whatever_is_in_a_policy_it_is_read() -> None:
    assert who_may_invoke.read({}, "", HERE).sentence == "nobody may do nothing with the function"
    assert read({"NotPrincipal": 1}, Condition=[], NotPrincipal={"AWS": HERE}).level == "bad"
    assert read({"Federated": "cognito"}).who == "Federated cognito"


def test_the_policy_at_each_qualifier(account: Account, aws: Any, account_id: str) -> None:
    client = aws()
    make_function(client, "f")
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert policies.get(account, "f").statements == ()
    client.add_permission(
        FunctionName="f",
        Qualifier="live",
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::media",
        SourceAccount=account_id,
    )
    assert policies.get(account, "f").statements == ()
    policy = policies.get(account, "f", "live")
    assert (policy.qualifier, bool(policy.revision)) == ("live", True)
    [statement] = policy.statements
    invoker = who_may_invoke.read(statement, "live", account_id)
    assert invoker.sentence == "S3 bucket media of this account may invoke :live"
    assert (invoker.statement_id, invoker.statement) == ("bucket", statement)
