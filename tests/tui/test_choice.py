"""What was chosen in the app: what it replaces, what it never does, and when it is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lambdatui.settings import Profile, Settings
from lambdatui.tui import choice, remembered

CHOSEN = {"prod": Profile(("eu-west-1",), role_arn="arn:aws:iam::123456789012:role/x"), "test": Profile()}


def test_a_choice_stands_in_the_place_of_profiles_and_regions() -> None:
    base = Settings(profile="other", region="us-east-1", regions=("a", "b"), theme="light", profiles={"x": Profile()})
    settings = choice.applied(CHOSEN, base)
    assert (settings.profile, settings.region, settings.regions) == (None, None, ())
    assert settings.profiles == CHOSEN
    assert settings.theme == "light"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), {"": Profile()}),
        (Settings(profile="prod", region="r"), {"prod": Profile(("r",))}),
        (Settings(regions=("a", "b"), profiles={"x": Profile(("c",)), "y": Profile()}),
         {"x": Profile(("c",)), "y": Profile(("a", "b"))}),
    ],
)  # fmt: skip
def test_settings_as_a_choice(settings: Settings, expected: dict[str, Profile]) -> None:
    assert choice.current(settings) == expected


def test_what_is_protected_stays_so_by_whatever_name(monkeypatch: pytest.MonkeyPatch) -> None:
    base = Settings(profiles={"prod": Profile(protected=True), "test": Profile()})
    settings = choice.applied(CHOSEN, base)
    assert settings.protected("prod")
    assert not settings.protected("test")
    assert not choice.applied({"": Profile()}, base).protected("")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    assert choice.applied({"": Profile()}, base).protected("")


def test_a_choice_is_remembered() -> None:
    assert choice.recall(Settings()) is None
    choice.remember(CHOSEN)
    assert choice.recall(Settings()) == CHOSEN


@pytest.mark.parametrize(
    "changes", [{"profile": "p"}, {"region": "r"}, {"regions": ("r",)}, {"profiles": {"p": Profile()}}]
)
def test_settings_that_name_something_win(changes: dict[str, object]) -> None:
    choice.remember(CHOSEN)
    assert choice.recall(replace(Settings(), **changes)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION"])
def test_variables_that_name_something_win(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    choice.remember(CHOSEN)
    monkeypatch.setenv(name, "x")
    assert choice.recall(Settings()) is None


@pytest.mark.parametrize(
    "kept", [[], {}, {"p": 1}, {"p": {"regions": "eu"}}, {"p": {"regions": [1]}}, {"p": {"role_arn": 7}}]
)
def test_what_cannot_be_understood_is_none(kept: object) -> None:
    remembered.put("accounts", kept)
    assert choice.recall(Settings()) is None
