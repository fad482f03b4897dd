"""`lambdatui doctor`: what is looked at, and how it ends where something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from tests.aws.signing_in import leave_token, sso_config
from tests.cli.conftest import Run
from tests.conftest import Calls

KEYS = "[profile other]\nregion = us-east-1\naws_access_key_id = {key}\naws_secret_access_key = unchecked\n"


def checks(document: Any) -> dict[str, Any]:
    return {check["name"]: check for check in document}


def test_doctor_looks_at_everything_and_changes_nothing(
    lambdatui: Run, connected: Any, account_id: str, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    ended = lambdatui("doctor", "--json")
    found = checks(ended.document)
    assert [check for check in found.values() if not check["ok"]] == []
    assert ended.status == 0
    assert set(found) >= {
        "python", "libraries", "terminal", "unicode", "colours", "state folder", "cache folder", "config folder",
        "settings", "profile", "credentials", "endpoint", "identity", "clock", "permission",
    }  # fmt: skip
    assert found["credentials"]["found"] == "env"
    assert found["identity"]["found"].startswith(f"{account_id} arn:aws:")
    assert "textual" in found["libraries"]["found"]
    assert found["colours"]["found"] == "256"
    assert calls.changes() == ["GetCallerIdentity"] or calls.changes() == []
    human = lambdatui("doctor")
    assert human.status == 0
    assert all(line.startswith(("✔ ok ", "   ")) for line in human.out.splitlines())


def test_doctor_names_what_aws_does_not_allow_and_ends_with_3(
    lambdatui: Run, connected: Any, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    connected.cloud.faults.add("access-denied", operation="ListFunctions", account=account_id)
    ended = lambdatui("doctor")
    assert ended.status == 3
    assert "✖ problem  permission     lambda:ListFunctions is denied" in ended.out


def test_doctor_without_credentials_says_how_to_get_them(
    lambdatui: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    ended = lambdatui("doctor", "--json")
    found = checks(ended.document)
    assert ended.status == 3
    assert (found["credentials"]["ok"], found["credentials"]["found"]) == (False, "none found")
    assert "--profile" in found["credentials"]["hint"]
    assert "identity" not in found


def test_doctor_says_of_each_profile_whether_its_credentials_work(
    lambdatui: Run, connected: Any, home: Path, account_id: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (home / "aws-config").write_text(sso_config(account_id, more=f"{KEYS.format(key=access_key_of('9' * 12))}"))
    settings = home / "settings.yaml"
    settings.write_text("profiles: {prod: {}, other: {protected: true}, gone: {}}\n")
    ended = lambdatui("doctor", "--config", str(settings))
    assert ended.status == 3
    assert "✖ problem  credentials    sso: Nobody has logged in to SSO corp." in ended.out
    assert "`aws sso login --profile prod` does." in ended.out
    assert f"✔ ok       profile        other, eu-west-1, read-only: {'9' * 12} role/operator" in ended.out
    assert "✖ problem  profile        gone: The config profile (gone) could not be found." in ended.out
    client_id, _ = emulator.cloud.identity_center.register([])
    leave_token(token=emulator.cloud.identity_center.give_token(client_id, can_refresh=False)[0])
    assert "credentials    sso, logged in until 20" in lambdatui("doctor", "--config", str(settings)).out


@pytest.mark.parametrize(
    ("variables", "name", "words"),
    [
        ({"TERM": "dumb"}, "terminal", "TERM=dumb"),
        ({"LAMBDATUI_STATE_DIR": "/dev/null/state"}, "state folder", "cannot be made"),
        ({"LAMBDATUI_READ_ONLY": "perhaps"}, "settings", "true or false was expected"),
    ],
)
def test_doctor_ends_with_1_where_the_trouble_is_here(
    lambdatui: Run, connected: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str, words: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    ended = lambdatui("doctor", "--json")
    check = checks(ended.document)[name]
    assert (check["ok"], ended.status) == (False, 1)
    assert words in check["found"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"NO_COLOR": "1"}, "none (NO_COLOR)"),
        ({"COLORTERM": "truecolor"}, "24 bit (COLORTERM)"),
        ({"TERM": "linux"}, "16; the theme ansi-16 suits it"),
    ],
)
def test_doctor_tells_colours(
    lambdatui: Run, connected: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert words in checks(lambdatui("doctor", "--json").document)["colours"]["found"]


def test_doctor_sees_a_clock_that_is_off(lambdatui: Run, connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatui.cli.doctor.clock_skew", lambda account: -400.0)
    check = checks(lambdatui("doctor", "--json").document)["clock"]
    assert (check["ok"], check["found"]) == (False, "400 s behind AWS")
    assert "set the clock" in check["hint"]
