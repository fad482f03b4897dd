"""The journal and CloudTrail in one line of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.guard import because
from lambdatui.aws.trail import TrailEvent, TrailReader
from lambdatui.aws.versions import Version
from lambdatui.journal import Entry, Journal, Run
from lambdatui.tui.timeline import acts, deployments, timeline
from tests.emulator.clients import REGION, make_function, publish

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def at(minute: int) -> float:
    return (NOON + dt.timedelta(minutes=minute)).timestamp()


def entry(minute: int, operation: str = "UpdateAlias", **members: Any) -> Entry:
    return Entry(
        **{
            "id": minute,
            "run": "",
            "at": at(minute),
            "service": "lambda",
            "operation": operation,
            "target": "f:live",
            "profile": "",
            "account_id": "1",
            "arn": "arn:aws:sts::1:assumed-role/operator/you",
            "region": REGION,
            "function": "f",
            "parameters": {"Name": "live", "FunctionVersion": "2"},
            "before": None,
            "undo": "",
            "status": "done",
            "error": "",
            "code": "",
            "request_id": f"r-{minute}",
            "result": {},
            "seconds": 0.1,
            **members,
        }
    )


def event(minute: int, name: str = "UpdateAlias20150331", **members: Any) -> TrailEvent:
    return TrailEvent(
        **{
            "event_id": f"e-{minute}",
            "at": NOON + dt.timedelta(minutes=minute),
            "name": name,
            "service": "lambda",
            "who": "anna",
            "role": "operator",
            "arn": "arn:aws:sts::1:assumed-role/operator/anna",
            "tool": "console",
            "source_ip": "203.0.113.7",
            "request_id": f"r-{minute}",
            "error_code": "",
            "error_message": "",
            "parameters": {"name": "live", "functionVersion": "1"},
            "response": {},
            "document": {},
            **members,
        }
    )


def run(minute: int, **members: Any) -> Run:
    return Run(
        **{
            "id": f"run-{minute}",
            "started": at(minute),
            "finished": at(minute) + 1,
            "kind": "route",
            "title": "Route f:live",
            "profile": "",
            "account_id": "1",
            "arn": "arn:aws:sts::1:assumed-role/operator/you",
            "region": REGION,
            "function": "f",
            "inputs": {},
            "status": "done",
            "outputs": {},
            "error": "",
            **members,
        }
    )


def test_newest_first_and_the_calls_of_a_run_below_it_in_their_order() -> None:
    deeds = timeline([(run(10), [entry(10), entry(11)]), (None, [entry(5)])], [event(20), event(7)])
    assert [(deed.key[0], deed.at) for deed in deeds] == [
        ("event", at(20)),
        ("run", at(10)),
        ("call", at(10)),
        ("call", at(11)),
        ("event", at(7)),
        ("call", at(5)),
    ]
    assert [deed.in_run for deed in deeds] == [False, False, True, True, False, False]


def test_a_call_of_ours_that_cloudtrail_has_too_is_one_line() -> None:
    deeds = timeline([(None, [entry(5)])], [event(5), event(6)])
    assert [(deed.here, deed.who) for deed in deeds] == [(False, "anna"), (True, "you")]
    assert deeds[1].event is not None


def test_without_a_request_id_nothing_is_one() -> None:
    deeds = timeline([(None, [entry(5, request_id="", status="unknown")])], [event(5, request_id="")])
    assert len(deeds) == 2


def test_a_refused_call_has_failed_and_says_why() -> None:
    (deed,) = timeline([], [event(1, error_code="AccessDenied", error_message="not you")])
    assert (deed.outcome, deed.error) == ("failed", "not you")


def test_what_the_journal_has_of_a_function_here(account: Account, journal: Journal, aws: Callable[..., Any]) -> None:
    client = aws("lambda")
    make_function(client)
    publish(client)
    identity = account.identity()
    started = journal.begin(
        kind="route",
        title="Route f:live",
        profile="",
        account_id=identity.account_id,
        arn=identity.arn,
        region=account.region,
        function="f",
        inputs={},
    )
    with because(started, "f:live"):
        account.call("lambda", "CreateAlias", {"FunctionName": "f", "Name": "live", "FunctionVersion": "1"})
    account.call("lambda", "PutFunctionConcurrency", {"FunctionName": "f", "ReservedConcurrentExecutions": 1})
    journal.begin(
        kind="route", title="t", profile="", account_id="999", arn="", region=account.region, function="f", inputs={}
    )
    found = acts(journal, "f", identity.account_id, account.region, 0.0)
    assert [(act[0].title if act[0] else "", [one.operation for one in act[1]]) for act in found] == [
        ("", ["PutFunctionConcurrency"]),
        ("Route f:live", ["CreateAlias"]),
    ]
    # and CloudTrail's events of the same calls join them
    reader = TrailReader(account, "f", ["live"], dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    events = [one for page in reader.read(1) for one in page.events]
    deeds = timeline(found, events)
    assert {deed.operation for deed in deeds if deed.event and deed.entry} == {"CreateAlias", "PutFunctionConcurrency"}
    assert {deed.operation for deed in deeds if not deed.here} == {"CreateFunction", "UpdateFunctionCode"}


def test_deployments_are_what_aws_took() -> None:
    deeds = timeline(
        [(None, [entry(30), entry(31, status="failed"), entry(32, "PutFunctionConcurrency", parameters={})])],
        [
            event(1, "UpdateFunctionCode20150331v2", parameters={"functionName": "f", "s3Bucket": "b", "s3Key": "k"}),
            event(2, "PublishVersion20150331", parameters={}, response={"version": "2"}),
            event(3, error_code="AccessDenied"),
            event(4, parameters={"name": "live", "description": "x"}),
            event(
                5,
                parameters={
                    "name": "live",
                    "functionVersion": "1",
                    "routingConfig": {"additionalVersionWeights": {"2": 0.1}},
                },
            ),
        ],
    )
    marks = deployments(deeds, [])
    assert [(mark.at, mark.label) for mark in marks] == [
        (at(1), "code"),
        (at(2), "v2"),
        (at(5), "live 90% 1, 10% 2"),
        (at(30), "live 2"),
    ]
    assert marks[2].words == "UpdateAlias live → 90 % 1, 10 % 2 by anna"


def test_a_version_that_nobody_is_known_to_have_published_is_marked_too() -> None:
    versions = [
        Version(2, "two", "", 0, "2026-11-24T12:02:00.000+0000", {}),
        Version(1, "one", "", 0, "2026-11-24T11:00:00.000+0000", {}),
        Version(3, "three", "", 0, "", {}),
    ]
    published = event(2, "PublishVersion20150331", parameters={}, response={"version": "2"})
    marks = deployments(timeline([], [published]), versions)
    assert [(mark.at, mark.label) for mark in marks] == [(at(-60), "v1"), (at(2), "v2")]
