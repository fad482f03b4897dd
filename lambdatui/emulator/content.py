"""URLs that lead to deployment packages and layers for a while, as AWS's presigned ones do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import weakref
from typing import Protocol

from lambdatui.emulator.clock import Clock

LIFETIME = 600
"""Seconds for which Code.Location is valid, https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html"""


class Content(Protocol):
    """What a URL can lead to: `sha256` (hex) names it, `data` is it."""

    @property
    def sha256(self) -> str: ...

    @property
    def data(self) -> bytes: ...


class ContentLinks:
    """Makes URLs and opens them. A content that nobody holds any more is gone, and its URLs with it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._contents: weakref.WeakValueDictionary[str, Content] = weakref.WeakValueDictionary()

    def url(self, endpoint: str, content: Content) -> str:
        """A URL on this server that downloads the content for the next ten minutes."""
        with self._lock:
            self._contents[content.sha256] = content
        expires = int(self._clock.now()) + LIFETIME
        return f"{endpoint}/_emulator/content/{content.sha256}-{expires}-{self._sign(content.sha256, expires)}"

    def open(self, token: str) -> bytes | None:
        """The bytes that the last part of a URL leads to, or None where it is not ours, expired, or gone."""
        sha256, _, rest = token.partition("-")
        expires, _, signature = rest.partition("-")
        if not expires.isdigit() or not hmac.compare_digest(signature, self._sign(sha256, int(expires))):
            return None
        if int(expires) < self._clock.now():
            return None
        with self._lock:
            content = self._contents.get(sha256)
        return content.data if content is not None else None

    def _sign(self, sha256: str, expires: int) -> str:
        return hmac.new(self._secret, f"{sha256}-{expires}".encode(), hashlib.sha256).hexdigest()
