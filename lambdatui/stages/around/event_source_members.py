"""The settings of an event source mapping in AWS's names, and how those of one that is there compare with them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.aws import arns
from lambdatui.stages.around.event_source_mapping import EventSourceMapping
from lambdatui.stages.stage import shown

CREATION_ONLY = ("StartingPosition", "StartingPositionTimestamp", "Topics", "Queues")
"""Members that UpdateEventSourceMapping does not have."""
FIXED: Mapping[str, tuple[str, ...]] = {
    "AmazonManagedKafkaEventSourceConfig": ("ConsumerGroupId",),
    "SelfManagedKafkaEventSourceConfig": ("ConsumerGroupId", "ConsumptionMode"),
}
"""What stays as it was made within a member that can be changed."""

NOTHING: Mapping[str, Any] = {
    "MaximumBatchingWindowInSeconds": 0,
    "FilterCriteria": {},
    "KMSKeyArn": "",
    "MetricsConfig": {"Metrics": []},
    "LoggingConfig": {},
    "ScalingConfig": {},
    "DestinationConfig": {"OnFailure": {}},
    "FunctionResponseTypes": [],
    "SourceAccessConfigurations": [],
    "ProvisionedPollerConfig": {},
}
"""What removes a member that was not there."""

_DEFAULTS: Mapping[str, Any] = {
    "BisectBatchOnFunctionError": False,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}

TITLES: Mapping[str, str] = {
    "Enabled": "enabled",
    "BatchSize": "batch size",
    "MaximumBatchingWindowInSeconds": "batching window",
    "FilterCriteria": "filters",
    "KMSKeyArn": "filters' key",
    "MetricsConfig": "metrics",
    "LoggingConfig": "log level",
    "ScalingConfig": "at once",
    "ParallelizationFactor": "batches a shard",
    "StartingPosition": "starting position",
    "StartingPositionTimestamp": "starting time",
    "BisectBatchOnFunctionError": "halve failed batches",
    "MaximumRecordAgeInSeconds": "oldest record",
    "MaximumRetryAttempts": "retries",
    "TumblingWindowInSeconds": "tumbling window",
    "DestinationConfig": "on failure",
    "FunctionResponseTypes": "partial success",
    "Topics": "topic",
    "Queues": "queue",
    "SourceAccessConfigurations": "access",
    "AmazonManagedKafkaEventSourceConfig": "Kafka",
    "SelfManagedKafkaEventSourceConfig": "Kafka",
    "DocumentDBEventSourceConfig": "DocumentDB",
    "ProvisionedPollerConfig": "pollers",
}
_SECONDS = ("MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "TumblingWindowInSeconds")


def members(entry: EventSourceMapping, now: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were given, in AWS's names; what is empty removes.

    A part of a group that was not given is taken from `now`, the mapping as it stands: AWS replaces groups whole.
    """
    found: dict[str, Any] = {
        "BatchSize": entry.batch_size,
        "MaximumBatchingWindowInSeconds": entry.batching_window,
        "FilterCriteria": _given(entry.patterns, lambda all_: {"Filters": [{"Pattern": one} for one in all_]}),
        "KMSKeyArn": entry.kms_key,
        "MetricsConfig": _given(entry.metrics, lambda names: {"Metrics": list(names)}),
        "LoggingConfig": _given(entry.log_level, lambda level: {"SystemLogLevel": level} if level else {}),
        "ScalingConfig": _given(entry.maximum_concurrency, lambda most: {"MaximumConcurrency": most} if most else {}),
        "ParallelizationFactor": entry.parallelization_factor,
        "StartingPosition": entry.starting_position,
        "StartingPositionTimestamp": _given(entry.starting_position_timestamp, _in_utc),
        "BisectBatchOnFunctionError": entry.bisect_on_error,
        "MaximumRecordAgeInSeconds": entry.maximum_record_age,
        "MaximumRetryAttempts": entry.maximum_retry_attempts,
        "TumblingWindowInSeconds": entry.tumbling_window,
        "DestinationConfig": _given(entry.on_failure, lambda arn: {"OnFailure": {"Destination": arn} if arn else {}}),
        "FunctionResponseTypes": _given(
            entry.report_batch_item_failures, lambda yes: ["ReportBatchItemFailures"] if yes else []
        ),
        "Topics": _given(entry.topic, lambda name: [name]),
        "Queues": _given(entry.queue, lambda name: [name]),
        "SourceAccessConfigurations": _given(
            entry.source_access,
            lambda ways: [{"Type": way.type, **({"URI": way.uri} if way.uri else {})} for way in ways],
        ),
        **_kafka(entry, now),
        "DocumentDBEventSourceConfig": _document_db(entry, now),
        "ProvisionedPollerConfig": _pollers(entry, now),
    }
    return {name: value for name, value in found.items() if value is not None}


def plain(name: str, value: Any) -> Any:
    """A member in the one form in which it is compared: what is empty, or AWS's default, is None.

    AWS tells some defaults of some kinds of sources, and leaves them out for others.
    """
    form = _form(name, value)
    return None if form == _DEFAULTS.get(name) else form


def _form(name: str, value: Any) -> Any:
    """A member with what is empty as None, and what has no order sorted."""
    if name == "FilterCriteria":
        filters = (value or {}).get("Filters") or []
        return sorted(json.dumps(json.loads(one.get("Pattern", "{}")), sort_keys=True) for one in filters) or None
    if name == "DestinationConfig":
        return ((value or {}).get("OnFailure") or {}).get("Destination") or None
    if name == "SourceAccessConfigurations":
        return sorted((one.get("Type", ""), one.get("URI", "")) for one in value or ()) or None
    if name == "MetricsConfig":
        return sorted((value or {}).get("Metrics") or ()) or None
    if name == "StartingPositionTimestamp":
        return _given(value, _in_utc)
    if name == "MaximumBatchingWindowInSeconds":
        return value or None
    if isinstance(value, Mapping):
        return {key: _form(key, item) for key, item in value.items() if item not in (None, "", [], {})} or None
    return value if value not in ("", [], ()) else None


def lines(settings: Mapping[str, Any]) -> dict[str, str]:
    """Members as lines of a plan, without those that are empty."""
    found: dict[str, str] = {}
    for name, value in settings.items():
        if name == "Enabled":
            found[TITLES[name]] = "yes" if value else "no"
        elif _form(name, value) is not None:
            found |= _lines(name, value)
    return found


def _lines(name: str, value: Any) -> dict[str, str]:
    title = TITLES.get(name, name)
    if name == "FilterCriteria":
        return {f"filter {index}": one["Pattern"] for index, one in enumerate(value["Filters"], 1)}
    if name == "DestinationConfig":
        where = value["OnFailure"]["Destination"]
        return {title: arns.described(where)}
    if name == "SourceAccessConfigurations":
        return {f"access {one['Type']}": one.get("URI", "with the function's role") for one in value}
    if name in ("MaximumRecordAgeInSeconds", "MaximumRetryAttempts") and value == -1:
        return {title: "no limit"}
    if name in _SECONDS:
        return {title: f"{value:,} s"}
    if name == "FunctionResponseTypes":
        return {title: "yes"}
    if name == "StartingPositionTimestamp":
        return {title: f"{_in_utc(value):%Y-%m-%d %H:%M:%S} UTC"}
    if name == "ProvisionedPollerConfig":
        least, most = value.get("MinimumPollers", "–"), value.get("MaximumPollers", "–")
        group = {"poller group": value["PollerGroupName"]} if value.get("PollerGroupName") else {}
        return {title: f"{least} to {most}", **group}
    if isinstance(value, Mapping):
        return _parts(value)
    return {title: shown(value) or ""}


_PARTS = {
    "SystemLogLevel": TITLES["LoggingConfig"],
    "MaximumConcurrency": TITLES["ScalingConfig"],
    "Metrics": TITLES["MetricsConfig"],
    "ConsumerGroupId": "consumer group",
    "ConsumptionMode": "consumption mode",
    "SchemaRegistryURI": "schema registry",
    "EventRecordFormat": "record format",
    "DatabaseName": "database",
    "CollectionName": "collection",
    "FullDocument": "documents",
}


def _parts(value: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, item in value.items():
        if name == "SchemaRegistryConfig":
            found |= _parts(item)
        elif name == "AccessConfigs":
            found |= {f"registry access {one['Type']}": one.get("URI", "") for one in item}
        elif name == "SchemaValidationConfigs" and item:
            found["validated parts"] = ", ".join(one["Attribute"] for one in item)
        elif item not in (None, "", [], {}):
            found[_PARTS.get(name, name)] = shown(item) or ""
    return found


def _given(value: Any, make: Callable[[Any], Any]) -> Any:
    return None if value is None else make(value)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """In whole seconds, as AWS keeps it; a time without a zone is UTC's."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).replace(microsecond=0)


def _kafka(entry: EventSourceMapping, now: Mapping[str, Any]) -> dict[str, Any]:
    name = "AmazonManagedKafkaEventSourceConfig" if entry.kind == "msk" else "SelfManagedKafkaEventSourceConfig"
    if entry.consumer_group is None and entry.schema_registry is None and entry.consumption_mode is None:
        return {}
    config = dict(now.get(name) or {})
    if entry.consumer_group is not None:
        config["ConsumerGroupId"] = entry.consumer_group
    if entry.consumption_mode is not None:
        config["ConsumptionMode"] = entry.consumption_mode
    registry = entry.schema_registry
    if registry is not None and registry.removes:
        config["SchemaRegistryConfig"] = {}
    elif registry is not None:
        given = {
            "SchemaRegistryURI": registry.uri,
            "EventRecordFormat": registry.record_format,
            "AccessConfigs": _given(registry.access, lambda ways: [{"Type": w.type, "URI": w.uri} for w in ways]),
            "SchemaValidationConfigs": _given(
                registry.validate_attributes, lambda parts: [{"Attribute": part} for part in parts]
            ),
        }
        config["SchemaRegistryConfig"] = _over(config.get("SchemaRegistryConfig"), given)
    return {name: config}


def _document_db(entry: EventSourceMapping, now: Mapping[str, Any]) -> dict[str, Any] | None:
    if entry.document_db is None:
        return None
    given = {
        "DatabaseName": entry.document_db.database,
        "CollectionName": entry.document_db.collection,
        "FullDocument": entry.document_db.full_document,
    }
    merged = _over(now.get("DocumentDBEventSourceConfig"), given)
    return {key: value for key, value in merged.items() if value != ""}


def _pollers(entry: EventSourceMapping, now: Mapping[str, Any]) -> dict[str, Any] | None:
    pollers = entry.provisioned_pollers
    if pollers is None:
        return None
    if pollers.removes:
        return {}
    given = {
        "MinimumPollers": pollers.minimum,
        "MaximumPollers": pollers.maximum,
        "PollerGroupName": pollers.group,
    }
    return _over(now.get("ProvisionedPollerConfig"), given)


def _over(there: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    return {**(there or {}), **{name: value for name, value in given.items() if value is not None}}
