"""Event source mappings: the queues, streams and brokers that Lambda polls on a function's behalf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import arns
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.aws.paging import every
from lambdatui.clock import Clock

MAPPING_WRITES = ("CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping")
"""The calls that change a mapping: each settles after its answer."""


@dataclass(frozen=True, slots=True)
class EventSource:
    """One event source mapping. `source` is in words, such as `SQS queue orders`; `qualifier` is empty for $LATEST."""

    uuid: str
    source: str
    source_arn: str
    """Empty for a Kafka cluster that is not AWS's."""
    qualifier: str
    state: str
    reason: str
    """StateTransitionReason, as AWS says it."""
    last_result: str
    """LastProcessingResult, which AWS leaves out for queues."""
    modified: dt.datetime | None
    mapping: Mapping[str, Any]
    """The EventSourceMappingConfiguration in AWS's names."""

    @property
    def failing(self) -> bool:
        """Whether what it did last went wrong."""
        return self.last_result.upper().startswith("PROBLEM")


def list_of(account: Account, function: str, qualifiers: Iterable[str]) -> list[EventSource]:
    """The mappings on a function and on these versions and aliases of it, by source. One call each, or more.

    AWS keeps a mapping under the ARN it was made for, so that each qualifier is asked for. Raises AwsError.
    """
    found: dict[str, EventSource] = {}
    for qualifier in ("", *qualifiers):
        wanted = {"FunctionName": f"{function}:{qualifier}" if qualifier else function}
        for mapping in every(account, "ListEventSourceMappings", "EventSourceMappings", wanted):
            found[mapping["UUID"]] = event_source(mapping)
    return sorted(found.values(), key=lambda one: (one.source, one.qualifier, one.uuid))


def event_source(mapping: Mapping[str, Any]) -> EventSource:
    """The event source in an EventSourceMappingConfiguration of AWS's."""
    get = mapping.get
    return EventSource(
        uuid=mapping["UUID"],
        source=_source(mapping),
        source_arn=get("EventSourceArn", ""),
        qualifier=arns.qualifier(get("FunctionArn", "")),
        state=get("State", ""),
        reason=get("StateTransitionReason", ""),
        last_result=get("LastProcessingResult", ""),
        modified=get("LastModified"),
        mapping=mapping,
    )


def settled(
    account: Account, uuid: str, clock: Clock, seconds: float, enabled: bool | None = None
) -> Generator[EventSource, None, None]:
    """Waits until a mapping is Enabled or Disabled, or is gone. Yields it each time its state is another.

    `enabled` is what was asked for; None where nothing was. Looks again after 0.25 s, then ever later up to 5 s. Raises
    AwsError where AWS disabled what was to be enabled, or where it takes more than `seconds`; Cancelled when the clock
    is cancelled.
    """
    deadline, pause, state = clock.now() + seconds, 0.25, ""
    while True:
        try:
            now = event_source(account.call("lambda", "GetEventSourceMapping", {"UUID": uuid}))
        except NotFound:
            return
        if now.state in ("Enabled", "Disabled"):
            if enabled and now.state == "Disabled":
                raise AwsError(
                    f"{now.source}: the mapping was enabled, and is Disabled: {now.reason or 'AWS does not say why'}",
                    operation="GetEventSourceMapping",
                )
            return
        if now.state != state:
            state = now.state
            yield now
        if clock.now() >= deadline:
            raise AwsError(
                f"{now.source}: the mapping is still {now.state} after {seconds:.0f} s.",
                "It may yet finish; look at the function's triggers before trying again.",
                operation="GetEventSourceMapping",
            )
        clock.sleep(pause)
        pause = min(pause * 1.6, 5.0)


def settings(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How a mapping reads its source, in words: names and values, without what stands at AWS's default."""
    get = mapping.get
    pairs: list[tuple[str, str]] = []
    window = get("MaximumBatchingWindowInSeconds")
    if get("BatchSize") is not None:
        waits = f", or what came within {window} s" if window else ""
        pairs.append(("batches", f"of up to {get('BatchSize'):,}{waits}"))
    if get("StartingPosition"):
        since = get("StartingPositionTimestamp")
        pairs.append(("starts at", f"{get('StartingPosition')}{f' {since:%Y-%m-%d %H:%M:%S}' if since else ''}"))
    pairs += [("topic", topic) for topic in get("Topics") or ()]
    pairs += [("queue", queue) for queue in get("Queues") or ()]
    pairs += _groups_and_collections(mapping)
    if get("ParallelizationFactor", 1) > 1:
        pairs.append(("in parallel", f"{get('ParallelizationFactor')} batches a shard"))
    if get("TumblingWindowInSeconds"):
        pairs.append(("tumbling window", f"{get('TumblingWindowInSeconds')} s"))
    pairs += _failures(mapping)
    limit = (get("ScalingConfig") or {}).get("MaximumConcurrency")
    if limit:
        pairs.append(("at once", f"{limit} at most"))
    pollers = get("ProvisionedPollerConfig") or {}
    if pollers:
        least, most = pollers.get("MinimumPollers", "–"), pollers.get("MaximumPollers", "–")
        pairs.append(("pollers", f"{least} to {most}, provisioned"))
    pairs += [("filter", str(item.get("Pattern", ""))) for item in (get("FilterCriteria") or {}).get("Filters", ())]
    error = get("FilterCriteriaError") or {}
    if error:
        pairs.append(("filter error", f"{error.get('Message', '')} [{error.get('ErrorCode', '')}]"))
    # the kind of access only: the URI names a secret
    pairs += [("access", str(item.get("Type", ""))) for item in get("SourceAccessConfigurations") or ()]
    if get("KMSKeyArn"):
        pairs.append(("filter's key", str(get("KMSKeyArn"))))
    return pairs


def _failures(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    get = mapping.get
    pairs = []
    retries, age = get("MaximumRetryAttempts"), get("MaximumRecordAgeInSeconds")
    if retries is not None:
        # -1 is AWS's word for no limit
        pairs.append(("retries", "until the record expires" if retries < 0 else f"{retries} at most"))
    if age is not None and age >= 0:
        pairs.append(("oldest record", f"{age:,} s"))
    if get("BisectBatchOnFunctionError"):
        pairs.append(("on an error", "the batch is halved and tried again"))
    if "ReportBatchItemFailures" in (get("FunctionResponseTypes") or ()):
        pairs.append(("partial success", "the function says which records failed; only those come again"))
    failed = ((get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if failed:
        pairs.append(("given up", f"to {arns.described(failed)}"))
    return pairs


def _groups_and_collections(mapping: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    for name in ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig"):
        group = (mapping.get(name) or {}).get("ConsumerGroupId")
        if group:
            pairs.append(("consumer group", str(group)))
    documents = mapping.get("DocumentDBEventSourceConfig") or {}
    if documents:
        collection = documents.get("CollectionName")
        text = f"{documents.get('DatabaseName', '')}{f'.{collection}' if collection else ', every collection'}"
        pairs.append(("collection", f"{text}, {documents.get('FullDocument', 'Default')} documents"))
    return pairs


def _source(mapping: Mapping[str, Any]) -> str:
    arn = mapping.get("EventSourceArn")
    if arn:
        return arns.described(arn)
    servers = ((mapping.get("SelfManagedEventSource") or {}).get("Endpoints") or {}).get(
        "KAFKA_BOOTSTRAP_SERVERS"
    ) or ()
    return f"Kafka at {servers[0]}{f' and {len(servers) - 1} more' if len(servers) > 1 else ''}" if servers else "Kafka"
