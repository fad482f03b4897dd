"""The event of an invocation from a web address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages import payload
from lambdatui.stages.stage import World


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = {"/order.json": b'{"id": 7}', "/words": b"no json", "/large": b"[" + b"1," * 4_000_000 + b"1]"}
        page = pages.get(self.path)
        self.send_response(200 if page is not None else 404)
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_event_is_fetched_from_its_address(world: World, site: str) -> None:
    account = world.accounts.open(None, None)
    assert payload.body(world, account, None, f"{site}/order.json") == b'{"id": 7}'


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gone", "answers 404"),
        ("/words", "is not JSON"),
        ("/large", "has more than the 6,291,456 bytes"),
    ],
)
def test_what_cannot_be_fetched_is_one_sentence(world: World, site: str, path: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        payload.body(world, world.accounts.open(None, None), None, f"{site}{path}")


def test_an_address_that_nobody_answers_at(world: World) -> None:
    with pytest.raises(BadInput, match=r"127\.0\.0\.1:1/x: cannot be read"):
        payload.body(world, world.accounts.open(None, None), None, "http://127.0.0.1:1/x")
