"""Aliases, and the weights with which they split invocations between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.lambda_.names import LATEST, Target, function_arn
from lambdatui.emulator.lambda_.operations import LambdaOperations, check_revision, not_found
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Alias, Function, Region, Version, new_revision
from lambdatui.emulator.service import ApiError, Call


class AliasOperations(LambdaOperations):
    """The operations on aliases."""

    def create_alias(
        self,
        call: Call,
        FunctionName: str,
        Name: str,
        FunctionVersion: str,
        Description: str = "",
        RoutingConfig: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName)
        with region.lock:
            if Name in function.aliases:
                arn = function_arn(meant.account, meant.region, meant.name, Name)
                raise ApiError("ResourceConflictException", f"Alias already exists: {arn}")
            weights = _weights(RoutingConfig)
            _check_routing(function, meant, FunctionVersion, weights)
            alias = function.aliases[Name] = Alias(Name, FunctionVersion, Description, weights)
            return self._shown(region, function, alias)

    def get_alias(self, call: Call, FunctionName: str, Name: str) -> dict[str, Any]:
        region, function, alias = self._find_alias(call, FunctionName, Name)
        return self._shown(region, function, alias)

    def update_alias(
        self,
        call: Call,
        FunctionName: str,
        Name: str,
        FunctionVersion: str | None = None,
        Description: str | None = None,
        RoutingConfig: Mapping[str, Any] | None = None,
        RevisionId: str | None = None,
    ) -> dict[str, Any]:
        """What is not given stays as it is: the weights too. An empty map of weights takes them away."""
        region, function, alias = self._find_alias(call, FunctionName, Name)
        meant = Target(region.account, region.name, function.name)
        with region.lock:
            check_revision(RevisionId, alias.revision)
            version = FunctionVersion if FunctionVersion is not None else alias.version
            weights = alias.weights if RoutingConfig is None else _weights(RoutingConfig)
            _check_routing(function, meant, version, weights)
            if weights and Name in function.provisioned:
                raise ApiError(
                    "InvalidParameterValueException", "Alias with weights can not be used with Provisioned Concurrency"
                )
            if version != alias.version:
                self._move(function, alias)
            alias.version, alias.weights = version, weights
            if Description is not None:
                alias.description = Description
            alias.revision = new_revision()
            return self._shown(region, function, alias)

    def _move(self, function: Function, alias: Alias) -> None:
        """An alias that moves takes its provisioned concurrency along, which takes as long as it did at first."""
        provisioned = function.provisioned.get(alias.name)
        if provisioned is None:
            return
        now = self.now()
        provisioned.before = 0
        provisioned.started_at, provisioned.ready_at = now, now + self._cloud.provisioning_seconds
        alias.moved_from = alias.version

    def delete_alias(self, call: Call, FunctionName: str, Name: str) -> None:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            function.aliases.pop(Name, None)  # one that is not there is no error, as on AWS
            for kept in (function.provisioned, function.policies, function.urls, function.async_settings):
                kept.pop(Name, None)

    def list_aliases(
        self,
        call: Call,
        FunctionName: str,
        FunctionVersion: str | None = None,
        Marker: str | None = None,
        MaxItems: int | None = None,
    ) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            every = sorted(function.aliases.values(), key=lambda alias: alias.name)
        wanted = [alias for alias in every if FunctionVersion in (None, alias.version)]
        chosen, more = page(wanted, lambda alias: alias.name, Marker, MaxItems)
        return {"Aliases": [self._shown(region, function, alias) for alias in chosen], "NextMarker": more}

    def _find_alias(self, call: Call, function_name: str, name: str) -> tuple[Region, Function, Alias]:
        region, function, meant = self.find(call, function_name)
        alias = function.aliases.get(name)
        if alias is None:
            arn = function_arn(meant.account, meant.region, meant.name, name)
            raise ApiError("ResourceNotFoundException", f"Cannot find alias arn: {arn}")
        return region, function, alias

    def _shown(self, region: Region, function: Function, alias: Alias) -> dict[str, Any]:
        weights = weights_now(function, alias, self.now())
        return {
            "AliasArn": function_arn(region.account, region.name, function.name, alias.name),
            "Name": alias.name,
            "FunctionVersion": alias.version,
            "Description": alias.description,
            "RoutingConfig": {"AdditionalVersionWeights": dict(weights)} if weights else None,
            "RevisionId": alias.revision,
        }


def weights_now(function: Function, alias: Alias, now: float) -> dict[str, float]:
    """The weights of an alias: its own, or those that AWS puts on it while provisioned concurrency follows it."""
    provisioned = function.provisioned.get(alias.name)
    if alias.weights or provisioned is None or alias.moved_from is None or now >= provisioned.ready_at:
        return alias.weights
    share = (now - provisioned.started_at) / (provisioned.ready_at - provisioned.started_at)
    return {alias.moved_from: round(1.0 - share, 2)}


def _weights(routing: Mapping[str, Any] | None) -> dict[str, float]:
    return dict((routing or {}).get("AdditionalVersionWeights") or {})


def _check_routing(function: Function, meant: Target, version: str, weights: Mapping[str, float]) -> None:
    """AWS's rules for where an alias may lead.

    https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html: at most two versions, both published,
    with the same execution role and the same dead-letter queue or none.
    """
    main = _existing(function, meant, version)
    if not weights:
        return
    if len(weights) > 1:
        raise _refusal("Number of items in AdditionalVersionWeights cannot be greater than 1")
    if version == LATEST:
        raise _refusal("$LATEST is not supported for an alias pointing to more than 1 version")
    (number,) = weights
    if number == version:
        raise _refusal(
            f"Invalid function version {number}. Function version {number} is already included in routing "
            "configuration."
        )
    other = _existing(function, meant, number)
    if main.settings["Role"] != other.settings["Role"]:
        raise _refusal("Specified versions must be associated with the same execution role")
    if main.settings.get("DeadLetterConfig") != other.settings.get("DeadLetterConfig"):
        raise _refusal("Specified versions must be associated with the same dead letter queue")


def _existing(function: Function, meant: Target, qualifier: str) -> Version:
    version = function.version(qualifier)
    if version is None:
        raise not_found(Target(meant.account, meant.region, meant.name, qualifier))
    return version


def _refusal(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
