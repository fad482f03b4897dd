"""Published versions and aliases, always as complete lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.paging import every


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of a function; its code and configuration never change."""

    number: int
    description: str
    sha256: str
    """CodeSha256 as AWS gives it: base64."""
    code_size: int
    """Bytes."""
    modified: str
    """When it was published, ISO 8601 as AWS writes it."""
    configuration: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The number as AWS writes a qualifier."""
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Alias:
    """An alias and the traffic behind it."""

    name: str
    version: str
    """The version that gets what the weight leaves."""
    extra: Mapping[str, float]
    """AdditionalVersionWeights: at most one version, its share from 0.0 to 1.0."""
    description: str
    revision: str

    @property
    def shares(self) -> dict[str, float]:
        """The share of each version, adding up to 1.0, the main version first."""
        return {self.version: 1.0 - sum(self.extra.values()), **self.extra}

    def serves(self, version: str) -> bool:
        """Whether the alias names this version, at whatever weight."""
        return version == self.version or version in self.extra


def list_versions(account: Account, function: str) -> list[Version]:
    """Every published version, newest first. Raises AwsError."""
    configurations = every(account, "ListVersionsByFunction", "Versions", {"FunctionName": function})
    found = [one for configuration in configurations if (one := version(configuration)) is not None]
    return sorted(found, key=lambda one: -one.number)


def version(configuration: Mapping[str, Any]) -> Version | None:
    """The published version in a FunctionConfiguration of AWS's.

    None for $LATEST, and for the $LATEST.PUBLISHED of a function on managed instances.
    """
    number = configuration["Version"]
    if not number.isdigit():
        return None
    return Version(
        number=int(number),
        description=configuration.get("Description", ""),
        sha256=configuration.get("CodeSha256", ""),
        code_size=configuration.get("CodeSize", 0),
        modified=configuration.get("LastModified", ""),
        configuration=configuration,
    )


def list_aliases(account: Account, function: str) -> list[Alias]:
    """Every alias, by name. Raises AwsError."""
    found = [alias(answer) for answer in every(account, "ListAliases", "Aliases", {"FunctionName": function})]
    return sorted(found, key=lambda entry: entry.name)


def alias(answer: Mapping[str, Any]) -> Alias:
    """The alias in an AliasConfiguration of AWS's."""
    routing = answer.get("RoutingConfig") or {}
    return Alias(
        name=answer["Name"],
        version=answer["FunctionVersion"],
        extra=dict(routing.get("AdditionalVersionWeights") or {}),
        description=answer.get("Description", ""),
        revision=answer.get("RevisionId", ""),
    )


def list_provisioned(account: Account, function: str) -> dict[str, dict[str, Any]]:
    """Provisioned concurrency by qualifier (a version number or an alias's name), as AWS describes it.

    Raises AwsError.
    """
    try:
        entries = every(
            account,
            "ListProvisionedConcurrencyConfigs",
            "ProvisionedConcurrencyConfigs",
            {"FunctionName": function},
        )
    except NotFound as error:
        # AWS answers with an empty list; not everything that speaks its API does
        if error.code == "ProvisionedConcurrencyConfigNotFoundException":
            return {}
        raise
    return {entry["FunctionArn"].rsplit(":", 1)[-1]: entry for entry in entries}
