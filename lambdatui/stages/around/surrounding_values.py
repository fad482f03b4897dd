"""What stands around a function at AWS, as a deploy file says it: event sources, statements, URLs and the like. Pure.

Deployed again, it changes nothing. Here only what is there is said: an entry that is empty would remove the whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lambdatui.aws.asynchronous import AsyncSettings
from lambdatui.aws.event_sources import EventSource
from lambdatui.aws.functions import LATEST
from lambdatui.aws.urls import FunctionUrl
from lambdatui.stages.around.event_source_mapping import KINDS, TAKEN_BY, EventSourceMapping
from lambdatui.stages.around.function_url import CORS_MEMBERS
from lambdatui.stages.around.permission import Permission, content

_PLAIN = {
    "batch_size": "BatchSize",
    "batching_window": "MaximumBatchingWindowInSeconds",
    "kms_key": "KMSKeyArn",
    "parallelization_factor": "ParallelizationFactor",
    "starting_position": "StartingPosition",
    "starting_position_timestamp": "StartingPositionTimestamp",
    "bisect_on_error": "BisectBatchOnFunctionError",
    "maximum_record_age": "MaximumRecordAgeInSeconds",
    "maximum_retry_attempts": "MaximumRetryAttempts",
    "tumbling_window": "TumblingWindowInSeconds",
}
_CONDITIONS = {
    "aws:sourcearn": "source_arn",
    "aws:sourceaccount": "source_account",
    "aws:principalorgid": "principal_org_id",
    "lambda:functionurlauthtype": "function_url_auth_type",
    "lambda:invokedviafunctionurl": "invoked_via_function_url",
    "lambda:eventsourcetoken": "event_source_token",
}
SECRET = "event_source_token"  # noqa: S105 - the name of a field
"""The part of a permission that must not be shown."""


def event_source(source: EventSource, tags: Mapping[str, str]) -> dict[str, Any] | None:
    """An event source mapping; None where a deploy file cannot say it. `tags` are the mapping's own."""
    mapping = source.mapping
    servers = ((mapping.get("SelfManagedEventSource") or {}).get("Endpoints") or {}).get("KAFKA_BOOTSTRAP_SERVERS")
    kafka = mapping.get("AmazonManagedKafkaEventSourceConfig") or mapping.get("SelfManagedKafkaEventSourceConfig") or {}
    filters = (mapping.get("FilterCriteria") or {}).get("Filters") or []
    told: dict[str, Any] = {
        "source": source.source_arn,
        "bootstrap_servers": servers,
        "qualifier": source.qualifier,
        "enabled": source.state not in ("Disabled", "Disabling"),
        **{field: mapping.get(member) for field, member in _PLAIN.items()},
        "filters": [_pattern(one.get("Pattern", "{}")) for one in filters],
        "metrics": (mapping.get("MetricsConfig") or {}).get("Metrics"),
        "log_level": (mapping.get("LoggingConfig") or {}).get("SystemLogLevel"),
        "maximum_concurrency": (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency"),
        "on_failure": ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination"),
        "report_batch_item_failures": "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()) or None,
        "topic": next(iter(mapping.get("Topics") or ()), None),
        "queue": next(iter(mapping.get("Queues") or ()), None),
        "consumer_group": kafka.get("ConsumerGroupId"),
        "schema_registry": _registry(kafka.get("SchemaRegistryConfig") or {}),
        "consumption_mode": kafka.get("ConsumptionMode"),
        "source_access": [
            _parts(way, type="Type", uri="URI") for way in mapping.get("SourceAccessConfigurations") or ()
        ],
        "document_db": _parts(
            mapping.get("DocumentDBEventSourceConfig"),
            database="DatabaseName",
            collection="CollectionName",
            full_document="FullDocument",
        ),
        "provisioned_pollers": _parts(
            mapping.get("ProvisionedPollerConfig"),
            minimum="MinimumPollers",
            maximum="MaximumPollers",
            group="PollerGroupName",
        ),
        "tags": {key: value for key, value in tags.items() if not key.startswith("aws:")},
    }
    kind = EventSourceMapping.model_construct(source=source.source_arn or None).kind
    found = {
        name: value
        for name, value in told.items()
        # AWS may tell the default of a setting that the kind does not take
        if value not in (None, "", [], {}) and kind in TAKEN_BY.get(name, KINDS)
    }
    try:
        EventSourceMapping(**found)
    except ValidationError:
        return None
    return found


def permission(statement: Mapping[str, Any], qualifier: str, partition: str) -> dict[str, Any] | None:
    """A statement of a resource policy; None where AddPermission could not have made it, such as one that denies."""
    says = content(statement)
    principals, actions = says.get("principal", ()), says.get("action", ())
    if len(principals) != 1 or len(actions) != 1:
        return None
    found: dict[str, Any] = {
        "statement_id": statement.get("Sid", ""),
        "principal": principals[0],
        "action": actions[0],
    }
    for key, values in says.items():
        if key in _CONDITIONS and len(values) == 1:
            found[_CONDITIONS[key]] = values[0]
    if "invoked_via_function_url" in found:
        found["invoked_via_function_url"] = found["invoked_via_function_url"] == "true"
    if qualifier:
        found["qualifier"] = qualifier
    try:
        same = content(Permission(**found).statement(partition)) == says
    except ValidationError:
        return None
    return found if same else None


def function_url(url: FunctionUrl) -> dict[str, Any]:
    """A function URL; it will be another address wherever it is made anew."""
    cors = {field: url.cors[member] for field, member in CORS_MEMBERS.items() if url.cors.get(member)}
    return {
        **({"qualifier": url.qualifier} if url.qualifier else {}),
        "auth_type": url.auth,
        "invoke_mode": url.invoke_mode,
        "cors": cors,
    }


def async_invocation(qualifier: str, settings: AsyncSettings) -> dict[str, Any]:
    """How asynchronous invocations of a qualifier are handled."""
    told = {
        "qualifier": None if qualifier == LATEST else qualifier,
        "maximum_retry_attempts": settings.retries,
        "maximum_event_age": settings.maximum_age,
    }
    return {
        **{name: value for name, value in told.items() if value is not None},
        "on_success": settings.on_success or "",
        "on_failure": settings.on_failure or "",
    }


def _pattern(text: str) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) else text


def _registry(config: Mapping[str, Any]) -> dict[str, Any]:
    found = _parts(config, uri="SchemaRegistryURI", record_format="EventRecordFormat")
    if ways := config.get("AccessConfigs"):
        found["access"] = [_parts(way, type="Type", uri="URI") for way in ways]
    if parts := config.get("SchemaValidationConfigs"):
        found["validate_attributes"] = [part["Attribute"] for part in parts]
    return found


def _parts(form: Mapping[str, Any] | None, **members: str) -> dict[str, Any]:
    """The parts that are there, by their fields. `members` are AWS's names by the field's."""
    return {name: form[member] for name, member in members.items() if form and form.get(member) not in (None, "")}
