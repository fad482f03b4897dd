"""Patterns for unstructured messages: `ERROR "no currency" -health ?retry %4\\d\\d%`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lambdatui.emulator.logs.patterns.conditions import Matches, PatternMistake, regex, unquoted

_TERM = re.compile(
    r"""(?P<sign>[?-]?)(?:
        "(?P<phrase>(?:[^"\\]|\\.)*)"
      | %(?P<regex>[^%]+)%
      | (?P<word>[A-Za-z0-9_]+)
    )""",
    re.VERBOSE,
)


def parse_terms(text: str) -> Matches:
    """What a pattern of terms asks of a message; an empty one asks nothing. Raises PatternMistake.

    All plain terms must be in the message and none of the excluded ones. Optional terms count only where there are no
    others: one of them must be in it, then.
    """
    terms = list(_terms(text))
    required = [holds for sign, holds in terms if sign == ""]
    excluded = [holds for sign, holds in terms if sign == "-"]
    optional = [holds for sign, holds in terms if sign == "?"]
    if required or excluded or not optional:
        return lambda message: (
            all(holds(message) for holds in required) and not any(holds(message) for holds in excluded)
        )
    return lambda message: any(holds(message) for holds in optional)


def _terms(text: str) -> Iterator[tuple[str, Callable[[str], bool]]]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TERM.match(text, position)
        end = match.end() if match else position + (text[position] in "?-")
        if match is None or (end < len(text) and not text[end].isspace()):
            raise PatternMistake(f"Invalid character(s) in term '{text[end : end + 1]}'")
        yield match["sign"], _holds(match)
        position = end


def _holds(match: re.Match[str]) -> Callable[[str], bool]:
    if match["regex"] is not None:
        found = regex(match["regex"]).search
        return lambda message: found(message) is not None
    wanted = match["word"] if match["word"] is not None else unquoted(match["phrase"])
    return lambda message: wanted in message
