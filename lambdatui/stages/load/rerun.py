"""What is needed to invoke the failures of a saved run again, each with the event it had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput
from lambdatui.stages.load.run_reader import Reader

_EVENTS = ("payload", "payload_file", "template", "library", "shape")
# whose failures they are is known, and how they are sent is another matter than how the whole was
_LEFT_OUT = ("function", "runs", "duration", "rate", "ramp", "warm_up", "max_errors", "max_error_rate", "failures_of")


def failures(reader: Reader) -> list[int]:
    """The numbers of the invocations that were not `ok`, in order, each once."""
    return sorted({one.number for one in reader if one.outcome != "ok" and not one.warm_up})


def event_numbers(reader: Reader) -> list[int]:
    """As `failures`, by the numbers that make their events: those of a run of failures are its own run's.

    Raises BadInput where that run is not there any more.
    """
    numbers = failures(reader)
    inputs = reader.head.get("inputs")
    before = inputs.get("failures_of") if isinstance(inputs, Mapping) else None
    if not isinstance(before, str) or before == str(reader.path):
        return numbers
    with Reader(before) as source:
        known = event_numbers(source)
    return [known[(number - 1) % len(known)] for number in numbers] if known else numbers


def inputs_again(reader: Reader, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of Invoke for a run's failures: what is given now, and else what the run had.

    Raises BadInput where nothing failed, or where the run's event is not kept and is not given again.
    """
    numbers = failures(reader)
    if not numbers:
        raise BadInput(f"{reader.path.stem}: nothing failed in it.")
    was = reader.head.get("inputs")
    inputs = {name: value for name, value in was.items() if name not in _LEFT_OUT} if isinstance(was, Mapping) else {}
    if any(name in given for name in _EVENTS):
        inputs = {name: value for name, value in inputs.items() if name not in _EVENTS}
    for name, value in inputs.items():
        if name not in given and _hidden(value):
            raise BadInput(
                f"{reader.path.stem} had a {name.replace('_', ' ')} of its own, which is not kept: give it again."
            )
    inputs |= given
    return inputs | {"runs": len(numbers), "failures_of": str(reader.path)}


def _hidden(value: Any) -> bool:
    return value == MASK or (
        isinstance(value, Mapping) and bool(value) and all(item == MASK for item in value.values())
    )
