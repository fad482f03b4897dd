"""An event source mapping as it is asked for: every setting of every kind of source, checked by kind.

The settings and their limits are those of CreateEventSourceMapping; which kind of source takes which is told at
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and in the developer guide's page on
each source.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from lambdatui.aws import arns
from lambdatui.stages.around.standing import Qualifier
from lambdatui.stages.settings.arn_fields import KMS_KEY, Kind, arn_of, unsuitable
from lambdatui.stages.settings.setting_groups import Group

KINDS: Mapping[str, str] = {
    "sqs": "an SQS queue",
    "kinesis": "a Kinesis stream",
    "dynamodb": "a DynamoDB stream",
    "msk": "an MSK cluster",
    "kafka": "a Kafka cluster of your own",
    "mq": "an MQ broker",
    "documentdb": "a DocumentDB change stream",
}
"""What an event can come from, by the word that stands for it here."""
_BY_SERVICE = {
    "sqs": "sqs",
    "kinesis": "kinesis",
    "dynamodb": "dynamodb",
    "kafka": "msk",
    "mq": "mq",
    "rds": "documentdb",
}
_STREAMS = ("kinesis", "dynamodb")
_KAFKA = ("msk", "kafka")
STARTING = (*_STREAMS, *_KAFKA, "documentdb")
"""The kinds that are read from a place in them, which AWS wants to be told."""
TAKEN_BY: Mapping[str, tuple[str, ...]] = {
    "maximum_concurrency": ("sqs",),
    "parallelization_factor": _STREAMS,
    "tumbling_window": _STREAMS,
    "bisect_on_error": (*_STREAMS, *_KAFKA),
    "maximum_record_age": (*_STREAMS, *_KAFKA),
    "maximum_retry_attempts": (*_STREAMS, *_KAFKA),
    "on_failure": (*_STREAMS, *_KAFKA),
    "report_batch_item_failures": ("sqs", *_STREAMS, *_KAFKA),
    "provisioned_pollers": ("sqs", *_KAFKA),
    "starting_position": STARTING,
    "starting_position_timestamp": STARTING,
    "topic": _KAFKA,
    "queue": ("mq",),
    "source_access": (*_KAFKA, "mq", "documentdb"),
    "consumer_group": _KAFKA,
    "schema_registry": _KAFKA,
    "consumption_mode": ("kafka",),
    "document_db": ("documentdb",),
    "log_level": _KAFKA,
}
"""The kinds that take a setting; what is not here, all take."""
_FAILED = Kind(
    "an SQS queue, an SNS topic or an S3 bucket",
    ("sqs", "sns", "s3"),
    r".+",
    "arn:aws:sqs:eu-west-1:123456789012:failed",
    regional=False,
)
AccessType = Literal[
    "BASIC_AUTH",
    "VPC_SUBNET",
    "VPC_SECURITY_GROUP",
    "SASL_SCRAM_512_AUTH",
    "SASL_SCRAM_256_AUTH",
    "VIRTUAL_HOST",
    "CLIENT_CERTIFICATE_TLS_AUTH",
    "SERVER_ROOT_CA_CERTIFICATE",
    "OAUTHBEARER_AUTH",
    "OAUTHBEARER_SCOPE",
    "OAUTHBEARER_AUDIENCE",
    "OAUTHBEARER_LOGICAL_CLUSTER",
    "OAUTHBEARER_IDENTITY_POOL",
    "IAM_AUTH",
    "IAM_OAUTHBEARER_AUTH",
]
_ACCESS_TAKEN_BY: Mapping[str, tuple[str, ...]] = {
    "BASIC_AUTH": ("mq", "kafka", "documentdb"),
    "VIRTUAL_HOST": ("mq",),
    "SASL_SCRAM_512_AUTH": _KAFKA,
    "CLIENT_CERTIFICATE_TLS_AUTH": _KAFKA,
}
_WITHOUT_URI = ("IAM_AUTH", "IAM_OAUTHBEARER_AUTH")


class SourceAccess(Group):
    """How Lambda gets into a broker or cluster: a secret, a part of a VPC, a virtual host."""

    type: AccessType
    """Such as BASIC_AUTH, SASL_SCRAM_512_AUTH, VPC_SUBNET or VIRTUAL_HOST."""
    uri: Annotated[str, Field(title="URI", min_length=1, max_length=200, pattern=r"^[ a-zA-Z0-9\-/*:_+=.@]*$")] | (
        None
    ) = None
    """The secret's ARN, the subnet's or security group's id, or the virtual host's name."""

    @model_validator(mode="after")
    def _has_uri(self) -> SourceAccess:
        if (self.uri is None) != (self.type in _WITHOUT_URI):
            raise ValueError(f"{self.type} {'takes no uri' if self.uri else 'needs a uri'}.")
        return self


class RegistryAccess(Group):
    """How Lambda gets into a schema registry that is not AWS's."""

    type: Literal["BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE", "OAUTHBEARER_AUTH"]
    """What the secret holds."""
    uri: Annotated[str, Field(title="URI", pattern=r"^arn:[^:]+:secretsmanager:.+$")]
    """The ARN of the secret in Secrets Manager."""


class SchemaRegistry(Group):
    """AWS's SchemaRegistryConfig: the registry that describes a Kafka topic's records."""

    uri: Annotated[str, Field(title="URI", min_length=1, max_length=10000, pattern=r"^[a-zA-Z0-9\-/*:_+=.@]*$")] | (
        None
    ) = None
    """The ARN of a Glue registry, or the address of a Confluent one."""
    record_format: Annotated[Literal["JSON", "SOURCE"], Field(title="Record format")] | None = None
    """JSON: the function gets JSON. SOURCE: it gets what the record holds."""
    access: Annotated[list[RegistryAccess], Field(title="Access")] | None = None
    """How Lambda gets into a Confluent registry."""
    validate_attributes: Annotated[list[Literal["KEY", "VALUE"]], Field(title="Validated parts")] | None = None
    """The parts of a record that are checked."""


class Pollers(Group):
    """AWS's ProvisionedPollerConfig: pollers that are kept ready. An empty mapping gives them up."""

    minimum: Annotated[int, Field(title="At least", ge=1, le=200)] | None = None
    """How few pollers there may be, 1 to 200; 2 at least for SQS."""
    maximum: Annotated[int, Field(title="At most", ge=1, le=10000)] | None = None
    """How many pollers there may be: up to 10000 for SQS, up to 2000 for Kafka."""
    group: Annotated[str, Field(title="Group", max_length=128, pattern=r"^[a-zA-Z0-9_-]*$")] | None = None
    """For Kafka: the poller group whose capacity it shares."""


class DocumentDb(Group):
    """AWS's DocumentDBEventSourceConfig."""

    database: Annotated[str, Field(title="Database", min_length=1, max_length=63, pattern=r'^[^ /\.$"]+$')] | (
        None
    ) = None
    """The database whose changes are read."""
    collection: Annotated[str, Field(title="Collection", max_length=57, pattern=r"^([_a-zA-Z0-9][^$]*)?$")] | None = (
        None
    )
    """The collection; empty for all of the database."""
    full_document: Annotated[Literal["UpdateLookup", "Default"], Field(title="Documents")] | None = None
    """UpdateLookup: an update comes with the whole document. Default: with what changed."""


class EventSourceMapping(Group):
    """A queue, stream or broker that Lambda polls. What is absent is left alone, or AWS's default where it is new."""

    source: Annotated[str, Field(title="Source", pattern=r"^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$")] | None = None
    """The ARN of the queue, stream, cluster or broker."""
    bootstrap_servers: (
        Annotated[
            list[Annotated[str, Field(max_length=300, pattern=r"^[^:\s]+:\d{1,5}$")]],
            Field(title="Bootstrap servers", min_length=1, max_length=10),
        ]
        | None
    ) = None
    """In place of source, for a Kafka cluster of your own: HOST:PORT of its brokers."""
    qualifier: Qualifier | None = None
    """The alias or version that is invoked; left out, the function itself ($LATEST)."""
    enabled: Annotated[bool, Field(title="Enabled")] | None = None
    """Whether it polls. Left out, one that was disabled stays so, and a new one is enabled."""
    batch_size: Annotated[int, Field(title="Batch size", ge=1, le=10000)] | None = None
    """How many records an invocation gets at most, 1 to 10000; 10 for a FIFO queue."""
    batching_window: Annotated[int, Field(title="Batching window", ge=0, le=300)] | None = None
    """How long records are gathered before the function is invoked, in seconds, 0 to 300."""
    filters: Annotated[list[dict[str, Any] | str], Field(title="Filters")] | None = None
    """Patterns of EventBridge's kind, as mappings or JSON text; an empty list removes all."""
    kms_key: Annotated[str, Field(title="Filters' key"), arn_of(KMS_KEY, or_empty=True)] | None = None
    """The ARN of the KMS key that encrypts the filters; empty removes it."""
    metrics: (
        Annotated[list[Literal["EventCount", "ErrorCount", "KafkaMetrics"]], Field(title="Metrics", max_length=3)]
        | None
    ) = None
    """Metrics that the mapping itself gives; an empty list removes all."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARN", ""], Field(title="Log level")] | None = None
    """For Kafka: how much the pollers log; empty removes it."""
    maximum_concurrency: Annotated[int, Field(title="At once", ge=0, le=1000)] | None = None
    """For SQS: how many invocations it makes at once, 2 to 1000; 0 removes the limit."""
    parallelization_factor: Annotated[int, Field(title="Batches a shard", ge=1, le=10)] | None = None
    """For streams: how many batches of one shard are worked on at once, 1 to 10."""
    starting_position: (
        Annotated[Literal["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"], Field(title="Starting position")] | None
    ) = None
    """Where a new mapping begins: at the oldest record, after the newest, or at a time."""
    starting_position_timestamp: Annotated[dt.datetime, Field(title="Starting time")] | None = None
    """With AT_TIMESTAMP: the time to begin at, such as 2026-11-24T08:00:00Z."""
    bisect_on_error: Annotated[bool, Field(title="Halve failed batches")] | None = None
    """Whether a failed batch is halved and tried again."""
    maximum_record_age: Annotated[int, Field(title="Oldest record", ge=-1, le=604800)] | None = None
    """How old a record may get, in seconds, 60 to 604800; -1 for no limit."""
    maximum_retry_attempts: Annotated[int, Field(title="Retries", ge=-1, le=10000)] | None = None
    """How often a failed batch is tried again, 0 to 10000; -1 until its records expire."""
    tumbling_window: Annotated[int, Field(title="Tumbling window", ge=0, le=900)] | None = None
    """Length of the windows over which a function sums up, in seconds, 0 to 900; 0 for none."""
    on_failure: Annotated[str, Field(title="On failure", max_length=350)] | None = None
    """ARN of the queue, topic or bucket that gets what was given up, or kafka://TOPIC; empty removes it."""
    report_batch_item_failures: Annotated[bool, Field(title="Partial success")] | None = None
    """Whether the function says which records of a batch failed, and only those come again."""
    topic: Annotated[str, Field(title="Topic", max_length=249, pattern=r"^[^.]([a-zA-Z0-9\-_.]+)$")] | None = None
    """For Kafka: the topic."""
    queue: Annotated[str, Field(title="Queue", min_length=1, max_length=1000)] | None = None
    """For MQ: the broker's queue."""
    consumer_group: (
        Annotated[
            str, Field(title="Consumer group", min_length=1, max_length=200, pattern=r"^[ a-zA-Z0-9\-/*:_+=.@]*$")
        ]
        | None
    ) = None
    """For Kafka: the consumer group; it cannot be changed later."""
    schema_registry: Annotated[SchemaRegistry, Field(title="Schema registry")] | None = None
    """For Kafka: the registry that describes the records; an empty mapping removes it."""
    consumption_mode: Annotated[Literal["Stream", "Queue"], Field(title="Consumption mode")] | None = None
    """For Kafka of your own: Stream keeps records in order, Queue shares partitions; it cannot be changed later."""
    source_access: Annotated[list[SourceAccess], Field(title="Access", max_length=23)] | None = None
    """How Lambda gets into the broker or cluster; an empty list removes all."""
    document_db: Annotated[DocumentDb, Field(title="DocumentDB")] | None = None
    """For DocumentDB: what is read."""
    provisioned_pollers: Annotated[Pollers, Field(title="Pollers")] | None = None
    """For SQS and Kafka: pollers that are kept ready; an empty mapping gives them up."""
    tags: Annotated[dict[str, str], Field(title="Tags", max_length=50)] | None = None
    """Tags of the mapping, all of them; an empty mapping removes all but AWS's own."""

    @property
    def kind(self) -> str:
        """One of KINDS."""
        if self.source is None:
            return "kafka"
        arn = arns.parse(self.source)
        return _BY_SERVICE.get(arn.service, "") if arn else ""

    @property
    def patterns(self) -> list[str] | None:
        """The filters as AWS takes them: JSON text."""
        if self.filters is None:
            return None
        return [one if isinstance(one, str) else json.dumps(one, separators=(",", ":")) for one in self.filters]

    @field_validator("filters")
    @classmethod
    def _are_patterns(cls, filters: list[dict[str, Any] | str] | None) -> list[dict[str, Any] | str] | None:
        for index, one in enumerate(filters or ()):
            try:
                pattern = one if isinstance(one, dict) else json.loads(one)
            except ValueError as error:
                raise ValueError(f"filter {index} is no JSON: {error}.") from None
            if not isinstance(pattern, dict):
                raise ValueError(f'filter {index}: a JSON object was expected, such as {{"body": …}}.')
            if len(json.dumps(pattern)) > 4096:
                raise ValueError(f"filter {index} is longer than the 4096 characters that AWS takes.")
        return filters

    @field_validator("on_failure")
    @classmethod
    def _is_destination(cls, text: str | None) -> str | None:
        if text and not text.startswith("kafka://") and (why := unsuitable(text, _FAILED)):
            raise ValueError(why)
        return text

    @model_validator(mode="after")
    def _fits(self) -> EventSourceMapping:
        if (self.source is None) == (self.bootstrap_servers is None):
            raise ValueError("either source or bootstrap_servers was expected.")
        if not self.kind:
            raise ValueError(_not_polled(str(self.source)))
        for why in self._troubles():
            raise ValueError(why)
        return self

    def _troubles(self) -> list[str]:
        kind = self.kind
        found = [
            f"{name} goes with {_alternatives([KINDS[taker] for taker in takers])}, not with {KINDS[kind]}."
            for name, takers in TAKEN_BY.items()
            if getattr(self, name) is not None and kind not in takers
        ]
        found += [
            f"source_access: {one.type} goes with {_alternatives([KINDS[taker] for taker in takers])}, not with "
            f"{KINDS[kind]}."
            for one in self.source_access or ()
            if kind not in (takers := _ACCESS_TAKEN_BY.get(one.type, ("kafka",)))
        ]
        if kind not in _KAFKA and {"ErrorCount", "KafkaMetrics"} & {*(self.metrics or ())}:
            found.append(f"metrics: EventCount is what there is for {KINDS[kind]}; the others are for Kafka.")
        if (self.on_failure or "").startswith("kafka://") and kind not in _KAFKA:
            found.append(f"on_failure: a Kafka topic goes with a Kafka source, not with {KINDS[kind]}.")
        if self.maximum_concurrency == 1:
            found.append("maximum_concurrency: 2 or more was expected, or 0 for no limit, not 1.")
        if self.maximum_record_age is not None and 0 <= self.maximum_record_age < 60:
            found.append(f"maximum_record_age: 60 or more was expected, or -1, not {self.maximum_record_age}.")
        if (self.source or "").endswith(".fifo"):
            if (self.batch_size or 0) > 10:
                found.append(f"batch_size: 10 or less was expected for a FIFO queue, not {self.batch_size}.")
            if self.batching_window:
                found.append("batching_window: AWS takes none for a FIFO queue.")
        return found + self._starting() + self._polling() + self._consuming()

    def _starting(self) -> list[str]:
        at = self.starting_position == "AT_TIMESTAMP"
        if at and self.kind == "dynamodb":
            return [
                "starting_position: AT_TIMESTAMP is not for a DynamoDB stream; TRIM_HORIZON or LATEST was expected."
            ]
        if at and self.starting_position_timestamp is None:
            return ["starting_position_timestamp: AT_TIMESTAMP needs a time."]
        if self.starting_position_timestamp is not None and not at:
            return ["starting_position_timestamp goes with the starting position AT_TIMESTAMP."]
        return []

    def _polling(self) -> list[str]:
        pollers = self.provisioned_pollers
        if pollers is None or pollers.removes:
            return []
        found = []
        low, high = pollers.minimum, pollers.maximum
        if low is not None and high is not None and low > high:
            found.append(f"provisioned_pollers: the minimum ({low}) is above the maximum ({high}).")
        if self.kind == "sqs":
            if 1 in (low, high):
                found.append("provisioned_pollers: 2 or more was expected for an SQS queue, not 1.")
            if pollers.group:
                found.append("provisioned_pollers.group goes with a Kafka source, not with an SQS queue.")
            if self.maximum_concurrency:
                found.append("maximum_concurrency and provisioned_pollers exclude one another.")
        elif high is not None and high > 2000:
            found.append(f"provisioned_pollers.maximum: 2000 or less was expected for Kafka, not {high}.")
        return found

    def _consuming(self) -> list[str]:
        if self.consumption_mode != "Queue":
            return []
        found = [
            f"{name}: AWS takes none with the consumption mode Queue."
            for name in ("batching_window", "starting_position", "starting_position_timestamp")
            if getattr(self, name) is not None
        ]
        if self.maximum_retry_attempts == -1:
            found.append("maximum_retry_attempts: 0 or more was expected with the consumption mode Queue, not -1.")
        return found


def _not_polled(source: str) -> str:
    arn = arns.parse(source)
    service = arn.service if arn else ""
    polled = _alternatives([words for kind, words in KINDS.items() if kind != "kafka"])
    push = " That one invokes by itself: see permissions." if service in ("sns", "s3", "events", "logs") else ""
    return f"source: {polled} was expected, and '{source}' is one of {service}.{push}"


def _alternatives(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
