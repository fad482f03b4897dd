"""ARNs in words: what an operator calls the thing that an ARN names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""

    partition: str
    service: str
    region: str
    account: str
    """Empty where the ARN names none, as those of S3 buckets."""
    resource: str


def parse(text: str) -> Arn | None:
    """The parts of an ARN; None where the text is none."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


def described(text: str) -> str:
    """Such as `S3 bucket shop-media` or `SQS queue orders`; a text that is no ARN as it is.

    A resource with a wildcard is told as such: `any S3 bucket`, `SQS queues orders-*`.
    """
    arn = parse(text)
    if arn is None:
        return text
    kind, name = _named(arn)
    if name in ("*", ""):
        return f"any {kind}"
    # the wildcard in an API's route is not one in its name
    bare = name.partition(" (")[0]
    return f"{kind}s {name}" if "*" in bare or "?" in bare else f"{kind} {name}"


def short(text: str) -> str:
    """The name alone, such as `orders` for a queue's ARN; a text that is no ARN as it is."""
    arn = parse(text)
    return text if arn is None else _named(arn)[1] or text


def qualifier(function_arn: str) -> str:
    """The version or alias at the end of a function's ARN; empty where it has none."""
    arn = parse(function_arn)
    if arn is None:
        return ""
    parts = arn.resource.split(":")
    return parts[2] if len(parts) > 2 else ""


def _named(arn: Arn) -> tuple[str, str]:
    find = _KINDS.get(arn.service)
    if find is not None:
        return find(arn.resource)
    return arn.service, arn.resource


def _after_slash(kind: str) -> Callable[[str], tuple[str, str]]:
    """For resources such as `table/orders/stream/2026` or `stream/clicks`: the second part is the name."""

    def find(resource: str) -> tuple[str, str]:
        parts = resource.split("/")
        return kind, parts[1] if len(parts) > 1 else resource

    return find


def _after_colon(kind: str) -> Callable[[str], tuple[str, str]]:
    """For resources such as `log-group:/aws/x:*` or `function:pay`: the second part is the name."""

    def find(resource: str) -> tuple[str, str]:
        parts = resource.split(":")
        return kind, parts[1] if len(parts) > 1 else resource

    return find


def _whole(kind: str) -> Callable[[str], tuple[str, str]]:
    return lambda resource: (kind, resource)


def _bucket(resource: str) -> tuple[str, str]:
    return "S3 bucket", resource.split("/", 1)[0]


def _api(resource: str) -> tuple[str, str]:
    """`API/STAGE/METHOD/PATH`, https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html"""
    parts = resource.split("/")
    api, rest = parts[0], parts[1:]
    if all(part in ("*", "") for part in rest):
        return "API", api
    stage = "any stage" if rest[0] == "*" else f"stage {rest[0]}"
    method = rest[1] if len(rest) > 1 else "*"
    path = "/".join(rest[2:])
    route = f"{'any method' if method == '*' else method} {'any path' if path in ('*', '') else '/' + path}"
    return "API", f"{api} ({stage}, {route})"


def _rule(resource: str) -> tuple[str, str]:
    kind, _, name = resource.partition("/")
    if kind != "rule":
        return "EventBridge bus", name
    bus, _, rule = name.rpartition("/")
    return "EventBridge rule", f"{rule} (bus {bus})" if bus else rule


def _schedule(resource: str) -> tuple[str, str]:
    return "schedule", resource.removeprefix("schedule/").removeprefix("default/")


def _balancer(resource: str) -> tuple[str, str]:
    parts = resource.split("/")
    if parts[0] == "loadbalancer":
        return "load balancer", parts[2] if len(parts) > 2 else "*"
    return "target group", parts[1] if len(parts) > 1 else "*"


def _identity(resource: str) -> tuple[str, str]:
    kind, _, name = resource.partition("/")
    return {"assumed-role": "role"}.get(kind, kind), name.split("/")[0] if kind == "assumed-role" else name


_KINDS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "apigateway": _whole("API Gateway"),
    "cloudformation": _after_slash("CloudFormation stack"),
    "codecommit": _whole("CodeCommit repository"),
    "codepipeline": _whole("pipeline"),
    "cognito-idp": _after_slash("Cognito user pool"),
    "cognito-identity": _after_slash("Cognito identity pool"),
    "config": _after_slash("Config rule"),
    "dynamodb": _after_slash("DynamoDB table"),
    "elasticloadbalancing": _balancer,
    "events": _rule,
    "execute-api": _api,
    "firehose": _after_slash("Firehose stream"),
    "iam": _identity,
    "iot": _after_slash("IoT rule"),
    "kafka": _after_slash("MSK cluster"),
    "kinesis": _after_slash("Kinesis stream"),
    "lambda": _after_colon("function"),
    "logs": _after_colon("log group"),
    "mq": _after_colon("broker"),
    "rds": _after_colon("DocumentDB cluster"),
    "s3": _bucket,
    "scheduler": _schedule,
    "secretsmanager": _after_colon("secret"),
    "sns": _whole("SNS topic"),
    "sqs": _whole("SQS queue"),
    "states": _after_colon("state machine"),
    "sts": _identity,
}
