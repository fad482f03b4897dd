"""A connection that is used again and again, and what ends it."""

from __future__ import annotations

import asyncio
import resource
import select
import socket

import pytest

from lambdatui.aws.http_connection import Connection, ConnectionCut, NoAnswerInTime, allow_open_files, connect

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def pair() -> tuple[Connection, socket.socket]:
    """A connection, and the server's end of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = await connect("127.0.0.1", listener.getsockname()[1], None)
        return connection, listener.accept()[0]


async def test_a_goodbye_that_the_loop_has_not_heard_yet_is_seen_before_it_is_used_again() -> None:
    connection, server = await pair()
    server.close()
    wire = connection._transport.get_extra_info("socket")  # type: ignore[union-attr]
    poll = select.poll()
    poll.register(wire.fileno(), select.POLLIN)
    assert poll.poll(20_000)  # it is there; the loop has not run since
    assert connection.ready()  # used a moment ago: not looked at
    connection._last -= 2
    assert not connection.ready()


async def test_one_that_was_idle_for_long_is_not_used_again() -> None:
    connection, server = await pair()
    with server:
        connection._last -= 30
        assert connection.ready()
        connection._last -= 60
        assert not connection.ready()
        connection.close()


async def test_what_comes_unasked_ends_it() -> None:
    connection, server = await pair()
    with server:
        server.sendall(OK)
        async with asyncio.timeout(20):
            while connection.ready():
                await asyncio.sleep(0.005)


async def test_an_answer_that_ends_with_the_connection_is_whole_and_a_shorter_one_is_cut() -> None:
    for answer, is_whole in ((b"HTTP/1.1 200 OK\r\n\r\nhalf", True), (OK[:-1], False), (b"", False)):
        connection, server = await pair()
        with server:
            asked = asyncio.create_task(connection.ask(b"POST / HTTP/1.1\r\n\r\n", 20))
            await asyncio.get_running_loop().run_in_executor(None, server.recv, 100)
            server.sendall(answer)
        if is_whole:
            assert (await asked).body == b"half"
        else:
            with pytest.raises(ConnectionCut):
                await asked
        assert not connection.ready()


async def test_only_so_long_a_silence_is_no_answer() -> None:
    connection, server = await pair()
    with server:
        asked = asyncio.create_task(connection.ask(b"POST / HTTP/1.1\r\n\r\n", 1000))
        await asyncio.get_running_loop().run_in_executor(None, server.recv, 100)
        connection._last -= 500
        connection._silent(1000)  # half of the time is over
        assert not asked.done()
        assert connection._timer is not None
        assert connection._timer.when() < asyncio.get_running_loop().time() + 501
        connection._last -= 501
        connection._silent(1000)
        with pytest.raises(NoAnswerInTime):
            await asked
    assert not connection.ready()


def test_there_is_room_for_so_many_connections_as_far_as_there_may_be() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        allow_open_files(100)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (356, hard)
        allow_open_files(10)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (356, hard)
        allow_open_files(10**9)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
