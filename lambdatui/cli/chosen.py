"""Which functions a command is about: those that are named, or those of every profile and region that pass a filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lambdatui.aws import listing
from lambdatui.aws.accounts import Accounts
from lambdatui.errors import LambdatuiError


@dataclass(frozen=True, slots=True)
class Chosen:
    """A function and where it is; without profile and region it is where the settings say."""

    function: str
    profile: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        return (
            f"{self.function} ({' '.join(filter(None, (self.profile, self.region)))})" if self.region else self.function
        )


def listed(accounts: Accounts, filters: Sequence[str]) -> Iterator[Chosen | LambdatuiError]:
    """The functions of all scopes of the settings whose name passes one of the filters, or all where there is none.

    A scope that cannot be read to its end gives its error.
    """
    for scope in accounts.scopes():
        try:
            for page in listing.pages(accounts.open(scope.profile, scope.region)):
                for record in page.records:
                    if not filters or any(passes(record.name, one) for one in filters):
                        yield Chosen(record.name, scope.profile or None, scope.region)
        except LambdatuiError as error:
            yield error


def passes(name: str, pattern: str) -> bool:
    """Whether a name is what a pattern with `*`, `?` or `[…]` says, or holds a text without them; in any case."""
    wanted, text = pattern.casefold(), name.casefold()
    return fnmatchcase(text, wanted) if set(wanted) & set("*?[") else wanted in text
