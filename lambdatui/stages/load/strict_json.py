"""JSON as its standard has it: Python's reader takes NaN and Infinity too, which Lambda and most programs refuse."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def loads(text: str) -> Any:
    """The value of a JSON text. Raises ValueError where it is none, also for what is nested too deeply."""
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def why(error: ValueError) -> str:
    """What is wrong with a text that `loads` refused, such as `Expecting value, line 1 column 3`."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno} column {error.colno}"
    return str(error)


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
