"""Function URLs: their configuration. Nothing answers at the URL itself."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from lambdatui.emulator.lambda_.names import LATEST, function_arn
from lambdatui.emulator.lambda_.operations import LambdaOperations, lambda_time
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Function, Region
from lambdatui.emulator.service import ApiError, Call


class FunctionUrlOperations(LambdaOperations):
    """The operations on function URLs. A URL belongs to the function or to one of its aliases."""

    def create_function_url_config(
        self,
        call: Call,
        FunctionName: str,
        AuthType: str,
        Qualifier: str | None = None,
        Cors: dict[str, Any] | None = None,
        InvokeMode: str = "BUFFERED",
    ) -> dict[str, Any]:
        region, function, qualifier = self._place(call, FunctionName, Qualifier)
        arn = function_arn(region.account, region.name, function.name, Qualifier)
        with region.lock:
            if qualifier in function.urls:
                raise ApiError(
                    "ResourceConflictException",
                    f"Failed to create function url config for [functionArn = {arn}]. Error message:  "
                    "FunctionUrlConfig exists for this Lambda function",
                )
            made = lambda_time(self.now())
            host = hashlib.sha256(f"{arn} {made}".encode()).hexdigest()[:32]
            config = {
                "FunctionUrl": f"https://{host}.lambda-url.{region.name}.on.aws/",
                "FunctionArn": arn,
                "AuthType": AuthType,
                "Cors": Cors,
                "CreationTime": made,
                "LastModifiedTime": made,
                "InvokeMode": InvokeMode,
            }
            function.urls[qualifier] = config
        return dict(config)

    def get_function_url_config(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> dict[str, Any]:
        _, function, qualifier = self._place(call, FunctionName, Qualifier)
        return dict(_existing(function, qualifier))

    def update_function_url_config(
        self, call: Call, FunctionName: str, Qualifier: str | None = None, **members: Any
    ) -> dict[str, Any]:
        region, function, qualifier = self._place(call, FunctionName, Qualifier)
        with region.lock:
            config = _existing(function, qualifier)
            function.urls[qualifier] = {**config, **members, "LastModifiedTime": lambda_time(self.now())}
            return dict(function.urls[qualifier])

    def delete_function_url_config(self, call: Call, FunctionName: str, Qualifier: str | None = None) -> None:
        region, function, qualifier = self._place(call, FunctionName, Qualifier)
        with region.lock:
            _existing(function, qualifier)
            del function.urls[qualifier]

    def list_function_url_configs(
        self, call: Call, FunctionName: str, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            every = sorted(function.urls.values(), key=lambda config: config["FunctionArn"])
        chosen, more = page(every, lambda config: config["FunctionArn"], Marker, MaxItems)
        return {"FunctionUrlConfigs": chosen, "NextMarker": more}

    def _place(self, call: Call, function_name: str, qualifier: str | None) -> tuple[Region, Function, str]:
        if qualifier is not None and not re.fullmatch(r"(?!\d+$)[0-9a-zA-Z_-]+", qualifier):
            raise ApiError(
                "ValidationException",
                f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member "
                "must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
            )
        region, function, meant = self.find(call, function_name, qualifier)
        if meant.qualifier and meant.qualifier not in function.aliases:
            raise ApiError("ResourceNotFoundException", "Function does not exist")
        return region, function, meant.qualifier or LATEST


def _existing(function: Function, qualifier: str) -> dict[str, Any]:
    config = function.urls.get(qualifier)
    if config is None:
        raise ApiError("ResourceNotFoundException", "The resource you requested does not exist.")
    return config
