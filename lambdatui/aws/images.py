"""The container images of ECR in an account and region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account


@dataclass(frozen=True, slots=True)
class Image:
    """An image by one of its tags, or by its digest."""

    uri: str
    pushed: dt.datetime | None
    size: int
    """Bytes, compressed."""


def repositories(account: Account) -> list[tuple[str, str]]:
    """Every repository's name and URI, by name. Raises AwsError."""
    rows = _every(account, "DescribeRepositories", "repositories", {})
    return sorted((row["repositoryName"], row["repositoryUri"]) for row in rows)


def read(account: Account, repository: str, uri: str) -> list[Image]:
    """The images of a repository, those that were pushed last first. `uri` is the repository's. Raises AwsError."""
    found: list[Image] = []
    for row in _every(account, "DescribeImages", "imageDetails", {"repositoryName": repository}):
        names = [f":{tag}" for tag in row.get("imageTags") or ()] or [f"@{row['imageDigest']}"]
        size = row.get("imageSizeInBytes", 0)
        found += [Image(f"{uri}{name}", row.get("imagePushedAt"), size) for name in names]
    newest_first = sorted(found, key=lambda image: image.uri)
    return sorted(newest_first, key=lambda image: image.pushed.timestamp() if image.pushed else 0.0, reverse=True)


def _every(account: Account, operation: str, key: str, parameters: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    token: str | None = None
    while True:
        answer = account.call("ecr", operation, {**parameters, **({"nextToken": token} if token else {})})
        yield from answer[key]
        token = answer.get("nextToken")
        if not token:
            return
