"""Layers of a function: what each is, and whether there is a newer version of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import arns, functions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.parts import permitted


@dataclass(frozen=True, slots=True)
class AttachedLayer:
    """One layer of a function. A part that AWS refuses, as it may for a layer of another account, is its refusal."""

    place: int
    """From 1, in the order in which they are laid over one another: a later one hides files of an earlier one."""
    arn: str
    """The layer version's."""
    size: int
    """Bytes, zipped."""
    details: Mapping[str, Any] | AwsError
    """GetLayerVersion's answer, without the link to its content."""
    newest: Mapping[str, Any] | AwsError
    """The newest version of the layer as ListLayerVersions has it; empty where the layer was deleted."""

    @property
    def name(self) -> str:
        return self.arn.split(":")[6]

    @property
    def account_id(self) -> str:
        found = arns.parse(self.arn)
        return found.account if found else ""

    @property
    def version(self) -> int:
        return int(self.arn.rsplit(":", 1)[-1])

    @property
    def newer(self) -> int | None:
        """The number of the newest version, where that is not the one in use."""
        if isinstance(self.newest, AwsError):
            return None
        number = int(self.newest.get("Version", 0))
        return number if number > self.version else None


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of $LATEST, and the runtime that they have to suit; empty for a container image."""

    runtime: str
    layers: Sequence[AttachedLayer]


def read(account: Account, function: str) -> Layers:
    """The layers of a function's $LATEST. Two calls a layer. Raises AwsError."""
    configuration = functions.configuration(account, function)
    attached = configuration.get("Layers") or ()
    return Layers(
        runtime=configuration.get("Runtime", ""),
        layers=tuple(_layer(account, place, layer) for place, layer in enumerate(attached, start=1)),
    )


def suits(compatible: Sequence[str] | None, runtime: str) -> bool:
    """Whether a layer that says which runtimes it is for is for this one; one that says none may be for any."""
    return not compatible or runtime in compatible


def _layer(account: Account, place: int, layer: Mapping[str, Any]) -> AttachedLayer:
    arn = str(layer["Arn"])
    return AttachedLayer(
        place=place,
        arn=arn,
        size=layer.get("CodeSize", 0),
        details=permitted(lambda: _details(account, arn)),
        newest=permitted(lambda: _newest(account, arn)),
    )


def _details(account: Account, arn: str) -> Mapping[str, Any]:
    answer = account.call("lambda", "GetLayerVersionByArn", {"Arn": arn})
    # a link that downloads the layer without a signature
    answer.get("Content", {}).pop("Location", None)
    return answer


def _newest(account: Account, arn: str) -> Mapping[str, Any]:
    wanted = {"LayerName": arn.rpartition(":")[0], "MaxItems": 1}
    found = account.call("lambda", "ListLayerVersions", wanted)["LayerVersions"]
    newest: Mapping[str, Any] = found[0] if found else {}
    return newest
