"""Deployment packages as they were uploaded: downloaded by the link that GetFunction gives, for ten minutes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, Unreachable, translated
from lambdatui.aws.functions import Function
from lambdatui.clock import Clock
from lambdatui.text import one_line, size

LIMIT = 262_144_000
"""Bytes: 250 MB, what a package and its layers may be unzipped. A zip is not larger,
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_CHUNK = 65_536


def is_image(function: Function) -> bool:
    """Whether the code is a container image, which has no package."""
    return function.configuration.get("PackageType") == "Image"


def download(
    account: Account, function: Function, target: Path, told: Callable[[int, int], None], clock: Clock
) -> None:
    """Writes the package of a function, or of a version, to `target`, a file that is not there yet.

    `function` is GetFunction's answer, whose link it follows; `told` hears of the bytes that came and of how many there
    are. What came is held to CodeSha256. Raises AwsError where it cannot be had, Cancelled when the clock is cancelled.
    """
    name = f"{function.name}:{function.configuration.get('Version', '')}"
    location = function.code.get("Location", "")
    if not location:
        raise AwsError(f"GetFunction gives no link to the package of {name}.", operation="GetFunction")
    expected = int(function.configuration.get("CodeSize", 0))
    if expected > LIMIT:
        raise AwsError(f"The package of {name} has {size(expected)}: more than AWS allows.", operation="GetFunction")
    found = _fetch(account, name, location, target, lambda count: told(count, max(expected, count)), clock)
    wanted = function.configuration.get("CodeSha256", "")
    if wanted and base64.b64encode(found).decode() != wanted:
        raise AwsError(
            f"The package of {name} is not what AWS says it is: its SHA-256 is another.",
            "It may have been changed a moment ago: try again.",
            operation="GetFunction",
        )


def _fetch(
    account: Account, name: str, location: str, target: Path, told: Callable[[int], None], clock: Clock
) -> bytes:
    """Streams a link into a file; the SHA-256 of what came."""
    from botocore.awsrequest import AWSRequest
    from urllib3.exceptions import HTTPError

    # the client's own connections: its proxies, certificates and time-outs count for the link too
    connections: Any = account.client("lambda")._endpoint.http_session
    with translated("GetFunction"):
        answer = connections.send(AWSRequest("GET", location, stream_output=True).prepare())
    digest, count = hashlib.sha256(), 0
    try:
        if answer.status_code != 200:
            raise AwsError(
                f"The package of {name} cannot be downloaded: HTTP status {answer.status_code}.",
                "Its link is good for ten minutes: try again.",
                operation="GetFunction",
                status=answer.status_code,
            )
        with target.open("xb") as file:
            for chunk in answer.raw.stream(_CHUNK, decode_content=False):
                clock.check()
                count += len(chunk)
                if count > LIMIT:
                    raise AwsError(f"The package of {name} does not end: {size(LIMIT)} came.", operation="GetFunction")
                digest.update(chunk)
                file.write(chunk)
                told(count)
    except HTTPError as error:
        raise Unreachable(
            f"The package of {name} stopped coming after {size(count)}: {one_line(str(error))}", operation="GetFunction"
        ) from None
    finally:
        answer.raw.close()
    return digest.digest()
