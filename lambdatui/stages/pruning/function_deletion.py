"""The deletion of a whole function: what goes with it, and what AWS would leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import concurrency, event_sources, logs, policies, urls
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, NotFound
from lambdatui.aws.event_sources import EventSource
from lambdatui.aws.functions import LATEST, Function
from lambdatui.aws.parts import permitted
from lambdatui.aws.versions import Alias, Version
from lambdatui.stages.around import event_source_changes
from lambdatui.stages.around.standing import Standing
from lambdatui.stages.pruning.deletion import Archiving, Deletion
from lambdatui.stages.stage import Change, Danger, Difference, Place
from lambdatui.text import size


@dataclass(frozen=True, slots=True)
class WholeFunction:
    """A function with all that hangs on it. `refused` are words on what could not be read."""

    account: Account
    place: Place
    function: Function
    versions: tuple[Version, ...]
    aliases: tuple[Alias, ...]
    mappings: tuple[EventSource, ...]
    log_group: str
    """Its name; empty where there is none."""
    log_size: int
    """Bytes."""
    lines: tuple[Difference, ...]
    """What else goes with it: permissions, URLs, provisioned concurrency."""
    refused: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def code_size(self) -> int:
        """Bytes of code storage, over all versions."""
        latest: int = self.function.configuration.get("CodeSize", 0)
        return latest + sum(version.code_size for version in self.versions)

    def deletion(self, archive: Archiving) -> Deletion:
        """The change that deletes it, after the archive of what would be lost."""
        archives = self._archives(archive)
        latest = "archived, then deleted" if LATEST in archives else None
        gone = [Difference("function", self.name, latest)]
        gone += [Difference(f"alias {entry.name}", f"version {entry.version}", None) for entry in self.aliases]
        gone += [
            Difference(
                f"version {version.number}",
                version.description or f"sha {version.sha256[:8]}",
                "archived, then deleted" if version.name in archives else None,
            )
            for version in self.versions
        ]
        return Deletion(
            "DeleteFunction",
            self.name,
            (*gone, *self.lines),
            {"FunctionName": self.name},
            danger=Danger.DESTRUCTIVE,
            undo="make the function again from an archive of one of its versions" if archives else "",
            before=remembered(self.function.configuration),
            function=self.name,
            archives=archives,
            size=self.code_size,
        )

    def _archives(self, archive: Archiving) -> tuple[str, ...]:
        """With `auto`, $LATEST and the newest version with each other code."""
        if archive == "never":
            return ()
        if archive == "always":
            return (LATEST, *(version.name for version in self.versions))
        known = {self.function.configuration.get("CodeSha256", "")}
        found = [LATEST]
        for version in self.versions:
            if version.sha256 not in known:
                known.add(version.sha256)
                found.append(version.name)
        return tuple(found)

    def mapping_deletions(self) -> list[Change]:
        """A change for each event source mapping."""
        standing = Standing(self.account, self.place, self.name, self.function)
        return [event_source_changes.deletion(standing, one) for one in self.mappings]

    def log_group_deletion(self) -> Change:
        """The change that deletes its log group."""
        return Change(
            "DeleteLogGroup",
            self.log_group,
            (Difference("log group", size(self.log_size), None),),
            {"logGroupName": self.log_group},
            service="logs",
            danger=Danger.DESTRUCTIVE,
        )

    def left(self, with_mappings: bool, with_log_group: bool) -> list[str]:
        """Warnings on what stays behind, unless it was chosen."""
        words = list(self.refused)
        if self.mappings and not with_mappings:
            sources = ", ".join(one.source for one in self.mappings)
            words.append(f"its event source mappings stay, and fail from then on: {sources}")
        if self.log_group and not with_log_group:
            words.append(f"its log group stays, with {size(self.log_size)}: {self.log_group}")
        return words


def read(account: Account, place: Place, function: Function) -> WholeFunction:
    """All that hangs on a function. What may not be read is told; its versions and aliases must be. Raises AwsError."""
    name = function.name
    versions, aliases = tuple(aws.list_versions(account, name)), tuple(aws.list_aliases(account, name))
    refused: list[str] = []

    def part(what: str, found: Any) -> Any:
        if isinstance(found, AwsError):
            refused.append(f"{what} cannot be read: {found.message}")
            return ()
        return found

    qualifiers = [alias.name for alias in aliases] + [version.name for version in versions]
    mappings = part("its event source mappings", permitted(lambda: event_sources.list_of(account, name, qualifiers)))
    lines = [
        Difference(f"URL of {one.qualifier or LATEST}", one.url, None)
        for one in part("its URLs", permitted(lambda: urls.list_of(account, name)))
    ]
    lines += [
        Difference(f"provisioned concurrency of {one.qualifier}", str(one.requested), None)
        for one in part("its provisioned concurrency", permitted(lambda: concurrency.list_provisioned(account, name)))
    ]
    for qualifier in ("", *(alias.name for alias in aliases)):
        policy = permitted(lambda at=qualifier: policies.get(account, name, at))  # type: ignore[misc]
        count = len(part("its permissions", getattr(policy, "statements", policy)))
        if count:
            lines.append(Difference(f"permissions of {qualifier or 'the function'}", str(count), None))
    group = logs.log_group(function.configuration).name
    there = part("its log group", permitted(lambda: _group(account, group)))
    return WholeFunction(
        account,
        place,
        function,
        versions,
        aliases,
        tuple(mappings),
        group if there else "",
        int(there["storedBytes"]) if there else 0,
        tuple(lines),
        tuple(refused),
    )


def remembered(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as the journal keeps it of what was deleted."""
    return {key: value for key, value in configuration.items() if key != "RevisionId"}


def _group(account: Account, name: str) -> Mapping[str, Any]:
    """What AWS says of a log group; empty where there is none."""
    try:
        found = account.call("logs", "DescribeLogGroups", {"logGroupNamePrefix": name, "limit": 50})["logGroups"]
    except NotFound:
        return {}
    return next(({"storedBytes": 0, **one} for one in found if one["logGroupName"] == name), {})
