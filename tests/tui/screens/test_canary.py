"""The form of a canary and what the judge says, on the embedded AWS: from saved runs, CloudWatch, the journal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.canary import CanaryScreen
from lambdatui.tui.screens.canary_form import CanaryForm
from lambdatui.tui.screens.function import FunctionView
from lambdatui.tui.screens.traffic import TrafficScreen
from tests.tui.invoking import BIG, invoked
from tests.tui.invoking import opened as invoking
from tests.tui.shop import home, shows, text_of, until


async def form_of(pilot: Any, app: LambdatuiApp) -> CanaryForm:
    """The form in front, once it knows both versions."""
    screen: Any = await until(pilot, lambda: app.screen if isinstance(app.screen, CanaryForm) else None)
    await until(pilot, lambda: screen.draft.get(("baseline",)) and screen.known.versions)
    return screen  # type: ignore[no-any-return]


async def judged(pilot: Any, app: LambdatuiApp) -> CanaryScreen:
    """Judges, and waits for the end."""
    await pilot.press("f5")
    screen: Any = await until(pilot, lambda: app.screen if isinstance(app.screen, CanaryScreen) else None)
    await until(pilot, lambda: screen.over)
    return screen  # type: ignore[no-any-return]


def chosen(form: CanaryForm) -> tuple[Any, Any]:
    return form.draft.get(("baseline",)), form.draft.get(("canary",))


async def test_b_is_judged_beside_a_by_the_run_that_was_just_made(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await invoking(pilot, app, "1", runs="60")
        screen.choices.set_values({**screen.choices.values, "other_qualifier": "2"})
        await invoked(pilot, screen)
        await until(pilot, lambda: screen.run is not None and screen.run.rows.saved is not None)
        await pilot.press("C")
        form = await form_of(pilot, app)
        assert chosen(form) == ("1", "2")
        await shows(pilot, "by 1 saved run")
        canary = await judged(pilot, app)
        assert (canary.judgements[-1].outcome, canary.sides) == ("fail", ("1", "2"))
        assert canary.judgements[-1].metric("errors").label == "High"
        text = text_of(app)
        assert "■ baseline 1   ■ canary 2" in text
        assert "✖ fail" in text
        report, _, data = canary.copies()
        assert report.text.startswith("checkout-api 2 beside 1\n✖ fail")
        assert json.loads(data.text)["outcome"] == "fail"
        rows = canary.exported().rows
        assert {"name": "errors", "canary": "2", "outcome": "fail"}.items() <= dict(rows[0]).items()
        await pilot.press("escape")
        assert app.screen is form


async def test_the_version_under_the_cursor_is_judged_by_a_saved_run_that_is_picked(
    app: LambdatuiApp, shop: Any
) -> None:
    async with app.run_test(size=BIG) as pilot:
        screen = await invoking(pilot, app, "1", runs="25")
        await invoked(pilot, screen)
        screen.query_one("#qualifier").value = "3"  # type: ignore[attr-defined]
        await invoked(pilot, screen)
        await pilot.press("escape")
        await home(pilot)
        await pilot.press("v")
        view: Any = await until(pilot, lambda: app.screen if isinstance(app.screen, FunctionView) else None)
        await until(pilot, lambda: view._tabs and view.tab.published.versions)
        await pilot.press("C")
        form = await form_of(pilot, app)
        assert chosen(form) == ("1", "3")
        assert form.draft.get(("since",)) == "2h"
        await pilot.press("f")
        await shows(pilot, "Saved runs of checkout-api")
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: app.screen is form and len(form.draft.get(("source", "results")) or ()) == 2)
        assert form.draft.get(("since",)) is None
        assert chosen(form) == ("1", "3")
        canary = await judged(pilot, app)
        assert (canary.judgements[-1].outcome, canary.sides) == ("pass", ("1", "3"))
        await pilot.press("escape", "w")
        await until(pilot, lambda: chosen(form) == ("3", "1"))


async def test_traffic_that_two_versions_share_is_judged_by_cloudwatch_without_data(
    app: LambdatuiApp, shop: Any
) -> None:
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    shop.update_alias(FunctionName="checkout-api", Name="live", FunctionVersion="3", RoutingConfig=weights)
    async with app.run_test(size=(80, 24)) as pilot:
        await home(pilot)
        await pilot.press("t")
        traffic: Any = await until(pilot, lambda: app.screen if isinstance(app.screen, TrafficScreen) else None)
        await until(pilot, lambda: traffic._chosen("#canary") == "2")
        await pilot.press("C")
        form = await form_of(pilot, app)
        assert chosen(form) == ("3", "2")
        canary = await judged(pilot, app)
        assert canary.sides == ("3", "2")
        await shows(pilot, "no data")


@pytest.mark.parametrize("baseline", ["7", "3"])
async def test_what_cannot_be_judged_is_said_with_what_to_press(app: LambdatuiApp, shop: Any, baseline: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("C")
        form = await form_of(pilot, app)
        form.form.choose(("baseline",), baseline)
        await pilot.pause()
        await judged(pilot, app)
        words = {"7": "checkout-api has no version 7; it has 1, 2, 3.", "3": "baseline and canary are both version 3"}
        await shows(pilot, words[baseline])
        await shows(pilot, "There is no judgement.")


async def test_a_mistake_in_the_form_is_said_where_it_is(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await home(pilot)
        await pilot.press("C")
        form = await form_of(pilot, app)
        form.form.choose(("lifetime",), "30m")
        await shows(pilot, "with since there is nothing to wait for")
        await pilot.press("f5")
        await until(pilot, lambda: form.form.row is not None and form.form.row.path == ("lifetime",))
        assert app.screen is form
