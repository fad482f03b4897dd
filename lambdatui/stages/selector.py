"""Selectors: how a version is named before its number is known.

- `newest`, `previous` (the one before the newest), `previous(3)`, `oldest`: by order, among the versions that exist.
- `42`, `$LATEST`, `alias(live)`: the alias's main version.
- `description(new tax)`: the newest whose description holds this text, in whatever case.
- `tag(v1.4.2)`: the newest whose description holds this as a word of its own: not `v1.4.20`, nor `rev1.4.2`.
- `sha(11ab9c)`: the newest whose CodeSha256 begins so, in hexadecimal as `sha256sum` tells it, or in AWS's base64.

Each is resolved to a number before anything is written, and that number is shown.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput, near_match

WORDS = ("newest", "previous", "oldest", LATEST)
CALLS = ("previous", "alias", "description", "tag", "sha")
FORMS = (
    "newest, previous, previous(2), oldest, a number, $LATEST, alias(NAME), description(TEXT), tag(WORD) or sha(PREFIX)"
)
SHORTEST_SHA = 4
"""So many characters of a SHA say which it is, as in Git."""

_CALL = re.compile(r"(?P<word>[A-Za-z]+)\s*\((?P<inside>.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A selector taken apart: a word of WORDS or CALLS, or `number`, and what belongs to it."""

    word: str
    number: int = 0
    text: str = ""


def parse(text: str) -> Parsed:
    """Takes a selector apart. Raises ValueError with one sentence where it is not one."""
    text = text.strip()
    if _counts(text):
        return Parsed("number", number=int(text))
    if text == "previous":
        return Parsed("previous", number=1)
    if text in WORDS:
        return Parsed(text)
    call = _CALL.fullmatch(text)
    if call is None or call["word"] not in CALLS:
        word = call["word"] if call else text
        raise ValueError(f"'{text}' names no version: {FORMS} was expected.{near_match(word, (*WORDS, *CALLS))}")
    word, inside = call["word"], call["inside"].strip()
    if word == "previous":
        if _counts(inside):
            return Parsed("previous", number=int(inside))
        raise ValueError(f"'{text}' names no version: previous(2), with a number from 1, was expected.")
    if not inside:
        raise ValueError(f"'{text}' names no version: something was expected between the brackets.")
    if word == "sha" and len(inside) < SHORTEST_SHA:
        raise ValueError(f"'{text}' names no version: {SHORTEST_SHA} characters of a SHA-256 or more were expected.")
    return Parsed(word, text=inside)


def _counts(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18 and int(text) > 0


def _checked(text: str) -> str:
    parse(text)
    return text.strip()


Selector = Annotated[
    str,
    BeforeValidator(
        lambda value: str(value) if isinstance(value, int) and not isinstance(value, bool) else value,
        json_schema_input_type=str | int,
    ),
    AfterValidator(_checked),
    Field(description=f"A version: {FORMS}."),
]


def resolve(selector: str, function: str, versions: Sequence[Version], aliases: Sequence[Alias]) -> str:
    """The version that a selector stands for, as AWS writes it. `versions` is the complete list, newest first.

    An alias stands for its main version. Raises BadInput where there is no such version, or where a SHA's prefix is
    that of several.
    """
    parsed = parse(selector)
    if parsed.word == LATEST:
        return LATEST
    if parsed.word == "alias":
        return _of_alias(parsed.text, function, aliases)
    if parsed.word in ("description", "tag"):
        return _described(parsed, function, versions)
    if parsed.word == "sha":
        return _with_sha(parsed.text, function, versions)
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


def _of_alias(name: str, function: str, aliases: Sequence[Alias]) -> str:
    for entry in aliases:
        if entry.name == name:
            return entry.version
    raise BadInput(f"{function} has no alias '{name}'.{near_match(name, [entry.name for entry in aliases])}")


def _described(parsed: Parsed, function: str, versions: Sequence[Version]) -> str:
    if parsed.word == "tag":
        # what may stand in a tag: `v1.4` is not found in `v1.4.2`, but it is where a sentence ends with it
        edge = r"[\w+/@-]|[.:](?=\w)"
        found = re.compile(rf"(?<![\w+/@-])(?<!\w[.:]){re.escape(parsed.text)}(?!{edge})").search
        matches: Callable[[str], object] = found
        words = f"holds '{parsed.text}' as a word of its own"
    else:
        wanted = parsed.text.casefold()
        matches = lambda description: wanted in description.casefold()  # noqa: E731 - one of two ways to look
        words = f"holds '{parsed.text}'"
    for version in versions:
        if matches(version.description):
            return version.name
    known = [version.description for version in versions] + [
        word for version in versions for word in version.description.split()
    ]
    raise BadInput(f"{function} has no version whose description {words}.{near_match(parsed.text, known)}")


def _with_sha(prefix: str, function: str, versions: Sequence[Version]) -> str:
    found = [v for v in versions if v.sha256.startswith(prefix) or _in_hex(v.sha256).startswith(prefix.lower())]
    if not found:
        raise BadInput(f"{function} has no version whose code has a SHA-256 that begins with {prefix}.")
    if len({version.sha256 for version in found}) > 1:
        numbers = ", ".join(version.name for version in found[:6])
        raise BadInput(
            f"{function} has several versions whose code has a SHA-256 that begins with {prefix}: {numbers}.",
            "Give more of it, or the number.",
        )
    return found[0].name


def _in_hex(sha256: str) -> str:
    try:
        return base64.b64decode(sha256, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _span(numbers: Sequence[int]) -> str:
    if len(numbers) <= 4:
        return ", ".join(str(number) for number in reversed(numbers))
    return f"{len(numbers)} from {numbers[-1]} to {numbers[0]}"
