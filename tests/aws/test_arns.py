"""ARNs as people say them."""

from __future__ import annotations

import pytest

from lambdatui.aws import arns

HERE = "eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("arn:aws:s3:::shop-media", "S3 bucket shop-media"),
        ("arn:aws:s3:::shop-media/in/*", "S3 bucket shop-media"),
        ("arn:aws:s3:::*", "any S3 bucket"),
        (f"arn:aws:sqs:{HERE}:orders", "SQS queue orders"),
        (f"arn:aws:sqs:{HERE}:orders-*", "SQS queues orders-*"),
        (f"arn:aws:dynamodb:{HERE}:table/products/stream/2026-01-01T00:00:00.000", "DynamoDB table products"),
        (f"arn:aws:kinesis:{HERE}:stream/clicks", "Kinesis stream clicks"),
        (f"arn:aws:kafka:{HERE}:cluster/events/6a1f-3", "MSK cluster events"),
        (f"arn:aws:mq:{HERE}:broker:jobs:b-1234", "broker jobs"),
        (f"arn:aws:rds:{HERE}:cluster:documents", "DocumentDB cluster documents"),
        (f"arn:aws:events:{HERE}:rule/nightly", "EventBridge rule nightly"),
        (f"arn:aws:events:{HERE}:rule/shop/nightly", "EventBridge rule nightly (bus shop)"),
        (f"arn:aws:scheduler:{HERE}:schedule/default/every-minute", "schedule every-minute"),
        (f"arn:aws:logs:{HERE}:log-group:/aws/lambda/pay:*", "log group /aws/lambda/pay"),
        (f"arn:aws:execute-api:{HERE}:a1b2c3/*/*", "API a1b2c3"),
        (f"arn:aws:execute-api:{HERE}:a1b2c3/prod/GET/orders/*", "API a1b2c3 (stage prod, GET /orders/*)"),
        (f"arn:aws:execute-api:{HERE}:a1b2c3/*/POST/", "API a1b2c3 (any stage, POST any path)"),
        (f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/web/6d0e", "target group web"),
        (f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/front/50dc", "load balancer front"),
        (f"arn:aws:lambda:{HERE}:function:pay:live", "function pay"),
        ("arn:aws:sts::123456789012:assumed-role/deploy/anna", "role deploy"),
        ("arn:aws:iam::123456789012:user/teams/anna", "user teams/anna"),
        ("arn:aws-cn:newthing:cn-north-1:123456789012:what/ever", "newthing what/ever"),
        ("not an arn", "not an arn"),
        ("arn:aws:s3", "arn:aws:s3"),
    ],
)
def test_in_words(text: str, words: str) -> None:
    assert arns.described(text) == words


def test_the_name_alone() -> None:
    assert arns.short(f"arn:aws:sqs:{HERE}:orders") == "orders"
    assert arns.short("orders") == "orders"


def test_the_qualifier_of_a_function() -> None:
    assert arns.qualifier(f"arn:aws:lambda:{HERE}:function:pay:live") == "live"
    assert arns.qualifier(f"arn:aws:lambda:{HERE}:function:pay") == ""
    assert arns.qualifier("pay:live") == ""
