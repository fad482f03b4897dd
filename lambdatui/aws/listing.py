"""The list of functions, page by page: what ListFunctions says of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdatui.aws.scope import Scope

if TYPE_CHECKING:
    from lambdatui.aws.account import Account


class FunctionRecord(NamedTuple):
    """One row of a list of functions. A tuple, for there may be tens of thousands, and they are kept on disk."""

    scope: Scope
    name: str
    arn: str
    """Unique over accounts and regions."""
    runtime: str
    """Empty for a container image."""
    memory: int
    """Megabytes."""
    timeout: int
    """Seconds."""
    package_type: str
    architecture: str
    modified: str
    """ISO 8601 as AWS writes it."""
    code_size: int
    """Bytes."""
    description: str
    handler: str
    role: str

    @property
    def key(self) -> str:
        """What tells it from all others: its ARN."""
        return self.arn

    @property
    def account_id(self) -> str:
        """The account it is in, as its ARN says; empty where that is no ARN."""
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 4 else ""


class Page(NamedTuple):
    """One page of a list; `marker` leads to the next, and is None on the last."""

    records: tuple[FunctionRecord, ...]
    marker: str | None

    @property
    def more(self) -> bool:
        """Whether pages follow."""
        return self.marker is not None


def page(scope: Scope, answer: Mapping[str, Any]) -> Page:
    """The page in an answer of ListFunctions, in AWS's names."""
    return Page(tuple([record(scope, entry) for entry in answer["Functions"]]), answer.get("NextMarker") or None)


def record(scope: Scope, configuration: Mapping[str, Any]) -> FunctionRecord:
    """The row for a FunctionConfiguration of AWS's."""
    get = configuration.get
    name = configuration["FunctionName"]
    return FunctionRecord(
        scope,
        name,
        get("FunctionArn", name),
        get("Runtime", ""),
        get("MemorySize", 0),
        get("Timeout", 0),
        get("PackageType", "Zip"),
        (get("Architectures") or ("x86_64",))[0],
        get("LastModified", ""),
        get("CodeSize", 0),
        get("Description", ""),
        get("Handler", ""),
        get("Role", ""),
    )


def pages(account: Account, marker: str | None = None) -> Iterator[Page]:
    """The functions of an account's region, 50 a page, as each page arrives. Raises AwsError.

    `marker` is that of a page that was read before.
    """
    while True:
        found = page(account.scope, account.call("lambda", "ListFunctions", {"Marker": marker} if marker else {}))
        yield found
        marker = found.marker
        if marker is None:
            return


def when(text: str) -> dt.datetime | None:
    """A LastModified of Lambda's, such as `2026-11-24T08:49:55.000+0000`, as an aware time; None if it is not one."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
