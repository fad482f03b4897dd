"""HTTP answers, however the network cuts them."""

from __future__ import annotations

import http.client
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lambdatui.aws.http_answers import MOST_HEAD, Answer, AnswerReader, NotHttp

NAMES = some.text("abcdefgh-", min_size=1, max_size=12).map(lambda name: f"x-{name}")
VALUES = some.text(some.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@some.composite
def answers(draw: Any) -> bytes:
    """One answer as a server may send it."""
    status = draw(some.sampled_from([200, 202, 204, 304, 404, 429, 500]))
    headers = draw(some.dictionaries(NAMES, VALUES, max_size=4))
    body = b"" if status in (204, 304) else draw(some.binary(max_size=200))
    kind = draw(some.sampled_from(["length", "chunks"]))
    if draw(some.booleans()):
        headers["Connection"] = draw(some.sampled_from(["close", "keep-alive"]))
    if status in (204, 304):
        sent = b""
    elif kind == "length":
        headers["Content-Length"] = str(len(body))
        sent = body
    else:
        headers["Transfer-Encoding"] = "chunked"
        size = draw(some.integers(1, 50))
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        sent = b"".join(b"%x;a=b\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
        sent += b"0\r\n" + draw(some.sampled_from([b"", b"x-trailer: 1\r\n"])) + b"\r\n"
    head = f"HTTP/1.1 {status} Some Reason\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    before = draw(some.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"]))
    return before + head.encode("latin-1") + b"\r\n" + sent


def by_the_library(data: bytes) -> tuple[int, dict[str, str], bytes]:
    class Socket:
        def makefile(self, *_: Any) -> io.BytesIO:
            return io.BytesIO(data)

    answer = http.client.HTTPResponse(Socket(), method="POST")  # type: ignore[arg-type]
    answer.begin()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@settings(max_examples=300, deadline=None)
@given(answers(), some.data())
def test_an_answer_is_what_the_standard_library_makes_of_it_however_it_is_cut(
    data: bytes, cuts: some.DataObject
) -> None:
    places = sorted(cuts.draw(some.lists(some.integers(0, len(data)), max_size=6)))
    reader, found = AnswerReader(), []
    for begin, end in zip([0, *places], [*places, len(data)], strict=True):
        if begin < end:
            found.append(reader.feed(data[begin:end]))
    assert [answer for answer in found[:-1] if answer] == []
    answer = found[-1]
    assert answer is not None
    assert answer[:3] == by_the_library(data)
    assert answer.keep == (b"Connection: close" not in data)
    assert not reader.begun


def test_a_body_without_a_length_goes_up_to_the_end_of_the_connection() -> None:
    reader = AnswerReader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\nhalf") is None
    assert reader.feed(b" done") is None
    assert reader.end() == Answer(200, {}, b"half done", False)
    assert reader.end() is None


def test_a_cut_answer_is_none() -> None:
    reader = AnswerReader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") is None
    assert reader.begun
    assert reader.end() is None


def test_what_comes_after_an_answer_ends_the_connection() -> None:
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
    answer = AnswerReader().feed(one + b"HTTP/1.1 200 OK")
    assert answer == Answer(200, {"content-length": "1"}, b"1", False)
    assert AnswerReader().feed(one) == Answer(200, {"content-length": "1"}, b"1", True)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"x" * (MOST_HEAD + 1),
    ],
)
def test_what_is_no_http_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotHttp):
        AnswerReader().feed(data)


def test_a_large_answer_in_chunks_is_whole() -> None:
    reader = AnswerReader()
    reader.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for number in range(700):
        assert reader.feed(b"2000\r\n%b\r\n" % (bytes([number % 256]) * 0x2000)) is None
    answer = reader.feed(b"0\r\n\r\n")
    assert answer is not None
    assert answer.body == b"".join(bytes([number % 256]) * 0x2000 for number in range(700))
