"""`lambdatui deploy` with a file that says what is around the function: made, found unchanged, and removed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.code import write_code
from tests.cli.conftest import Run
from tests.conftest import Calls

FUNCTION = """
function: shop
code: ./code
runtime: python3.13
handler: app.handler
role: arn:aws:iam::{account}:role/shop
publish: true
aliases: [live]
"""
AROUND = """
provisioned_concurrency:
  live: 2
async_invocation:
  - qualifier: live
    maximum_retry_attempts: 1
    on_failure: arn:aws:sqs:eu-west-1:{account}:failed
permissions:
  - statement_id: media
    qualifier: live
    principal: s3.amazonaws.com
    source_arn: arn:aws:s3:::shop-media
    source_account: "{account}"
function_urls:
  - qualifier: live
    auth_type: NONE
    cors:
      allow_origins: ["https://shop.example.com"]
event_sources:
  - source: {queue}
    qualifier: live
    batch_size: 5
    report_batch_item_failures: true
    filters:
      - body: {{kind: [buy]}}
  - source: arn:aws:kinesis:eu-west-1:{account}:stream/clicks
    qualifier: live
    starting_position: LATEST
target_groups:
  - target_group: shop
    qualifier: live
"""
NOTHING = """
provisioned_concurrency: {}
async_invocation: []
permissions: []
function_urls: []
event_sources: []
target_groups: []
"""


def test_what_is_around_a_new_function_is_made_and_removed(
    lambdatui: Run, connected: Any, aws: Any, account_id: str, tmp_path: Path, calls: Calls
) -> None:
    url = aws("sqs").create_queue(QueueName="orders")["QueueUrl"]
    queue = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("elbv2").create_target_group(Name="shop", TargetType="lambda")
    write_code(tmp_path / "code", 1)
    file = tmp_path / "shop.yaml"
    file.write_text((FUNCTION + AROUND).format(account=account_id, queue=queue))
    planned = lambdatui("deploy", str(file), "--plan")
    assert planned.status == 0
    assert "+ CreateEventSourceMapping shop:live from SQS queue orders" in planned.out
    assert "▲ anyone, unsigned, may call the URL of :live (public!)" in planned.out
    ended = lambdatui("deploy", str(file), "--yes", "--json")
    assert ended.status == 0, ended.err
    assert ended.document["outputs"]["function_url"].startswith("https://")
    mappings = aws().list_event_source_mappings(FunctionName="shop:live")["EventSourceMappings"]
    assert sorted(mapping["BatchSize"] for mapping in mappings) == [5, 100]
    calls.forget()
    assert lambdatui("deploy", str(file), "--json").document["status"] == "unchanged"
    assert calls.changes() == []
    file.write_text(FUNCTION.format(account=account_id))
    assert lambdatui("deploy", str(file), "--json").document["status"] == "unchanged"
    file.write_text(FUNCTION.format(account=account_id) + NOTHING)
    removed = lambdatui("deploy", str(file), "--yes", "--json")
    assert removed.status == 0, removed.err
    assert aws().list_event_source_mappings(FunctionName="shop:live")["EventSourceMappings"] == []
    assert aws().list_function_url_configs(FunctionName="shop")["FunctionUrlConfigs"] == []
    assert lambdatui("deploy", str(file), "--json").document["status"] == "unchanged"


def test_a_mistake_in_a_part_is_told_with_its_line(lambdatui: Run, connected: Any, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "function: shop\nevent_sources:\n  - source: arn:aws:sqs:eu-west-1:123456789012:q\n    batchsize: 5\n"
    )
    ended = lambdatui("deploy", str(file))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        f"lambdatui: {file}:4: there is no field 'event_sources.0.batchsize'. Did you mean 'batch_size'?\n"
    )
    file.write_text("function: shop\nevent_sources:\n  - source: arn:aws:sns:eu-west-1:123456789012:t\n")
    assert "is one of sns. That one invokes by itself: see permissions." in lambdatui("deploy", str(file)).err
