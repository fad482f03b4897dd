"""The tokens of JSON in a line of text, for its colours, with the `{{ … }}` of a template among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

TokenKind = Literal["key", "string", "number", "word", "template", "wrong"]

LONGEST = 4000
"""Characters of a line that are looked at: what is longer is no text that somebody edits."""


class Token(NamedTuple):
    """A part of a line, from `start` up to `end`."""

    start: int
    end: int
    kind: TokenKind


# a JSON string ends in its line, so that each line can be read by itself
_TOKENS = re.compile(
    r'(?P<string>"(?:\{\{.*?\}\}|\\.|[^"\\])*"(?P<key>\s*:)?)'
    r"|(?P<template>\{\{.*?\}\}|\{%.*?%\})"
    r"|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<word>(?:true|false|null)(?!\w))"
    r"|(?P<wrong>\"|[^\s{}\[\]:,\"]+)"
)
_TEMPLATE = re.compile(r"\{\{.*?\}\}")


def tokens(line: str) -> Iterator[Token]:
    """The tokens of a line in their order, a template after the string it is in; brackets, colons, commas are none."""
    for match in _TOKENS.finditer(line[:LONGEST]):
        start, end = match.span()
        if match["string"] is None:
            kind: TokenKind = match.lastgroup  # type: ignore[assignment]
            yield Token(start, end, kind)
            continue
        after = match["key"]
        text = match["string"]
        yield Token(start, end - len(after or ""), "string" if after is None else "key")
        for inner in _TEMPLATE.finditer(text):
            yield Token(start + inner.start(), start + inner.end(), "template")
