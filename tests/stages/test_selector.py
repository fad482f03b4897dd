"""Selectors: every form that people write is one version, or a sentence."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.functions import LATEST
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput
from lambdatui.stages.selector import CALLS, WORDS, Parsed, parse, resolve


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


@pytest.mark.parametrize("text", ["", "newst", "0", "-1", "latest", "1.5", "٣", "²", "alais(live)", "alias(", "9" * 40])
def test_what_is_no_selector_is_told_with_the_forms(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"\$LATEST, alias\(NAME\), description\(TEXT\), tag\(WORD\) or sha\(PREFIX\) was"
    ):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("previous(0)", "'previous(0)' names no version: previous(2), with a number from 1, was expected."),
        ("previous()", "'previous()' names no version: previous(2), with a number from 1, was expected."),
        ("alias()", "'alias()' names no version: something was expected between the brackets."),
        ("tag( )", "'tag( )' names no version: something was expected between the brackets."),
        ("sha(11a)", "'sha(11a)' names no version: 4 characters of a SHA-256 or more were expected."),
    ],
)
def test_what_is_missing_between_the_brackets_is_told(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "near"), [("newst", "newest"), ("previuos(2)", "previous"), ("descripton(x)", "description")]
)
def test_the_near_match_is_told(text: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"Did you mean '{near}'?"):
        parse(text)


def sha(start: bytes) -> str:
    return base64.b64encode(start.ljust(32, b"\0")).decode()


DESCRIBED = [
    replace(version(5), description="v1.4.20: New tax engine (again)", sha256=sha(b"\x9f\x3c\x01")),
    replace(version(4), description="Fix rounding, see rev1.4.2", sha256=sha(b"\x11\xab\x9c")),
    replace(version(3), description="release v1.4.2.", sha256=sha(b"\x11\xab\x9c")),
    replace(version(2), description="v1.4 new tax engine", sha256=sha(b"\x11\xab\x00")),
    replace(version(1), sha256=sha(b"\x77")),
]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("description(new TAX)", "5"),
        ("description( (again) )", "5"),
        ("description(rounding)", "4"),
        ("tag(v1.4.2)", "3"),
        ("tag(v1.4)", "2"),
        ("tag(v1.4.20)", "5"),
        ("sha(9f3c)", "5"),
        ("sha(9F3C01)", "5"),
        ("sha(11ab9c)", "4"),
        (f"sha({sha(bytes([0x77]))})", "1"),
        (f"sha({sha(bytes([0x9F, 0x3C, 1]))[:4]})", "5"),
    ],
)
def test_a_version_by_its_description_or_its_code(selector: str, expected: str) -> None:
    assert resolve(selector, "f", DESCRIBED, []) == expected


@pytest.mark.parametrize(
    ("selector", "sentence"),
    [
        ("description(rouding)", "f has no version whose description holds 'rouding'. Did you mean 'rounding,'?"),
        (
            "tag(v1.4.2.1)",
            "f has no version whose description holds 'v1.4.2.1' as a word of its own. Did you mean 'v1.4.2.'?",
        ),
        ("sha(abcd)", "f has no version whose code has a SHA-256 that begins with abcd."),
        (
            "sha(11ab)",
            "f has several versions whose code has a SHA-256 that begins with 11ab: 4, 3, 2. Give more of it, or the "
            "number.",
        ),
    ],
)
def test_what_no_version_or_several_have_is_told(selector: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolve(selector, "f", DESCRIBED, [])
    assert str(caught.value) == sentence


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8), st.text(min_size=1, max_size=6))
def test_a_description_that_is_found_holds_the_text_and_no_newer_one_does(descriptions: list[str], text: str) -> None:
    there = [replace(version(len(descriptions) - i), description=words) for i, words in enumerate(descriptions)]
    text = text.strip()
    holding = [entry.name for entry in there if text.casefold() in entry.description.casefold()]
    if not text:
        return
    if holding:
        assert resolve(f"description({text})", "f", there, []) == holding[0]
    else:
        with pytest.raises(BadInput):
            resolve(f"description({text})", "f", there, [])


@given(st.text(max_size=20))
def test_any_text_is_a_selector_or_a_value_error(text: str) -> None:
    try:
        parsed = parse(text)
    except ValueError:
        return
    assert parsed.word in (*WORDS, *CALLS, "number")
    assert parsed == Parsed(parsed.word, parsed.number, parsed.text)


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
