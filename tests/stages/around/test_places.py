"""What is around a function stands in its partition, and what AWS wants there in its region."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World

STATEMENT = {"statement_id": "s", "principal": "s3.amazonaws.com"}


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (
            {"event_sources": [{"source": "arn:aws:sqs:us-east-1:123456789012:orders"}]},
            "event_sources.0.source: it is in us-east-1, and the function in eu-west-1: AWS wants both in one region.",
        ),
        (
            {"event_sources": [{"source": "arn:aws-cn:sqs:cn-north-1:123456789012:orders"}]},
            "event_sources.0.source: it is in the partition aws-cn, and eu-west-1 is in aws.",
        ),
        (
            {"async_invocation": [{"on_failure": "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:failed"}]},
            "async_invocation.0.on_failure: it is in the partition aws-us-gov, and eu-west-1 is in aws.",
        ),
        (
            {"permissions": [STATEMENT | {"source_arn": "arn:aws-cn:s3:::media"}]},
            "permissions.0.source_arn: it is in the partition aws-cn, and eu-west-1 is in aws.",
        ),
        (
            {"permissions": [STATEMENT | {"principal": "arn:aws-cn:iam::123456789012:role/x"}]},
            "permissions.0.principal: it is in the partition aws-cn, and eu-west-1 is in aws.",
        ),
        (
            {
                "target_groups": [
                    {"target_group": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop/0123456789"}
                ]
            },
            "target_groups.0.target_group: it is in us-east-1, and the function in eu-west-1",
        ),
    ],
)
def test_an_arn_of_another_place_is_refused_before_anything_is_done(
    client: Any, world: World, inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput) as error:
        Deploy(function="f", **inputs).plan(world)
    assert str(error.value).startswith(words)
