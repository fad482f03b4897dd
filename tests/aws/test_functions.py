"""Functions, versions and aliases: always complete lists; a change is waited for until it has settled."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import botocore.session
import pytest

from lambdatui.aws import function_states, functions, listing, versions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.aws.facts import read
from lambdatui.clock import Clock
from lambdatui.errors import Cancelled
from tests.conftest import Calls
from tests.emulator.clients import make_function, publish, zipped
from tests.servers import answering


def test_functions_come_page_by_page_and_complete(account: Account, aws: Any, calls: Calls) -> None:
    client = aws()
    code = zipped()
    for number in range(53):
        make_function(client, f"f-{number:02}", Code={"ZipFile": code})
    calls.forget()
    pages = listing.pages(account)
    first = next(pages)
    assert calls.operations() == ["ListFunctions"], "the first page is handed over before the second is asked for"
    assert (len(first.records), first.more) == (50, True)
    rest = list(pages)
    assert [(len(page.records), page.more) for page in rest] == [(3, False)]
    assert {record.name for page in (first, *rest) for record in page.records} == {f"f-{n:02}" for n in range(53)}


def test_a_record_says_what_the_list_says(account: Account, aws: Any) -> None:
    make_function(aws(), "f", MemorySize=512, Timeout=7, Description="d", Architectures=["arm64"])
    [page] = listing.pages(account)
    [record] = page.records
    assert (record.name, record.memory, record.timeout, record.description) == ("f", 512, 7, "d")
    assert (record.architecture, record.runtime, record.package_type) == ("arm64", "python3.13", "Zip")
    assert record.key == record.arn
    assert listing.when(record.modified) is not None


def test_every_version_and_alias_is_there_beyond_a_page(account: Account, aws: Any) -> None:
    client = aws()
    make_function(client, "f")
    for number in range(1, 53):
        publish(client, source=f"def handler(e, c): return {number}\n")
        client.create_alias(FunctionName="f", Name=f"a{number:02}", FunctionVersion=str(number))
    found = versions.list_versions(account, "f")
    assert [version.number for version in found] == list(range(52, 0, -1))
    assert [alias.name for alias in versions.list_aliases(account, "f")] == [f"a{n:02}" for n in range(1, 53)]
    assert found[0].sha256 != found[1].sha256


def test_an_alias_s_shares_add_up(account: Account, aws: Any) -> None:
    client = aws()
    make_function(client, "f")
    for number in (1, 2):
        publish(client, source=f"def handler(e, c): return {number}\n")
    routing = {"AdditionalVersionWeights": {"2": 0.1}}
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig=routing, Description="d")
    [alias] = versions.list_aliases(account, "f")
    assert alias.shares == {"1": 0.9, "2": 0.1}
    assert (alias.description, bool(alias.revision)) == ("d", True)
    assert alias.serves("1")
    assert alias.serves("2")
    assert not alias.serves("3")


def test_provisioned_concurrency_is_listed_by_qualifier(account: Account, aws: Any) -> None:
    client = aws()
    make_function(client, "f")
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.put_provisioned_concurrency_config(FunctionName="f", Qualifier="live", ProvisionedConcurrentExecutions=1)
    assert list(versions.list_provisioned(account, "f")) == ["live"]


def test_find_is_none_for_what_is_not_there_and_get_says_so(account: Account, aws: Any) -> None:
    make_function(aws(), "f", Tags={"team": "pay"})
    assert functions.find(account, "absent") is None
    with pytest.raises(NotFound, match="Function not found"):
        functions.get(account, "absent")
    found = functions.get(account, "f")
    assert (found.name, found.tags, found.reserved_concurrency) == ("f", {"team": "pay"}, None)
    assert found.revision


def test_facts_are_what_the_list_leaves_out(account: Account, aws: Any) -> None:
    client = aws()
    make_function(client, "f", Tags={"team": "pay"}, Environment={"Variables": {"ONE": "1", "TWO": "2"}})
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=7)
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    facts = read(account, "f")
    assert (facts.state, facts.update_status) == ("Active", "Successful")
    assert (facts.reserved_concurrency, facts.tags, facts.environment) == (7, {"team": "pay"}, 2)
    assert [alias.name for alias in facts.aliases] == ["live"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("checkout-api", "checkout-api"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:checkout-api", "checkout-api"),
        ("arn:aws-cn:lambda:cn-north-1:123456789012:function:checkout-api:live", "checkout-api"),
        ("123456789012:function:checkout-api", "checkout-api"),
        ("checkout-api:42", "checkout-api"),
        ("", ""),
    ],
)
def test_the_plain_name_in_whatever_aws_takes(text: str, name: str) -> None:
    assert functions.plain_name(text) == name


def test_when_reads_lambda_s_dates() -> None:
    assert listing.when("2026-11-24T08:49:55.000+0000") == dt.datetime(2026, 11, 24, 8, 49, 55, tzinfo=dt.UTC)
    assert listing.when("") is None


# the wait


class Instant(Clock):
    """Time that passes when one sleeps, and not otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 1000.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.check()
        self.pauses.append(seconds)
        self.time += seconds


def settle(
    states: list[dict[str, str]], clock: Clock, monkeypatch: pytest.MonkeyPatch, connected: Any
) -> tuple[list[str], Any]:
    """The words and the end of the wait, on a function that goes through these states and stays in the last."""
    from lambdatui.aws.accounts import Accounts
    from lambdatui.settings import Settings

    left = list(states)

    def answer(method: str, path: str) -> tuple[int, dict[str, str], Any]:
        return 200, {}, left.pop(0) if len(left) > 1 else left[0]

    words: list[str] = []
    with answering(answer) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        waiting = functions.settled(Accounts(Settings()).open(), "f", clock, 60)
        while True:
            try:
                look = next(waiting)
                assert look.seconds >= 0
                assert look.limit == 60
                words.append(look.words)
            except StopIteration as end:
                return words, end.value


PENDING = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
UPDATING = {"State": "Active", "LastUpdateStatus": "InProgress"}
READY = {"State": "Active", "LastUpdateStatus": "Successful"}


def test_a_change_is_waited_for_until_state_and_update_have_settled(
    monkeypatch: pytest.MonkeyPatch, connected: Any
) -> None:
    clock = Instant()
    words, end = settle([PENDING, PENDING, UPDATING, UPDATING, READY], clock, monkeypatch, connected)
    assert words == ["f: The function is being created. [Creating]"] * 2 + ["f: the update is in progress"] * 2
    assert end == READY
    assert clock.pauses == sorted(clock.pauses)
    assert len(clock.pauses) == 4


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            {"State": "Failed", "StateReason": "No such role.", "StateReasonCode": "InvalidConfiguration"},
            r"f is Failed: No such role\. \[InvalidConfiguration\]",
        ),
        (
            {"State": "Active", "LastUpdateStatus": "Failed", "LastUpdateStatusReasonCode": "ImageDeleted"},
            r"the last update of f failed: \[ImageDeleted\] The image is not in the repository any more\.",
        ),
        (UPDATING, "f is still State Active, LastUpdateStatus InProgress after 60 s"),
    ],
)
def test_a_change_that_fails_or_never_settles_is_told_with_aws_s_reason(
    monkeypatch: pytest.MonkeyPatch, connected: Any, state: dict[str, str], words: str
) -> None:
    with pytest.raises(AwsError) as caught:
        settle([state], Instant(), monkeypatch, connected)
    assert re.search(words, str(caught.value))


def test_each_reason_code_that_boto3_knows_has_a_meaning() -> None:
    model = botocore.session.get_session().get_service_model("lambda")
    codes = {*model.shape_for("StateReasonCode").enum, *model.shape_for("LastUpdateStatusReasonCode").enum}
    assert codes - function_states.MEANINGS.keys() == set()


@pytest.mark.parametrize("state", ["Inactive", "ActiveNonInvocable", "SomethingNew"])
def test_a_state_nobody_knew_does_not_break_the_wait(
    monkeypatch: pytest.MonkeyPatch, connected: Any, state: str
) -> None:
    assert settle([{"State": state}], Instant(), monkeypatch, connected) == ([], {"State": state})


def test_a_wait_ends_when_the_run_is_cancelled(monkeypatch: pytest.MonkeyPatch, connected: Any) -> None:
    clock = Clock()
    clock.cancel()
    with pytest.raises(Cancelled):
        settle([PENDING], clock, monkeypatch, connected)
