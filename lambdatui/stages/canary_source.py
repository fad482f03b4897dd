"""Where the Canary stage takes its samples from: the part of its inputs, and the reading of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lambdatui.stages.strategy import Part, Seconds


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class CloudWatch(Part):
    """Lambda's metrics by version, and any other metric, by the minute."""

    kind: Literal["cloudwatch"] = "cloudwatch"
    period: Annotated[int, Field(ge=60, le=86_400, multiple_of=60)] = 60
    """A value each so many seconds; longer where CloudWatch does not keep them so fine any more."""
    late: Annotated[Seconds, Field(ge=0, le=3600)] = 60.0
    """How long after its end a period is complete in CloudWatch: each look waits for that."""


class Invocations(Part):
    """Saved runs of invocations, call by call."""

    kind: Literal["invocations"] = "invocations"
    results: Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_several)]
    """One or more files of JSON lines: the output `results` of an invoke stage, or what `invoke --json` has printed."""


class File(Part):
    """Samples that somebody else has taken."""

    kind: Literal["file"] = "file"
    path: str
    """A CSV file with the columns metric, side, value, time, of; or JSON, such as Kayenta's metric set pairs."""


Source = Annotated[CloudWatch | Invocations | File, Field(discriminator="kind")]
