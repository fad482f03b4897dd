"""Events: what a run of a stage tells as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from lambdatui.errors import LambdatuiError
from lambdatui.stages.change import Change

Phase = Literal["judging", "moving", "baking", "paused", "asking", "frozen", "putting back"]


@dataclass(frozen=True, slots=True)
class Started:
    """A change is about to be sent. `index` counts the plan's changes from 0; -1 is one that a rollout takes back."""

    index: int
    change: Change


@dataclass(frozen=True, slots=True)
class Done:
    """A change was made."""

    index: int
    change: Change
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """A word on what is going on: a wait, a retry, a choice."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a lengthy thing is. `total` is None where nobody knows; `rate` is units a second of late, if known."""

    what: str
    done: float
    total: float | None
    unit: str = ""
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class AtStep:
    """Where a rollout stands. No Note and no Progress: it is the whole of what a screen shows and a person decides on.

    It comes each time the step or the phase changes. `paused` and `asking` wait for the world's controls.
    """

    index: int
    """The step in force, from 0; -1 before the first."""
    percents: tuple[float, ...]
    """The new version's share at each step, in percent."""
    percent: float
    """Its share now."""
    phase: Phase
    words: str = ""
    """Why, where it is not plain: what is waited for, what was lost."""


@dataclass(frozen=True, slots=True)
class Result:
    """One of many results of a stage, such as an Invocation."""

    value: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """The run waits for a person: the world's controls take the answer."""

    question: str
    choices: tuple[str, ...] = ()
    """The answers to choose from; empty means that yes and no are enough."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended early. Says what was done and what was not, so that nothing is half-done silently."""

    error: LambdatuiError
    done: tuple[Change, ...]
    not_done: tuple[Change, ...]
    unsure: Change | None = None
    """The change that was under way: sent, perhaps made."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """What is known all the same, of the outputs that the stage documents."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended well. `outputs` are those that the stage documents."""

    outputs: Mapping[str, Any]


Event: TypeAlias = Started | Done | Note | Progress | AtStep | Result | Asked | Failed | Finished
