"""How asynchronous invocations of a function, version or alias are retried, and where their outcomes go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.lambda_.names import LATEST, Target, function_arn
from lambdatui.emulator.lambda_.operations import LambdaOperations
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Function, Region
from lambdatui.emulator.service import ApiError, Call

_SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
_DESTINATIONS = ("lambda", "sns", "sqs", "events", "s3")


class AsyncSettingsOperations(LambdaOperations):
    """The operations on a function's EventInvokeConfig."""

    def put_function_event_invoke_config(
        self, call: Call, FunctionName: str, Qualifier: str | None = None, **members: Any
    ) -> dict[str, Any]:
        region, function, meant = self._place(call, FunctionName, Qualifier)
        _check(region, function, members)
        destinations = {"OnSuccess": {}, "OnFailure": {}, **members.get("DestinationConfig", {})}
        with region.lock:
            return self._keep(function, meant, {**members, "DestinationConfig": destinations})

    def update_function_event_invoke_config(
        self, call: Call, FunctionName: str, Qualifier: str | None = None, **members: Any
    ) -> dict[str, Any]:
        region, function, meant = self._place(call, FunctionName, Qualifier)
        _check(region, function, members)
        with region.lock:
            return self._keep(function, meant, {**_existing(function, meant), **members})

    def get_function_event_invoke_config(
        self, call: Call, FunctionName: str, Qualifier: str | None = None
    ) -> dict[str, Any]:
        _, function, meant = self._place(call, FunctionName, Qualifier)
        return dict(_existing(function, meant))

    def delete_function_event_invoke_config(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> None:
        region, function, meant = self._place(call, FunctionName, Qualifier)
        with region.lock:
            _existing(function, meant)
            del function.async_settings[meant.qualifier or LATEST]

    def list_function_event_invoke_configs(
        self, call: Call, FunctionName: str, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region, function, _ = self._place(call, FunctionName, None)
        with region.lock:
            every = sorted(function.async_settings.values(), key=lambda config: config["FunctionArn"])
        chosen, more = page(every, lambda config: config["FunctionArn"], Marker, MaxItems)
        return {"FunctionEventInvokeConfigs": chosen, "NextMarker": more}

    def _place(self, call: Call, function_name: str, qualifier: str | None) -> tuple[Region, Function, Target]:
        missing = ApiError("ResourceNotFoundException", "The function doesn't exist.")
        try:
            region, function, meant = self.find(call, function_name, qualifier)
        except ApiError as error:
            raise missing if error.code == "ResourceNotFoundException" else error from None
        named = meant.qualifier
        if named and named not in function.aliases and function.version(named) is None:
            raise missing
        return region, function, meant

    def _keep(self, function: Function, meant: Target, members: Mapping[str, Any]) -> dict[str, Any]:
        qualifier = meant.qualifier or LATEST
        config = {
            **{name: members[name] for name in _SETTINGS if name in members},
            "FunctionArn": function_arn(meant.account, meant.region, meant.name, qualifier),
            "LastModified": self.now(),
        }
        function.async_settings[qualifier] = config
        return dict(config)


def _existing(function: Function, meant: Target) -> dict[str, Any]:
    qualifier = meant.qualifier or LATEST
    config = function.async_settings.get(qualifier)
    if config is None:
        arn = function_arn(meant.account, meant.region, meant.name, qualifier)
        raise ApiError("ResourceNotFoundException", f"The function {arn} doesn't have an EventInvokeConfig")
    return config


def _check(region: Region, function: Function, members: Mapping[str, Any]) -> None:
    if not any(name in members for name in _SETTINGS):
        raise ApiError(
            "InvalidParameterValueException", "You must specify at least one of error handling or destination setting."
        )
    for outcome in members.get("DestinationConfig", {}).values():
        arn = (outcome or {}).get("Destination")
        if not arn:
            continue
        service = arn.split(":")[2]
        if service not in _DESTINATIONS:
            raise ApiError("InvalidParameterValueException", f"The provided destination config {arn} is invalid.")
        if service == "lambda":
            name = arn.split(":")[6]
            if name == function.name:
                raise ApiError(
                    "InvalidParameterValueException", "You can't specify the function as a destination for itself."
                )
            if name not in region.functions:
                raise ApiError("InvalidParameterValueException", f"The destination ARN {arn} is invalid.")
