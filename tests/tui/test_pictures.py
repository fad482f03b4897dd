"""Pictures of every screen, compared with those that were looked at and found good.

`make test ARGS="tests/tui/test_pictures.py --snapshot-update"` takes them anew: look at them before they are committed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.clock import Clock as RunClock
from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Settings
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Result
from lambdatui.tui import states
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.invoke_run import InvokeRun
from tests.emulator.clients import REGION, client_of
from tests.tui.form_keys import edit
from tests.tui.shop import home, open_shop, shows, until

ACCOUNT = "123456789012"
THEN = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)

Steps = Callable[[Pilot[LambdatuiApp]], Awaitable[None]]

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(scope="module")
def still_emulator() -> Iterator[Emulator]:
    """A shop in which time stands still."""
    with Emulator(Cloud(clock=Clock(frozen=THEN.timestamp()), transition_seconds=0.0, seed=7)) as running:
        client = client_of(running, "lambda", ACCOUNT)
        open_shop(client, ACCOUNT)
        client.update_alias(
            FunctionName="checkout-api", Name="live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}}
        )
        yield running


@pytest.fixture
def still(still_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", still_emulator.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(ACCOUNT))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unchecked")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr(states, "now", lambda: THEN + dt.timedelta(minutes=4))


async def functions(pilot: Pilot[LambdatuiApp]) -> None:
    await home(pilot)
    screen = pilot.app.screen
    await until(pilot, lambda: len(screen.functions.facts) == 3)  # type: ignore[attr-defined]


async def filtering(pilot: Pilot[LambdatuiApp]) -> None:
    await functions(pilot)
    await pilot.press("slash", *"check")


async def help_screen(pilot: Pilot[LambdatuiApp]) -> None:
    await functions(pilot)
    await pilot.press("question_mark")


async def versions(pilot: Pilot[LambdatuiApp]) -> None:
    await functions(pilot)
    await pilot.press("v")
    await shows(pilot, "fix rounding")


async def prune(pilot: Pilot[LambdatuiApp]) -> None:
    await versions(pilot)
    await pilot.press("p")
    await shows(pilot, "all 3 versions stay")
    await pilot.press("1", "enter")
    await shows(pilot, "type checkout-api to confirm")


async def traffic(pilot: Pilot[LambdatuiApp]) -> None:
    await functions(pilot)
    await pilot.press("t")
    await shows(pilot, "no calls yet")
    await pilot.press("2", "5")
    await shows(pilot, "90 % → 75 %")


async def plan(pilot: Pilot[LambdatuiApp]) -> None:
    await traffic(pilot)
    await pilot.press("enter")
    await shows(pilot, "do it")


async def deploy(pilot: Pilot[LambdatuiApp]) -> None:
    await functions(pilot)
    await pilot.press("d")
    await shows(pilot, "sha256")
    screen: Any = pilot.app.screen
    await edit(pilot, screen, ("memory",), "64")
    await shows(pilot, "128 or more")


async def invoke(pilot: Pilot[LambdatuiApp]) -> None:
    """The figures are made up: real ones differ from run to run."""
    await functions(pilot)
    await pilot.press("i")
    screen: Any = pilot.app.screen
    await until(pilot, lambda: len(screen.query_one("#qualifier", Select)._options) > 1)
    screen.query_one("#qualifier", Select).value = "live"
    run = InvokeRun(Invoke(function="checkout-api", qualifier="live", runs=40), {"1": 0.9, "3": 0.1})
    run.take([Result(_made_up(number)) for number in range(1, 31)])
    # how many a second depends on the machine
    run._started = float("inf")
    screen._clock = RunClock()
    screen.show_run(run)
    await pilot.pause()


def _made_up(number: int) -> Invocation:
    failed = number % 9 == 0
    latency = 8.0 + (number * 37 % 23) + (180 if number in (3, 17) else 0)
    return Invocation(
        number=number,
        started=THEN.timestamp(),
        latency=latency,
        outcome="function error" if failed else "ok",
        status=200,
        version="3" if number % 10 == 0 or failed else "1",
        function_error="Unhandled" if failed else "",
        request_id=f"6e0c91bb-0000-4000-8000-{number:012}",
        payload=b'{"errorMessage": "\'currency\'"}' if failed else b'{"total": 1290, "version": "1"}',
        log="",
        report=Report(latency - 3, round(latency), 64.2 if number <= 4 else None, 512, 64),
        error="KeyError: 'currency'" if failed else "",
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "steps",
    [functions, filtering, help_screen, versions, prune, traffic, plan, deploy, invoke],
    ids=lambda s: s.__name__,
)
def test_picture(still: None, snap_compare: Any, steps: Steps, size: tuple[int, int]) -> None:
    app = LambdatuiApp(Settings())
    assert snap_compare(app, terminal_size=size, run_before=steps)


@pytest.mark.parametrize("theme", ["light", "high-contrast", "ansi-16"])
def test_theme(still: None, snap_compare: Any, theme: str) -> None:
    assert snap_compare(LambdatuiApp(Settings(theme=theme)), terminal_size=(120, 40), run_before=plan)


def test_wide(still: None, snap_compare: Any) -> None:
    assert snap_compare(LambdatuiApp(Settings()), terminal_size=(200, 50), run_before=functions)


def test_without_colour(still: None, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(LambdatuiApp(Settings()), terminal_size=(120, 40), run_before=functions)


def test_every_picture_is_of_a_test() -> None:
    folder = Path(__file__).parent / "__snapshots__" / "test_pictures"
    assert len(list(folder.glob("*.svg"))) == 9 * len(SIZES) + 3 + 2
