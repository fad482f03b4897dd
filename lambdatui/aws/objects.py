"""Objects in S3, as far as a deployment needs them."""

from __future__ import annotations

from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied, AwsError, NotFound


def bucket_region(account: Account, bucket: str) -> str:
    """The region of a bucket; an empty string where the operator may not ask. Raises NotFound, AwsError."""
    try:
        return str(account.call("s3", "HeadBucket", {"Bucket": bucket}).get("BucketRegion", ""))
    except AccessDenied:
        return ""
    except NotFound as error:
        raise NotFound.reworded(error, f"s3://{bucket}: there is no such bucket.") from None


def checksum(account: Account, bucket: str, key: str) -> str:
    """The SHA-256 that S3 keeps of an object, base64, for one of several parts with their number (`…-8`).

    Empty where the object is not there, or it cannot be told. Raises AwsError.
    """
    try:
        answer = account.call("s3", "HeadObject", {"Bucket": bucket, "Key": key, "ChecksumMode": "ENABLED"})
    except (AccessDenied, NotFound):
        return ""
    return str(answer.get("ChecksumSHA256", ""))


def sha256(account: Account, bucket: str, key: str, version: str = "") -> str:
    """The SHA-256 of an object, base64, where S3 keeps one for the whole object; else an empty string.

    S3 keeps it for an object that was uploaded with `ChecksumAlgorithm=SHA256` in one part. Raises NotFound for a
    bucket, object or version that is not there, AwsError for anything else but a lack of permission: Lambda may be
    allowed to read what the operator may not.
    """
    parameters = {"Bucket": bucket, "Key": key, "ChecksumMode": "ENABLED"} | ({"VersionId": version} if version else {})
    try:
        answer = account.call("s3", "HeadObject", parameters)
    except AccessDenied:
        return ""
    except AwsError as error:
        # HeadObject has no body to say what is missing: 404, and 400 for what no version's name looks like
        if not isinstance(error, NotFound) and not (version and error.status == 400):
            raise
        bucket_region(account, bucket)
        words = f"s3://{bucket}/{key}: there is no such object{f' version, {version}' if version else ''}."
        raise NotFound.reworded(error, words) from None
    checksum = str(answer.get("ChecksumSHA256", ""))
    return "" if "-" in checksum else checksum


def content(account: Account, bucket: str, key: str, limit: int) -> bytes:
    """What an object holds, of more than `limit` bytes only the first `limit + 1`. Raises NotFound, AwsError."""
    try:
        answer = account.call("s3", "GetObject", {"Bucket": bucket, "Key": key, "Range": f"bytes=0-{limit}"})
        with account.calling("GetObject"):
            return bytes(answer["Body"].read())
    except NotFound as error:
        raise NotFound.reworded(error, f"s3://{bucket}/{key}: there is no such object.") from None
