"""HTTP/1.1 answers out of the bytes that a connection brings. Pure.

As much of RFC 9112 as a client of AWS meets: answers with a length, in chunks, up to the connection's end, or without
a body, and interim answers before them. A request is asked only when the answer to the one before is whole.
"""

from __future__ import annotations

from typing import NamedTuple

MOST_HEAD = 256 * 1024
"""Bytes of status line and headers, beyond which it is no AWS that answers."""


class Answer(NamedTuple):
    """An answer. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    keep: bool
    """Whether the connection may be used again."""


class NotHttp(Exception):
    """What came is no answer in HTTP/1.1."""


class AnswerReader:
    """Takes bytes as they come, and gives an answer when it is whole."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._status = 0
        self._headers: dict[str, str] | None = None
        self._keep = True
        self._missing: int | None = 0
        """Bytes of the body yet to come; None in chunks, -1 up to the end of the connection."""
        self._position = 0
        self._parts: list[bytes] = []

    @property
    def begun(self) -> bool:
        """Whether some of an answer has come, and not all."""
        return bool(self._data) or self._headers is not None

    def feed(self, data: bytes) -> Answer | None:
        """An answer, if these bytes complete it. Raises NotHttp."""
        if self._headers is None:
            if not self._data and (answer := self._at_once(data)) is not None:
                return answer
            self._data += data
            if not self._head():
                return None
        else:
            self._data += data
        if self._missing is None:
            return self._chunks()
        if self._missing < 0 or len(self._data) < self._missing:
            return None
        return self._answer(bytes(self._data[: self._missing]), self._missing)

    def end(self) -> Answer | None:
        """The answer that the end of the connection completes, if there is one."""
        if self._headers is not None and self._missing == -1:
            return self._answer(bytes(self._data), len(self._data))
        return None

    def _at_once(self, data: bytes) -> Answer | None:
        """The whole answer, where it came in one piece: the usual case, without a copy."""
        head, found, body = data.partition(b"\r\n\r\n")
        if not found:
            return None
        self._begin(head)
        if self._status < 200 or self._missing is None or self._missing < 0 or len(body) < self._missing:
            self._headers = None
            return None
        answer = Answer(self._status, self._headers or {}, body[: self._missing], self._keep)
        extra = len(body) > self._missing
        self._headers = None
        return answer._replace(keep=False) if extra else answer

    def _head(self) -> bool:
        while True:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                if len(self._data) > MOST_HEAD:
                    raise NotHttp
                return False
            self._begin(bytes(self._data[:end]))
            del self._data[: end + 4]
            if self._status >= 200:
                return True
            self._headers = None

    def _begin(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        code = rest[:3]
        if not version.startswith("HTTP/1.") or not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise NotHttp
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise NotHttp
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self._status, self._headers = int(code), headers
        connection = headers.get("connection", "").lower()
        self._keep = "close" not in connection and (version == "HTTP/1.1" or "keep-alive" in connection)
        self._position, self._parts = 0, []
        if self._status in (204, 304) or self._status < 200:
            self._missing = 0
        elif "chunked" in headers.get("transfer-encoding", "").lower():
            self._missing = None
        elif (length := headers.get("content-length")) is not None:
            if not (length.isascii() and length.isdigit()):
                raise NotHttp
            self._missing = int(length)
        else:
            self._missing, self._keep = -1, False

    def _chunks(self) -> Answer | None:
        data = self._data
        while True:
            end = data.find(b"\r\n", self._position)
            if end < 0:
                if len(data) - self._position > MOST_HEAD:
                    raise NotHttp
                return None
            try:
                size = int(bytes(data[self._position : end]).partition(b";")[0], 16)
            except ValueError:
                raise NotHttp from None
            begin = end + 2
            if size < 0:
                raise NotHttp
            if size == 0:
                return self._trailer(begin)
            if len(data) < begin + size + 2:
                return None
            self._parts.append(bytes(data[begin : begin + size]))
            self._position = begin + size + 2
            if self._position > MOST_HEAD:
                del data[: self._position]
                self._position = 0

    def _trailer(self, begin: int) -> Answer | None:
        """After the last chunk: header lines, which nobody reads, up to an empty one."""
        while True:
            end = self._data.find(b"\r\n", begin)
            if end < 0:
                return None
            if end == begin:
                return self._answer(b"".join(self._parts), end + 2)
            begin = end + 2

    def _answer(self, body: bytes, taken: int) -> Answer:
        # what comes after an answer was not asked for
        keep = self._keep and len(self._data) == taken
        answer = Answer(self._status, self._headers or {}, body, keep)
        self._data.clear()
        self._headers, self._parts = None, []
        return answer
