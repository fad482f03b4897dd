"""Several versions named at once: ranges, what is older than a version, and every selector there is."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import BadInput
from lambdatui.stages.pruning import version_set
from lambdatui.stages.pruning.version_set import VersionSet

VERSIONS = [Version(number, "", f"sha{number}", 1, "", {}) for number in (12, 9, 7, 4, 3, 1)]
ALIASES = [Alias("live", "7", {}, "", "")]
CHECK = TypeAdapter(VersionSet)


@pytest.mark.parametrize(
    ("text", "numbers", "one"),
    [
        ("3-9", ["9", "7", "4", "3"], False),
        (" 10 - 11 ", [], False),
        ("older(7)", ["4", "3", "1"], False),
        ("older(alias(live))", ["4", "3", "1"], False),
        ("older(previous(2))", ["4", "3", "1"], False),
        ("older(oldest)", [], False),
        ("previous", ["9"], True),
        ("oldest", ["1"], True),
        ("4", ["4"], True),
    ],
)
def test_versions_are_named_together(text: str, numbers: list[str], one: bool) -> None:
    checked = CHECK.validate_python(text)
    assert version_set.members(checked, "f", VERSIONS, ALIASES) == numbers
    assert version_set.names_one(checked) is one


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9-3", "a range from the lower to the higher number was expected"),
        ("0-3", "a range from the lower"),
        ("older()", "'' names no version"),
        ("older(3-9)", "'3-9' names no version"),
        ("older($LATEST)", r"Say older\(newest\)"),
        ("oldst", "Did you mean 'oldest'"),
    ],
)
def test_what_names_nothing_is_told_what_was_expected(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CHECK.validate_python(text)


def test_one_that_is_not_there_is_no_empty_set() -> None:
    with pytest.raises(BadInput, match="f has no version 5"):
        version_set.members("5", "f", VERSIONS, ALIASES)
    with pytest.raises(BadInput, match="f has no version 5"):
        version_set.members("older(5)", "f", VERSIONS, ALIASES)
