"""Several versions named at once: a selector, a range such as `3-9`, or `older(SELECTOR)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version
from lambdatui.stages import selector

FORMS = f"{selector.FORMS}; a range such as 3-9; or older(SELECTOR)"

_RANGE = re.compile(r"(\d{1,18})\s*-\s*(\d{1,18})")
_OLDER = re.compile(r"older\s*\((.*)\)", re.DOTALL)


def _checked(text: str) -> str:
    text = text.strip()
    if match := _RANGE.fullmatch(text):
        first, last = int(match[1]), int(match[2])
        if not 0 < first <= last:
            raise ValueError(f"'{text}' names no versions: a range from the lower to the higher number was expected.")
        return text
    inner = _OLDER.fullmatch(text)
    named = selector.parse(inner[1] if inner else text)
    if inner and named.word == LATEST:
        raise ValueError(f"'{text}' names no versions: {LATEST} is older than none. Say older(newest).")
    return text


VersionSet = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int) and not isinstance(value, bool) else value),
    AfterValidator(_checked),
    Field(description=f"Versions: {FORMS}."),
]


def names_one(text: str) -> bool:
    """Whether one version is meant, which must be there; a range, and what is older, may be empty."""
    return _RANGE.fullmatch(text) is None and _OLDER.fullmatch(text) is None


def members(text: str, function: str, versions: Sequence[Version], aliases: Sequence[Alias]) -> list[str]:
    """The versions that are meant, as AWS writes them. `versions` is the complete list, newest first.

    Raises BadInput where a selector names none.
    """
    if match := _RANGE.fullmatch(text):
        return [version.name for version in versions if int(match[1]) <= version.number <= int(match[2])]
    if match := _OLDER.fullmatch(text):
        edge = int(selector.resolve(match[1], function, versions, aliases))
        return [version.name for version in versions if version.number < edge]
    return [selector.resolve(text, function, versions, aliases)]
