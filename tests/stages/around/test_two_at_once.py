"""What somebody else changes around a function between a plan and its run ends the run before it is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.aws.errors import Changed
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from tests.stages.acting import failed, finished
from tests.stages.around.test_event_sources import STREAM

SOURCE = {"source": STREAM["source"]}
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:done"


def mapping(client: Any) -> str:
    return str(client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"][0]["UUID"])


@pytest.mark.parametrize(
    ("before", "after", "meanwhile", "words"),
    [
        (
            {"event_sources": [STREAM]},
            {"event_sources": [SOURCE | {"batch_size": 9}]},
            lambda client: client.update_event_source_mapping(UUID=mapping(client), BatchSize=50),
            "batch size 250 → batch size 50",
        ),
        (
            {"event_sources": [STREAM]},
            {"event_sources": []},
            lambda client: client.update_event_source_mapping(UUID=mapping(client), BatchSize=50),
            "batch size 250 → batch size 50",
        ),
        (
            {"event_sources": [STREAM]},
            {"event_sources": [SOURCE | {"enabled": False}]},
            lambda client: client.update_event_source_mapping(UUID=mapping(client), Enabled=False),
            "enabled True → False",
        ),
        (
            {"function_urls": [{"auth_type": "AWS_IAM"}]},
            {"function_urls": [{"invoke_mode": "RESPONSE_STREAM"}]},
            lambda client: client.update_function_url_config(FunctionName="f", AuthType="NONE"),
            "AuthType AWS_IAM → NONE",
        ),
        (
            {"async_invocation": [{"maximum_retry_attempts": 1}]},
            {"async_invocation": [{"maximum_retry_attempts": 2}]},
            lambda client: client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0),
            "asynchronous invocations",
        ),
        (
            {"provisioned_concurrency": {"live": 2}},
            {"provisioned_concurrency": {"live": 3}},
            lambda client: client.put_provisioned_concurrency_config(
                FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=5
            ),
            "provisioned concurrency 2 → 5",
        ),
    ],
)
def test_nothing_is_overwritten_unseen(
    client: Any,
    world: World,
    before: dict[str, Any],
    after: dict[str, Any],
    meanwhile: Callable[[Any], Any],
    words: str,
) -> None:
    finished(Deploy(function="f", **before), world)
    stage = Deploy(function="f", **after)
    plan = stage.plan(world)
    meanwhile(client)
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert words in end.error.message
    assert end.done == ()
