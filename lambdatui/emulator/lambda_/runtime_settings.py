"""Runtime updates, recursive loops and the scaling of managed instances: settings that are kept beside a function's."""

from __future__ import annotations

from typing import Any

from lambdatui.emulator.lambda_.names import LATEST, function_arn
from lambdatui.emulator.lambda_.operations import LambdaOperations, resolve
from lambdatui.emulator.service import ApiError, Call


class RuntimeSettingsOperations(LambdaOperations):
    """The operations on runtime management, recursion and scaling configurations."""

    def put_runtime_management_config(
        self,
        call: Call,
        FunctionName: str,
        UpdateRuntimeOn: str,
        Qualifier: str | None = None,
        RuntimeVersionArn: str | None = None,
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        resolve(function, meant)
        if UpdateRuntimeOn == "Manual" and RuntimeVersionArn is None:
            raise ApiError(
                "InvalidParameterValueException",
                "You must specify the runtime version ARN when the update runtime on is Manual.",
            )
        if UpdateRuntimeOn != "Manual" and RuntimeVersionArn is not None:
            raise ApiError(
                "InvalidParameterValueException",
                "You may specify the runtime version ARN only when the update runtime on is Manual.",
            )
        config = {"UpdateRuntimeOn": UpdateRuntimeOn, "RuntimeVersionArn": RuntimeVersionArn}
        with region.lock:
            function.runtime_management[meant.qualifier or LATEST] = config
        return {**config, "FunctionArn": meant.qualified_arn}

    def get_runtime_management_config(
        self, call: Call, FunctionName: str, Qualifier: str | None = None
    ) -> dict[str, Any]:
        _, function, meant = self.find(call, FunctionName, Qualifier)
        resolve(function, meant)
        config = function.runtime_management.get(meant.qualifier or LATEST, {"UpdateRuntimeOn": "Auto"})
        return {**config, "FunctionArn": meant.qualified_arn}

    def put_function_recursion_config(self, call: Call, FunctionName: str, RecursiveLoop: str) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            function.recursive_loop = RecursiveLoop
        return {"RecursiveLoop": RecursiveLoop}

    def get_function_recursion_config(self, call: Call, FunctionName: str) -> dict[str, Any]:
        _, function, _ = self.find(call, FunctionName)
        return {"RecursiveLoop": function.recursive_loop}

    def put_function_scaling_config(
        self, call: Call, FunctionName: str, Qualifier: str, FunctionScalingConfig: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        version, _ = resolve(function, meant)
        with region.lock:
            function.scaling[Qualifier] = FunctionScalingConfig or {}
        return {"FunctionState": version.state(self.now())}

    def get_function_scaling_config(self, call: Call, FunctionName: str, Qualifier: str) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName, Qualifier)
        resolve(function, meant)
        config = function.scaling.get(Qualifier)
        return {
            "FunctionArn": function_arn(region.account, region.name, function.name, Qualifier),
            "AppliedFunctionScalingConfig": config,
            "RequestedFunctionScalingConfig": config,
        }
