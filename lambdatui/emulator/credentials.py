"""Who calls, and which service of which region is meant: what a request's signature says. It is not verified."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from lambdatui.emulator.wire.http import HttpRequest

_SCOPE = re.compile(r"Credential=([^/,\s&]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Scope:
    """The credential scope of an AWS signature, version 4. `service` is the signing name (`monitoring`)."""

    access_key: str
    region: str
    service: str


def scope_of(request: HttpRequest) -> Scope | None:
    """The scope in the Authorization header, or None where the request has none.

    No browser page can set that header on a request to another host without asking first.
    """
    return _scope_in(request.headers.get("authorization", ""))


def presigned_scope_of(request: HttpRequest) -> Scope | None:
    """The scope in the query string of a presigned URL. Any page can open such a URL, so it must not run code."""
    return _scope_in(request.query_string)


def _scope_in(text: str) -> Scope | None:
    match = _SCOPE.search(unquote(text))
    return Scope(match.group(1), match.group(3), match.group(4)) if match else None


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine.

    Anything else is a web page whose name was pointed at 127.0.0.1 to reach what listens there.
    """
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    name = name.strip("[]").lower()
    return name in ("127.0.0.1", "localhost", "::1") or name.endswith((".localhost", ".127.0.0.1"))
