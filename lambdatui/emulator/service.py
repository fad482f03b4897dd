"""What a service of the embedded AWS is to the HTTP front: the call it gets, the error it raises, its methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from botocore import xform_name

Method = Callable[..., Mapping[str, Any] | None]


class ApiError(Exception):
    """An error as AWS answers it.

    `code` is AWS's error code (`ResourceNotFoundException`), `message` its text. `status` is the HTTP status; without
    it the service's model says which one belongs to the code, and a code that it does not know is 400. `headers` go
    out with the answer (`Retry-After`). Further members are those of the error's shape: `Reason="..."`.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = dict(headers or {})
        self.members = members


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation, as a service's method sees it.

    `operation` is AWS's name (`ListFunctions`), `endpoint` is `scheme://host:port` as the client called it, without a
    slash at the end, and `headers` are the request's with names in lower case.
    """

    account: str
    region: str
    operation: str
    request_id: str
    endpoint: str
    access_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Service:
    """One AWS service that the embedded AWS answers itself.

    `name` is botocore's name of it. An operation is a method with boto3's name of it, called as
    `method(call, **params)` with AWS's member names, and returns a mapping with AWS's member names. Members that are
    None, and those that the operation's output shape does not have, are left out of the answer. Blobs are bytes.
    Timestamps come in as seconds since the epoch (float) and may go out so or as datetime. A member that is an event
    stream is an iterator of one-member mappings, `{"PayloadChunk": {"Payload": b"..."}}`: it is sent as it is read.
    """

    name: ClassVar[str]
    unchecked_shapes: ClassVar[frozenset[str]] = frozenset()
    """Input shapes whose constraints the service itself checks, because AWS answers them with an error of its own."""
    unsigned: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    """Method and path of the requests that carry no signature, which would name the service."""

    def method(self, operation: str) -> Method | None:
        """The method of an operation, or None where this service does not have it."""
        return getattr(self, xform_name(operation), None)
