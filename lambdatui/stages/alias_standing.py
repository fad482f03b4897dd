"""An alias as it stands, the versions around it, and the changes that would move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied
from lambdatui.aws.versions import Alias, Version
from lambdatui.errors import Refused
from lambdatui.journal import Routing
from lambdatui.stages import traffic
from lambdatui.stages.selector import resolve
from lambdatui.stages.stage import Change, Danger, FromRun, differences


@dataclass(slots=True)
class AliasStanding:
    """What there is of a function for a route of one of its aliases: complete lists, read once."""

    function: str
    name: str
    versions: Sequence[Version]
    """Newest first."""
    aliases: Sequence[Alias]
    provisioned: Mapping[str, Mapping[str, Any]]
    """Provisioned concurrency by qualifier, as AWS describes it."""
    notes: list[str] = field(default_factory=list)
    """What each selector that was resolved stands for."""

    @classmethod
    def read(cls, account: Account, function: str, name: str) -> AliasStanding:
        """Reads it. Raises AwsError."""
        versions, aliases = aws.list_versions(account, function), aws.list_aliases(account, function)
        try:
            provisioned = aws.list_provisioned(account, function)
        except AccessDenied:
            # an alias may be moved all the same; AWS itself refuses weights beside what is not seen here
            provisioned = {}
        return cls(function, name, versions, aliases, provisioned)

    @property
    def target(self) -> str:
        """Such as `checkout-api:live`."""
        return f"{self.function}:{self.name}"

    @property
    def now(self) -> Alias | None:
        """The alias, where it exists."""
        return next((entry for entry in self.aliases if entry.name == self.name), None)

    def version(self, name: str) -> Version | None:
        """A published version by its number."""
        return next((version for version in self.versions if version.name == name), None)

    def number(self, selector: str) -> str:
        """The version that a selector stands for. Raises BadInput."""
        found = resolve(selector, self.function, self.versions, self.aliases)
        note = f"{selector} is version {found}"
        if found != selector and note not in self.notes:
            self.notes.append(note)
        return found

    def check_weights(self, after: Routing, provisioned: bool, hint: str) -> None:
        """Raises Refused where AWS would not take the weights.

        `provisioned` is whether the alias will have provisioned concurrency; `hint` says what to do about that.
        """
        if not after.weights:
            return
        other = next(iter(after.weights))
        why = traffic.why_not_weighted(self.version(after.version), self.version(other), provisioned)
        if why:
            raise Refused(f"{self.target}: {why}", hint if provisioned else "")

    def moved(self, after: Routing, description: str | None = None) -> Change | None:
        """The change that gives the alias this routing, and a description if one is given; None where it has both."""
        now = self.now
        if now is None:
            return self._creation(after, description)
        found = shift(self.function, self.name, routing_of(now), after, now.revision, now.description, description)
        return found if found.differences else None

    def _creation(self, after: Routing, description: str | None) -> Change:
        request: dict[str, Any] = {
            "FunctionName": self.function,
            "Name": self.name,
            "FunctionVersion": after.version,
            "RoutingConfig": {"AdditionalVersionWeights": dict(after.weights)},
        }
        shown = traffic.shares(after.version, after.weights)
        if description is not None:
            request["Description"] = description
            shown["description"] = description
        return Change(
            "CreateAlias",
            self.target,
            differences({}, shown),
            request,
            danger=Danger.SAFE,
            undo=f"delete the alias {self.name}",
        )


def routing_of(alias: Alias) -> Routing:
    """Where an alias sends its traffic."""
    return Routing(alias.version, dict(alias.extra))


def request(function: str, alias: str, routing: Routing, revision: str | FromRun) -> dict[str, Any]:
    """The parameters of an UpdateAlias to this routing."""
    return {
        "FunctionName": function,
        "Name": alias,
        "FunctionVersion": routing.version,
        # always whole: AWS keeps the old weights where RoutingConfig is left out
        "RoutingConfig": {"AdditionalVersionWeights": dict(routing.weights)},
        "RevisionId": revision,
    }


def shift(
    function: str,
    alias: str,
    before: Routing,
    after: Routing,
    revision: str | FromRun,
    described: str = "",
    description: str | None = None,
) -> Change:
    """The UpdateAlias from one routing to another. `described` is the description now, `description` a new one.

    It has no differences where all stays as it is.
    """
    old, new = traffic.shares(before.version, before.weights), traffic.shares(after.version, after.weights)
    # a version that is not there yet, or no longer, has 0 %
    names = sorted({*old, *new}, key=lambda name: (len(name), name))
    lines, wanted = {name: old.get(name, "0 %") for name in names}, {name: new.get(name, "0 %") for name in names}
    if lines == wanted and before.version != after.version:
        lines["main version"], wanted["main version"] = before.version, after.version
    parameters = request(function, alias, after, revision)
    if description is not None:
        parameters["Description"] = description
        lines["description"], wanted["description"] = described, description
    return Change(
        "UpdateAlias",
        f"{function}:{alias}",
        differences(lines, wanted),
        parameters,
        danger=Danger.TRAFFIC,
        undo=traffic.in_words(before.version, before.weights).replace("all traffic to", "all traffic back to"),
        before={
            "FunctionVersion": before.version,
            "RoutingConfig": {"AdditionalVersionWeights": dict(before.weights)},
            "Description": described,
            "RevisionId": str(revision),
        },
    )


def told(routing: Routing) -> str:
    """A routing in words, such as `90 % to 41, 10 % to 42`."""
    return traffic.in_words(routing.version, routing.weights)
