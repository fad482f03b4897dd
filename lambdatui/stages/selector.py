"""Selectors: how a version is named before its number is known.

`newest`, `previous`, `previous(2)`, `oldest`, a number, `$LATEST`, `alias(live)`. Each is resolved to a number before
anything is written, and that number is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput, near_match

WORDS = ("newest", "previous", "oldest", LATEST)
FORMS = "newest, previous, previous(2), oldest, a number, $LATEST or alias(NAME)"

_CALL = re.compile(r"^(?P<word>[a-z]+)\((?P<inside>[^()]*)\)$")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A selector taken apart: a word of WORDS, `number` or `alias`, and what belongs to it."""

    word: str
    number: int = 0
    alias: str = ""


def parse(text: str) -> Parsed:
    """Takes a selector apart. Raises ValueError with one sentence where it is not one."""
    text = text.strip()
    if text.isascii() and text.isdigit() and int(text) > 0:
        return Parsed("number", number=int(text))
    if text == "previous":
        return Parsed("previous", number=1)
    if text in WORDS:
        return Parsed(text)
    call = _CALL.match(text)
    if call and call["word"] == "previous" and call["inside"].strip().isdigit() and int(call["inside"]) > 0:
        return Parsed("previous", number=int(call["inside"]))
    if call and call["word"] == "alias" and call["inside"].strip():
        return Parsed("alias", alias=call["inside"].strip())
    raise ValueError(f"'{text}' names no version: {FORMS} was expected.{near_match(text, WORDS)}")


def _checked(text: str) -> str:
    parse(text)
    return text.strip()


Selector = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int) and not isinstance(value, bool) else value),
    AfterValidator(_checked),
    Field(description=f"A version: {FORMS}."),
]


def resolve(selector: str, function: str, versions: Sequence[Version], aliases: Sequence[Alias]) -> str:
    """The version that a selector stands for, as AWS writes it. `versions` is the complete list, newest first.

    An alias stands for its main version. Raises BadInput where there is no such version.
    """
    parsed = parse(selector)
    if parsed.word == LATEST:
        return LATEST
    if parsed.word == "alias":
        for entry in aliases:
            if entry.name == parsed.alias:
                return entry.version
        names = [entry.name for entry in aliases]
        raise BadInput(f"{function} has no alias '{parsed.alias}'.{near_match(parsed.alias, names)}")
    numbers = [version.number for version in versions]
    if parsed.word == "number":
        if parsed.number in numbers:
            return str(parsed.number)
        there = f"it has {_span(numbers)}" if numbers else "it has no published version"
        raise BadInput(f"{function} has no version {parsed.number}; {there}.")
    index = {"newest": 0, "previous": parsed.number, "oldest": len(numbers) - 1}[parsed.word]
    if not 0 <= index < len(numbers):
        count = len(numbers) or "no"
        raise BadInput(f"{selector}: {function} has {count} published version{'' if count == 1 else 's'}.")
    return str(numbers[index])


def _span(numbers: Sequence[int]) -> str:
    if len(numbers) <= 4:
        return ", ".join(str(number) for number in reversed(numbers))
    return f"{len(numbers)} from {numbers[-1]} to {numbers[0]}"
