"""The event that an invocation sends: as it stands in the inputs, from a file, from S3, or from a web address."""

from __future__ import annotations

import codecs
import json
from typing import Any

from lambdatui.aws import objects
from lambdatui.aws.account import Account
from lambdatui.errors import BadInput
from lambdatui.stages.load import strict_json
from lambdatui.stages.stage import World

# "Invocation payload (request and response)", synchronous: 6 MB; asynchronous: 1 MB.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LIMITS = {
    "RequestResponse": 6 * 1024 * 1024,
    "ResponseStream": 6 * 1024 * 1024,
    "Event": 1024 * 1024,
    "DryRun": 6 * 1024 * 1024,
}

FETCH_SECONDS = 20
"""How long a web address may take to answer."""


def body(
    world: World, account: Account, value: Any, source: str | None, invocation_type: str = "RequestResponse"
) -> bytes:
    """The bytes that are sent: `value` as JSON ({} for None), or what `source` holds: a path, `s3://bucket/key`, or an
    `https://` or `http://` address.

    Raises BadInput where the source cannot be read or is not JSON, or where it is more than Lambda takes; AwsError.
    """
    data = _written(value) if source is None else _read(world, account, source)
    limit = LIMITS[invocation_type]
    if len(data) > limit:
        raise BadInput(f"the payload has {len(data):,} bytes, and Lambda takes {limit:,} for {invocation_type}.")
    return data


def _written(value: Any) -> bytes:
    try:
        return json.dumps({} if value is None else value, allow_nan=False).encode()
    except ValueError:
        raise BadInput("the payload has a number in it that JSON does not have.") from None


def _read(world: World, account: Account, source: str) -> bytes:
    if source.startswith("s3://"):
        bucket, _, key = source.removeprefix("s3://").partition("/")
        if not bucket or not key:
            raise BadInput(f"{source}: s3://BUCKET/KEY was expected.")
        data = objects.content(account, bucket, key, max(LIMITS.values()))
    elif source.startswith(("https://", "http://")):
        data = _fetched(source)
    else:
        try:
            data = world.path(source).read_bytes()
        except OSError as error:
            raise BadInput(f"{source}: cannot be read: {error.strerror}.") from None
    try:
        strict_json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(f"{source}: is not UTF-8 text (byte {error.start}); a payload is JSON.") from None
    except ValueError as error:
        raise BadInput(f"{source}: is not JSON: {strict_json.why(error)}.") from None
    return data.removeprefix(codecs.BOM_UTF8)


def _fetched(address: str) -> bytes:
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    most = max(LIMITS.values())
    try:
        with urllib.request.urlopen(address, timeout=FETCH_SECONDS) as answer:  # noqa: S310 - http and https alone
            data: bytes = answer.read(most + 1)
    except urllib.error.HTTPError as error:
        raise BadInput(f"{address}: answers {error.code} {error.reason}.") from None
    except (OSError, HTTPException, ValueError) as error:
        raise BadInput(f"{address}: cannot be read: {getattr(error, 'reason', None) or error}.") from None
    if len(data) > most:
        raise BadInput(f"{address}: has more than the {most:,} bytes that Lambda takes.")
    return data


def preview(payload: bytes) -> str:
    """The beginning of a payload, for a plan."""
    text = payload[:60].decode("utf-8", "replace")
    return text if len(payload) <= 60 else f"{text}… ({len(payload):,} bytes)"
