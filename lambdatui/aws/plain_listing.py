"""The first pages of a list of functions without botocore, where AWS can be reached in the plain way.

Only plain answers are taken: whatever else comes (an error, a throttle, a redirect, a cut connection) ends it, and the
ordinary way goes on from the last page, with botocore's retries and words.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lambdatui.aws.listing import Page, page
from lambdatui.aws.plain_access import Access
from lambdatui.aws.signing import Signer, query_string

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPConnection

PATH = "/2015-03-31/functions"
SECONDS = 10
"""How long an answer is waited for; the ordinary way waits longer."""


class NotPlain(Exception):
    """Something came that is no plain answer. `marker` is where the ordinary way goes on."""

    def __init__(self, marker: str | None) -> None:
        super().__init__(marker)
        self.marker = marker


def pages(access: Access) -> Iterator[Page]:
    """The functions of a scope, page by page over one connection. Raises NotPlain."""
    parts = urlsplit(access.endpoint)
    signer = Signer(access.credentials, "lambda", access.scope.region)
    marker: str | None = None
    connection: HTTPConnection | None = None
    try:
        connection = _connect(parts.scheme, parts.netloc, access.ca_bundle)
        while True:
            query = {"Marker": marker} if marker else {}
            signed = signer.headers("GET", parts.netloc, PATH, query, {}, b"", time.time())
            target = f"{PATH}?{query_string(query)}" if query else PATH
            connection.request("GET", target, headers={**signed, "User-Agent": "lambdatui"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise NotPlain(marker)
            found = page(access.scope, json.loads(body))
            yield found
            marker = found.marker
            if marker is None:
                return
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotPlain(marker) from error
    except Exception as error:
        from http.client import HTTPException

        if isinstance(error, HTTPException):
            raise NotPlain(marker) from error
        raise
    finally:
        if connection is not None:
            connection.close()


def _connect(scheme: str, host: str, ca_bundle: str) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    if scheme == "http":
        return HTTPConnection(host, timeout=SECONDS)
    return HTTPSConnection(host, timeout=SECONDS, context=_trust(ca_bundle))


def _trust(ca_bundle: str) -> ssl.SSLContext:
    """The authorities that botocore trusts: the operator's, else its own list, found without importing it."""
    import ssl
    from importlib.util import find_spec
    from pathlib import Path

    if ca_bundle:
        return ssl.create_default_context(cafile=ca_bundle)
    spec = find_spec("botocore")
    bundle = Path(spec.origin).parent / "cacert.pem" if spec and spec.origin else None
    return ssl.create_default_context(cafile=str(bundle) if bundle and bundle.is_file() else None)
