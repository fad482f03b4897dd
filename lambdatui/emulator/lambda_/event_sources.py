"""Event source mappings: which queue, stream or broker invokes which function. Those on SQS are polled."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from typing import Any

from botocore.exceptions import ClientError

from lambdatui.emulator.lambda_.event_source_rules import (
    check_kind,
    check_unchanged,
    with_consumer_group,
    without_empty,
)
from lambdatui.emulator.lambda_.names import LATEST, Target, is_alias, target
from lambdatui.emulator.lambda_.operations import LambdaOperations, LambdaState
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Function, Mapping, Region
from lambdatui.emulator.lambda_.tags import check_tags
from lambdatui.emulator.service import ApiError, Call

_PAGE = 100
_STREAMS = ("kinesis", "dynamodb")
_NEED_POSITION = ("kinesis", "dynamodb", "kafka", "rds")
_STREAM_DEFAULTS: ReadOnly[str, Any] = {
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "BisectBatchOnFunctionError": False,
    "MaximumRecordAgeInSeconds": -1,
    "TumblingWindowInSeconds": 0,
    "DestinationConfig": {"OnFailure": {}},
}


class EventSourceOperations(LambdaOperations):
    """The operations on event source mappings. `changed` is called after one was made or changed."""

    def __init__(self, state: LambdaState, changed: Callable[[], None]) -> None:
        super().__init__(state)
        self._changed = changed

    def create_event_source_mapping(
        self,
        call: Call,
        FunctionName: str,
        Enabled: bool = True,
        Tags: dict[str, str] | None = None,
        **members: Any,
    ) -> dict[str, Any]:
        kind = _kind(members)
        check_kind(kind, members)
        if kind in _NEED_POSITION and "StartingPosition" not in members:
            raise _refusal(
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member "
                "must not be null."
            )
        check_tags(Tags or {})
        region, function, meant = self._function(call, FunctionName)
        members = without_empty({**_defaults(kind), **members})
        _check(kind, members)
        if kind == "sqs":
            self._check_queue(call, function, members["EventSourceArn"])
        with region.lock:
            self._check_duplicate(region, kind, meant, members)
            now = self.now()
            identity = str(uuid.uuid4())
            mapping = Mapping(
                identity,
                meant.qualified_arn,
                with_consumer_group(kind, members, identity),
                Enabled,
                now,
                "Creating",
                self.settles_at(now),
                tags=dict(Tags or {}),
            )
            region.mappings[mapping.uuid] = mapping
            answer = _shown(region, mapping, "Creating")
        self._changed()
        return answer

    def get_event_source_mapping(self, call: Call, UUID: str) -> dict[str, Any]:
        region, mapping = self._mapping(call, UUID)
        return _shown(region, mapping, mapping.state(self.now()))

    def update_event_source_mapping(
        self, call: Call, UUID: str, FunctionName: str | None = None, Enabled: bool | None = None, **members: Any
    ) -> dict[str, Any]:
        region, mapping = self._mapping(call, UUID)
        kind = _kind(mapping.members)
        check_kind(kind, members)
        check_unchanged(mapping.members, members)
        merged = without_empty({**mapping.members, **members})
        _check(kind, merged)
        arn = mapping.function_arn
        if FunctionName is not None:
            _, _, meant = self._function(call, FunctionName)
            arn = meant.qualified_arn
        with region.lock:
            now = self.now()
            _check_settled(mapping, now)
            before = mapping.enabled
            mapping.members, mapping.function_arn, mapping.modified = merged, arn, now
            if Enabled is not None:
                mapping.enabled = Enabled
            changed = {(False, True): "Enabling", (True, False): "Disabling"}
            mapping.transition = changed.get((before, mapping.enabled), "Updating")
            mapping.settled_at = self.settles_at(now)
            answer = _shown(region, mapping, mapping.transition)
        self._changed()
        return answer

    def delete_event_source_mapping(self, call: Call, UUID: str) -> dict[str, Any]:
        region, mapping = self._mapping(call, UUID)
        with region.lock:
            now = self.now()
            _check_settled(mapping, now)
            mapping.transition, mapping.settled_at, mapping.modified = "Deleting", self.settles_at(now), now
            return _shown(region, mapping, "Deleting")

    def list_event_source_mappings(
        self,
        call: Call,
        EventSourceArn: str | None = None,
        FunctionName: str | None = None,
        Marker: str | None = None,
        MaxItems: int | None = None,
    ) -> dict[str, Any]:
        region, now = self.region(call), self.now()
        arn = target(call, FunctionName).qualified_arn if FunctionName else None
        with region.lock:
            _forget_deleted(region, now)
            every = sorted(region.mappings.values(), key=lambda mapping: mapping.uuid)
        wanted = [
            mapping
            for mapping in every
            if arn in (None, mapping.function_arn) and EventSourceArn in (None, mapping.members.get("EventSourceArn"))
        ]
        chosen, more = page(wanted, lambda mapping: mapping.uuid, Marker, MaxItems, at_most=_PAGE)
        shown = [_shown(region, mapping, mapping.state(now)) for mapping in chosen]
        return {"EventSourceMappings": shown, "NextMarker": more}

    def _function(self, call: Call, function_name: str) -> tuple[Region, Function, Target]:
        try:
            region, function, meant = self.find(call, function_name)
        except ApiError as error:
            raise _refusal("Function does not exist") if error.status is None else error from None
        qualifier = meant.qualifier or LATEST
        there = qualifier in function.aliases if is_alias(qualifier) else function.version(qualifier) is not None
        if not there:
            raise _refusal("Function does not exist")
        return region, function, meant

    def _mapping(self, call: Call, identity: str) -> tuple[Region, Mapping]:
        region = self.region(call)
        with region.lock:
            _forget_deleted(region, self.now())
            mapping = region.mappings.get(identity)
        if mapping is None:
            raise ApiError("ResourceNotFoundException", "The resource you requested does not exist.")
        return region, mapping

    def _check_queue(self, call: Call, function: Function, arn: str) -> None:
        """The queue must be there, and hide a message for as long as the function may work on it."""
        _, _, _, region, account, name = arn.split(":", 5)
        sqs = self._cloud.moto.client("sqs", account, region)
        try:
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        except ClientError:
            raise _refusal(
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS "
                "Error Message: The specified queue does not exist."
            ) from None
        visibility, timeout = int(attributes["VisibilityTimeout"]), function.latest.settings["Timeout"]
        if visibility < timeout:
            raise _refusal(
                f"Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds"
            )

    def _check_duplicate(self, region: Region, kind: str, meant: Target, members: ReadOnly[str, Any]) -> None:
        _forget_deleted(region, self.now())
        source = members.get("EventSourceArn") or members.get("SelfManagedEventSource")
        for mapping in region.mappings.values():
            other = mapping.members.get("EventSourceArn") or mapping.members.get("SelfManagedEventSource")
            same_topic = mapping.members.get("Topics") == members.get("Topics")
            if mapping.function_arn != meant.qualified_arn or other != source or not same_topic:
                continue
            if kind == "sqs":
                text = (
                    f'An event source mapping with SQS arn (" {source} ") and function (" {meant.name} ") already '
                    f"exists. Please update or delete the existing mapping with UUID {mapping.uuid}"
                )
            else:
                text = (
                    f'The event source arn (" {source} ") and function (" {meant.name} ") provided mapping already '
                    f"exists. Please update or delete the existing mapping with UUID {mapping.uuid}"
                )
            raise ApiError("ResourceConflictException", text)


def _kind(members: ReadOnly[str, Any]) -> str:
    """The service that the events come from: `sqs`, `kinesis`, `dynamodb`, `kafka`, `mq` or `rds` (DocumentDB)."""
    if "SelfManagedEventSource" in members:
        return "kafka"
    arn = members.get("EventSourceArn")
    service = arn.split(":")[2] if arn else ""
    if service not in ("sqs", "kinesis", "dynamodb", "kafka", "mq", "rds"):
        raise _refusal("Unrecognized event source.")
    return str(service)


def _defaults(kind: str) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "BatchSize": 10 if kind == "sqs" else 100,
        "MaximumBatchingWindowInSeconds": 0,
        "FunctionResponseTypes": [],
    }
    return {**shared, **_STREAM_DEFAULTS} if kind in _STREAMS else shared


def _check(kind: str, members: ReadOnly[str, Any]) -> None:
    if kind == "sqs":
        if members["EventSourceArn"].endswith(".fifo") and members["BatchSize"] > 10:
            raise _refusal("Batch size cannot be greater than 10 for an Amazon SQS FIFO queue.")
        if members["BatchSize"] > 10 and not members["MaximumBatchingWindowInSeconds"]:
            raise _refusal(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
            )
    for item in (members.get("FilterCriteria") or {}).get("Filters", ()):
        try:
            valid = isinstance(json.loads(item.get("Pattern", "")), dict)
        except ValueError:
            valid = False
        if not valid:
            raise _refusal("Invalid filter pattern definition.")


def _check_settled(mapping: Mapping, now: float) -> None:
    if now < mapping.settled_at:
        raise ApiError("ResourceInUseException", "Cannot update the event source mapping because it is in use.")


def _forget_deleted(region: Region, now: float) -> None:
    for identity in [m.uuid for m in region.mappings.values() if m.state(now) == "Deleted"]:
        del region.mappings[identity]


def _shown(region: Region, mapping: Mapping, state: str) -> dict[str, Any]:
    sqs = "sqs" in mapping.members.get("EventSourceArn", "")
    answer = {
        **mapping.members,
        "UUID": mapping.uuid,
        "EventSourceMappingArn": (f"arn:aws:lambda:{region.name}:{region.account}:event-source-mapping:{mapping.uuid}"),
        "FunctionArn": mapping.function_arn,
        "LastModified": mapping.modified,
        "State": state,
        "StateTransitionReason": "USER_INITIATED" if sqs else "User action",
    }
    return answer if sqs else {**answer, "LastProcessingResult": mapping.last_result}


def _refusal(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
