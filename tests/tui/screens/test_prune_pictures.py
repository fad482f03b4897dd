"""Pictures of the prune screen: what stays, what goes and why, for several functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Settings
from lambdatui.tui import states
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.prune import PruneScreen
from tests.emulator.clients import REGION, client_of, publish
from tests.tui.shop import open_shop, shows, until

ACCOUNT = "123456789012"
THEN = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def still_emulator() -> Iterator[Emulator]:
    """A shop in which time stands still."""
    with Emulator(Cloud(clock=Clock(frozen=THEN.timestamp()), transition_seconds=0.0, seed=7)) as running:
        client = client_of(running, "lambda", ACCOUNT)
        open_shop(client, ACCOUNT)
        for number in (1, 2, 2, 3):
            client.update_function_configuration(FunctionName="mail-sender", Timeout=number + 3)
            publish(client, "mail-sender", f"A = {min(number, 2)}\n")
        yield running


@pytest.mark.parametrize(("theme", "size"), [("dark", (120, 40)), ("light", (80, 24))])
def test_several_functions(
    snap_compare: Any,
    still_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", still_emulator.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(ACCOUNT))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unchecked")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr(states, "now", lambda: THEN + dt.timedelta(days=40))

    async def tried(pilot: Pilot[LambdatuiApp]) -> None:
        await shows(pilot, "all pages read")
        await pilot.press("home", "space", "space", "space", "P")
        await until(pilot, lambda: isinstance(pilot.app.screen, PruneScreen) and pilot.app.screen.list.known == 3)
        await pilot.press("1", "down", "space")
        await shows(pilot, "held by hand 1")

    assert snap_compare(LambdatuiApp(Settings(theme=theme)), run_before=tried, terminal_size=size)
