"""What a deployment did around a function is taken back by the changes that stand beside each of its own."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from lambdatui.stages.undoing.put_back import PutBack
from tests.stages.acting import failed, finished
from tests.stages.around.test_event_sources import STREAM
from tests.stages.around.test_function_urls import CORS
from tests.stages.around.test_permissions import BUCKET, EVERY

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:done"
SOURCE = {"source": STREAM["source"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"async_invocation": []}, {"async_invocation": [{"maximum_retry_attempts": 1, "on_success": QUEUE}]}),
        (
            {"async_invocation": [{"qualifier": "live", "maximum_retry_attempts": 1, "on_success": QUEUE}]},
            {"async_invocation": [{"qualifier": "live", "maximum_event_age": 99, "on_success": ""}]},
        ),
        ({"async_invocation": [{"on_failure": QUEUE}]}, {"async_invocation": []}),
        ({"provisioned_concurrency": {}}, {"provisioned_concurrency": {"live": 2}}),
        ({"provisioned_concurrency": {"live": 2}}, {"provisioned_concurrency": {"live": 3, "2": 1}}),
        ({"provisioned_concurrency": {"live": 2}}, {"provisioned_concurrency": {}}),
        ({"permissions": []}, {"permissions": EVERY}),
        ({"permissions": EVERY}, {"permissions": []}),
        ({"permissions": [BUCKET]}, {"permissions": [{**BUCKET, "principal": "sns.amazonaws.com"}]}),
        ({"function_urls": []}, {"function_urls": [{"auth_type": "NONE", "cors": CORS}]}),
        (
            {"function_urls": [{"auth_type": "AWS_IAM", "cors": CORS}]},
            {"function_urls": [{"auth_type": "NONE", "cors": {}, "invoke_mode": "RESPONSE_STREAM"}]},
        ),
        (
            {"event_sources": [STREAM]},
            {
                "event_sources": [
                    SOURCE
                    | {
                        "filters": [],
                        "kms_key": "",
                        "on_failure": "",
                        "metrics": [],
                        "report_batch_item_failures": False,
                    }
                    | {"enabled": False, "tumbling_window": 0, "batch_size": 1, "tags": {"of": "us"}}
                ]
            },
        ),
        (
            {"event_sources": [SOURCE | {"starting_position": "LATEST", "enabled": False, "tags": {}}]},
            {"event_sources": [{**STREAM, "starting_position": "LATEST", "enabled": True}]},
        ),
    ],
)
def test_what_was_done_is_taken_back(client: Any, world: World, before: dict[str, Any], after: dict[str, Any]) -> None:
    stood = Deploy(function="f", **before)
    finished(stood, world)
    stage = Deploy(function="f", **after)
    plan = stage.plan(world)
    assert plan.changes
    finished(stage, world, plan)
    account = world.accounts.open()
    for change in reversed(plan.changes):
        for back in change.back:
            account.call(back.service, back.operation, back.request)
    assert stood.plan(world).empty


def test_a_mapping_that_a_failed_run_made_is_deleted_again(client: Any, world: World) -> None:
    missing = "arn:aws:sqs:eu-west-1:123456789012:missing"
    end = failed(Deploy(function="f", event_sources=[STREAM, {"source": missing}]), world)
    assert [change.operation for change in end.done] == ["CreateEventSourceMapping"]
    back = PutBack.after(Deploy(function="f"), end)
    assert back is not None
    finished(back, world)
    assert client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"] == []
