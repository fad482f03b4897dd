"""Plan, question, run, outcome: the one way to a change."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lambdatui.aws.scope import Scope
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from lambdatui.settings import Settings
from lambdatui.stages.delete import Delete
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.route import Route, Simple, Weighted
from lambdatui.stages.stage import Stage
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from tests.conftest import Calls
from tests.tui.shop import home, shows, text_of, until

SCOPE = Scope("", "eu-west-1")


def weighted(percent: float = 10, alias: str = "live") -> Route:
    return Route(function="checkout-api", alias=alias, strategy=Weighted(stable=1, canary=3, percent=percent))


async def planned(pilot: Any, app: LambdatuiApp, stage: Stage) -> ActScreen:
    await home(pilot)
    screen = ActScreen(app.session, stage)
    await app.push_screen(screen)
    await until(pilot, lambda: screen._phase != "planning")
    return screen


async def test_the_plan_is_shown_with_where_it_acts_and_the_way_back(app: LambdatuiApp, account_id: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        shown = text_of(app)
        for words in (
            "Route checkout-api:live: 90 % to 1, 10 % to 3",
            account_id,
            "UpdateAlias  checkout-api:live",
            "moves traffic",
            "100 % → 90 %",
            "0 % → 10 %",
            "undo: all traffic back to 1",
            "do it",
        ):
            assert words in shown


async def test_escape_does_nothing(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        calls.forget()
        await pilot.press("escape")
        assert not isinstance(app.screen, ActScreen)
        assert calls.changes() == []


async def test_enter_does_it_once_however_often_it_is_pressed(app: LambdatuiApp, shop: Any, calls: Calls) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await planned(pilot, app, weighted())
        calls.forget()
        screen.action_go()
        screen.action_go()
        await shows(pilot, "✔ Done.")
        assert calls.changes() == ["UpdateAlias"]
        alias = shop.get_alias(FunctionName="checkout-api", Name="live")
        assert alias["RoutingConfig"]["AdditionalVersionWeights"] == {"3": 0.1}


async def test_an_empty_plan_says_so(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, Route(function="checkout-api", alias="live", strategy=Simple(to=1)))
        assert "Nothing to change." in text_of(app)
        assert "do it" not in text_of(app)


async def test_a_plan_that_cannot_be_made_says_why(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, Route(function="checkout-api", alias="live", strategy=Simple(to=77)))
        assert "Nothing was done." in text_of(app)
        assert "checkout-api has no version 77; it has 1, 2, 3." in text_of(app)


async def test_what_is_for_good_asks_for_the_name(app: LambdatuiApp, shop: Any, calls: Calls) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, Delete(function="checkout-api", keep=1))
        assert "version 1 stays: alias live" in text_of(app)
        calls.forget()
        await pilot.press("enter")
        assert "that was not it" in text_of(app)
        await pilot.press(*"checkout", "enter")
        assert calls.changes() == []
        await pilot.press(*"checkout-api", "enter")
        await shows(pilot, "✔ Done.")
        assert calls.changes() == ["DeleteFunction"]
        left = [v["Version"] for v in shop.list_versions_by_function(FunctionName="checkout-api")["Versions"]]
        assert left == ["$LATEST", "1", "3"]


async def test_someone_elses_change_stops_it_and_is_told(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        shop.update_alias(FunctionName="checkout-api", Name="live", FunctionVersion="2")
        await pilot.press("enter")
        await shows(pilot, "✖ UpdateAlias")
        shown = text_of(app)
        assert "Read it again and plan anew" in shown
        assert "not done: UpdateAlias checkout-api:live" in shown
        assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "2"


async def test_a_call_whose_outcome_nobody_knows_is_told_as_that(
    app: LambdatuiApp, connected: Emulator, account_id: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        connected.cloud.faults.add(Fault("error", operation="UpdateAlias", account=account_id, code="Odd", status=500))
        await pilot.press("enter")
        await shows(pilot, "not known whether it was done")


async def test_throttling_is_told_while_it_waits(app: LambdatuiApp, connected: Emulator, account_id: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        connected.cloud.faults.add(Fault("throttle", operation="UpdateAlias", account=account_id, times=1))
        await pilot.press("enter")
        await shows(pilot, "UpdateAlias: throttled, next try in")
        await shows(pilot, "✔ Done.")


async def test_read_only_shows_the_plan_and_goes_no_further(shop: Any, calls: Calls) -> None:
    app = LambdatuiApp(Settings(read_only=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        assert "This session is read-only" in text_of(app)
        calls.forget()
        await pilot.press("enter")
        assert calls.changes() == []


async def test_the_journal_holds_what_was_done(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot, app, weighted())
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        entries = app.session.journal().entries(function="checkout-api")
        assert [(entry.operation, entry.status, entry.target) for entry in entries] == [
            ("UpdateAlias", "done", "checkout-api:live")
        ]
        assert entries[0].before["FunctionVersion"] == "1"


async def test_a_long_end_leaves_the_keys_in_sight(
    app: LambdatuiApp, shop: Any, connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", operation="PublishVersion", account=account_id)
    async with app.run_test(size=(80, 24)) as pilot:
        stage = Deploy(function="checkout-api", memory=1024, timeout=9, publish=True, aliases=["live"])
        screen = await planned(pilot, app, stage)
        await pilot.press("enter")
        await until(pilot, lambda: screen._phase == "over")
        for words in ("not done: PublishVersion", "put back what was there", "close"):
            await shows(pilot, words)


async def test_what_a_failed_run_did_is_put_back_with_a_key(
    app: LambdatuiApp, shop: Any, connected: Emulator, account_id: str
) -> None:
    before = shop.get_function_configuration(FunctionName="checkout-api")["MemorySize"]
    connected.cloud.faults.add("access-denied", operation="PublishVersion", account=account_id)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await planned(pilot, app, Deploy(function="checkout-api", memory=before + 64, publish=True))
        await pilot.press("enter")
        await until(pilot, lambda: screen._phase == "over")
        assert shop.get_function_configuration(FunctionName="checkout-api")["MemorySize"] == before + 64
        await shows(pilot, "put back what was there")
        await pilot.press("b")
        await until(pilot, lambda: screen._phase == "asking")
        await shows(pilot, f"{before + 64} MB → {before} MB")
        assert "not done:" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen._phase == "over")
        await shows(pilot, "✔ Done.")
        assert shop.get_function_configuration(FunctionName="checkout-api")["MemorySize"] == before
        assert "put back what was there" not in text_of(app)


@contextmanager
def changed_elsewhere(journal: Journal, account_id: str, **more: object) -> Iterator[int]:
    """Another process that is changing `live`, by its id."""
    source = f"""
from pathlib import Path
from lambdatui.journal import Journal
from tests.journal.test_journal import begin
begin(Journal(Path({str(journal.path)!r})), account_id={account_id!r}, targets=["checkout-api:live"], **{more!r})
print("begun", flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            yield child.pid
        finally:
            child.kill()


async def test_what_another_lambdatui_is_changing_is_refused_before_it_is_asked(
    app: LambdatuiApp, journal: Journal, account_id: str
) -> None:
    with changed_elsewhere(journal, account_id) as process:
        async with app.run_test(size=(120, 40)) as pilot:
            await planned(pilot, app, weighted())
            shown = " ".join(text_of(app).split())
            assert "Nothing was done." in shown
            assert f"checkout-api:live is being changed by another lambdatui on this machine (process {process}" in (
                shown.replace(" │ │ ", " ")
            )


async def test_it_may_be_planned_anyway(app: LambdatuiApp, shop: Any, journal: Journal, account_id: str) -> None:
    with changed_elsewhere(journal, account_id):
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await planned(pilot, app, weighted())
            await shows(pilot, "A plans it anyway; whichever of the two writes last then counts.")
            await pilot.press("A")
            await until(pilot, lambda: screen._phase == "asking")
            await pilot.press("enter")
            await shows(pilot, "✔ Done.")
            assert shop.get_alias(FunctionName="checkout-api", Name="live")["RoutingConfig"]


async def test_but_not_beside_a_rollout(app: LambdatuiApp, journal: Journal, account_id: str) -> None:
    with changed_elsewhere(journal, account_id, inputs={"strategy": {"kind": "gradual"}}):
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await planned(pilot, app, weighted())
            await shows(pilot, "That one is a rollout, which must be the only one that changes its alias.")
            await pilot.press("A")
            await pilot.pause()
            assert screen._phase == "over"
            assert "anyway" not in text_of(app)
