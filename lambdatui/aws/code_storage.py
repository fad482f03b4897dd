"""Code storage: what an account's functions and layers take of the room that AWS gives it in a region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.versions import Version, version
from lambdatui.text import size


@dataclass(frozen=True, slots=True)
class AccountStorage:
    """Bytes of code that an account keeps in a region, over all versions and layers, and how many it may.

    The limit is 75 GB unless AWS has raised it,
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """

    used: int
    limit: int

    def share(self, less: int = 0) -> float:
        """The part of the limit that is used, 0.0 to 1.0, once `less` bytes have come back."""
        return max(0, self.used - less) / self.limit if self.limit else 0.0

    def less(self, freed: int) -> str:
        """What is used once so many bytes have come back, such as `41.2 GB of 75.0 GB (54.9 %)`."""
        return f"{size(max(0, self.used - freed))} of {size(self.limit)} ({self.share(freed) * 100:.1f} %)"


@dataclass(frozen=True, slots=True)
class FunctionStorage:
    """What one function keeps: its $LATEST and its published versions, newest first."""

    name: str
    latest_size: int
    versions: tuple[Version, ...]

    @property
    def size(self) -> int:
        """Bytes of code, over all versions: AWS counts each with its whole package."""
        return self.latest_size + sum(version.code_size for version in self.versions)


def account_storage(account: Account) -> AccountStorage:
    """What the account uses in its region (GetAccountSettings). Raises AwsError."""
    answer = account.call("lambda", "GetAccountSettings")
    return AccountStorage(answer["AccountUsage"]["TotalCodeSize"], answer["AccountLimit"]["TotalCodeSize"])


def pages(account: Account) -> Iterator[list[dict[str, Any]]]:
    """Every version of every function, 50 a page, as each page arrives (ListFunctions with FunctionVersion ALL).

    Raises AwsError.
    """
    marker: str | None = None
    while True:
        wanted = {"FunctionVersion": "ALL"} | ({"Marker": marker} if marker else {})
        answer = account.call("lambda", "ListFunctions", wanted)
        yield answer["Functions"]
        marker = answer.get("NextMarker")
        if not marker:
            return


def by_function(configurations: Sequence[dict[str, Any]]) -> list[FunctionStorage]:
    """The functions of the complete list that `pages` gives, by name."""
    latest: dict[str, int] = {}
    published: dict[str, list[Version]] = {}
    for configuration in configurations:
        name = configuration["FunctionName"]
        found = version(configuration)
        if found is None:
            latest[name] = latest.get(name, 0) + configuration.get("CodeSize", 0)
        else:
            published.setdefault(name, []).append(found)
    return [
        FunctionStorage(name, latest.get(name, 0), tuple(sorted(published.get(name, ()), key=lambda one: -one.number)))
        for name in sorted({*latest, *published})
    ]
