"""The lean sender is held to botocore's client: the same bytes are signed, the same answers and errors come out."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import ipaddress
import re
import socket
import ssl
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import ExpiredCredentials
from lambdatui.aws.invocations import Call, Chunk, Invocation, Turn, by_botocore
from lambdatui.aws.invoke_senders import BotocoreSender, LeanSender, open_sender, request_of
from lambdatui.aws.signing import Credentials, Signer
from lambdatui.errors import Refused
from lambdatui.settings import Settings
from tests.conftest import Calls
from tests.emulator.clients import make_function, publish
from tests.servers import answering, dropping

PICKY = """
import sys
def handler(event, context):
    kind = event.get("kind")
    if kind == "raise":
        raise KeyError("currency")
    if kind == "log":
        print("\\u00e9" * 4000)
    if kind == "large":
        return "x" * event["size"]
    if kind == "odd":
        return ["\\x1b[2J", "[bold]", float("nan"), {"a": [[[[]]]]}]
    return {"version": context.function_version, "event": event}
"""


def leanly(account: Account, call: Call, *payloads: bytes) -> list[Invocation]:
    """Each payload sent by the lean sender, one after the other."""

    async def main() -> list[Invocation]:
        sender = open_sender(account, call)
        assert isinstance(sender, LeanSender)
        try:
            return [await sender.send(call, payload, Turn(number)) for number, payload in enumerate(payloads, 1)]
        finally:
            sender.close()

    return asyncio.run(main())


def comparable(invocation: Invocation) -> dict[str, Any]:
    """What must be the same whoever sends: all but times, ids, and the path in a URL that was asked."""
    found = dataclasses.asdict(invocation)
    for name in ("started", "latency", "request_id"):
        del found[name]
    found["has_id"] = bool(invocation.request_id)
    found["log"] = bool(invocation.log)
    found["report"] = (invocation.report.memory_size, invocation.report.duration is not None)
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", invocation.error)
    found["error"] = re.sub(r'(http://[^/"]+)[^"]*', r"\1", words).split(": nothing")[0]
    return found


# one request as botocore signs it, against the same one signed here

_WORD = string.ascii_letters + string.digits + "-_"
_NAMES = some.tuples(
    some.sampled_from(["", "arn:aws:lambda:eu-west-1:123456789012:function:", "123456789012:function:"]),
    some.text(_WORD, min_size=1, max_size=64),
).map("".join)
_QUALIFIERS = some.none() | some.just("$LATEST") | some.text(_WORD + "$", min_size=1, max_size=40)
_CONTEXTS = some.text(string.ascii_letters + "+/=", max_size=80)
_TENANTS = some.text(_WORD + "._:/=+-@ ", max_size=40).map(str.strip)
_TOKENS = some.none() | some.text(string.ascii_letters + "+/=", min_size=16, max_size=200)
_KINDS = some.sampled_from(["RequestResponse", "Event", "DryRun"])


@pytest.fixture
def botocore_sends() -> Any:
    """From a call's parameters and a session token to the request that botocore's client would send."""
    import boto3
    from botocore.awsrequest import AWSResponse
    from botocore.config import Config

    session = boto3.Session("AKIDEXAMPLE", "wJalrXUtnFEMI", "token", "eu-west-1")
    config = Config(parameter_validation=False)
    client = session.client("lambda", endpoint_url="http://127.0.0.1:4566/pre/fix", config=config)
    seen: list[Any] = []

    def before_send(request: Any, **_: Any) -> AWSResponse:
        seen[:] = [request]
        return AWSResponse(request.url, 204, {}, None)

    client.meta.events.register("before-send.lambda.Invoke", before_send)

    def sent(parameters: dict[str, Any], token: str | None) -> Any:
        session.get_credentials().token = token
        client.invoke(**parameters)
        return seen[0]

    return sent


def test_the_signature_and_what_it_signs_are_botocore_s(botocore_sends: Any) -> None:
    class Access:
        """As much of a way as a request takes."""

        host, path = "127.0.0.1:4566", "/pre/fix/2015-03-31/functions/f/invocations"
        signer: Signer

    count = 0

    @settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(_NAMES, _QUALIFIERS, _CONTEXTS, _TENANTS, _TOKENS, _KINDS, some.binary(max_size=300))
    def same(
        name: str, qualifier: str | None, context: str, tenant: str, token: str | None, kind: Any, payload: bytes
    ) -> None:
        nonlocal count
        count += 1
        call = Call(name, qualifier, kind, client_context=context, tenant=tenant)
        theirs = botocore_sends({**call.parameters, "Payload": payload}, token)
        headers = {n: v.decode() if isinstance(v, bytes) else v for n, v in theirs.headers.items()}
        access = Access()
        access.signer = Signer(Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI", token), "lambda", "eu-west-1")
        moment = dt.datetime.strptime(headers["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
        request = request_of(access, call)  # type: ignore[arg-type]
        signed = request.prepared.sign(payload, moment)
        start, _, lines = request.start.partition("\r\n")
        assert start == f"POST {theirs.url.removeprefix('http://127.0.0.1:4566')} HTTP/1.1"
        ours = {**signed, **dict(line.split(": ", 1) for line in lines.rstrip("\r\n").split("\r\n"))}
        assert ours.pop("Host") == "127.0.0.1:4566"
        del ours["User-Agent"]
        extra = {"User-Agent", "amz-sdk-invocation-id", "amz-sdk-request", "Content-Length"}
        assert ours == {name: value for name, value in headers.items() if name not in extra}
        assert (theirs.body or b"") == payload

    same()
    assert count >= 1000


# the same answers and errors


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("RequestResponse", b'{"a": "\xc3\xa9"}'),
        ("RequestResponse", b'{"kind": "raise"}'),
        ("RequestResponse", b'{"kind": "log"}'),
        ("RequestResponse", b'{"kind": "large", "size": 300000}'),
        ("RequestResponse", b'{"kind": "large", "size": 7000000}'),
        ("RequestResponse", b'{"kind": "odd"}'),
        ("RequestResponse", b"no json"),
        ("RequestResponse", b'"' + b"x" * 6_291_456 + b'"'),
        ("Event", b"{}"),
        ("DryRun", b"{}"),
    ],
    ids=["ok", "error", "log", "300-kB", "too-large", "odd", "no-json", "413", "async", "dry-run"],
)
def test_every_answer_is_botocore_s(account: Account, aws: Any, kind: Any, payload: bytes) -> None:
    client = aws()
    make_function(client, "f", PICKY)
    publish(client)
    call = Call("f", "1", kind, side="A")
    [ours] = leanly(account, call, payload)
    assert comparable(ours) == comparable(by_botocore(account, call, payload, Turn(1)))


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "throttle"},
        {"effect": "internal-error"},
        {"effect": "unavailable"},
        {"effect": "access-denied"},
        {"effect": "error", "code": "BadGateway", "message": "no", "status": 502},
        {"effect": "error", "code": "InvalidSignatureException", "message": "Signature expired: now", "status": 403},
        {"effect": "cut-before-work"},
        {"effect": "cut-after-work"},
    ],
    ids=lambda fault: fault.get("code") or fault["effect"],
)
def test_every_error_is_botocore_s(
    account: Account, aws: Any, connected: Any, account_id: str, calls: Calls, fault: dict[str, Any]
) -> None:
    make_function(aws(), "f", PICKY)
    call = Call("f")
    connected.cloud.faults.add(operation="Invoke", account=account_id, times=2, **fault)
    theirs = by_botocore(account, call, b"{}", Turn(1))
    account._lapses.end(account.profile)
    calls.forget()
    [ours] = leanly(account, call, b"{}")
    assert ours.outcome != "ok"
    assert comparable(ours) == comparable(theirs)
    assert calls.operations() == ["Invoke"]  # sent once


def test_what_is_not_there_is_told_as_botocore_does(account: Account) -> None:
    for call in (Call("absent"), Call("absent", "7")):
        [ours] = leanly(account, call, b"{}")
        assert (ours.outcome, ours.status) == ("refused", 404)
        assert comparable(ours) == comparable(by_botocore(account, call, b"{}", Turn(1)))


def test_context_and_tenant_arrive(account: Account, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    return context.client_context.custom\n")
    import base64

    call = Call("f", client_context=base64.b64encode(b'{"custom": {"a": "b"}}').decode())
    [ours] = leanly(account, call, b"{}")
    assert (ours.payload, ours.error) == (b'{"a": "b"}', "")


def test_no_answer_in_time_is_a_timeout(
    account: Account, aws: Any, connected: Any, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_function(aws(), "f", Timeout=1)
    monkeypatch.setattr("lambdatui.aws.invoke_senders.INVOKE_MARGIN", -0.8)
    connected.cloud.faults.add("hang", operation="Invoke", account=account_id, seconds=60, times=1)
    [ours] = leanly(account, Call("f", function_timeout=1), b"{}")
    assert (ours.outcome, ours.status) == ("timeout", 0)
    assert ours.error.startswith("Invoke: Read timeout on endpoint URL")


def test_a_function_that_lambda_stops_at_its_limit_is_a_timeout(account: Account) -> None:
    body = {"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: 1 Error: Task timed out after 3.00 seconds"}
    with answering(lambda *_: (200, {"X-Amz-Function-Error": "Unhandled"}, body)) as served:
        there = Accounts(Settings(endpoint_url=served.url)).open()
        [ours] = leanly(there, Call("f"), b"{}")
    assert (ours.outcome, ours.status, ours.function_error) == ("timeout", 200, "Unhandled")


def test_a_dropped_connection_is_no_answer_and_never_sent_again(account: Account) -> None:
    with dropping({}) as served:
        there = Accounts(Settings(endpoint_url=served.url)).open()
        results = leanly(there, Call("f"), b"{}", b"{}")
    assert [result.outcome for result in results] == ["no answer", "no answer"]
    assert "Connection was closed" in results[0].error
    assert served.requests == ["POST /2015-03-31/functions/f/invocations HTTP/1.1"] * 2


def test_who_is_not_there_is_told_as_botocore_does(account: Account) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    there = Accounts(Settings(endpoint_url=f"http://127.0.0.1:{port}")).open()
    [ours] = leanly(there, Call("f"), b"{}")
    assert comparable(ours) == comparable(by_botocore(there, Call("f"), b"{}", Turn(1)))
    assert ours.outcome == "no answer"


@contextmanager
def closing_after_each() -> Iterator[tuple[str, list[int]]]:
    """A server that keeps the connection open in word, and closes it after each answer; tells each connection made."""
    listener, made = socket.create_server(("127.0.0.1", 0)), []
    closed = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            made.append(1)
            with connection:
                data = b""
                while b"\r\n\r\n{}" not in data:
                    data += connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            closed.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", made
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_connection_that_the_server_has_closed_is_opened_anew(account: Account) -> None:
    with closing_after_each() as (url, made):
        there = Accounts(Settings(endpoint_url=url)).open()

        async def main() -> list[str]:
            sender = open_sender(there, Call("f"))
            assert isinstance(sender, LeanSender)
            outcomes = []
            for number in (1, 2, 3):
                outcomes.append((await sender.send(Call("f"), b"{}", Turn(number))).outcome)
                async with asyncio.timeout(20):
                    while any(connection.ready() for connection in sender._connections):
                        await asyncio.sleep(0.005)
            sender.close()
            return outcomes

        assert asyncio.run(main()) == ["ok", "ok", "ok"]
        assert len(made) == 3


def test_connections_are_used_again(account: Account, aws: Any) -> None:
    make_function(aws(), "f")

    async def main() -> int:
        sender = open_sender(account, Call("f"))
        assert isinstance(sender, LeanSender)
        await sender.ready(2, 2)
        for _ in range(3):
            await asyncio.gather(*(sender.send(Call("f"), b"{}", Turn(number)) for number in (1, 2)))
        made = len(sender._connections)
        sender.close()
        return made

    assert asyncio.run(main()) == 2


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The certificate of 127.0.0.1, signed by itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return folder / "certificate.pem", folder / "key.pem"


def test_over_tls_the_authority_that_botocore_trusts_is_trusted_and_no_other(
    account: Account, authority: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority)
    with answering(lambda *_: (200, {"X-Amz-Executed-Version": "3"}, {"a": 1}), context) as served:
        stranger = Accounts(Settings(endpoint_url=served.url)).open()
        [ours] = leanly(stranger, Call("f"), b"{}")
        theirs = by_botocore(stranger, Call("f"), b"{}", Turn(1))
        assert (ours.outcome, ours.status) == (theirs.outcome, theirs.status) == ("no answer", 0)
        assert "SSL validation failed" in ours.error
        assert "SSL validation failed" in theirs.error
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority[0]))
        known = Accounts(Settings(endpoint_url=served.url)).open()
        results = leanly(known, Call("f"), b"{}", b"{}")
    assert [(one.outcome, one.version, one.payload) for one in results] == [("ok", "3", b'{"a": 1}')] * 2


# the guard stays


def test_a_read_only_session_invokes_nothing_but_a_dry_run(connected: Any, aws: Any, calls: Calls) -> None:
    make_function(aws(), "f")
    reader = Accounts(Settings(read_only=True)).open()
    calls.forget()
    with pytest.raises(Refused, match=r"Invoke: .* is read-only, nothing was sent"):
        leanly(reader, Call("f"), b"{}")
    assert calls.operations() == []
    [dry] = leanly(reader, Call("f", invocation_type="DryRun"), b"{}")
    assert dry.status == 204


def test_credentials_that_expire_are_a_lapse_and_nothing_more_is_sent(
    account: Account, aws: Any, connected: Any, account_id: str, calls: Calls
) -> None:
    make_function(aws(), "f")
    connected.cloud.faults.add("expired-token", operation="Invoke", account=account_id)
    calls.forget()
    results = leanly(account, Call("f"), b"{}", b"{}", b"{}")
    assert [result.outcome for result in results] == ["refused"] * 3
    assert calls.operations() == ["Invoke"]
    lapse = account._lapses.of(account.profile)
    assert lapse is not None
    assert isinstance(lapse.error, ExpiredCredentials)


def test_renewed_credentials_sign_from_then_on(account: Account, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_function(aws(), "f")

    class Renewable:
        """Credentials that are to be renewed once."""

        def __init__(self, frozen: Any) -> None:
            self.frozen, self.asked = frozen, 0

        def refresh_needed(self) -> bool:
            return self.asked == 1

        def get_frozen_credentials(self) -> Any:
            self.asked += 1
            return self.frozen._replace(secret_key=f"renewed-{self.asked}")

    keys = Renewable(account.session.get_credentials().get_frozen_credentials())
    monkeypatch.setattr(account.session, "get_credentials", lambda: keys)

    async def main() -> list[str]:
        sender = open_sender(account, Call("f"))
        assert isinstance(sender, LeanSender)
        secrets = [sender._access.signer.credentials.secret_key]
        await sender.send(Call("f"), b"{}", Turn(1))
        secrets.append(sender._access.signer.credentials.secret_key)
        sender.close()
        return secrets

    assert asyncio.run(main()) == ["renewed-1", "renewed-2"]


def test_another_session_is_used_at_once(account: Account, aws: Any) -> None:
    make_function(aws(), "f")

    async def main() -> bool:
        sender = open_sender(account, Call("f"))
        assert isinstance(sender, LeanSender)
        first = sender._access
        account.use(Accounts(Settings())._make_session(""))
        assert (await sender.send(Call("f"), b"{}", Turn(1))).outcome == "ok"
        sender.close()
        return sender._access is not first

    assert asyncio.run(main())


# what is left to botocore


def test_a_proxy_is_left_to_botocore(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert isinstance(open_sender(account, Call("f")), BotocoreSender)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert isinstance(open_sender(account, Call("f")), LeanSender)


def test_a_streamed_answer_is_told_as_it_comes(account: Account, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    yield b'one'\n    yield b'two'\n")
    told: list[Chunk] = []
    call = Call("f", invocation_type="ResponseStream", side="B")
    sender = open_sender(account, call, told.append)
    result = asyncio.run(sender.send(call, b"{}", Turn(4)))
    assert (result.outcome, result.payload, result.version, result.status) == ("ok", b"onetwo", "$LATEST", 200)
    assert [(chunk.number, chunk.side, chunk.index, chunk.data) for chunk in told] == [
        (4, "B", 0, b"one"),
        (4, "B", 1, b"two"),
    ]
    assert result.first_byte == told[0].at
    assert result.report.duration is not None


def test_a_streamed_error_is_told(account: Account, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    yield b'one'\n    raise KeyError('two')\n")
    call = Call("f", invocation_type="ResponseStream")
    result = asyncio.run(open_sender(account, call).send(call, b"{}", Turn()))
    assert (result.outcome, result.error) == ("function error", "KeyError: 'two'")


# cancelled


def test_cancelled_after_it_was_sent_it_is_told_as_perhaps_run(
    account: Account, aws: Any, connected: Any, account_id: str
) -> None:
    make_function(aws(), "f")
    connected.cloud.faults.add("hang", operation="Invoke", account=account_id, seconds=30)

    async def main() -> Invocation:
        sender = open_sender(account, Call("f"))
        assert isinstance(sender, LeanSender)
        task = asyncio.create_task(sender.send(Call("f"), b"{}", Turn(3)))
        async with asyncio.timeout(20):
            while not any(connection._waiting for connection in sender._connections):
                await asyncio.sleep(0.005)
        task.cancel()
        result = await task
        sender.close()
        return result

    result = asyncio.run(main())
    assert (result.number, result.outcome) == (3, "no answer")
    assert result.error == "Invoke: stopped before the answer came; Lambda may have run it."
