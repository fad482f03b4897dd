"""What the strategies of a route share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from lambdatui.moments import duration


class Part(BaseModel):
    """A part of a route's inputs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Strategy(Part):
    """How the traffic is moved."""


def _seconds(value: Any) -> Any:
    return duration(value) if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=float | str)]
"""A length of time: seconds as a number, or such as `90s`, `10m`, `1h30m`."""
