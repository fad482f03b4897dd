"""What the operations of Lambda have in common: the state, and finding things in it with AWS's errors."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.lambda_.names import LATEST, Target, function_arn, is_alias, target
from lambdatui.emulator.lambda_.records import Alias, Function, Region, Version
from lambdatui.emulator.lambda_.settings import config_sha256
from lambdatui.emulator.service import ApiError, Call

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

STALE_REVISION = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)


class LambdaState:
    """Everything that Lambda keeps, by account and region, and the cloud around it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._lock = threading.Lock()
        self._regions: dict[tuple[str, str], Region] = {}

    def region(self, account: str, name: str) -> Region:
        """What an account has in a region, which is nothing at first."""
        key = (account, name)
        found = self._regions.get(key)
        if found is None:
            with self._lock:
                found = self._regions.setdefault(key, Region(account, name))
        return found

    def regions(self) -> list[Region]:
        """Every account's regions in which something was asked for."""
        with self._lock:
            return list(self._regions.values())


class LambdaOperations:
    """The base of the classes that each have the operations of one subject."""

    def __init__(self, state: LambdaState) -> None:
        self._state = state
        self._cloud = state.cloud

    def region(self, call: Call) -> Region:
        """What the caller's account has in the region that was called."""
        return self._state.region(call.account, call.region)

    def now(self) -> float:
        """The cloud's time."""
        return self._cloud.clock.now()

    def settles_at(self, now: float) -> float:
        """When a transition that begins now is over."""
        return now + self._cloud.transition_seconds

    def find(self, call: Call, function_name: str, qualifier: str | None = None) -> tuple[Region, Function, Target]:
        """The function that is meant, whose qualifier may lead nowhere.

        Raises ResourceNotFoundException where there is no such function.
        """
        meant = target(call, function_name, qualifier)
        region = self._state.region(meant.account, meant.region)
        function = region.functions.get(meant.name)
        if function is None:
            raise not_found(meant)
        return region, function, meant


def not_found(meant: Target) -> ApiError:
    """AWS's error for a function, version or alias that is not there."""
    return ApiError("ResourceNotFoundException", f"Function not found: {meant.qualified_arn}")


def resolve(function: Function, meant: Target) -> tuple[Version, Alias | None]:
    """The version that a qualifier leads to (an alias's main one) and the alias, if it is one.

    Raises ResourceNotFoundException where there is neither.
    """
    qualifier = meant.qualifier or LATEST
    if is_alias(qualifier):
        alias = function.aliases.get(qualifier)
        version = function.version(alias.version) if alias else None
    else:
        alias, version = None, function.version(qualifier)
    if version is None:
        raise not_found(meant)
    return version, alias


def check_revision(given: str | None, current: str) -> None:
    """Raises PreconditionFailedException where a RevisionId was given and is not the current one."""
    if given is not None and given != current:
        raise ApiError("PreconditionFailedException", STALE_REVISION)


def check_not_in_transition(version: Version, arn: str, now: float) -> None:
    """Raises ResourceConflictException while a function is being created or an update of it is in progress."""
    if version.state(now) == "Pending":
        raise ApiError(
            "ResourceConflictException",
            "The operation cannot be performed at this time. The function is currently in the following state: Pending",
        )
    if version.update_status(now) == "InProgress":
        raise ApiError(
            "ResourceConflictException",
            f"The operation cannot be performed at this time. An update is in progress for resource: {arn}",
        )


def lambda_time(seconds: float) -> str:
    """A time as Lambda writes it: `2026-11-24T08:49:55.000+0000`."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def configuration(
    region: Region, function: Function, version: Version, qualifier: str | None, now: float, *, in_list: bool = False
) -> dict[str, Any]:
    """AWS's FunctionConfiguration. `qualifier` is what the ARN ends in.

    Lists leave out the states and the runtime's version, as ListFunctions and ListVersionsByFunction do.
    """
    settings = version.settings
    shown: dict[str, Any] = {
        **settings,
        "FunctionName": function.name,
        "FunctionArn": function_arn(region.account, region.name, function.name, qualifier),
        "CodeSize": version.package.size,
        "CodeSha256": version.package.code_sha256,
        "LastModified": lambda_time(version.modified),
        "Version": version.qualifier,
        "RevisionId": version.revision_at(now),
    }
    if in_list:
        return shown
    shown["ConfigSha256"] = config_sha256(settings)
    if settings["PackageType"] == "Zip":
        arn = f"arn:aws:lambda:{region.name}::runtime:{_runtime_hash(settings.get('Runtime', ''))}"
        shown["RuntimeVersionConfig"] = {"RuntimeVersionArn": arn}
    _put_states(shown, version, now)
    return shown


def _put_states(shown: dict[str, Any], version: Version, now: float) -> None:
    state, update = version.state(now), version.update_status(now)
    shown["State"], shown["LastUpdateStatus"] = state, update
    if state == "Pending":
        shown["StateReason"], shown["StateReasonCode"] = "The function is being created.", "Creating"
    elif version.failure and state == "Failed":
        shown["StateReason"], shown["StateReasonCode"] = version.failure.reason, version.failure.code
    if update == "InProgress":
        shown["LastUpdateStatusReason"] = "The function is being created."
        shown["LastUpdateStatusReasonCode"] = "Creating"
    elif version.update_failure and update == "Failed":
        shown["LastUpdateStatusReason"] = version.update_failure.reason
        shown["LastUpdateStatusReasonCode"] = version.update_failure.code


def _runtime_hash(runtime: str) -> str:
    return hashlib.sha256(runtime.encode()).hexdigest()
