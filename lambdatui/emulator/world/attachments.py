"""What is attached to the functions: triggers, permissions, a URL, a layer, settings of asynchronous invocations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdatui.emulator.world.functions import provision
from lambdatui.emulator.world.packages import package
from lambdatui.emulator.world.places import ORDERS_QUEUE, PROD_IRELAND, WEBHOOKS_DEAD_LETTERS

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

_HERE = f"{PROD_IRELAND.region}:{PROD_IRELAND.account}"


def make(cloud: Cloud, now: float) -> None:
    """Attaches everything but the queue's trigger, which needs the queue. `now` is in epoch seconds."""
    functions = cloud.lambda_service.state.region(PROD_IRELAND.account, PROD_IRELAND.region).functions
    provision(functions["payments-authorize"], "live", 2, now - 5 * 86_400)
    _do(
        cloud,
        "PublishLayerVersion",
        LayerName="shop-telemetry",
        Description="Spans and metrics of the shop's functions",
        Content={"ZipFile": package("plain_service").data},
        CompatibleRuntimes=["python3.12", "python3.13"],
    )
    for name, qualifier, identifier, principal, source in (
        ("checkout-api", "live", "api-gateway", "apigateway.amazonaws.com", f"arn:aws:execute-api:{_HERE}:a1b2c3/*/*"),
        ("checkout-api", "beta", "beta-gateway", "apigateway.amazonaws.com", f"arn:aws:execute-api:{_HERE}:d4e5f6/*/*"),
        ("image-thumbnails", None, "media-bucket", "s3.amazonaws.com", "arn:aws:s3:::shop-media"),
        ("nightly-reconciliation", None, "nightly", "events.amazonaws.com", f"arn:aws:events:{_HERE}:rule/nightly"),
        (
            "inventory-sync",
            None,
            "every-20-seconds",
            "scheduler.amazonaws.com",
            f"arn:aws:scheduler:{_HERE}:schedule/x",
        ),
    ):
        _do(
            cloud,
            "AddPermission",
            FunctionName=name,
            Qualifier=qualifier,
            StatementId=identifier,
            Action="lambda:InvokeFunction",
            Principal=principal,
            SourceArn=source,
        )
    _do(
        cloud,
        "CreateFunctionUrlConfig",
        FunctionName="status-page",
        AuthType="NONE",
        Cors={"AllowOrigins": ["*"], "AllowMethods": ["GET"]},
    )
    _do(
        cloud,
        "AddPermission",
        FunctionName="status-page",
        StatementId="public-url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    _do(
        cloud,
        "PutFunctionEventInvokeConfig",
        FunctionName="webhooks-dispatch",
        MaximumRetryAttempts=1,
        MaximumEventAgeInSeconds=3600,
        DestinationConfig={"OnFailure": {"Destination": PROD_IRELAND.queue_arn(WEBHOOKS_DEAD_LETTERS)}},
    )
    stream = f"arn:aws:dynamodb:{_HERE}:table/products/stream/2026-01-01T00:00:00.000"
    _do(
        cloud,
        "CreateEventSourceMapping",
        FunctionName="catalog-indexer",
        EventSourceArn=stream,
        StartingPosition="LATEST",
        BatchSize=100,
    )


def connect_queue(cloud: Cloud) -> None:
    """Has the queue of orders invoke checkout-worker."""
    _do(
        cloud,
        "CreateEventSourceMapping",
        FunctionName="checkout-worker:live",
        EventSourceArn=PROD_IRELAND.queue_arn(ORDERS_QUEUE),
        BatchSize=5,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def _do(cloud: Cloud, operation: str, **params: Any) -> None:
    """Carries out an operation of Lambda in production's account, without HTTP."""
    method = cloud.lambda_service.method(operation)
    assert method is not None, operation
    given = {name: value for name, value in params.items() if value is not None}
    method(PROD_IRELAND.call(operation), **given)
