"""The list of functions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambdatui.aws import facts
from lambdatui.aws.account import Account
from lambdatui.emulator.faults import Fault
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Profile, Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.widgets.filter_input import FilterInput
from lambdatui.tui.widgets.record_table import RecordTable
from tests.conftest import Calls
from tests.tui.shop import home, shows, text_of, until


async def test_lists_every_function_with_its_state_and_aliases(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await shows(pilot, "live 1")
        await shows(pilot, "● Active")
        shown = text_of(app)
        assert "3 functions" in shown
        assert "▲ runtime retired" in shown
        # markup in a description is text
        await home(pilot, "checkout-worker")
        await shows(pilot, "[bold red]ships[/] the goods")


async def test_names_who_would_act(app: LambdatuiApp, account_id: str) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await shows(pilot, account_id)
        first = text_of(app).splitlines()[0]
        assert account_id in first
        assert "eu-west-1" in first
        assert "READ-WRITE" in first
        assert "DEMO" not in first


async def test_the_filter_works_as_one_types_and_escape_clears_it(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("slash", *"check ap")
        assert "1 of 3 functions" in text_of(app)
        assert "checkout-worker" not in text_of(app)
        await pilot.press("enter")
        assert app.screen.focused is app.screen.table  # type: ignore[attr-defined]
        assert app.screen.query_one(FilterInput).value == "check ap"
        await pilot.press("slash", "escape")
        assert "checkout-worker" in text_of(app)
        await pilot.press("slash", *"mail", "enter", "escape")
        assert "▸mail-sender" in text_of(app), "the cursor stays on what was filtered for"


async def test_a_filter_that_nothing_passes_says_so(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("slash", *"zzz")
        assert "No function matches the filter" in text_of(app)


async def test_a_throttled_list_says_that_it_waits_and_goes_on(
    app: LambdatuiApp, connected: Emulator, account_id: str
) -> None:
    fault = connected.cloud.faults.add("throttle", service="lambda", operation="ListFunctions", account=account_id)
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "reading · ▲ throttled, ")
        connected.cloud.faults.remove(fault)
        await shows(pilot, "3 functions · all pages read")
        assert "throttled" not in text_of(app).splitlines()[1]


async def test_a_region_that_does_not_answer_is_told_while_the_others_are_read(
    shop: Any, connected: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatui.aws.plain_listing.SECONDS", 0.5)
    fault = connected.cloud.faults.add(
        "hang", service="lambda", operation="ListFunctions", account=account_id, region="us-east-1", seconds=60
    )
    app = LambdatuiApp(Settings(regions=("eu-west-1", "us-east-1")))
    try:
        async with app.run_test(size=(140, 30)) as pilot:
            await shows(pilot, "reading, 1 of 2 regions · ▲ us-east-1: no answer within 0.5 s, asked again")
            await shows(pilot, "checkout-api")
    finally:
        connected.cloud.faults.remove(fault)


async def test_pages_are_shown_as_they_arrive(connected: Emulator, aws: Callable[..., Any], account_id: str) -> None:
    """Page two hangs: page one is on the screen and can be used meanwhile."""
    client = aws("lambda")
    for number in range(60):
        client.create_function(
            FunctionName=f"fn-{number:03}",
            Runtime="python3.13",
            Handler="app.handler",
            Role=f"arn:aws:iam::{account_id}:role/x",
            Code={"ZipFile": _package()},
        )
    fault = Fault("hang", "lambda", "ListFunctions", account_id, after=1, times=1, seconds=5)
    connected.cloud.faults.add(fault)
    app = LambdatuiApp(Settings())
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "fn-010")
        assert "50 functions · reading" in text_of(app)
        await pilot.press("slash", *"fn-01", "enter")
        assert "10 of 50" in text_of(app)


def _package() -> bytes:
    from tests.tui.shop import GOOD, package

    return package(GOOD)


async def test_a_region_that_fails_is_told_and_the_rest_is_there(
    shop: Any, connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add(
        Fault("access-denied", operation="ListFunctions", region="us-east-1", account=account_id)
    )
    app = LambdatuiApp(Settings(regions=("eu-west-1", "us-east-1")))
    async with app.run_test(size=(140, 30), notifications=True) as pilot:
        await shows(pilot, "partial, 1 of 2 regions failed: us-east-1")
        await shows(pilot, "not authorized")
        assert "checkout-api" in text_of(app)


async def test_no_endpoint_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    app = LambdatuiApp(Settings(endpoint_url="http://127.0.0.1:9"))
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "✖ GetCallerIdentity: Unable to locate credentials.")


async def test_an_unknown_profile_is_one_sentence() -> None:
    app = LambdatuiApp(Settings(profile="nosuch"))
    async with app.run_test(size=(140, 30)) as pilot:
        await shows(pilot, "nosuch")
        assert "could not be found" in text_of(app)


async def test_profiles_and_regions_stand_side_by_side(
    home: Any, shop: Any, connected: Emulator, aws: Callable[..., Any], account_id: str
) -> None:
    other = aws("lambda", region="us-east-1")
    other.create_function(
        FunctionName="far-away",
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{account_id}:role/x",
        Code={"ZipFile": _package()},
    )
    (home / "aws-credentials").write_text(
        f"[shop]\naws_access_key_id = {__import__('os').environ['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = x\n"
    )
    settings = Settings(profiles={"shop": Profile(regions=("eu-west-1", "us-east-1"), protected=True)})
    app = LambdatuiApp(settings)
    async with app.run_test(size=(160, 30)) as pilot:
        await shows(pilot, "4 functions · all pages read")
        assert "1 profile · 2 regions" in text_of(app)
        screen = app.screen
        assert isinstance(screen, FunctionsScreen)
        record = next(record for record in screen.table.rows if record.name == "far-away")
        screen.table.go_to(record.key)
        await until(pilot, lambda: "us-east-1" in text_of(app).splitlines()[0])
        assert "READ-ONLY" in text_of(app).splitlines()[0]


async def test_refresh_drops_what_is_gone(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home_and_delete(pilot, shop)
        await pilot.press("r")
        await shows(pilot, "2 functions · all pages read")
        assert "mail-sender" not in text_of(app)


async def home_and_delete(pilot: Any, shop: Any) -> None:
    await home(pilot, "checkout-worker")
    shop.delete_function(FunctionName="mail-sender")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (40, 10)])
async def test_fits_every_terminal_and_survives_resizing(app: LambdatuiApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await home(pilot)
        lines = text_of(app).splitlines()
        assert "checkout-api" in lines[3]
        assert "help" in lines[-1]
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "help" in text_of(app).splitlines()[-1]


async def test_sorting_by_any_column(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        names = lambda: [record.name for record in app.screen_stack[0].table.rows]  # type: ignore[attr-defined]  # noqa: E731
        assert names() == ["checkout-api", "checkout-worker", "mail-sender"]
        await pilot.press("S")
        assert names() == ["mail-sender", "checkout-worker", "checkout-api"]
        await pilot.press("s")
        await shows(pilot, "Sort by")
        app.screen.query_one(RecordTable).go_to("runtime")
        await pilot.press("enter")
        assert "RUNTIME ▲" in text_of(app)
        assert names() == ["checkout-worker", "mail-sender", "checkout-api"]


async def test_sorting_by_what_is_read_later(app: LambdatuiApp, shop: Any) -> None:
    shop.put_function_concurrency(FunctionName="mail-sender", ReservedConcurrentExecutions=0)
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        screen: Any = app.screen
        screen._sort_by("aliases", False)
        await until(pilot, lambda: len(screen.functions.facts) == 3)
        assert [record.name for record in screen.table.rows][-1] == "checkout-api", "the others have no alias"


async def test_a_filter_on_what_only_facts_tell_has_them_read(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("slash", *"alias:live")
        await shows(pilot, "1 of 3 functions")
        assert "not known yet" not in text_of(app)
        await pilot.press("escape", "slash", *"state:retired tag:team=pay")
        await shows(pilot, "1 of 3 functions")
        assert "mail-sender" in text_of(app)


async def test_a_field_that_is_none_is_told(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("slash", *"rntime:python")
        assert "there is no field 'rntime'. Did you mean 'runtime'?" in text_of(app)


async def test_saved_filters_are_offered(shop: Any) -> None:
    app = LambdatuiApp(Settings(filters={"the old": "runtime:python3.10", "node": "runtime:node"}))
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("f")
        await shows(pilot, "Saved filters")
        await pilot.press("down", "enter")
        await shows(pilot, "1 of 3 functions")
        assert "checkout-worker" in text_of(app)


async def test_columns_are_chosen_and_remembered(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(160, 30)) as pilot:
        await home(pilot)
        await pilot.press("c")
        await shows(pilot, "Columns")
        app.screen.query_one(RecordTable).go_to("tags")
        await pilot.press("space", "enter")
        await shows(pilot, "TAGS")
        await shows(pilot, "team=pay")
    again = LambdatuiApp(Settings())
    async with again.run_test(size=(160, 30)) as pilot:
        await home(pilot)
        await shows(pilot, "TAGS")


async def test_figures_of_the_last_hour_are_read_in_one_request(app: LambdatuiApp, shop: Any, calls: Calls) -> None:
    shop.invoke(FunctionName="checkout-api", Qualifier="1")
    shop.invoke(FunctionName="checkout-api", Qualifier="2")
    async with app.run_test(size=(200, 30)) as pilot:
        await home(pilot)
        assert "GetMetricData" not in calls.operations(), "nobody pays for what was not asked for"
        screen: Any = app.screen
        screen._chosen = ["invocations", "errors", "p95"]
        screen.table.set_columns([c for c in screen.table.columns if c.key == "name"])
        await pilot.press("c", "enter")
        await shows(pilot, "CloudWatch 1 request, 12 metrics")
        line = next(line for line in text_of(app).splitlines() if line.startswith("▸checkout-api"))
        assert line.split()[1:3] == ["2", "1"]
        assert calls.operations().count("GetMetricData") == 1


async def test_space_selects_and_escape_lets_go(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        await pilot.press("space", "space")
        assert "2 selected" in text_of(app)
        await pilot.press("escape")
        assert "selected" not in text_of(app)


async def test_the_last_list_is_there_at_once_and_stale_until_it_is_read(
    shop: Any, connected: Emulator, account_id: str
) -> None:
    first = LambdatuiApp(Settings())
    async with first.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        screen: Any = first.screen
        await until(pilot, screen._cache.load)
    shop.delete_function(FunctionName="mail-sender")
    held = connected.cloud.faults.add(Fault("hang", "*", "*", account_id, seconds=3, times=1))
    second = LambdatuiApp(Settings())
    async with second.run_test(size=(140, 30)) as pilot:
        assert "mail-sender" in text_of(second), "in the first frame"
        assert "stale, from just now" in text_of(second)
        await pilot.press("down", "down")
        connected.cloud.faults.remove(held)
        await shows(pilot, "2 functions · all pages read")
        assert "mail-sender" not in text_of(second)
        assert "stale" not in text_of(second)


async def test_the_last_list_of_another_account_is_dropped(
    shop: Any, connected: Emulator, aws: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same profile leads to another account than the last time: nothing of the other may stay."""
    first = LambdatuiApp(Settings())
    async with first.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        screen: Any = first.screen
        await until(pilot, screen._cache.load)
    second = LambdatuiApp(Settings())
    screen = second.get_default_screen()
    kept = screen._cache.load()
    assert len(kept) == 1
    kept_elsewhere = kept[0]._replace(
        account_id="111111111111",
        records=[r._replace(arn=r.arn.replace(r.account_id, "111111111111")) for r in kept[0].records],
    )
    screen._cache.save([kept_elsewhere])
    third = LambdatuiApp(Settings())
    async with third.run_test(size=(140, 30)) as pilot:
        assert "mail-sender" in text_of(third)
        await shows(pilot, "3 functions · all pages read")
        assert all(r.account_id != "111111111111" for r in third.screen.table.rows)  # type: ignore[attr-defined]


async def test_a_function_is_deleted_with_its_log_only_after_its_name_was_typed(
    app: LambdatuiApp, shop: Any, aws: Any
) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        logs = aws("logs")
        logs.create_log_group(logGroupName="/aws/lambda/mail-sender")
        await home(pilot, "mail-sender")
        await pilot.press("x")
        await shows(pilot, "Delete mail-sender, and")
        await pilot.press("down", "space", "enter")
        await shows(pilot, "Delete the function mail-sender")
        await shows(pilot, "DeleteLogGroup")
        await pilot.press("enter")
        assert "that was not it" in text_of(app)
        await pilot.press(*"mail-sender", "enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "2 functions · all pages read")
        assert logs.describe_log_groups()["logGroups"] == []


async def test_what_is_selected_is_deleted_one_after_the_other_until_escape(app: LambdatuiApp, shop: Any) -> None:
    async with app.run_test(size=(140, 30), notifications=True) as pilot:
        await home(pilot)
        await pilot.press("space", "space", "space", "x")
        await shows(pilot, "Delete 3 functions, and")
        await pilot.press("enter")
        await shows(pilot, "3 functions are selected")
        await shows(pilot, "type checkout-api to confirm")
        await pilot.press(*"checkout-api", "enter")
        await shows(pilot, "✔ Done.")
        await pilot.press("enter")
        await shows(pilot, "type checkout-worker to confirm")
        await pilot.press("escape")
        await shows(pilot, "2 functions · 2 selected · all pages read")
        assert {f["FunctionName"] for f in shop.list_functions()["Functions"]} == {"checkout-worker", "mail-sender"}


async def test_what_is_selected_is_exported_and_copied(app: LambdatuiApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        await home(pilot)
        screen: Any = app.screen
        assert len(screen.exported().rows) == 3
        assert screen.copies()[0].text.endswith(":function:checkout-api")
        await pilot.press("space", "down", "space", "slash", *"worker", "enter")
        rows = screen.exported()
        assert [row["name"] for row in rows.rows] == ["checkout-api", "mail-sender"], "the filter hides both"
        assert rows.told == "2 rows of 3."
        assert [one.text for one in screen.copies() if one.name.startswith("names")] == ["checkout-api\nmail-sender"]


async def test_rows_columns_take_no_more_than_ten_of_an_accounts_fifteen_calls_a_second(
    connected: Emulator, aws: Callable[..., Any], account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of GetFunction AWS allows a hundred a second beside them."""
    client = aws("lambda")
    for number in range(24):
        client.create_function(
            FunctionName=f"fn-{number:03}",
            Runtime="python3.13",
            Handler="app.handler",
            Role=f"arn:aws:iam::{account_id}:role/x",
            Code={"ZipFile": _package()},
        )
    moments: list[float] = []
    read = facts.read

    def counted(account: Account, name: str) -> facts.Facts:
        moments.append(time.monotonic())
        return read(account, name)

    monkeypatch.setattr(facts, "read", counted)
    app = LambdatuiApp(Settings())
    async with app.run_test(size=(140, 50)) as pilot:
        await shows(pilot, "24 functions · all pages read")
        # keys do not make it read faster
        await pilot.press(*["down", "up"] * 20)
        await until(pilot, lambda: len(moments) == 24)
        await until(pilot, lambda: "…  " not in text_of(app))
    assert len(moments) == 24, "each is read once"
    busiest = max(sum(1 for other in moments if moment <= other < moment + 1) for moment in moments)
    assert busiest <= 10
