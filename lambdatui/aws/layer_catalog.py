"""The layers of an account and region, with their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdatui.aws.account import Account
from lambdatui.aws.paging import every

VERSIONS = 10
"""How many versions of a layer are read, the newest."""


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """One version of a layer."""

    name: str
    arn: str
    version: int
    description: str
    runtimes: Sequence[str]
    """The runtimes that it says it is for; empty where it says none."""


def read(account: Account) -> list[LayerVersion]:
    """The newest versions of every layer, by name, the newest first. One call a layer. Raises AwsError."""
    found: list[LayerVersion] = []
    for layer in every(account, "ListLayers", "Layers", {}):
        wanted = {"LayerName": layer["LayerName"], "MaxItems": VERSIONS}
        for row in account.call("lambda", "ListLayerVersions", wanted)["LayerVersions"]:
            runtimes = tuple(row.get("CompatibleRuntimes") or ())
            version = int(row["Version"])
            arn = row["LayerVersionArn"]
            found.append(LayerVersion(layer["LayerName"], arn, version, row.get("Description", ""), runtimes))
    return sorted(found, key=lambda one: (one.name, -one.version))
