"""Functions: create, read, list, update, delete."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.lambda_ import code_source, references, runtimes, settings
from lambdatui.emulator.lambda_.names import LATEST, Target, is_alias, is_version, target
from lambdatui.emulator.lambda_.operations import (
    LambdaOperations,
    check_not_in_transition,
    check_revision,
    configuration,
    not_found,
    resolve,
)
from lambdatui.emulator.lambda_.packages import ImagePackage, Package
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Function, Region, Version, new_revision
from lambdatui.emulator.lambda_.tags import check_tags
from lambdatui.emulator.lambda_.versions import publish, publish_latest
from lambdatui.emulator.service import ApiError, Call

_CODE_MEMBERS = (
    "ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode", "ImageUri", "SourceKMSKeyArn",
)  # fmt: skip


class FunctionOperations(LambdaOperations):
    """The operations on functions themselves."""

    def create_function(self, call: Call, **members: Any) -> dict[str, Any]:
        meant = target(call, members["FunctionName"])
        if meant.qualifier:
            raise ApiError(
                "InvalidParameterValueException", f"The function name {members['FunctionName']} must not be qualified."
            )
        region = self.region(call)
        _check_package_type(members)
        made = settings.created(meant.name, members)
        settings.check(members, made)
        self._refer(call, region, members, made)
        if members.get("CodeSigningConfigArn"):
            self._check_code_signing_config(region, members["CodeSigningConfigArn"])
        check_tags(members.get("Tags", {}))
        if meant.name in region.functions:
            raise ApiError("ResourceConflictException", f"Function already exist: {meant.name}")
        package, code_shown = code_source.read(self._cloud.moto, call, members["Code"], made["PackageType"])
        with region.lock:
            if meant.name in region.functions:
                raise ApiError("ResourceConflictException", f"Function already exist: {meant.name}")
            now = self.now()
            version = self.new_latest(made, package, now)
            version.code_source = code_shown
            function = Function(meant.name, version, tags=dict(members.get("Tags", {})))
            function.code_signing_config = members.get("CodeSigningConfigArn")
            if members.get("PublishTo"):
                version = publish_latest(function, now, version.active_at)
            region.add(function)
            if members.get("Publish") and not members.get("PublishTo"):
                version = publish(function, now, version.active_at)
            return configuration(region, function, version, None, now)

    def new_latest(self, made: dict[str, Any], package: Package, now: float) -> Version:
        """The $LATEST of a function that is created now: Pending for a while."""
        version = Version(0, made, package, modified=now, active_at=self.settles_at(now))
        if version.active_at > now:
            version.settled_revision = new_revision()
        return version

    def get_function(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        version, _ = resolve(function, meant)
        now = self.now()
        answer: dict[str, Any] = {
            "Configuration": configuration(region, function, version, meant.qualifier, now),
            "Code": {**self._location(call, version.package), **version.code_source},
        }
        if function.tags:
            answer["Tags"] = dict(function.tags)
        if function.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved_concurrency}
        return answer

    def _location(self, call: Call, package: Package) -> dict[str, Any]:
        if isinstance(package, ImagePackage):
            return {"RepositoryType": "ECR", "ImageUri": package.uri, "ResolvedImageUri": package.resolved_uri}
        return {"RepositoryType": "S3", "Location": self._cloud.content.url(call.endpoint, package)}

    def get_function_configuration(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        version, _ = resolve(function, meant)
        return configuration(region, function, version, meant.qualifier, self.now())

    def list_functions(
        self,
        call: Call,
        MasterRegion: str | None = None,
        FunctionVersion: str | None = None,
        Marker: str | None = None,
        MaxItems: int | None = None,
    ) -> dict[str, Any]:
        region, now = self.region(call), self.now()
        with region.lock:
            if FunctionVersion == "ALL":
                every = [(name, v.number) for name in region.names() for v in region.functions[name].every_version()]
                chosen, more = page(every, _version_key, Marker, MaxItems)
                shown = []
                for name, number in chosen:
                    function = region.functions[name]
                    version = function.versions[number] if number else function.latest
                    shown.append(configuration(region, function, version, version.qualifier, now, in_list=True))
            else:
                names, more = page(region.names(), str, Marker, MaxItems)
                functions = [region.functions[name] for name in names]
                shown = [configuration(region, f, f.latest, None, now, in_list=True) for f in functions]
        return {"Functions": shown, "NextMarker": more}

    def update_function_configuration(
        self, call: Call, FunctionName: str, RevisionId: str | None = None, **members: Any
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName)
        latest, _ = self._changeable(function, meant, RevisionId)
        settings.check_kept(latest.settings, members)
        merged = settings.changed(latest.settings, members, "UpdateFunctionConfiguration")
        settings.check(members, merged)
        self._refer(call, region, members, merged)
        with region.lock:
            _, now = self._changeable(function, meant, RevisionId)
            self._replace_latest(function, now, settings=merged)
            return configuration(region, function, function.latest, None, now)

    def update_function_code(
        self,
        call: Call,
        FunctionName: str,
        RevisionId: str | None = None,
        Publish: bool = False,
        DryRun: bool = False,
        Architectures: list[str] | None = None,
        PublishTo: str | None = None,
        **code: Any,
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName)
        latest, now = self._changeable(function, meant, RevisionId)
        package_type = latest.settings["PackageType"]
        package, code_shown = code_source.read(
            self._cloud.moto, call, {name: code[name] for name in _CODE_MEMBERS if name in code}, package_type
        )
        made = {**latest.settings, "Architectures": Architectures or latest.settings["Architectures"]}
        if DryRun:
            trial = dataclasses.replace(latest, settings=made, package=package, modified=now)
            return configuration(region, function, trial, None, now)
        with region.lock:
            _, now = self._changeable(function, meant, RevisionId)
            self._replace_latest(function, now, settings=made, package=package, code_source=code_shown, stand_in=None)
            if not Publish and not PublishTo:
                return configuration(region, function, function.latest, None, now)
            make = publish_latest if PublishTo else publish
            published = make(function, now, function.latest.updated_at)
            return configuration(region, function, published, published.qualifier, now)

    def _changeable(self, function: Function, meant: Target, revision: str | None) -> tuple[Version, float]:
        """$LATEST and the time, if it can be changed now: the revision is current and no transition is going on."""
        latest, now = function.latest, self.now()
        check_revision(revision, latest.revision_at(now))
        check_not_in_transition(latest, meant.arn, now)
        return latest, now

    def _replace_latest(self, function: Function, now: float, **changes: Any) -> None:
        """Puts an update in the place of $LATEST: InProgress for a while, in which the old one still answers."""
        old = function.latest
        done = self.settles_at(now)
        function.latest = dataclasses.replace(
            old,
            **changes,
            modified=now,
            updated_at=done,
            failure=None,
            update_failure=None,
            revision=new_revision(),
            settled_revision=new_revision() if done > now else "",
            programs={},
            before_update=dataclasses.replace(old.serving(now), before_update=None) if done > now else None,
        )

    def delete_function(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> dict[str, Any]:
        meant = target(call, FunctionName, Qualifier)
        qualifier = meant.qualifier
        if qualifier == LATEST:
            raise ApiError(
                "InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function."
            )
        if qualifier and is_alias(qualifier):
            raise ApiError("InvalidParameterValueException", "Deletion of aliases is not currently supported.")
        region = self.region(call)
        with region.lock:
            function = region.functions.get(meant.name)
            if function is None:
                raise not_found(dataclasses.replace(meant, qualifier=None))
            if qualifier is None:
                region.remove(meant.name)
                self._cloud.engine.discard(meant.arn)
            elif is_version(qualifier):
                _delete_version(function, qualifier)
                self._cloud.engine.discard(meant.qualified_arn)
        return {"StatusCode": 204}

    def _refer(self, call: Call, region: Region, members: Mapping[str, Any], made: dict[str, Any]) -> None:
        """Checks the other resources that were named, and puts into `made` what AWS shows of them."""
        if members.get("Role"):
            references.check_role(self._cloud, call, members["Role"])
        if "VpcConfig" in members:
            made["VpcConfig"] = references.placed_in_vpc(self._cloud, call, members["VpcConfig"])
        if members.get("Layers"):
            made["Layers"] = references.layers_of(self._state, region, members["Layers"])

    @staticmethod
    def _check_code_signing_config(region: Region, arn: str) -> None:
        if arn not in region.code_signing_configs:
            raise ApiError(
                "CodeSigningConfigNotFoundException",
                "The code signing configuration cannot be found. Check that the provided configuration is not deleted: "
                f"{arn}.",
            )


def _delete_version(function: Function, qualifier: str) -> None:
    """Deletes a published version. One that is not there is no error, as on AWS; one that an alias uses is."""
    aliases = function.aliases_of(qualifier)
    if aliases:
        raise ApiError(
            "ResourceConflictException",
            f"Unable to delete version because the following aliases reference it: [{', '.join(aliases)}]",
        )
    function.versions.pop(int(qualifier), None)
    for kept in (
        function.provisioned, function.policies, function.urls, function.async_settings,
        function.runtime_management, function.scaling,
    ):  # fmt: skip
        kept.pop(qualifier, None)


def _version_key(item: tuple[str, int]) -> str:
    return f"{item[0]}:{item[1]:020d}"


def _check_package_type(members: Mapping[str, Any]) -> None:
    image = members.get("PackageType", "Zip") == "Image"
    if image and any(members.get(name) for name in ("Runtime", "Handler", "Layers")):
        raise ApiError(
            "InvalidParameterValueException",
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
        )
    if not image and not (members.get("Runtime") and members.get("Handler")) and "RuntimeConfig" not in members:
        if members.get("Runtime"):
            runtimes.check(members["Runtime"])
        raise ApiError(
            "InvalidParameterValueException",
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        )
