"""The log of a function: followed, filtered, of any range, and true words where there is none."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from lambdatui.aws.log_entries import Invoked
from lambdatui.aws.log_reading import Following
from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.document import DocumentScreen
from lambdatui.tui.screens.function import TABS, FunctionView
from lambdatui.tui.screens.invoke import InvokeScreen
from lambdatui.tui.tabs.logs import LogsTab
from tests.aws.log_samples import OTHER, RID
from tests.conftest import Calls
from tests.emulator.clients import REGION
from tests.tui.invoking import over, results
from tests.tui.shop import home, shows, text_of, until

GROUP = "/aws/lambda/checkout-api"
PLACE = list(TABS).index("logs")

Write = Callable[..., None]


@pytest.fixture
def write(connected: Emulator, account_id: str) -> Write:
    """Writes lines to the function's log, `ago` ms before now, each a ms after the one before."""

    def put(*lines: str, ago: int = 1000, stream: str = "s") -> None:
        first = int(time.time() * 1000) - ago
        events = [(first + number, text) for number, text in enumerate(lines)]
        connected.cloud.logs.put(account_id, REGION, GROUP, stream, events)

    return put


def invocation(*lines: str, rid: str = RID, duration: float = 11.8) -> list[str]:
    report = f"REPORT RequestId: {rid}\tDuration: {duration} ms\tBilled Duration: 12 ms\tMemory Size: 512 MB\t"
    return [f"START RequestId: {rid} Version: 42", *lines, f"END RequestId: {rid}", f"{report}Max Memory Used: 64 MB\t"]


async def opened(pilot: Any, app: LambdatuiApp) -> LogsTab:
    await home(pilot)
    await pilot.press("v")
    view = app.screen
    assert isinstance(view, FunctionView)
    await view.action_open_tab(PLACE)
    tab = view.tab
    assert isinstance(tab, LogsTab)
    return tab


async def following(pilot: Any, app: LambdatuiApp) -> LogsTab:
    tab = await opened(pilot, app)
    await until(pilot, lambda: isinstance(tab._state, Following))
    return tab


async def test_invocations_are_folded_and_unfolded(app: LambdatuiApp, shop: Any) -> None:
    shop.invoke(FunctionName="checkout-api", Qualifier="2", Payload=b"{}")
    async with app.run_test(size=(120, 40)) as pilot:
        tab = await following(pilot, app)
        await shows(pilot, "✖ error")
        [entry] = tab.rows.shown
        assert isinstance(entry, Invoked)
        [row] = [line for line in text_of(app).splitlines() if "✖ error" in line]
        assert " 2 " in row
        assert "KeyError" in row
        assert "looking for the currency" not in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "looking for the currency")
        await pilot.press("enter")
        await until(pilot, lambda: "looking for the currency" not in text_of(app))


async def test_what_arrives_is_followed_until_the_reader_moves_up(app: LambdatuiApp, write: Write) -> None:
    write(*[f"line {number}" for number in range(100)])
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        await shows(pilot, "line 99")
        await pilot.press("pageup")
        await shows(pilot, "paused, end follows")
        seen = next(line for line in text_of(app).splitlines() if " line " in line)
        write("late news", ago=0)
        await shows(pilot, "▼ 1 new")
        assert seen in text_of(app), "what is being read stays where it is"
        assert "late news" not in text_of(app)
        await pilot.press("end")
        await shows(pilot, "late news")
        assert "new   end follows" not in text_of(app)
        write("later still", ago=0)
        await shows(pilot, "later still")
        assert len(tab.rows.shown) == 102


async def test_filter_errors_level_and_one_invocation(app: LambdatuiApp, write: Write) -> None:
    write(*invocation(f"[INFO]\t2026-11-24T12:00:00.000Z\t{RID}\tpaid with a card"), ago=3000)
    write(*invocation("[ERROR] KeyError: 'currency'", rid=OTHER), ago=2000)
    write("[WARNING] the disk is slow", ago=1000, stream="t")
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        tab = await following(pilot, app)
        await until(pilot, lambda: len(tab.rows.shown) == 3)
        await pilot.press("slash", *"card")
        await shows(pilot, "1 of 3 entries")
        assert "paid with a card" in text_of(app)
        assert "KeyError" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: len(tab.rows.shown) == 3)
        await pilot.press("x")
        await shows(pilot, "only errors")
        assert [entry.lines[0].message for entry in tab.rows.shown] == ["[ERROR] KeyError: 'currency'"]
        await pilot.press("x", "l", "l", "l")
        await shows(pilot, "WARN and up")
        assert len(tab.rows.shown) == 2
        await pilot.press("l", "l")
        await until(pilot, lambda: len(tab.rows.shown) == 3)
        await pilot.press("home", "o")
        await shows(pilot, f"only {RID[:8]}")
        assert len(tab.rows.shown) == 1
        await pilot.press("o")
        await until(pilot, lambda: len(tab.rows.shown) == 3)
        await pilot.press("n")
        await until(pilot, lambda: tab.log_view.entry is tab.rows.shown[1])
        await pilot.press("N")
        await shows(pilot, "There is no error before this.")


async def test_a_line_whole(app: LambdatuiApp, write: Write) -> None:
    write('{"level":"INFO","message":"paid","order":{"id":7}}')
    async with app.run_test(size=(120, 30)) as pilot:
        await following(pilot, app)
        await shows(pilot, "paid")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        await shows(pilot, '"id": 7')
        await pilot.press("escape")
        await shows(pilot, "1 entry, 1 line")


async def test_from_an_invocations_result_to_its_lines(app: LambdatuiApp, write: Write) -> None:
    write(*invocation("another one"))
    async with app.run_test(size=(140, 45)) as pilot:
        await home(pilot)
        await pilot.press("i")
        invoke = app.screen
        assert isinstance(invoke, InvokeScreen)
        invoke.query_one("#runs", Input).value = "1"
        await pilot.press("f5")
        await until(pilot, lambda: over(invoke))
        await pilot.press("enter", "l")
        await until(pilot, lambda: isinstance(app.screen, FunctionView))
        view = app.screen
        assert isinstance(view, FunctionView)
        await until(pilot, lambda: view._active == PLACE)
        tab = view.tab
        assert isinstance(tab, LogsTab)
        await until(pilot, lambda: tab.rows.shown)
        assert {entry.request_id for entry in tab.rows.shown if isinstance(entry, Invoked)} == {
            results(invoke)[0].request_id
        }
        await shows(pilot, "1 of 2 entries")


async def test_a_function_that_never_ran_and_then_runs(app: LambdatuiApp, write: Write) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot, app)
        await shows(pilot, f"There is no log group {GROUP} yet: it is made when the function first runs.")


async def test_a_log_that_may_not_be_read(
    app: LambdatuiApp, write: Write, connected: Emulator, account_id: str
) -> None:
    write("secret")
    connected.cloud.faults.add("access-denied", operation="FilterLogEvents", account=account_id)
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await opened(pilot, app)
        await shows(pilot, "is not authorized to perform:")
        await shows(pilot, "r tries again")
        assert not tab._following.is_running
        connected.cloud.faults.clear()
        await pilot.press("r")
        await shows(pilot, "secret")


async def test_without_the_configuration_the_usual_group_is_read(
    app: LambdatuiApp, write: Write, connected: Emulator, account_id: str
) -> None:
    write("here it is")
    connected.cloud.faults.add("access-denied", operation="GetFunctionConfiguration", account=account_id)
    async with app.run_test(size=(160, 30)) as pilot:
        await opened(pilot, app)
        await shows(pilot, "here it is")
        assert "The log group is a guess" in text_of(app)


async def test_a_function_that_is_not_there(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await home(pilot)
        shop.delete_function(FunctionName="checkout-api")
        await pilot.press("v")
        view = app.screen
        assert isinstance(view, FunctionView)
        await view.action_open_tab(PLACE)
        await until(pilot, lambda: view.tab.trouble is not None)
        assert "Function not found" in text_of(app)


async def test_a_log_in_the_background_is_not_followed_and_nothing_is_lost(
    app: LambdatuiApp, write: Write, calls: Calls
) -> None:
    write("before")
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        await shows(pilot, "before")
        await tab.view.action_open_tab(0)
        assert not tab._following.is_running
        write("meanwhile", ago=0)
        await tab.view.action_open_tab(PLACE)
        await shows(pilot, "meanwhile")
        await until(pilot, lambda: isinstance(tab._state, Following))
        assert [entry.lines[0].message for entry in tab.rows.shown] == ["before", "meanwhile"]


async def test_text_from_a_log_is_harmless(app: LambdatuiApp, write: Write) -> None:
    write("\x1b[2J\x1b]0;pwned\x07[bold red]red[/] \u202ertl 検索 👩‍👩‍👧‍👦", "{not json", '{"a":' * 2000)
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        await shows(pilot, "[bold red]red[/]")
        await pilot.press("w", "a")
        await until(pilot, lambda: tab.log_view.wrap)
        assert "\x1b" not in text_of(app)
        assert "pwned" not in text_of(app)
        assert "{not json" in text_of(app)


async def test_another_range(app: LambdatuiApp, write: Write) -> None:
    write("an hour ago", ago=3_500_000)
    write("now", ago=1000)
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        await until(pilot, lambda: len(tab.rows.shown) == 1)
        await pilot.press("s")
        await shows(pilot, "the last 3 hours")
        await pilot.press("tab", *"soon", "enter")
        await shows(pilot, "expected, not 'soon'.")
        await pilot.press(*["backspace"] * 4, *"2h to 30m", "enter")
        await shows(pilot, "an hour ago")
        await shows(pilot, "read to its end")
        assert [entry.lines[0].message for entry in tab.rows.shown] == ["an hour ago"]
        assert tab.range == "2h to 30m"


async def test_what_is_shown_is_exported(app: LambdatuiApp, write: Write, tmp_path: Path) -> None:
    write(*invocation("paid"))
    write("outside", stream="t")
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        await until(pilot, lambda: len(tab.rows.shown) == 2)
        await pilot.press("slash", *"paid", "enter", "e")
        await shows(pilot, "4 rows of 5.")
        for name in ("log.txt", "log.jsonl"):
            path = tmp_path / name
            if name == "log.jsonl":
                await pilot.press("e")
            await until(pilot, lambda: "Export" in str(type(app.screen)))
            app.screen.query_one(Input).value = str(path)
            await pilot.press("enter")
            await until(pilot, lambda path=path: path.exists() and isinstance(app.screen, FunctionView))
        assert [line.split(" ", 2)[2] for line in (tmp_path / "log.txt").read_text().splitlines()][1] == "paid"
        rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
        assert [row["message"][:5] for row in rows] == ["START", "paid", "END R", "REPOR"]
        assert {row["request_id"] for row in rows} == {RID}
        assert {row["version"] for row in rows} == {"42"}


async def test_a_log_group_that_is_deleted_while_it_is_followed(
    app: LambdatuiApp, write: Write, aws: Callable[..., Any], connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", operation="StartLiveTail", account=account_id)
    write("one")
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        assert "● followed" in text_of(app)
        assert "No Live Tail: " in text_of(app)
        aws("logs").delete_log_group(logGroupName=GROUP)
        await shows(pilot, f"The log group {GROUP} was deleted: it is made anew when the function next runs.")
        assert len(tab.rows.shown) == 1, "what was read stays"


async def test_expired_credentials_stop_it_and_a_login_lets_it_go_on(
    app: LambdatuiApp, write: Write, connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", operation="StartLiveTail", account=account_id)
    write("one")
    async with app.run_test(size=(120, 30)) as pilot:
        tab = await following(pilot, app)
        connected.cloud.faults.add("expired-token", operation="FilterLogEvents", account=account_id, times=1)
        await shows(pilot, "it goes on after a login")
        await shows(pilot, "The security token included in the request is expired")
        write("two", ago=0)
        app.session.accounts().lapses.end("")
        await shows(pilot, "two")
        await until(pilot, lambda: isinstance(tab._state, Following))
        assert [entry.lines[0].message for entry in tab.rows.shown] == ["one", "two"]
