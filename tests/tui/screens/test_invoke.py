"""The invoke screen: results as they arrive."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input, Select, TextArea

from lambdatui.aws.invocations import Invocation
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.invoke import InvokeScreen
from tests.conftest import Calls
from tests.tui.shop import home, package, shows, text_of, until


async def opened(pilot: Any, app: LambdatuiApp, qualifier: str | None = None) -> InvokeScreen:
    await home(pilot)
    await pilot.press("i")
    screen = app.screen
    assert isinstance(screen, InvokeScreen)
    await until(pilot, lambda: len(screen.query_one("#qualifier", Select)._options) > 1)
    if qualifier is not None:
        screen.query_one("#qualifier", Select).value = qualifier
    return screen


def over(screen: InvokeScreen) -> bool:
    """Whether a run has ended, and what came of it is drawn."""
    return screen.run is not None and screen.run.over and screen.view.table.rows is screen.run.rows


def results(screen: InvokeScreen) -> list[Invocation]:
    assert screen.run is not None
    return [row for row in screen.run.rows if isinstance(row, Invocation)]


async def test_twenty_runs_of_a_version(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app, "1")
        calls.forget()
        await pilot.press("f5")
        await until(pilot, lambda: over(screen))
        shown = text_of(app)
        assert "20/20  ok 20" in shown
        assert "served 1: 20 (100.0 %)" in shown
        assert '{"total": 1290' in shown
        assert {result.payload for result in results(screen)} == {b'{"total": 1290, "version": "1"}'}
        assert calls.operations().count("Invoke") == 20, "one invoke is one run"
        assert sorted(result.number for result in results(screen)) == list(range(1, 21))


async def test_a_functions_error_is_shown_whole_on_enter(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app, "2")
        screen.query_one("#runs", Input).value = "1"
        await pilot.press("f5")
        await until(pilot, lambda: over(screen))
        assert "errors 1" in text_of(app)
        assert "KeyError: 'currency'" in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "looking for the currency")
        assert "REPORT RequestId" in text_of(app)
        assert "stackTrace" in text_of(app), "the answer is a tree"
        await pilot.press("escape")
        assert app.screen is screen


async def test_hostile_answers_and_logs_are_harmless(app: LambdatuiApp, shop: Any) -> None:
    source = (
        "def handler(e, c):\n    print('\\x1b[2J\\x1b]0;pwned\\x07[bold red]log')\n    return '[bold red]\\x1b[31mhi'"
    )
    shop.update_function_code(FunctionName="checkout-api", ZipFile=package(source))
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#runs", Input).value = "1"
        await pilot.press("f5")
        await until(pilot, lambda: over(screen))
        assert "[bold red]" in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "[bold red]log")
        assert "\x1b" not in text_of(app)
        assert "pwned" not in text_of(app)


async def test_the_payload_must_be_json(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one(TextArea).text = '{"total": 1,}'
        await shows(pilot, "not JSON")
        calls.forget()
        await pilot.press("f5")
        assert screen.focused is screen.query_one(TextArea)
        assert "Invoke" not in calls.operations()


async def test_a_number_out_of_range_is_told(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#concurrency", Input).value = "0"
        await pilot.press("f5")
        await shows(pilot, "at once: 1 or more was expected")
        assert screen.focused is screen.query_one("#concurrency")


async def test_stop_ends_it_and_keeps_what_came(app: LambdatuiApp, connected: Emulator, account_id: str) -> None:
    connected.cloud.faults.add(Fault("slow", operation="Invoke", account=account_id, seconds=0.05))
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#runs", Input).value = "999"
        await pilot.press("f5")
        await until(pilot, lambda: screen.run is not None and screen.run.figures.count >= 3)
        await pilot.press("x")
        await until(pilot, lambda: over(screen))
        assert "Stopped by the operator" in text_of(app)
        assert 3 <= len(results(screen)) < 999


async def test_a_throttled_function_is_counted_as_such(app: LambdatuiApp, shop: Any) -> None:
    shop.put_function_concurrency(FunctionName="checkout-api", ReservedConcurrentExecutions=0)
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("f5")
        await until(pilot, lambda: over(screen))
        assert "throttled 20" in text_of(app)
