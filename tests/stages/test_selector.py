"""Selectors: every form that people write is one version, or a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput
from lambdatui.stages.selector import Parsed, parse, resolve


def version(number: int, **members: object) -> Version:
    return Version(number, "", f"sha{number}", 10, "2026-11-24T08:49:55.000+0000", dict(members))


def numbers(*found: int) -> list[Version]:
    return [version(number) for number in sorted(found, reverse=True)]


THERE = numbers(3, 5, 6, 40, 41, 43)
ALIASES = [Alias("live", "41", {"43": 0.1}, "", "r1"), Alias("beta", LATEST, {}, "", "r2")]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("newest", "43"),
        ("previous", "41"),
        ("previous(1)", "41"),
        ("previous( 3 )", "6"),
        ("oldest", "3"),
        ("40", "40"),
        (" 40 ", "40"),
        ("$LATEST", "$LATEST"),
        ("alias(live)", "41"),
        ("alias(beta)", "$LATEST"),
    ],
)
def test_each_form_is_one_version(selector: str, expected: str) -> None:
    assert resolve(selector, "f", THERE, ALIASES) == expected


@pytest.mark.parametrize(
    ("selector", "sentence"),
    [
        ("42", "f has no version 42; it has 6 from 3 to 43."),
        ("previous(6)", "previous(6): f has 6 published versions."),
        ("alias(liv)", "f has no alias 'liv'. Did you mean 'live'?"),
    ],
)
def test_a_version_that_is_not_there_is_told(selector: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolve(selector, "f", THERE, ALIASES)
    assert str(caught.value) == sentence


def test_what_there_is_is_listed_while_it_is_short() -> None:
    with pytest.raises(BadInput, match="it has 1, 2"):
        resolve("3", "f", numbers(1, 2), [])
    with pytest.raises(BadInput, match="no published version"):
        resolve("3", "f", [], [])
    with pytest.raises(BadInput, match="f has no published versions"):
        resolve("newest", "f", [], [])


@pytest.mark.parametrize(
    "text", ["", "newst", "0", "-1", "previous(0)", "previous()", "alias()", "latest", "1.5", "٣", "²"]
)
def test_what_is_no_selector_is_told_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"previous\(2\), oldest, a number, \$LATEST or alias\(NAME\) was expected"):
        parse(text)


@given(st.text(max_size=20))
def test_any_text_is_a_selector_or_a_value_error(text: str) -> None:
    try:
        parsed = parse(text)
    except ValueError:
        return
    assert parsed.word in ("newest", "previous", "oldest", LATEST, "number", "alias")
    assert parsed == Parsed(parsed.word, parsed.number, parsed.alias)


@given(st.sets(st.integers(1, 10_000), min_size=1, max_size=60), st.integers(1, 70))
def test_previous_counts_the_versions_that_exist_not_the_numbers(found: set[int], back: int) -> None:
    ordered = sorted(found, reverse=True)
    there = numbers(*found)
    assert resolve("newest", "f", there, []) == str(ordered[0])
    assert resolve("oldest", "f", there, []) == str(ordered[-1])
    if back < len(ordered):
        assert resolve(f"previous({back})", "f", there, []) == str(ordered[back])
    else:
        with pytest.raises(BadInput):
            resolve(f"previous({back})", "f", there, [])
