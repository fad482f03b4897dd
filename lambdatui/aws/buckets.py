"""The buckets of S3, and the zip files in one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lambdatui.aws.account import Account

MOST = 5000
"""How many keys of a bucket are looked at."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip file in a bucket."""

    key: str
    size: int
    """Bytes."""
    modified: dt.datetime


def read(account: Account) -> list[str]:
    """The names of all buckets. Raises AwsError."""
    found: list[str] = []
    token: str | None = None
    while True:
        answer = account.call("s3", "ListBuckets", {"ContinuationToken": token} if token else {})
        found += [bucket["Name"] for bucket in answer.get("Buckets", ())]
        token = answer.get("ContinuationToken")
        if not token:
            return sorted(found)


def zip_files(account: Account, bucket: str) -> list[Packed]:
    """The zip files among the first MOST keys of a bucket, those that were written last first. Raises AwsError."""
    found: list[Packed] = []
    token: str | None = None
    seen = 0
    while True:
        answer = account.call(
            "s3", "ListObjectsV2", {"Bucket": bucket} | ({"ContinuationToken": token} if token else {})
        )
        rows = answer.get("Contents", ())
        seen += len(rows)
        found += [
            Packed(row["Key"], row.get("Size", 0), row["LastModified"])
            for row in rows
            if row["Key"].lower().endswith((".zip", ".jar"))
        ]
        token = answer.get("NextContinuationToken")
        if not token or seen >= MOST:
            return sorted(found, key=lambda one: one.modified, reverse=True)
