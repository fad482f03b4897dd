"""The draft of a form: left alone, set, removed; and lists that are told whole."""

from __future__ import annotations

from typing import Any

from lambdatui.stages.deploy import Deploy
from lambdatui.tui.form.draft import Draft, State
from lambdatui.tui.form.sections import MERGING


def draft(standing: dict[str, Any] | None = None, **values: Any) -> Draft:
    made = Draft(Deploy, {"function": "a", **values}, merging=MERGING)
    made.standing = standing
    return made


def test_absent_is_left_alone_and_empty_is_removed() -> None:
    made = draft(layers=[], description="", memory=512)
    assert made.state(("timeout",)) is State.UNCHANGED
    assert made.state(("memory",)) is State.SET
    assert made.state(("layers",)) is made.state(("description",)) is State.REMOVED


def test_a_first_change_of_a_mapping_keeps_what_stands_there() -> None:
    made = draft({"environment": {"KEPT": "1"}})
    made.put(("environment", "NEW"), "2")
    assert made.values["environment"] == {"KEPT": "1", "NEW": "2"}


def test_parts_of_a_group_are_told_one_by_one() -> None:
    made = draft({"vpc": {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}})
    made.put(("vpc", "subnets", 1), "subnet-2")
    assert made.values["vpc"] == {"subnets": ["subnet-1", "subnet-2"]}


def test_a_group_of_which_nothing_is_left_is_left_alone_rather_than_removed() -> None:
    made = draft({"vpc": {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}})
    made.put(("vpc", "ipv6"), True)
    made.leave_alone(("vpc", "ipv6"))
    assert "vpc" not in made.values


def test_the_last_entry_of_what_stands_there_removes_it() -> None:
    made = draft({"environment": {"ONLY": "1"}})
    made.put(("environment",), {"ONLY": "1"})
    made.leave_alone(("environment", "ONLY"))
    assert made.state(("environment",)) is State.REMOVED


def test_things_of_their_own_are_never_removed_by_taking_back_a_new_one() -> None:
    made = draft({"function_urls": [{"auth_type": "NONE"}]})
    made.put(("function_urls", 0), {"auth_type": "AWS_IAM"})
    assert made.values["function_urls"] == [{"auth_type": "AWS_IAM"}]
    made.leave_alone(("function_urls", 0))
    assert "function_urls" not in made.values


def test_what_is_wrong_is_known_at_its_place() -> None:
    made = draft(memory=64, vpc={"subnets": ["nonsense"]}, file_systems=[{"path": "/mnt/a"}])
    assert made.trouble(("memory",)) == "128 or more was expected, not 64."
    assert made.trouble(("vpc", "subnets", 0))
    assert made.trouble(("vpc",)) == ""
    assert made.trouble(("vpc",), nested=True)
    assert ("file_systems", 0, "arn") in made.missing
    assert made.tried(("memory",), 128) == ""
