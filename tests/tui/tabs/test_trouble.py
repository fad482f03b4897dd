"""What a tab says when it cannot be read: its function was deleted under one's eyes, AWS throttles or does not answer.

What was read before stays.
"""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.tabs.aliases import AliasesTab
from lambdatui.tui.tabs.concurrency import ConcurrencyTab
from lambdatui.tui.tabs.environment import EnvironmentTab
from lambdatui.tui.tabs.layers import LayersTab
from lambdatui.tui.tabs.tab import FunctionTab
from lambdatui.tui.tabs.tags import TagsTab
from lambdatui.tui.tabs.triggers import TriggersTab
from tests.tui.shop import home, shows, text_of
from tests.tui.tabs.opening import open_tab

KINDS = [AliasesTab, TriggersTab, EnvironmentTab, ConcurrencyTab, LayersTab, TagsTab]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_read_stays_and_the_tab_says_why_there_is_no_more(
    app: LambdatuiApp, shop: Any, kind: type[FunctionTab[Any]]
) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        tab = await open_tab(pilot, kind)
        before = tab.last
        assert before is not None
        shop.delete_function(FunctionName="checkout-api")
        await pilot.press("r")
        await shows(pilot, "and cannot be read anew: ")
        await shows(pilot, ": Function not found")
        assert "ResourceNotFoundException" in str(tab.trouble)
        assert tab.last is before


async def test_the_list_learns_of_it_when_one_comes_back(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await open_tab(pilot, TagsTab)
        shop.delete_function(FunctionName="checkout-api")
        await pilot.press("r")
        await shows(pilot, ": Function not found")
        await pilot.press("escape")
        await shows(pilot, "2 functions · all pages read")


async def test_a_tab_that_is_throttled_says_so_while_it_waits(
    app: LambdatuiApp, shop: Any, connected: Emulator, account_id: str
) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await open_tab(pilot, TagsTab)
        fault = connected.cloud.faults.add("throttle", service="lambda", account=account_id)
        await pilot.press("2")
        await shows(pilot, "▲ ListVersionsByFunction: throttled, next try in ")
        assert account_id in text_of(app).splitlines()[0]
        connected.cloud.faults.remove(fault)
        await shows(pilot, "fix rounding")
        assert "throttled" not in text_of(app)


async def test_a_tab_that_gets_no_answer_says_so(
    app: LambdatuiApp, shop: Any, connected: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatui.tui.tabs.tab.SLOW_SECONDS", 0.2)
    async with app.run_test(size=(160, 40)) as pilot:
        await open_tab(pilot, TagsTab)
        fault = connected.cloud.faults.add("hang", service="lambda", account=account_id, times=1, seconds=60)
        await pilot.press("2")
        await shows(pilot, "▲ There is no answer after 0.2 s")
        connected.cloud.faults.remove(fault)
        await pilot.press("r")
        await shows(pilot, "fix rounding")


async def test_who_would_act_is_shown_before_the_first_answer(
    app: LambdatuiApp, shop: Any, connected: Emulator, account_id: str
) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await home(pilot)
        await shows(pilot, account_id)
        fault = connected.cloud.faults.add("throttle", account=account_id)
        await pilot.press("enter")
        await shows(pilot, "throttled, next try in ")
        first = text_of(app).splitlines()[0]
        assert account_id in first
        assert "READ-WRITE" in first
        connected.cloud.faults.remove(fault)
        await shows(pilot, "● Nothing is wrong")
