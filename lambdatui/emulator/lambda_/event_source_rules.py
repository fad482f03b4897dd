"""Which settings of an event source mapping AWS takes for which kind of source, and which of them stay as they are.

The kinds are those of the API's documentation of each member,
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.service import ApiError

_STREAMS = ("kinesis", "dynamodb")
_RETRYING = (*_STREAMS, "kafka")
_TAKEN_BY: Mapping[str, tuple[str, ...]] = {
    "ParallelizationFactor": _STREAMS,
    "TumblingWindowInSeconds": _STREAMS,
    "BisectBatchOnFunctionError": _RETRYING,
    "MaximumRecordAgeInSeconds": _RETRYING,
    "MaximumRetryAttempts": _RETRYING,
    "DestinationConfig": _RETRYING,
    "FunctionResponseTypes": ("sqs", *_RETRYING),
    "ScalingConfig": ("sqs",),
    "ProvisionedPollerConfig": ("sqs", "kafka"),
    "LoggingConfig": ("kafka",),
    "Topics": ("kafka",),
    "Queues": ("mq",),
    "SourceAccessConfigurations": ("kafka", "mq", "rds"),
    "AmazonManagedKafkaEventSourceConfig": ("kafka",),
    "SelfManagedKafkaEventSourceConfig": ("kafka",),
    "DocumentDBEventSourceConfig": ("rds",),
}
_KAFKA_CONFIGS = ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig")
# empty values of these take the setting away
_CAN_BE_EMPTY = (
    "FilterCriteria",
    "KMSKeyArn",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "ScalingConfig",
    "SourceAccessConfigurations",
)


def check_kind(kind: str, given: Mapping[str, Any]) -> None:
    """Raises InvalidParameterValueException for a member that this kind of source does not take."""
    for name in given:
        if kind not in _TAKEN_BY.get(name, (kind,)):
            raise _refusal(f"Unsupported '{name[:1].lower()}{name[1:]}' parameter for given event source mapping type.")
    if kind == "sqs" and "StartingPosition" in given:
        raise _refusal("StartingPosition is not valid for SQS event sources.")
    if given.get("StartingPosition") == "AT_TIMESTAMP":
        if kind == "dynamodb":
            raise _refusal("Unsupported starting position for stream type: AT_TIMESTAMP")
        if "StartingPositionTimestamp" not in given:
            raise _refusal("Need to specify a timestamp")
    if ((given.get("DestinationConfig") or {}).get("OnSuccess") or {}).get("Destination"):
        raise _refusal("Unsupported DestinationConfig parameter for given event source mapping type.")


def check_unchanged(there: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raises InvalidParameterValueException where an update changes a Kafka mapping's consumer group."""
    for name in _KAFKA_CONFIGS:
        for member in ("ConsumerGroupId", "ConsumptionMode"):
            wanted = (given.get(name) or {}).get(member)
            if wanted is not None and wanted != (there.get(name) or {}).get(member):
                raise _refusal(f"{member} cannot be updated.")


def with_consumer_group(kind: str, members: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """The members of a new mapping; one of Kafka that names no consumer group gets one with the mapping's own UUID."""
    if kind != "kafka":
        return dict(members)
    name = _KAFKA_CONFIGS["SelfManagedEventSource" in members]
    return {**members, name: {"ConsumerGroupId": identity, **(members.get(name) or {})}}


def without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members without those whose empty value took the setting away."""
    return {
        name: value
        for name, value in members.items()
        if name not in _CAN_BE_EMPTY or (value and not (isinstance(value, Mapping) and not any(value.values())))
    }


def _refusal(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
