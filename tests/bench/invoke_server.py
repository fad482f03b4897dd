"""A server of Invoke that does next to nothing else: `python -m tests.bench.invoke_server LATENCY_MS`. Prints its port.

Every POST is answered after the latency as Lambda would, with the tail of a log where one is asked for;
GetFunctionConfiguration and GetCallerIdentity are answered, too.
"""

from __future__ import annotations

import asyncio
import base64
import selectors
import sys

from tests.bench.list_server import IDENTITY

REQUEST_ID = "8f5e2c4a-6d1b-4f0e-9a77-0d3c5b7e9f11"
LOG = (
    f"START RequestId: {REQUEST_ID} Version: 42\n"
    f"END RequestId: {REQUEST_ID}\n"
    f"REPORT RequestId: {REQUEST_ID}\tDuration: 11.80 ms\tBilled Duration: 12 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 64 MB\t\n"
)
BODY = b'{"total": 1290, "currency": "EUR", "status": "accepted"}'
CONFIGURATION = (
    b'{"FunctionName": "f", "Timeout": 3, "MemorySize": 512, "Architectures": ["arm64"], "Version": "$LATEST"}'
)


def answer(body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


_SERVED = (
    "Date: Tue, 24 Nov 2026 09:00:00 GMT",
    f"X-Amzn-RequestId: {REQUEST_ID}",
    "X-Amz-Executed-Version: 42",
    "X-Amzn-Trace-Id: Root=1-65f1c2aa-3b9d4e5f6a7b8c9d0e1f2a3b;Sampled=0",
)
INVOKED = answer(BODY, *_SERVED)
INVOKED_WITH_LOG = answer(BODY, *_SERVED, f"X-Amz-Log-Result: {base64.b64encode(LOG.encode()).decode()}")
OTHERS = {b"GET": answer(CONFIGURATION), b"STS": answer(IDENTITY, kind="text/xml")}


class Lambda(asyncio.Protocol):
    latency = 0.0

    def __init__(self) -> None:
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._data = self._data + data if self._data else data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            at = head.find(b"content-length: ")
            length = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            if b"/invocations" not in head[: head.find(b"\r\n")]:
                self._transport.write(OTHERS[b"GET" if head.startswith(b"get") else b"STS"])
                continue
            told = INVOKED_WITH_LOG if b"x-amz-log-type: tail" in head else INVOKED
            if self.latency:
                self._loop.call_later(self.latency, self._transport.write, told)
            else:
                self._transport.write(told)


async def serve(latency: float) -> None:
    Lambda.latency = latency
    server = await asyncio.get_running_loop().create_server(Lambda, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    # epoll, which asyncio takes by itself, waits in whole milliseconds, and would make the latency longer than said
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(serve(float(sys.argv[1]) / 1000))
