"""Layers and their versions, and who may use them."""

from __future__ import annotations

import json
from typing import Any

from lambdatui.emulator.lambda_ import code_source
from lambdatui.emulator.lambda_.operations import LambdaOperations, lambda_time
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Layer, LayerVersion, Region, new_revision
from lambdatui.emulator.service import ApiError, Call

_KEPT = ("Description", "CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo")


class LayerOperations(LambdaOperations):
    """The operations on layers."""

    def publish_layer_version(
        self, call: Call, LayerName: str, Content: dict[str, Any], **members: Any
    ) -> dict[str, Any]:
        region, name = self._layer_place(call, LayerName)
        package, _ = code_source.read_zip(self._cloud.moto, call, Content)
        with region.lock:
            layer = region.layers.setdefault(name, Layer(name))
            kept = {"Description": "", **{member: members[member] for member in _KEPT if member in members}}
            version = LayerVersion(layer.next_number, package, self.now(), kept)
            layer.versions[version.number] = version
            layer.next_number += 1
        return self._shown(call, region, layer, version)

    def get_layer_version(self, call: Call, LayerName: str, VersionNumber: int) -> dict[str, Any]:
        region, name = self._layer_place(call, LayerName)
        layer, version = _existing(region, name, VersionNumber)
        return self._shown(call, region, layer, version)

    def get_layer_version_by_arn(self, call: Call, Arn: str) -> dict[str, Any]:
        arn, _, number = Arn.rpartition(":")
        return self.get_layer_version(call, arn, int(number))

    def list_layer_versions(
        self,
        call: Call,
        LayerName: str,
        CompatibleRuntime: str | None = None,
        CompatibleArchitecture: str | None = None,
        Marker: str | None = None,
        MaxItems: int | None = None,
    ) -> dict[str, Any]:
        region, name = self._layer_place(call, LayerName)
        layer = region.layers.get(name, Layer(name))
        with region.lock:
            every = [v for v in layer.versions.values() if _fits(v, CompatibleRuntime, CompatibleArchitecture)]
        every.reverse()  # newest first, as AWS lists them
        chosen, more = page(every, lambda version: 2**63 - version.number, Marker, MaxItems)
        return {"LayerVersions": [_listed(region, layer, version) for version in chosen], "NextMarker": more}

    def list_layers(
        self,
        call: Call,
        CompatibleRuntime: str | None = None,
        CompatibleArchitecture: str | None = None,
        Marker: str | None = None,
        MaxItems: int | None = None,
    ) -> dict[str, Any]:
        region = self.region(call)
        matching = []
        with region.lock:
            for name in sorted(region.layers):
                layer = region.layers[name]
                fitting = [v for v in layer.versions.values() if _fits(v, CompatibleRuntime, CompatibleArchitecture)]
                if fitting:
                    matching.append((layer, fitting[-1]))
        chosen, more = page(matching, lambda item: item[0].name, Marker, MaxItems)
        shown = [
            {
                "LayerName": layer.name,
                "LayerArn": _layer_arn(region, layer),
                "LatestMatchingVersion": _listed(region, layer, version),
            }
            for layer, version in chosen
        ]
        return {"Layers": shown, "NextMarker": more}

    def delete_layer_version(self, call: Call, LayerName: str, VersionNumber: int) -> None:
        region, name = self._layer_place(call, LayerName)
        with region.lock:
            layer = region.layers.get(name)
            if layer is not None:
                layer.versions.pop(VersionNumber, None)  # one that is not there is no error, as on AWS

    def add_layer_version_permission(
        self,
        call: Call,
        LayerName: str,
        VersionNumber: int,
        StatementId: str,
        Action: str,
        Principal: str,
        OrganizationId: str | None = None,
        RevisionId: str | None = None,
    ) -> dict[str, Any]:
        region, name = self._layer_place(call, LayerName)
        with region.lock:
            layer, version = _existing(region, name, VersionNumber)
            if any(statement["Sid"] == StatementId for statement in version.policy):
                raise ApiError(
                    "ResourceConflictException",
                    f"The statement id ({StatementId}) provided already exists. Please provide a new statement id, or "
                    "remove the existing statement.",
                )
            _check_policy_revision(version, RevisionId)
            principal: Any = Principal if Principal == "*" else {"AWS": f"arn:aws:iam::{Principal}:root"}
            statement = {
                "Sid": StatementId,
                "Effect": "Allow",
                "Principal": principal if not Principal.startswith("arn:") else {"AWS": Principal},
                "Action": Action,
                "Resource": f"{_layer_arn(region, layer)}:{VersionNumber}",
            }
            if OrganizationId:
                statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": OrganizationId}}
            version.policy.append(statement)
            version.policy_revision = new_revision()
            return {"Statement": json.dumps(statement), "RevisionId": version.policy_revision}

    def get_layer_version_policy(self, call: Call, LayerName: str, VersionNumber: int) -> dict[str, Any]:
        region, name = self._layer_place(call, LayerName)
        _, version = _existing(region, name, VersionNumber)
        if not version.policy:
            raise ApiError("ResourceNotFoundException", "No policy is associated with the given resource.")
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": version.policy}
        return {"Policy": json.dumps(policy), "RevisionId": version.policy_revision}

    def remove_layer_version_permission(
        self, call: Call, LayerName: str, VersionNumber: int, StatementId: str, RevisionId: str | None = None
    ) -> None:
        region, name = self._layer_place(call, LayerName)
        with region.lock:
            _, version = _existing(region, name, VersionNumber)
            _check_policy_revision(version, RevisionId)
            kept = [statement for statement in version.policy if statement["Sid"] != StatementId]
            if len(kept) == len(version.policy):
                raise ApiError("ResourceNotFoundException", f"Statement {StatementId} is not found in resource policy.")
            version.policy = kept
            version.policy_revision = new_revision()

    def _layer_place(self, call: Call, name_or_arn: str) -> tuple[Region, str]:
        if not name_or_arn.startswith("arn:"):
            return self.region(call), name_or_arn
        parts = name_or_arn.split(":")
        return self._state.region(parts[4], parts[3]), parts[6]

    def _shown(self, call: Call, region: Region, layer: Layer, version: LayerVersion) -> dict[str, Any]:
        content = {
            "Location": self._cloud.content.url(call.endpoint, version.package),
            "CodeSha256": version.package.code_sha256,
            "CodeSize": version.package.size,
        }
        return {**_listed(region, layer, version), "LayerArn": _layer_arn(region, layer), "Content": content}


def _listed(region: Region, layer: Layer, version: LayerVersion) -> dict[str, Any]:
    return {
        **version.members,
        "LayerVersionArn": f"{_layer_arn(region, layer)}:{version.number}",
        "Version": version.number,
        "CreatedDate": lambda_time(version.created),
    }


def _layer_arn(region: Region, layer: Layer) -> str:
    return f"arn:aws:lambda:{region.name}:{region.account}:layer:{layer.name}"


def _existing(region: Region, name: str, number: int) -> tuple[Layer, LayerVersion]:
    layer = region.layers.get(name)
    version = layer.versions.get(number) if layer else None
    if number < 1:
        raise ApiError("InvalidParameterValueException", "Layer Version Cannot be less than 1")
    if layer is None or version is None:
        raise ApiError("ResourceNotFoundException", "The resource you requested does not exist.")
    return layer, version


def _fits(version: LayerVersion, runtime: str | None, architecture: str | None) -> bool:
    return (runtime is None or runtime in version.members.get("CompatibleRuntimes", ())) and (
        architecture is None or architecture in version.members.get("CompatibleArchitectures", ())
    )


def _check_policy_revision(version: LayerVersion, given: str | None) -> None:
    if given is not None and given != version.policy_revision:
        raise ApiError(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve "
            "the latest Revision Id",
        )
