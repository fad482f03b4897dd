"""Capacity providers of Lambda Managed Instances. They are kept; nothing runs on them."""

from __future__ import annotations

from typing import Any

from lambdatui.emulator.lambda_.names import function_arn
from lambdatui.emulator.lambda_.operations import LambdaOperations, lambda_time
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Region
from lambdatui.emulator.lambda_.tags import check_tags
from lambdatui.emulator.service import ApiError, Call


class CapacityProviderOperations(LambdaOperations):
    """The operations on capacity providers."""

    def create_capacity_provider(
        self, call: Call, CapacityProviderName: str, Tags: dict[str, str] | None = None, **members: Any
    ) -> dict[str, Any]:
        region, name = self.region(call), _name(CapacityProviderName)
        check_tags(Tags or {})
        with region.lock:
            if name in region.capacity_providers:
                raise ApiError("ResourceConflictException", f"Capacity provider already exists: {name}")
            region.capacity_providers[name] = {
                **members,
                "CapacityProviderArn": f"arn:aws:lambda:{region.name}:{region.account}:capacity-provider:{name}",
                "State": "Active",
                "LastModified": lambda_time(self.now()),
                "Tags": dict(Tags or {}),
            }
            return {"CapacityProvider": region.capacity_providers[name]}

    def get_capacity_provider(self, call: Call, CapacityProviderName: str) -> dict[str, Any]:
        return {"CapacityProvider": _existing(self.region(call), CapacityProviderName)}

    def update_capacity_provider(self, call: Call, CapacityProviderName: str, **members: Any) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            provider = _existing(region, CapacityProviderName)
            provider.update(members, LastModified=lambda_time(self.now()))
            return {"CapacityProvider": dict(provider)}

    def delete_capacity_provider(self, call: Call, CapacityProviderName: str) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            provider = _existing(region, CapacityProviderName)
            if _users(region, provider["CapacityProviderArn"]):
                raise ApiError("ResourceConflictException", "The capacity provider is in use by at least one function.")
            del region.capacity_providers[_name(CapacityProviderName)]
        return {"CapacityProvider": {**provider, "State": "Deleting"}}

    def list_capacity_providers(
        self, call: Call, State: str | None = None, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            every = sorted(region.capacity_providers.values(), key=lambda provider: provider["CapacityProviderArn"])
        wanted = [provider for provider in every if State in (None, provider["State"])]
        chosen, more = page(wanted, lambda provider: provider["CapacityProviderArn"], Marker, MaxItems)
        return {"CapacityProviders": chosen, "NextMarker": more}

    def list_function_versions_by_capacity_provider(
        self, call: Call, CapacityProviderName: str, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region, now = self.region(call), self.now()
        with region.lock:
            provider = _existing(region, CapacityProviderName)
            users = _users(region, provider["CapacityProviderArn"])
        chosen, more = page(users, lambda item: f"{item[0]}:{item[1].number:020d}", Marker, MaxItems)
        shown = [
            {"FunctionArn": function_arn(region.account, region.name, name, v.qualifier), "State": v.state(now)}
            for name, v in chosen
        ]
        return {
            "CapacityProviderArn": provider["CapacityProviderArn"],
            "FunctionVersions": shown,
            "NextMarker": more,
        }


def _users(region: Region, arn: str) -> list[tuple[str, Any]]:
    """The versions that name this capacity provider, by function and number."""
    found = []
    for name in region.names():
        for version in region.functions[name].every_version():
            config = version.settings.get("CapacityProviderConfig", {})
            if config.get("LambdaManagedInstancesCapacityProviderConfig", {}).get("CapacityProviderArn") == arn:
                found.append((name, version))
    return found


def _name(name_or_arn: str) -> str:
    return name_or_arn.rpartition(":")[2]


def _existing(region: Region, name_or_arn: str) -> dict[str, Any]:
    provider = region.capacity_providers.get(_name(name_or_arn))
    if provider is None:
        raise ApiError("ResourceNotFoundException", f"Capacity provider not found: {_name(name_or_arn)}")
    return provider
