"""What a gate says of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate's word: the step is good, it is too early to say, it is bad, or it could not be found out.

    On `fail` the traffic goes back; on `unsure`, such as a probe without an answer, a person decides.
    """

    gate: str
    """Such as `alarms` or `hook check-orders`."""
    outcome: Literal["pass", "wait", "fail", "unsure"]
    words: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    """What it was judged by; JSON values."""
