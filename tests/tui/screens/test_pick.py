"""Picking a value from what there is at AWS; typing it is possible whatever AWS says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.pick import PickScreen
from tests.tui.form_keys import opened
from tests.tui.shop import shows, text_of, until


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def test_roles_are_those_that_lambda_may_assume(app: LambdatuiApp, aws: Callable[..., Any]) -> None:
    iam = aws("iam")
    iam.create_role(RoleName="for-lambda", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    iam.create_role(RoleName="for-machines", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    arn = iam.get_role(RoleName="for-lambda")["Role"]["Arn"]
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.form.go_to(("role",))
        await pilot.press("p")
        await shows(pilot, "for-lambda")
        assert "for-machines" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.draft.values.get("role") == arn)


async def test_several_are_marked_and_taken(app: LambdatuiApp, aws: Callable[..., Any]) -> None:
    ids = [row["SubnetId"] for row in aws("ec2").describe_subnets()["Subnets"]]
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.form.go_to(("vpc", "subnets"))
        await pilot.press("p")
        await shows(pilot, f"subnets: {len(ids)}")
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: len(screen.draft.get(("vpc", "subnets")) or []) == 2)
        assert set(screen.draft.get(("vpc", "subnets"))) < set(ids)


async def test_queues_and_topics_get_dead_letters(app: LambdatuiApp, aws: Callable[..., Any], account_id: str) -> None:
    aws("sqs").create_queue(QueueName="failed-orders")
    aws("sns").create_topic(Name="failed-mails")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.form.go_to(("dead_letter",))
        await pilot.press("p")
        await shows(pilot, "failed-mails")
        await pilot.press(*"orders", "enter")
        await until(pilot, lambda: "dead_letter" in screen.draft.values)
        assert screen.draft.values["dead_letter"] == f"arn:aws:sqs:eu-west-1:{account_id}:failed-orders"
        assert screen.draft.troubles == {}


async def test_code_is_picked_in_a_bucket(app: LambdatuiApp, aws: Callable[..., Any], account_id: str) -> None:
    bucket, s3 = f"releases-{account_id}", aws("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=bucket, Key="api/7.zip", Body=b"PK")
    s3.put_object(Bucket=bucket, Key="api/readme.txt", Body=b"no code")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("p")
        await shows(pilot, f"s3://{bucket}/")
        await pilot.press("enter")
        await shows(pilot, "api/7.zip")
        assert "readme" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.draft.values.get("code") == f"s3://{bucket}/api/7.zip")


async def test_what_aws_does_not_list_can_be_typed(app: LambdatuiApp, connected: Emulator, account_id: str) -> None:
    connected.cloud.faults.add("access-denied", service="iam", operation="ListRoles", account=account_id)
    arn = f"arn:aws:iam::{account_id}:role/typed"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        screen.form.go_to(("role",))
        await pilot.press("p")
        await shows(pilot, "AWS does not let you list the roles: the value can be typed")
        assert isinstance(app.screen, PickScreen)
        await pilot.press(*arn, "enter")
        await until(pilot, lambda: screen.draft.values.get("role") == arn)


async def test_a_jump_finds_a_field_by_its_name(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("slash", *"vpc", "enter")
        await until(pilot, lambda: screen.form.row is not None and screen.form.row.path == ("vpc",))
