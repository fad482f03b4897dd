"""The invoke screen: results as they arrive."""

from __future__ import annotations

import json
import resource
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from lambdatui.aws.invocations import Chunk
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Settings
from lambdatui.stages.invoke import Invoke
from lambdatui.stages.stage import Result
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.invocation_rows import WINDOW
from lambdatui.tui.invoke_run import InvokeRun
from lambdatui.tui.screens.ask_path import AskPath
from lambdatui.tui.screens.invoke import InvokeScreen
from lambdatui.tui.screens.invoke_options import InvokeOptionsScreen
from lambdatui.tui.screens.result import ResultScreen
from tests.conftest import Calls
from tests.stages.load.made import invocation
from tests.tui.invoking import BIG, invoked, opened, over, results
from tests.tui.shop import home, package, shows, text_of, until


async def test_twenty_runs_of_a_version(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1")
        calls.forget()
        await invoked(pilot, screen)
        shown = text_of(app)
        assert "20/20  ok 20" in shown
        assert "served 1: 20 (100.0 %)" in shown
        assert '{"total": 1290' in shown
        assert {result.payload for result in results(screen)} == {b'{"total": 1290, "version": "1"}'}
        assert calls.operations().count("Invoke") == 20, "one invoke is one run"
        assert sorted(result.number for result in results(screen)) == list(range(1, 21))


async def test_a_functions_error_is_shown_whole_on_enter(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "2", "1")
        await invoked(pilot, screen)
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
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        await invoked(pilot, screen)
        assert "[bold red]" in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "[bold red]log")
        assert "\x1b" not in text_of(app)
        assert "pwned" not in text_of(app)


async def test_an_answer_of_six_megabytes_is_shown_at_once_and_written_whole(
    app: LambdatuiApp, shop: Any, tmp_path: Path
) -> None:
    source = "def handler(e, c):\n    return {'text': '\x1b[2J[bold]' + 'x' * 5_900_000}"
    shop.update_function_code(FunctionName="checkout-api", ZipFile=package(source))
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, runs="1")
        await invoked(pilot, screen)
        await pilot.press("enter")
        await shows(pilot, "5.6 MB in all")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        app.screen.query_one(Input).value = str(tmp_path / "answer.json")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ResultScreen))
        assert len(json.loads((tmp_path / "answer.json").read_bytes())["text"]) > 5_900_000
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_the_payload_must_be_json(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        screen.query_one(TextArea).text = '{"total": 1,}'
        await shows(pilot, "not JSON")
        calls.forget()
        await pilot.press("f5")
        assert screen.focused is screen.query_one(TextArea)
        assert "Invoke" not in calls.operations()


async def test_a_number_out_of_range_is_told(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#concurrency", Input).value = "0"
        await pilot.press("f5")
        await shows(pilot, "at once: 1 or more was expected")
        assert screen.focused is screen.query_one("#concurrency")


async def test_stop_ends_it_and_keeps_what_came(app: LambdatuiApp, connected: Emulator, account_id: str) -> None:
    connected.cloud.faults.add(Fault("slow", operation="Invoke", account=account_id, seconds=0.05))
    async with app.run_test(size=BIG) as pilot:
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
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        await invoked(pilot, screen)
        assert "throttled 20" in text_of(app)


async def test_errors_are_grouped_and_enter_opens_an_example(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "2", "5")
        await invoked(pilot, screen)
        await pilot.press("2")
        await until(pilot, lambda: screen.focused is screen.view.errors)
        [group] = screen.view.errors.rows
        assert (group.count, group.title) == (5, "KeyError: 'currency'")
        await pilot.press("enter")
        await shows(pilot, "looking for the currency")


async def test_two_versions_side_by_side(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        screen.choices.set_values({"qualifier": "1", "other_qualifier": "2", "runs": 6, "concurrency": 2})
        await shows(pilot, "A/B against 2")
        await invoked(pilot, screen)
        assert sorted((one.side, one.version) for one in results(screen)) == [("A", "1")] * 6 + [("B", "2")] * 6
        await pilot.press("5")
        await shows(pilot, "A 1")
        await shows(pilot, "95 % sure")
        [line] = [line for line in text_of(app).splitlines() if "success rate" in line and "100 %" in line]
        assert "▲ −100 points" in line


async def test_the_panels_at_every_size(app: LambdatuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app, "1", "5")
        await invoked(pilot, screen)
        for key, words in (
            ("2", "No errors."),
            ("3", "p99"),
            ("4", "sent each"),
            ("5", "nothing to compare"),
            ("1", "ANSWER"),
        ):
            await pilot.press(key)
            await shows(pilot, words)
        await pilot.resize_terminal(200, 50)
        for words in ("No errors.", "latency, how many", "sent each", "ANSWER"):
            await shows(pilot, words)


async def test_the_options_are_a_form_of_the_stage(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "5")
        await pilot.press("f4")
        form = await until(pilot, lambda: app.screen if isinstance(app.screen, InvokeOptionsScreen) else None)
        assert form.draft.get(("runs",)) == 5
        form.form.choose(("warm_up",), 3)
        form.form.choose(("max_errors",), 2)
        await pilot.press("f5")
        await shows(pilot, "warm-up 3  ·  stops at 2 errors")
        await invoked(pilot, screen)
        assert screen.run is not None
        assert (screen.run.figures.count, screen.run.figures.warm_ups) == (5, 3)


async def test_many_are_asked_for_with_their_price(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "1001")
        calls.forget()
        await pilot.press("f5")
        await shows(pilot, "1,001 requests")
        assert "at most $" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: not screen.running)
        await shows(pilot, "Nothing was sent.")
        assert "Invoke" not in calls.operations()


async def test_a_read_only_session_sends_nothing(shop: Any, calls: Calls) -> None:
    app = LambdatuiApp(Settings(read_only=True))
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app, "1", "1")
        calls.forget()
        await pilot.press("f5")
        await shows(pilot, "read-only")
        await until(pilot, lambda: not screen.running)
        assert "Invoke" not in calls.operations()


async def test_it_follows_until_the_reader_scrolls_up(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        run = InvokeRun(Invoke(function="checkout-api", runs=500))
        screen.show_run(run)

        def come(first: int, last: int) -> None:
            for number in range(first, last + 1):
                screen._events.put(Result(invocation(number=number)))

        come(1, 100)
        await shows(pilot, "follows")
        assert screen.view.table.record == invocation(number=100)
        await pilot.press("up", "up")
        await until(pilot, lambda: not screen.view.table.follow)
        come(101, 140)
        await shows(pilot, "▼ 40 new")
        assert screen.view.table.record == invocation(number=98)
        await pilot.press("end")
        await until(pilot, lambda: "new ·" not in text_of(app))
        assert screen.view.table.record == invocation(number=140)


async def test_thirty_thousand_results_are_all_counted_in_the_memory_of_a_few_thousand(app: LambdatuiApp) -> None:
    count = 30_000
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        run = InvokeRun(Invoke(function="checkout-api", runs=count))
        screen.show_run(run)
        for number in range(1, count + 1):
            screen._events.put(Result(invocation(number=number)))
        # the counters are drawn with the last of the rows
        await until(pilot, lambda: "30,000/30,000" in text_of(app), 60)
        assert run.rows.in_memory <= WINDOW
        await pilot.press("home")
        await until(pilot, lambda: screen.view.table.cursor == 0)
        await shows(pilot, "are not kept")


async def test_an_alias_is_invoked_from_its_tab(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        await home(pilot)
        await pilot.press("enter", "3", "i")
        screen = await until(pilot, lambda: app.screen if isinstance(app.screen, InvokeScreen) else None)
        await shows(pilot, "live 1")
        assert screen.choices.qualifier == "live"


async def test_a_streamed_answer_is_shown_as_it_streams(app: LambdatuiApp) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        screen.show_run(InvokeRun(Invoke(function="checkout-api", invocation_type="ResponseStream")))
        screen._events.put(Result(Chunk(1, "", 0, 3.0, b"the first part, ")))
        await shows(pilot, "#1 streams  the first part,")
        screen._events.put(Result(Chunk(1, "", 1, 9.0, b"\x1b[2Jand the second")))
        await shows(pilot, "the first part, and the second")
        screen._events.put(Result(invocation(number=1, first_byte=3.0)))
        await shows(pilot, "1/1  ok 1")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"invocation_type": "DryRun"}, "dry run"),
        ({"invocation_type": "Event"}, "async"),
        ({"invocation_type": "ResponseStream"}, "stream"),
        ({"rate": 50, "concurrency": 5, "ramp": 0.05}, "sent late p99"),
    ],
    ids=["dry run", "async", "stream", "rate"],
)
async def test_ways_to_invoke(app: LambdatuiApp, values: dict[str, Any], expected: str) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        screen.choices.set_values({"qualifier": "1", "runs": 4, **values})
        await invoked(pilot, screen)
        await shows(pilot, "4/4  ok 4")
        await shows(pilot, expected)


@pytest.mark.slow
async def test_a_million_results_keep_the_memory_bounded_and_the_app_alive(app: LambdatuiApp) -> None:
    count = 1_000_000
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(pilot, app)
        run = InvokeRun(Invoke(function="checkout-api", runs=count))
        screen.show_run(run)

        def produce() -> None:
            for number in range(1, count + 1):
                screen._events.put(
                    Result(invocation(number=number, latency=float(number % 997 + 1), payload=b"x" * 100))
                )
                if number - run.figures.count > 20_000:
                    while number - run.figures.count > 5_000:
                        time.sleep(0.01)

        producer = threading.Thread(target=produce, daemon=True)
        producer.start()
        await until(pilot, lambda: run.figures.count >= 100_000, 120)
        early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await pilot.press("up")
        await until(pilot, lambda: not screen.view.table.follow)
        await pilot.press("3")
        await shows(pilot, "latency, how many")
        await until(pilot, lambda: run.figures.count == count, 900)
        late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert run.rows.in_memory <= WINDOW
        # what grows is a number for each failure, of which there are none, and the time line up to its limit
        assert late < early + 60_000, "kB"
        await pilot.press("1", "end")
        await until(
            pilot,
            lambda: (
                screen.view.table.record == invocation(number=count, latency=float(count % 997 + 1), payload=b"x" * 100)
            ),
        )
