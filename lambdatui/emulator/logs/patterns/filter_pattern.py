"""A filter pattern of any of the three kinds: terms, `{ JSON conditions }`, or `[space-delimited fields]`."""

from __future__ import annotations

from functools import lru_cache

from lambdatui.emulator.logs.patterns.conditions import Matches, PatternMistake
from lambdatui.emulator.logs.patterns.delimited import parse_delimited
from lambdatui.emulator.logs.patterns.json_conditions import parse_json
from lambdatui.emulator.logs.patterns.terms import parse_terms
from lambdatui.emulator.service import ApiError


@lru_cache(64)
def filter_pattern(text: str) -> Matches:
    """What tells whether a message matches. Raises InvalidParameterException with AWS's text for a bad pattern."""
    stripped = text.strip()
    try:
        for start, end, parse in (("{", "}", parse_json), ("[", "]", parse_delimited)):
            if stripped.startswith(start):
                if not stripped.endswith(end) or len(stripped) == 1:
                    raise PatternMistake(f"If a filter pattern starts with '{start}' it must end with '{end}'")
                return parse(stripped[1:-1])
        return parse_terms(stripped)
    except PatternMistake as mistake:
        raise ApiError("InvalidParameterException", str(mistake), 400) from None
