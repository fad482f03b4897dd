"""An object sent to S3 in parts, several side by side, each held to its checksum.

Parts and checksums after https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.clients import Retry
from lambdatui.clock import Clock

PART = 8 * 1024 * 1024
"""Bytes of a part; the last is smaller. S3 takes 5 MB at least, and up to 10,000 of them."""

SIDE_BY_SIDE = 4
TOLD_EVERY = 0.2
"""Seconds between two words on how far it is."""

Reader = Callable[[int, int], bytes]
"""From a place and a count of bytes to these bytes."""


@dataclass(frozen=True, slots=True)
class Multipart:
    """An upload that S3 has begun."""

    bucket: str
    key: str
    upload_id: str

    @property
    def parameters(self) -> dict[str, str]:
        """What names it in every call."""
        return {"Bucket": self.bucket, "Key": self.key, "UploadId": self.upload_id}


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes of all parts that have gone out."""

    count: int


def checksums(read: Reader, size: int) -> list[str]:
    """The SHA-256 of each part, base64."""
    starts = range(0, size, PART)
    return [_base64(hashlib.sha256(read(start, min(PART, size - start))).digest()) for start in starts]


def composite(parts: Sequence[str]) -> str:
    """What S3 will say is the SHA-256 of an object with these parts: that of their checksums, base64."""
    return _base64(hashlib.sha256(b"".join(base64.b64decode(part) for part in parts)).digest())


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


class Sending:
    """The parts on their way. `read` gives the `size` bytes; `parts` are their `checksums`, which S3 compares."""

    def __init__(
        self, account: Account, upload: Multipart, read: Reader, size: int, parts: Sequence[str], clock: Clock
    ) -> None:
        self._account = account
        self._upload = upload
        self._read = read
        self._size = size
        self._checksums = parts
        self._clock = clock
        self._stopped = threading.Event()
        self._bodies: list[_Body | None] = [None] * len(parts)
        self._retries: deque[Retry] = deque()
        # told of the moment from which a body is read in order to be sent, not in order to be signed
        account.client("s3").meta.events.register(
            "before-send.s3.UploadPart", _begin_counting, unique_id="lambdatui-parts"
        )

    def run(self) -> Iterator[Sent | Retry]:
        """Sends all parts, and says how far it is, and which part is tried again. No part is under way afterwards.

        Raises AwsError, Cancelled, and OSError of `read`.
        """
        pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="upload")
        try:
            under_way: set[Future[None]] = {pool.submit(self._send, number) for number in range(len(self._checksums))}
            while under_way:
                done, under_way = wait(under_way, TOLD_EVERY, FIRST_COMPLETED)
                self._clock.check()
                for part in done:
                    part.result()
                while self._retries:
                    yield self._retries.popleft()
                yield Sent(sum(body.sent for body in self._bodies if body is not None))
        finally:
            self._stopped.set()
            pool.shutdown(cancel_futures=True)

    @property
    def complete(self) -> dict[str, Any]:
        """The parameters of CompleteMultipartUpload, once all parts are sent."""
        parts = [
            {"PartNumber": number, "ETag": body.etag, "ChecksumSHA256": checksum}
            for number, (body, checksum) in enumerate(zip(self._bodies, self._checksums, strict=True), 1)
            if body is not None
        ]
        return {**self._upload.parameters, "MultipartUpload": {"Parts": parts}}

    def _send(self, number: int) -> None:
        start = number * PART
        body = self._bodies[number] = _Body(self._read(start, min(PART, self._size - start)), self._check)
        self._account.watched(self._retried)
        try:
            answer = self._account.call(
                "s3",
                "UploadPart",
                {
                    **self._upload.parameters,
                    "PartNumber": number + 1,
                    "Body": body,
                    "ContentLength": body.size,
                    "ChecksumSHA256": self._checksums[number],
                },
            )
        finally:
            self._account.watched(None)
        body.etag = answer["ETag"]
        body.empty()

    def _retried(self, retry: Retry) -> None:
        self._check()
        self._retries.append(retry)

    def _check(self) -> None:
        """Raises what ends a part on its way."""
        self._clock.check()
        if self._stopped.is_set():
            raise ConnectionAbortedError("another part failed")


class _Body(io.BytesIO):
    """A part that knows how much of it has gone out, and stops when `check` raises."""

    def __init__(self, data: bytes, check: Callable[[], None]) -> None:
        super().__init__(data)
        self.size = len(data)
        self.sent = 0
        self.etag = ""
        self._check = check
        self._counting = False

    def begin(self) -> None:
        """It is read in order to be sent from now on, perhaps once more."""
        self._counting, self.sent = True, 0

    def read(self, size: int | None = -1, /) -> bytes:
        if self._counting:
            self._check()
        data = super().read(size)
        if self._counting:
            self.sent += len(data)
        return data

    def empty(self) -> None:
        """Lets go of the bytes: they are sent."""
        self._counting = False
        self.sent = self.size
        self.seek(0)
        self.truncate()


def _begin_counting(request: Any, **_: Any) -> None:
    if isinstance(request.body, _Body):
        request.body.begin()
