"""How far a rollout is: what is written before and after each change of its alias, and read to take it up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lambdatui.aws.masking import MASK


@dataclass(frozen=True, slots=True)
class Routing:
    """Where an alias sends its traffic: the main version, and AdditionalVersionWeights (0.0 to 1.0) of a second."""

    version: str
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RolloutState:
    """A rollout at one moment.

    `stands` is the routing that AWS last confirmed. `writing` is set before an UpdateAlias is sent, to what it asks
    for, and None again once the answer is here: a process that dies between the two leaves it.
    """

    alias: str
    before: Routing
    """The exact routing before the rollout: what a put-back restores."""
    stands: Routing
    step: int
    """Index in `steps` of the step that `stands` belongs to; -1 before the first."""
    steps: tuple[Mapping[str, Any], ...] = ()
    """The schedule in force, with its versions resolved, as the engine understands it. Holds JSON values only."""
    writing: Routing | None = None
    revision: str = ""
    """The RevisionId that AWS gave the alias last."""
    bake_began: float | None = None
    """When the step's bake began, in seconds since the epoch."""
    phase: str = ""
    """The engine's word for what it is doing, such as `baking`, `paused` or `putting back`."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else the engine needs to go on. Holds JSON values only."""

    def as_data(self) -> dict[str, Any]:
        """The state as JSON values."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RolloutState:
        """The state of what `as_data` gave. Members that are not known are left out."""
        known: dict[str, Any] = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        for name in ("before", "stands", "writing"):
            if known.get(name) is not None:
                known[name] = Routing(**known[name])
        known["steps"] = tuple(known.get("steps", ()))
        return cls(**known)

    def without_payloads(self) -> RolloutState:
        """The state without the events that its probes send: nobody goes on from it any more."""
        return replace(self, more=_masked(self.more))


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: MASK if name == "payload" else _masked(item) for name, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A rollout's state, and when it was written down, in seconds since the epoch."""

    at: float
    state: RolloutState
