"""Keys that are pressed quickly go where the reader will be when they arrive."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events

from lambdatui.tui import key_queue
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.deploy import DeployScreen
from lambdatui.tui.screens.traffic import TrafficScreen
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.weight_slider import WeightSlider
from tests.tui.shop import home, text_of, until


def at_once(app: LambdatuiApp, keys: str) -> None:
    """All keys in one moment, as a terminal hands over what was typed ahead."""
    for key in keys:
        name = {"/": "slash", "\r": "enter", "-": "minus", ".": "full_stop"}.get(key, key)
        app.post_message(events.Key(name, key if key.isprintable() else None))


async def test_a_slash_and_the_words_after_it(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        at_once(app, "/checkout-api\r")
        await until(pilot, lambda: app.screen.query_one(FilterInput).value == "checkout-api")
        assert app.screen_stack == [app.screen]
        assert app.focused is app.screen.table  # type: ignore[attr-defined]


@pytest.mark.parametrize("look_seconds", [key_queue.LOOK_SECONDS, 0.001], ids=["in time", "screen slower than a look"])
async def test_a_key_that_opens_a_screen_and_those_for_it(
    app: LambdatuiApp, monkeypatch: pytest.MonkeyPatch, look_seconds: float
) -> None:
    monkeypatch.setattr(key_queue, "LOOK_SECONDS", look_seconds)
    monkeypatch.setattr(key_queue, "PATIENCE_SECONDS", 10_000 * look_seconds)
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        at_once(app, "t25")
        await until(pilot, lambda: isinstance(app.screen, TrafficScreen))
        screen: Any = app.screen
        await until(pilot, lambda: screen.query_one(WeightSlider).percent == 25 and screen.routing.versions)


async def test_a_form_gets_what_was_typed_before_it_was_there(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        at_once(app, "d\r./src/checkout")
        await until(pilot, lambda: isinstance(app.screen, DeployScreen))
        await until(pilot, lambda: "./src/checkout" in text_of(app))
        assert len(app.screen_stack) == 2


async def test_a_key_whose_widget_goes_away_does_not_hold_up_the_next(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        at_once(app, "t")
        app.post_message(events.Key("escape", None))
        at_once(app, "v")
        await until(pilot, lambda: "SERVES" in text_of(app))
