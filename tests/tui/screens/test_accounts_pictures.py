"""Pictures of the accounts and of credentials that lapse; see `tests/tui/test_pictures.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Profile, Settings
from lambdatui.tui.app import LambdatuiApp
from tests.aws.signing_in import sso_config
from tests.tui.shop import shows, text_of, until

ACCOUNT = "123456789012"


@pytest.fixture
def app(home: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> LambdatuiApp:
    """An operator with two SSO profiles that nobody has logged in to, and one with keys."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    keys = (
        "[profile staging]\nregion = us-east-1\naws_secret_access_key = unchecked\n"
        f"aws_access_key_id = {access_key_of('210987654321')}\n"
    )
    (home / "aws-config").write_text(sso_config(ACCOUNT, profiles=("prod", "audit"), more=keys))
    return LambdatuiApp(Settings(profiles={"prod": Profile(), "staging": Profile()}))


async def lapse(pilot: Pilot[LambdatuiApp]) -> None:
    await shows(pilot, "▲ prod: not logged in to SSO")
    await shows(pilot, "partial, 1 of 2 regions failed")
    await until(pilot, lambda: pilot.app.screen.functions.identities)  # type: ignore[attr-defined]


async def accounts(pilot: Pilot[LambdatuiApp]) -> None:
    await lapse(pilot)
    await pilot.press("a")
    await until(pilot, lambda: "● works" in text_of(pilot.app))
    await pilot.press("slash", *"us-", "enter", "space")
    await shows(pilot, "in us-east-1: 2 lists")


def test_a_lapse(app: LambdatuiApp, snap_compare: Any) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=lapse)


def test_accounts(app: LambdatuiApp, snap_compare: Any) -> None:
    assert snap_compare(app, terminal_size=(120, 40), run_before=accounts)
