"""What was done to a function, from here and by others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdatui.aws import trail
from lambdatui.aws.account import Account
from lambdatui.aws.guard import because
from lambdatui.aws.masking import MASK
from lambdatui.emulator.cloudtrail.events import Resource
from lambdatui.emulator.cloudtrail.events import TrailEvent as Kept
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from lambdatui.stages.route import Route, Simple
from lambdatui.stages.stage import World
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.document import DocumentScreen
from lambdatui.tui.screens.function import TABS, FunctionView
from lambdatui.tui.tabs.history import HistoryTab
from lambdatui.tui.widgets.record_table import RecordTable
from lambdatui.tui.widgets.tab_bar import KEYS
from tests.emulator.clients import REGION
from tests.stages.acting import finished
from tests.tui.shop import home, shows, text_of, until

Put = Callable[..., None]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded AWS takes as many calls as there are."""
    monkeypatch.setattr(trail, "CALL_SECONDS", 0.0)


@pytest.fixture
def put(connected: Emulator, account_id: str) -> Put:
    """Puts an event of somebody else's into CloudTrail, so many seconds ago."""

    def put(seconds_ago: int, name: str, parameters: dict[str, Any], **members: Any) -> None:
        event = {
            "source": "lambda.amazonaws.com",
            "read_only": False,
            "caller_arn": f"arn:aws:sts::{account_id}:assumed-role/operator/anna",
            "access_key": "ASIA1",
            "source_ip": "203.0.113.7",
            "user_agent": "console.amazonaws.com",
            "request_id": f"r-{seconds_ago}",
            "resources": (Resource("AWS::Lambda::Function", "checkout-api"),),
            **members,
        }
        time = int(connected.cloud.clock.now()) - seconds_ago
        connected.cloud.trail.store.add(
            Kept(time=time, name=name, account=account_id, region=REGION, parameters=parameters, **event)
        )

    return put


async def opened(pilot: Any, app: LambdatuiApp) -> HistoryTab:
    await home(pilot)
    await pilot.press("v")
    await until(pilot, lambda: isinstance(app.screen, FunctionView))
    key = KEYS[list(TABS).index("history")]
    await pilot.press("minus" if key == "-" else key)
    screen = app.screen
    assert isinstance(screen, FunctionView)
    await until(pilot, lambda: isinstance(screen.tab, HistoryTab))
    tab = screen.tab
    assert isinstance(tab, HistoryTab)
    return tab


async def ready(pilot: Any, app: LambdatuiApp) -> HistoryTab:
    """The tab, with all that the journal and CloudTrail have."""
    tab = await opened(pilot, app)
    await until(pilot, lambda: tab.progress is not None and tab.progress.ended)
    return tab


def rows(app: LambdatuiApp, word: str) -> list[str]:
    return [line for line in text_of(app).splitlines() if word in line]


async def test_what_others_did_and_what_was_done_from_here_each_once(app: LambdatuiApp, account: Account) -> None:
    account.call("lambda", "PutFunctionConcurrency", _reserve(2))
    async with app.run_test(size=(145, 60)) as pilot:
        tab = await ready(pilot, app)
        (ours,) = rows(app, "2 reserved  ")[:1]
        assert "✔ done" in ours
        assert "PutFunctionConcurrency" in ours
        assert "● here" in ours
        theirs = rows(app, "live → 1")
        assert len(theirs) == 1
        assert "Boto3" in theirs[0] or "boto3" in theirs[0].lower()
        assert "here" not in theirs[0]
        assert [deed.operation for deed in tab.deeds].count("PutFunctionConcurrency") == 1
        assert {"CreateFunction", "UpdateFunctionCode", "PublishVersion", "CreateAlias"} <= {
            deed.operation for deed in tab.deeds
        }
        assert f"{len(tab.deeds)} in the last 90 days" in text_of(app)


async def test_a_run_stands_above_its_calls(app: LambdatuiApp, account: Account, journal: Journal) -> None:
    identity = account.identity()
    run = journal.begin(
        kind="route",
        title="Route checkout-api:live",
        profile="",
        account_id=identity.account_id,
        arn=identity.arn,
        region=account.region,
        function="checkout-api",
        inputs={"alias": "live", "weights": {"3": 10}},
    )
    before = {"FunctionVersion": "1"}
    with because(run, "checkout-api:live", before=before, undo="all traffic back to 1"):
        account.call("lambda", "UpdateAlias", {"FunctionName": "checkout-api", "Name": "live", "FunctionVersion": "3"})
    async with app.run_test(size=(145, 45)) as pilot:
        tab = await ready(pilot, app)
        lines = text_of(app).splitlines()
        at = next(number for number, line in enumerate(lines) if "Route checkout-api:live" in line)
        assert "└ UpdateAlias" in lines[at + 1]
        assert "live → 3" in lines[at + 1]
        # beside the table stands what was changed, and how it is undone
        table = tab.query_one(RecordTable)
        assert table.go_to(next(deed.key for deed in tab.deeds if deed.in_run))
        await shows(pilot, "1 → 3")
        await shows(pilot, "all traffic back to 1")
        await shows(pilot, "journal and CloudTrail")


async def test_enter_opens_everything_that_is_known_masked(app: LambdatuiApp, put: Put, account_id: str) -> None:
    put(
        0,
        "UpdateFunctionConfiguration20150331v2",
        {"functionName": "checkout-api", "environment": {"Variables": {"KEY": "s3cr3t"}}},
        caller_arn=f"arn:aws:sts::{account_id}:assumed-role/operator/[bold]anna\x1b[31m",
    )
    async with app.run_test(size=(160, 45)) as pilot:
        tab = await ready(pilot, app)
        await shows(pilot, "[bold]anna")
        deed = next(deed for deed in tab.deeds if deed.operation == "UpdateFunctionConfiguration")
        assert tab.query_one(RecordTable).go_to(deed.key)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        await shows(pilot, "The event, from CloudTrail")
        assert '"eventName": "UpdateFunctionConfiguration20150331v2"' in text_of(app)
        await pilot.press("escape")
        (everything,) = [one.text for one in tab.copies() if one.name == "all that is known"]
        assert "s3cr3t" not in everything
        assert MASK in everything
        assert "s3cr3t" not in json.dumps([dict(row) for row in tab.exported().rows], default=str)


async def test_cloudtrail_says_no_and_the_journal_is_there(
    app: LambdatuiApp, account: Account, connected: Emulator, account_id: str
) -> None:
    account.call("lambda", "PutFunctionConcurrency", _reserve(2))
    connected.cloud.faults.add("access-denied", service="cloudtrail", account=account_id)
    try:
        async with app.run_test(size=(160, 45)) as pilot:
            tab = await ready(pilot, app)
            await shows(pilot, "the journal's alone: ")
            assert [deed.operation for deed in tab.deeds] == ["PutFunctionConcurrency"]
            assert tab.trouble is None
            # allowed meanwhile
            connected.cloud.faults.clear()
            await pilot.press("r")
            await until(pilot, lambda: len(tab.deeds) > 1)
            await shows(pilot, "journal and CloudTrail")
    finally:
        connected.cloud.faults.clear()


async def test_what_failed_says_why(app: LambdatuiApp, account: Account, shop: Any) -> None:
    with pytest.raises(ClientError) as refused:
        shop.put_function_concurrency(**_reserve(100_000))
    reason = refused.value.response["Error"]["Message"]
    async with app.run_test(size=(240, 45)) as pilot:
        await ready(pilot, app)
        (line,) = rows(app, "✖ failed")[:1]
        assert "100000 reserved" in line
        await pilot.press("home")
        await shows(pilot, reason[:40])


async def test_reading_on_into_the_past(app: LambdatuiApp, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "EVENTS_A_PAGE", 5)
    for number in range(30):
        response = {"functionName": "checkout-api", "version": str(number)}
        put(3600 + number, "PublishVersion20150331", {"functionName": "checkout-api"}, response=response, resources=())
    async with app.run_test(size=(160, 45)) as pilot:
        tab = await ready(pilot, app)
        await shows(pilot, "m reads on")
        before = len(tab.deeds)
        assert before < 30
        await pilot.press("m")
        await until(pilot, lambda: tab.progress is not None and tab.progress.complete)
        assert len(tab.deeds) > 30
        await shows(pilot, "journal and CloudTrail, which is minutes late")


async def test_a_screen_of_80_by_24_has_the_outcome_and_the_operation(app: LambdatuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        (line,) = rows(app, "live → 1")[:1]
        assert "✔ done" in line
        assert "CreateAlias" in line


async def test_u_undoes_what_was_done_from_here(app: LambdatuiApp, world: World, shop: Any, put: Put) -> None:
    stage = Route(function="checkout-api", alias="live", strategy=Simple(to="3"))
    finished(stage, world)
    put(600, "PublishVersion20150331", {"functionName": "checkout-api"})
    async with app.run_test(size=(145, 60)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: rows(app, "UpdateAlias"))
        await shows(pilot, "u undo")
        await pilot.press("u")
        await shows(pilot, "Undo: Route checkout-api:live: all traffic to 3")
        await pilot.press("enter")
        await shows(pilot, "✔ Done.")
        assert shop.get_alias(FunctionName="checkout-api", Name="live")["FunctionVersion"] == "1"
        await pilot.press("enter")
        await until(pilot, lambda: rows(app, "Undo: Route checkout-api:live"))
        # what others did is not ours to undo
        await pilot.press("end")
        await until(pilot, lambda: "u undo" not in text_of(app))


def _reserve(count: int) -> dict[str, Any]:
    return {"FunctionName": "checkout-api", "ReservedConcurrentExecutions": count}
