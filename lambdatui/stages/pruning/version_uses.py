"""What uses a function's versions: where something does, a version stays, for callers or AWS would mind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lambdatui.aws import arns, event_sources, policies, urls
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, CredentialsError
from lambdatui.aws.functions import plain_name
from lambdatui.aws.paging import every
from lambdatui.aws.versions import Alias, Version

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Uses:
    """What leads to versions of one function, by qualifier: a version's number or an alias's name."""

    aliases: tuple[Alias, ...] = ()
    provisioned: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    mappings: Mapping[str, str] = field(default_factory=dict)
    """The source of the first event source mapping on each."""
    permissions: Mapping[str, int] = field(default_factory=dict)
    """How many statements the policy of each has."""

    def reasons(self, versions: Sequence[Version]) -> dict[int, str]:
        """Why each version that is used has to stay, in words."""
        found: dict[int, str] = {}
        for version in versions:
            if words := self._of(version.name):
                found[version.number] = ", ".join(words)
        return found

    def _of(self, name: str) -> list[str]:
        words = [self._alias(alias, alias.shares[name]) for alias in self.aliases if alias.serves(name)]
        if name in self.provisioned:
            words.append("provisioned concurrency")
        if name in self.urls:
            words.append("a function URL")
        if name in self.mappings:
            words.append(f"event source mapping from {self.mappings[name]}")
        if count := self.permissions.get(name):
            words.append(f"{count} permission{'' if count == 1 else 's'} on it")
        return words

    def _alias(self, alias: Alias, share: float) -> str:
        more = [f"{share * 100:.4g} %"] if share < 1 else []
        if alias.name in self.urls:
            more.append("a function URL")
        if alias.name in self.provisioned:
            more.append("provisioned concurrency")
        if alias.name in self.mappings:
            more.append(f"reads {self.mappings[alias.name]}")
        return f"alias {alias.name} ({', '.join(more)})" if more else f"alias {alias.name}"


class UsesReader:
    """Reads what uses versions, of several functions of one account and region.

    The region's event source mappings are one list, read once: AWS keeps a mapping under the ARN it was made for, and
    one call a version would be needed to ask by function.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._mappings: list[Mapping[str, Any]] | None = None

    def aliases(self, function: str) -> list[Alias]:
        """Every alias of a function. Raises AwsError with words on what follows from that."""
        return _complete(function, lambda: aws.list_aliases(self._account, function))

    def read(self, function: str, aliases: Sequence[Alias], candidates: Collection[str]) -> Uses:
        """What uses the versions of a function; permissions only of the `candidates` for deletion, a call each.

        Raises AwsError where one of the lists cannot be read to its end: nothing may be deleted then.
        """
        account = self._account
        return Uses(
            tuple(aliases),
            frozenset(_complete(function, lambda: aws.list_provisioned(account, function))),
            frozenset(one.qualifier for one in _complete(function, lambda: urls.list_of(account, function))),
            _complete(function, lambda: self._mappings_of(function)),
            _complete(function, lambda: self._permissions(function, candidates)),
        )

    def _permissions(self, function: str, qualifiers: Collection[str]) -> dict[str, int]:
        return {name: len(policies.get(self._account, function, name).statements) for name in qualifiers}

    def _mappings_of(self, function: str) -> dict[str, str]:
        if self._mappings is None:
            self._mappings = list(every(self._account, "ListEventSourceMappings", "EventSourceMappings", {}))
        found: dict[str, str] = {}
        for mapping in self._mappings:
            arn = mapping.get("FunctionArn", "")
            if plain_name(arn) == plain_name(function) and (qualifier := arns.qualifier(arn)):
                found.setdefault(qualifier, event_sources.event_source(mapping).source)
        return found


def _complete(function: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except CredentialsError:
        raise
    except AwsError as error:
        words = f"{function}: nothing of it is deleted, for it cannot be told what uses its versions. {error.message}"
        raise type(error).reworded(error, words, error.hint) from None
