"""How far this machine's clock is from AWS's, which refuses signatures that are five minutes off."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime

from lambdatui.aws.account import Account
from lambdatui.aws.errors import translated

REFUSED_AT = 300
"""Seconds."""


def clock_skew(account: Account) -> float | None:
    """Seconds by which this clock is ahead of AWS's, negative where it is behind; None where AWS names no time.

    The Date header of STS's GetCallerIdentity tells, also where the answer is that the signature is too old. Raises
    AwsError where no answer comes.
    """
    from botocore.exceptions import ClientError

    with translated("GetCallerIdentity"):
        try:
            answer = account.client("sts").get_caller_identity()
        except ClientError as error:
            answer = error.response
    text = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        theirs = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (dt.datetime.now(dt.UTC) - theirs).total_seconds()
