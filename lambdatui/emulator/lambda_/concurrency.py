"""Reserved and provisioned concurrency, and the account's limits and usage."""

from __future__ import annotations

import threading
from typing import Any

from lambdatui.emulator.lambda_.aliases import weights_now
from lambdatui.emulator.lambda_.names import LATEST, Target, function_arn, is_alias
from lambdatui.emulator.lambda_.operations import LambdaOperations, lambda_time, resolve
from lambdatui.emulator.lambda_.packages import UNZIPPED_LIMIT, ZIPPED_LIMIT
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.programs import program_of
from lambdatui.emulator.lambda_.records import Function, ProvisionedConcurrency, Region, Version
from lambdatui.emulator.service import ApiError, Call

ACCOUNT_CONCURRENCY = 1000
UNRESERVED_MINIMUM = 100
TOTAL_CODE_SIZE = 80_530_636_800
"""Executions and bytes a region, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_PREWARMED = 4


def unreserved(region: Region, but: str | None = None) -> int:
    """How many of the account's concurrent executions no function has to itself, but for one that is not counted."""
    total = ACCOUNT_CONCURRENCY
    for function in region.functions.values():
        if function.name != but:
            provisioned = sum(config.requested for config in function.provisioned.values())
            total -= max(function.reserved_concurrency or 0, provisioned)
    return total


class ConcurrencyOperations(LambdaOperations):
    """The operations on reserved and provisioned concurrency, and GetAccountSettings."""

    def put_function_concurrency(
        self, call: Call, FunctionName: str, ReservedConcurrentExecutions: int
    ) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            if unreserved(region, but=function.name) - ReservedConcurrentExecutions < UNRESERVED_MINIMUM:
                raise _refusal(
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                    f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MINIMUM}]."
                )
            if ReservedConcurrentExecutions < sum(config.requested for config in function.provisioned.values()):
                raise _refusal(
                    "ReservedConcurrentExecutions "
                    f"{ReservedConcurrentExecutions} should not be lower than function's total provisioned concurrency "
                    f"[{sum(config.requested for config in function.provisioned.values())}]."
                )
            function.reserved_concurrency = ReservedConcurrentExecutions
        return {"ReservedConcurrentExecutions": ReservedConcurrentExecutions}

    def get_function_concurrency(self, call: Call, FunctionName: str) -> dict[str, Any]:
        _, function, _ = self.find(call, FunctionName)
        return {"ReservedConcurrentExecutions": function.reserved_concurrency}

    def delete_function_concurrency(self, call: Call, FunctionName: str) -> None:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            function.reserved_concurrency = None

    def put_provisioned_concurrency_config(
        self, call: Call, FunctionName: str, Qualifier: str, ProvisionedConcurrentExecutions: int
    ) -> dict[str, Any]:
        wanted = ProvisionedConcurrentExecutions
        if Qualifier == LATEST:
            raise _refusal("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
        region, function, meant = self.find(call, FunctionName, Qualifier)
        with region.lock:
            version = _resolved(function, meant)
            now = self.now()
            _check_provisioned(region, function, Qualifier, wanted, now)
            old = function.provisioned.get(Qualifier)
            config = ProvisionedConcurrency(
                wanted, now, now, now + self._cloud.provisioning_seconds, before=_allocated(old, now) if old else 0
            )
            function.provisioned[Qualifier] = config
            alias = function.aliases.get(Qualifier)
            if alias is not None:
                alias.moved_from = None
        self._prewarm(region, function, version, wanted)
        return _shown(config, now)

    def _prewarm(self, region: Region, function: Function, version: Version, wanted: int) -> None:
        """Starts a few of the environments, so that the first invocations really find them ready."""
        try:
            program = program_of(self._state, region, function, version, provisioned=True)
        except ApiError:  # it cannot be run here, with or without
            return
        arguments = (program, min(wanted, _PREWARMED))
        threading.Thread(target=self._cloud.engine.prewarm, args=arguments, name="prewarm", daemon=True).start()

    def get_provisioned_concurrency_config(self, call: Call, FunctionName: str, Qualifier: str) -> dict[str, Any]:
        _check_published(Qualifier)
        _, function, meant = self.find(call, FunctionName, Qualifier)
        _resolved(function, meant)
        config = function.provisioned.get(Qualifier)
        if config is None:
            raise ApiError(
                "ProvisionedConcurrencyConfigNotFoundException",
                "No Provisioned Concurrency Config found for this function",
            )
        return _shown(config, self.now())

    def delete_provisioned_concurrency_config(self, call: Call, FunctionName: str, Qualifier: str) -> None:
        _check_published(Qualifier)
        region, function, meant = self.find(call, FunctionName, Qualifier)
        with region.lock:
            _resolved(function, meant)
            function.provisioned.pop(Qualifier, None)  # one that is not there is no error, as on AWS

    def list_provisioned_concurrency_configs(
        self, call: Call, FunctionName: str, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            every = sorted(function.provisioned.items())
        chosen, more = page(every, lambda item: item[0], Marker, MaxItems)
        now = self.now()
        shown = [
            {"FunctionArn": function_arn(region.account, region.name, function.name, qualifier), **_shown(config, now)}
            for qualifier, config in chosen
        ]
        return {"ProvisionedConcurrencyConfigs": shown, "NextMarker": more}

    def get_account_settings(self, call: Call) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            sizes = sum(v.package.size for f in region.functions.values() for v in f.every_version())
            sizes += sum(v.package.size for layer in region.layers.values() for v in layer.versions.values())
            return {
                "AccountLimit": {
                    "TotalCodeSize": TOTAL_CODE_SIZE,
                    "CodeSizeUnzipped": UNZIPPED_LIMIT,
                    "CodeSizeZipped": ZIPPED_LIMIT,
                    "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
                    "UnreservedConcurrentExecutions": unreserved(region),
                },
                "AccountUsage": {"TotalCodeSize": sizes, "FunctionCount": len(region.functions)},
            }


def _check_provisioned(region: Region, function: Function, qualifier: str, wanted: int, now: float) -> None:
    alias = function.aliases.get(qualifier)
    # also those that AWS puts on an alias while what is provisioned follows it
    if alias is not None and weights_now(function, alias, now):
        raise _refusal("Alias with weights can not be used with Provisioned Concurrency")
    if alias is not None and alias.version == LATEST:
        raise _refusal("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    if alias is not None and alias.version in function.provisioned:
        raise ApiError(
            "ResourceConflictException",
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        )
    if alias is None and any(
        name in function.provisioned for name in function.aliases_of(qualifier) if name != qualifier
    ):
        raise ApiError("ResourceConflictException", "Version is pointed by a Provisioned Concurrency alias")
    others = sum(config.requested for name, config in function.provisioned.items() if name != qualifier)
    if function.reserved_concurrency is not None:
        if function.reserved_concurrency < others + wanted:
            raise _refusal(
                "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for "
                "function"
            )
        return
    left = unreserved(region, but=function.name) - others
    if wanted > left:
        raise _refusal(
            f"Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{left}]."
        )
    if left - wanted < UNRESERVED_MINIMUM:
        raise _refusal(
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
            f"minimum value of [{UNRESERVED_MINIMUM}]."
        )


def _check_published(qualifier: str) -> None:
    if qualifier == LATEST:
        raise _refusal("The function resource provided must be an alias or a published version.")


def _resolved(function: Function, meant: Target) -> Version:
    """The version that is meant. Raises ResourceNotFoundException where the qualifier leads to none."""
    qualifier = meant.qualifier or LATEST
    if is_alias(qualifier) and qualifier not in function.aliases:
        raise ApiError("ResourceNotFoundException", f"Cannot find alias arn: {meant.qualified_arn}")
    return resolve(function, meant)[0]


def _allocated(config: ProvisionedConcurrency, now: float) -> int:
    """How many environments there are: they come one after the other, a reduction is done at once."""
    if now >= config.ready_at or config.requested <= config.before:
        return config.requested
    share = (now - config.started_at) / (config.ready_at - config.started_at)
    return config.before + int((config.requested - config.before) * share)


def _shown(config: ProvisionedConcurrency, now: float) -> dict[str, Any]:
    allocated = _allocated(config, now)
    return {
        "RequestedProvisionedConcurrentExecutions": config.requested,
        "AvailableProvisionedConcurrentExecutions": allocated,
        "AllocatedProvisionedConcurrentExecutions": allocated,
        "Status": "READY" if now >= config.ready_at else "IN_PROGRESS",
        "LastModified": lambda_time(config.modified),
    }


def _refusal(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
