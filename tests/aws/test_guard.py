"""The guard: a read-only account sends no change, whatever the door; a change is journalled before it is sent."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from lambdatui.aws import guard
from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import AwsError, Conflict
from lambdatui.aws.invocations import invoke
from lambdatui.emulator.accounts import access_key_of
from lambdatui.errors import LambdatuiError, Refused, Unrecorded
from lambdatui.journal import Journal
from lambdatui.settings import Profile, Settings
from tests.conftest import Calls
from tests.emulator.clients import make_function, publish
from tests.servers import answering


def operations(service: str) -> dict[str, str]:
    """Each operation of a service, with its HTTP method."""
    model = botocore.session.Session().get_service_model(service)
    return {name: model.operation_model(name).http["method"] for name in model.operation_names}


@pytest.fixture
def reader(connected: Any) -> Account:
    """An account that must not change anything."""
    return Accounts(Settings(read_only=True)).open()


def test_every_operation_of_lambda_that_is_no_get_is_refused_and_nothing_is_sent(reader: Account, calls: Calls) -> None:
    """Lambda's is a REST API: whatever is no GET changes something."""
    client = reader.client("lambda")
    refused = set()
    for name in operations("lambda"):
        try:
            getattr(client, xform_name(name))()
        except Refused:
            refused.add(name)
        except Exception:
            # the guard let it pass, and it lacks its parameters
            pass
    assert refused == {name for name, method in operations("lambda").items() if method != "GET"}
    assert calls.changes() == []


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "PutObject"),
        ("logs", "DeleteLogGroup"),
        ("cloudwatch", "PutMetricAlarm"),
        ("sqs", "SendMessage"),
        ("iam", "CreateRole"),
        ("events", "PutRule"),
        ("codedeploy", "CreateDeployment"),
    ],
)
def test_other_services_are_refused_alike(reader: Account, calls: Calls, service: str, operation: str) -> None:
    with pytest.raises(Refused, match=f"{operation}: this session is read-only"):
        reader.call(service, operation)
    assert calls.operations() == []


def test_an_invocation_is_a_change_but_for_a_dry_run(reader: Account, aws: Any, calls: Calls) -> None:
    make_function(aws(), "f")
    calls.forget()
    with pytest.raises(Refused, match="Invoke: this session is read-only"):
        invoke(reader, "f", b"{}")
    with pytest.raises(Refused):
        invoke(reader, "f", b"{}", invocation_type="Event")
    assert calls.operations() == []
    assert invoke(reader, "f", b"{}", invocation_type="DryRun").status == 204


def test_a_protected_profile_is_read_only_and_says_so(connected: Any, home: Any, account_id: str, calls: Calls) -> None:
    keys = f"region = eu-west-1\naws_access_key_id = {access_key_of(account_id)}\naws_secret_access_key = x\n"
    (home / "aws-config").write_text(f"[profile prod]\n{keys}[profile staging]\n{keys}")
    settings = Settings(profiles={"prod": Profile(protected=True), "staging": Profile()})
    accounts = Accounts(settings)
    with pytest.raises(Refused, match="UpdateAlias: profile prod is read-only, nothing was sent"):
        accounts.open("prod").call("lambda", "UpdateAlias", {"FunctionName": "f", "Name": "live"})
    assert calls.operations() == []
    with pytest.raises(AwsError):
        accounts.open("staging").call("lambda", "UpdateAlias", {"FunctionName": "f", "Name": "live"})
    assert calls.changes() == ["UpdateAlias"]


def test_the_default_profile_is_protected_under_the_name_that_botocore_gives_it(
    connected: Any, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "aws-config").write_text("[profile prod]\nregion = eu-west-1\n")
    settings = Settings(profiles={"prod": Profile(protected=True)})
    assert not Accounts(settings).open().read_only
    monkeypatch.setenv("AWS_PROFILE", "prod")
    assert Accounts(settings).open().read_only


@pytest.mark.parametrize(
    ("operation", "parameters", "reading"),
    [
        ("GetFunction", None, True),
        ("ListFunctions", None, True),
        ("AssumeRole", None, True),
        ("StartQuery", None, True),
        ("StartExecution", None, False),
        ("UpdateFunctionCode", {"DryRun": True}, True),
        ("UpdateFunctionCode", {"DryRun": "false"}, False),
        ("Invoke", {"InvocationType": "DryRun"}, True),
        ("Invoke", None, False),
        ("SomethingNew", None, False),
    ],
)
def test_what_is_not_known_to_read_counts_as_a_change(operation: str, parameters: Any, reading: bool) -> None:
    assert guard.reads(operation, parameters) is reading


def test_a_change_is_in_the_journal_before_it_is_sent_and_completed_after(
    journal: Journal, connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def answer(method: str, path: str) -> tuple[int, dict[str, str], Any]:
        other = Journal(journal.path)
        seen.extend(other.entries())
        other.close()
        return 200, {"x-amzn-RequestId": "r-7"}, {"AliasArn": "arn:alias", "Name": "live", "FunctionVersion": "2"}

    with answering(answer) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        account = Accounts(Settings(), journal).open()
        with guard.because("run-1", "f:live", {"FunctionVersion": "1"}, "all traffic back to 1"):
            account.call("lambda", "UpdateAlias", {"FunctionName": "f", "Name": "live", "FunctionVersion": "2"})
    [sent] = seen
    assert (sent.status, sent.operation, sent.request_id, sent.seconds) == ("sent", "UpdateAlias", "", None)
    [done] = journal.entries()
    assert (done.id, done.status, done.request_id, done.error) == (sent.id, "done", "r-7", "")
    assert done.seconds is not None
    assert done.result["FunctionVersion"] == "2"
    assert done.parameters == {"FunctionName": "f", "Name": "live", "FunctionVersion": "2"}
    assert (done.run, done.target, done.before) == ("run-1", "f:live", {"FunctionVersion": "1"})
    assert done.undo == "all traffic back to 1"
    assert (done.account_id, done.arn, done.region) == (
        "123456789012",
        "arn:aws:iam::123456789012:user/anna",
        "eu-west-1",
    )


def test_what_aws_refuses_is_journalled_as_failed(account: Account, journal: Journal, aws: Any) -> None:
    make_function(aws(), "f")
    publish(aws())
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    with pytest.raises(Conflict):
        account.call("lambda", "DeleteFunction", {"FunctionName": "f", "Qualifier": "1"})
    [entry] = journal.entries()
    assert (entry.status, entry.code, entry.function) == ("failed", "ResourceConflictException", "f")
    assert "alias" in entry.error
    assert entry.request_id


def test_a_change_without_an_answer_is_unknown(
    account: Account, journal: Journal, connected: Any, account_id: str
) -> None:
    account.identity()
    connected.cloud.faults.add("cut-after-work", operation="TagResource", account=account_id)
    # no waiting for the attempts after the first
    account.watched(lambda retry: (_ for _ in ()).throw(LambdatuiError("stop")))
    with pytest.raises(LambdatuiError):
        account.call(
            "lambda",
            "TagResource",
            {"Resource": f"arn:aws:lambda:eu-west-1:{account_id}:function:f", "Tags": {"a": "b"}},
        )
    assert [entry.status for entry in journal.entries()] == ["unknown"]


def test_readings_and_invocations_are_not_journalled_as_changes(account: Account, journal: Journal, aws: Any) -> None:
    make_function(aws(), "f")
    account.call("lambda", "GetFunction", {"FunctionName": "f"})
    assert invoke(account, "f", b"{}").outcome == "ok"
    assert journal.entries() == []


def test_a_journal_that_cannot_be_written_stops_the_call(account: Account, journal: Journal, calls: Calls) -> None:
    account.identity()
    calls.forget()
    journal._db.execute("DROP TABLE calls")
    with pytest.raises(LambdatuiError, match=r"the journal cannot be written: .* Nothing was sent\."):
        account.call("lambda", "DeleteFunction", {"FunctionName": "f"})
    assert calls.operations() == []


def test_a_journal_that_cannot_be_completed_does_not_hide_that_the_call_was_sent(
    journal: Journal, connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(method: str, path: str) -> tuple[int, dict[str, str], Any]:
        journal._db.execute("DROP TABLE calls")
        return 204, {}, b""

    with answering(answer) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        account = Accounts(Settings(), journal).open()
        with pytest.raises(
            Unrecorded, match=r"The call was sent \(AWS took it\), but .* the journal cannot be written"
        ):
            account.call("lambda", "DeleteFunction", {"FunctionName": "f"})
    assert served.requests == ["DELETE /2015-03-31/functions/f"]
