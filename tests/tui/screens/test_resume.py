"""A rollout that stopped half-way is shown at the next start, with what AWS says now, and is decided on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.journal import Journal
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.act import ActScreen
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.screens.resume import ResumeScreen
from tests.journal.rollouts import at_a_quarter
from tests.journal.test_journal import begin
from tests.tui.shop import home, shows, text_of, until

QUARTER = {"AdditionalVersionWeights": {"3": 0.25}}


@pytest.fixture
def left(shop: Any, journal: Journal, account_id: str) -> Callable[[], str]:
    """Leaves a rollout of checkout-api:live to version 3 at 25 %, and gives its run."""

    def leave() -> str:
        answer = shop.update_alias(FunctionName="checkout-api", Name="live", RoutingConfig=QUARTER)
        run = begin(
            journal,
            account_id=account_id,
            profile="",
            function="checkout-api",
            title="Route checkout-api:live to 3 in steps",
        )
        journal.checkpoint(run, at_a_quarter("3", answer["RevisionId"]))
        journal.end(run, "cancelled", {})
        return run

    return leave


async def asked(pilot: Any, app: LambdatuiApp) -> ResumeScreen:
    """The screen, once AWS has answered."""
    await until(pilot, lambda: isinstance(app.screen, ResumeScreen))
    screen = app.screen
    assert isinstance(screen, ResumeScreen)
    await until(pilot, lambda: screen._stands is not None)
    return screen


async def test_it_is_shown_at_the_start_and_put_back(
    app: LambdatuiApp, shop: Any, journal: Journal, left: Callable[[], str]
) -> None:
    run = left()
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        for words in (
            "A rollout of checkout-api:live stopped at 25 % at ",
            "all traffic to 1",
            "75 % to 1, 25 % to 3",
            "as the rollout left it",
            "it was stopped",
            "go on",
            "put back",
            "leave it so",
        ):
            assert words in text_of(app)
        await pilot.press("b")
        await shows(pilot, "Put back the rollout of checkout-api:live")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
    there = shop.get_alias(FunctionName="checkout-api", Name="live")
    assert not (there.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    told = journal.run(run)
    assert told is not None
    assert told.settled.startswith("put back in ")


async def test_it_goes_on(app: LambdatuiApp, shop: Any, journal: Journal, left: Callable[[], str]) -> None:
    left()
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, ActScreen))
        await shows(pilot, "Go on with the rollout of checkout-api:live")
        await pilot.press("enter")
        await until(pilot, lambda: shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "3")
    assert journal.unfinished() == []


async def test_two_are_asked_about_one_after_the_other_and_left(
    app: LambdatuiApp, shop: Any, journal: Journal, left: Callable[[], str]
) -> None:
    left()
    left()
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot, app)
        assert "(1 of 2)" in text_of(app)
        await pilot.press("l")
        await until(pilot, lambda: "(1 of 2)" not in text_of(app))
        await asked(pilot, app)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        await until(pilot, lambda: journal.unfinished() == [])
    assert shop.get_alias(FunctionName="checkout-api", Name="live")["RoutingConfig"] == QUARTER


async def test_what_somebody_else_changed_is_not_gone_on_with(
    app: LambdatuiApp, shop: Any, left: Callable[[], str]
) -> None:
    left()
    shop.update_alias(FunctionName="checkout-api", Name="live", FunctionVersion="2")
    async with app.run_test(size=(120, 40)) as pilot:
        await asked(pilot, app)
        assert "somebody else has changed it since" in text_of(app)
        await pilot.press("g", "b")
        await pilot.pause()
        assert isinstance(app.screen, ResumeScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))


async def test_nothing_is_said_where_nothing_stopped(app: LambdatuiApp, journal: Journal) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, FunctionsScreen)
        app._stopped_rollouts.look()
        told = "No rollout stopped half-way."
        await until(pilot, lambda: [note for note in app._notifications if note.message == told])
