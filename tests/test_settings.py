"""Settings: defaults < file < environment < flags, and what is said of a file that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui import settings
from lambdatui.errors import BadInput
from lambdatui.settings import Profile, Settings


@pytest.fixture
def file(home: Path) -> Path:
    folder = home / "config"
    folder.mkdir()
    return folder / "settings.yaml"


def test_without_a_file_the_defaults_are_in_force(home: Path) -> None:
    assert settings.load(environ={}) == Settings()


def test_each_source_beats_the_one_before(file: Path) -> None:
    file.write_text("theme: light\nread_only: true\nregions: [eu-west-1]\nwait_seconds: 60\n")
    loaded = settings.load(environ={"LAMBDATUI_THEME": "ansi-16", "LAMBDATUI_READ_ONLY": "no"})
    assert (loaded.theme, loaded.read_only, loaded.regions, loaded.wait_seconds) == (
        "ansi-16",
        False,
        ("eu-west-1",),
        60,
    )
    assert loaded.source == file
    flagged = settings.load(environ={"LAMBDATUI_READ_ONLY": "no"}, read_only=True, profile="prod", region=None)
    assert (flagged.read_only, flagged.profile, flagged.theme) == (True, "prod", "light")


def test_the_file_is_the_flag_s_then_the_variable_s_then_the_folder_s(file: Path, tmp_path: Path) -> None:
    file.write_text("theme: light\n")
    for name in ("flag", "variable"):
        (tmp_path / f"{name}.yaml").write_text(f"theme: {name}\n")
    environ = {"LAMBDATUI_CONFIG": str(tmp_path / "variable.yaml")}
    assert settings.load(environ={}).theme == "light"
    assert settings.load(environ=environ).theme == "variable"
    assert settings.load(tmp_path / "flag.yaml", environ).theme == "flag"


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.yaml: no such file"):
        settings.load(tmp_path / "absent.yaml", {})


def test_aws_s_own_endpoint_variable_beats_the_file(file: Path) -> None:
    file.write_text("endpoint_url: http://file.example\n")
    assert settings.load(environ={}).endpoint_url == "http://file.example"
    environ = {"AWS_ENDPOINT_URL": "http://variable.example"}
    # botocore reads the variable itself, when it is given no other
    assert settings.load(environ=environ).endpoint_url is None
    assert settings.load(environ=environ, endpoint_url="http://flag.example").endpoint_url == "http://flag.example"


def test_profiles_are_a_mapping_or_plain_names(file: Path) -> None:
    file.write_text("profiles:\n  prod: {protected: true, regions: [eu-west-1]}\n  staging:\n")
    loaded = settings.load(environ={})
    assert loaded.profiles == {"prod": Profile(("eu-west-1",), protected=True), "staging": Profile()}
    assert loaded.protected("prod")
    assert not loaded.protected("staging")
    assert not loaded.protected(None)
    file.write_text("profiles: [prod, staging]\n")
    assert list(settings.load(environ={}).profiles) == ["prod", "staging"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("redonly: true", ":1: there is no setting 'redonly'. Did you mean 'read_only'?"),
        ("profile: prod", ":1: there is no setting 'profile'. Did you mean 'profiles'?"),
        ("profiles:\n  prod:\n    protcted: true", ":3: there is no field 'profiles.prod.protcted'. Did you mean 'pro"),
        ("profiles: prod", ":1: profiles: a mapping was expected, not 'prod'."),
        ("profiles: {prod: [a]}", ":1: profiles.prod: a mapping of fields was expected."),
        ("regions: eu-west-1", ":1: regions: a list was expected, not 'eu-west-1'."),
        ("theme: 3", ":1: theme: text was expected, not 3; put it in quotes."),
        ("frames_per_second: 100", ":1: frames_per_second: 60 or less was expected, not 100."),
        ("read_only: maybe", ":1: read_only: true or false was expected, not 'maybe'."),
        ("just words", ":1: a mapping of settings was expected."),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(file: Path, text: str, sentence: str) -> None:
    file.write_text(text)
    with pytest.raises(BadInput) as caught:
        settings.load(environ={})
    assert f"{file}{sentence}" in str(caught.value)


def test_a_variable_that_is_no_truth_value_is_told() -> None:
    with pytest.raises(BadInput, match="LAMBDATUI_READ_ONLY: true or false was expected, not 'perhaps'"):
        settings.load(environ={"LAMBDATUI_READ_ONLY": "perhaps"})


@pytest.mark.parametrize("url", ["localhost:4566", "ftp://host", "http://", "http:// host"])
def test_an_endpoint_that_is_no_url_is_told(url: str) -> None:
    with pytest.raises(BadInput, match=r"endpoint_url: http://HOST or https://HOST was expected, not '"):
        settings.load(environ={}, endpoint_url=url)
    with pytest.raises(BadInput, match=r"AWS_ENDPOINT_URL: http://HOST"):
        settings.load(environ={"AWS_ENDPOINT_URL": url})


@pytest.mark.parametrize("folder", [settings.state_folder, settings.cache_folder])
def test_folders_of_state_are_the_owner_s_alone(folder: Any) -> None:
    made = folder()
    assert made.is_dir()
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "taken").write_text("")
    monkeypatch.setenv("LAMBDATUI_STATE_DIR", str(home / "taken" / "state"))
    with pytest.raises(BadInput, match="this folder is needed and cannot be made: Not a directory"):
        settings.state_folder()
