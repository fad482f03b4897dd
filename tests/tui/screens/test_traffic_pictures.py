"""Pictures of the strategies: a gradual one filled in, and one that runs; see `tests/tui/test_pictures.py`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdatui.clock import Clock
from lambdatui.settings import Settings
from lambdatui.stages.route import Route
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from tests.tui.shop import home, shows, until
from tests.tui.test_pictures import THEN, still, still_emulator, traffic

__all__ = ["still", "still_emulator"]


class PictureClock(Clock):
    """Begins at noon, and stands still once a minute has been slept; for the screen it is always noon."""

    def __init__(self) -> None:
        super().__init__()
        self._slept = 0.0

    def now(self) -> float:
        on_screen = threading.current_thread() is threading.main_thread()
        return THEN.timestamp() + (0.0 if on_screen else min(self._slept, 60.0))

    def sleep(self, seconds: float) -> None:
        super().sleep(0.003)
        self._slept += seconds


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def gradual(pilot: Pilot[LambdatuiApp]) -> None:
    await traffic(pilot)
    await pilot.press("s", "s")
    await shows(pilot, "50 % 10 min")


async def asking(pilot: Pilot[LambdatuiApp]) -> None:
    await home(pilot)
    probe = {"kind": "probe", "steps": [0], "probes": [{"runs": 3}]}
    approval = {"kind": "approval", "message": "Are the orders in the books?"}
    strategy = {
        "kind": "gradual",
        "to": "3",
        "schedule": {"kind": "steps", "percents": [25, 50, 75, 100], "bake": "1m"},
        "gates": [approval, probe, {"kind": "metrics", "max_error_increase": 0.5}],
    }
    stage = Route(function="checkout-api", alias="live", strategy=strategy)
    pilot.app.push_screen(ActScreen(pilot.app.session, stage))  # type: ignore[arg-type]
    await shows(pilot, "do it")
    await pilot.press("enter")
    await shows(pilot, "YOUR GO at 25 %")
    await until(pilot, lambda: pilot.app.screen.served)  # type: ignore[attr-defined]


def test_the_form_of_a_gradual_route(still: None, snap_compare: Any) -> None:
    assert snap_compare(LambdatuiApp(Settings()), terminal_size=(80, 24), run_before=gradual)


def test_a_rollout_that_waits_for_a_person(
    still: None, utc: None, snap_compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatui.tui.screens.run.Clock", PictureClock)
    assert snap_compare(LambdatuiApp(Settings()), terminal_size=(120, 40), run_before=asking)
