"""Code signing configurations. They are kept; no signature is checked."""

from __future__ import annotations

import secrets
from typing import Any

from lambdatui.emulator.lambda_.names import function_arn
from lambdatui.emulator.lambda_.operations import LambdaOperations, lambda_time
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Region
from lambdatui.emulator.lambda_.tags import check_tags
from lambdatui.emulator.service import ApiError, Call


class CodeSigningOperations(LambdaOperations):
    """The operations on code signing configurations and on which function has which."""

    def create_code_signing_config(
        self, call: Call, AllowedPublishers: dict[str, Any], Tags: dict[str, str] | None = None, **members: Any
    ) -> dict[str, Any]:
        region = self.region(call)
        check_tags(Tags or {})
        identity = f"csc-{secrets.token_hex(9)[:17]}"
        arn = f"arn:aws:lambda:{region.name}:{region.account}:code-signing-config:{identity}"
        config = {
            "CodeSigningConfigId": identity,
            "CodeSigningConfigArn": arn,
            "AllowedPublishers": AllowedPublishers,
            "CodeSigningPolicies": members.get("CodeSigningPolicies", {"UntrustedArtifactOnDeployment": "Warn"}),
            "Description": members.get("Description", ""),
            "LastModified": lambda_time(self.now()),
            "Tags": dict(Tags or {}),
        }
        with region.lock:
            region.code_signing_configs[arn] = config
        return {"CodeSigningConfig": config}

    def get_code_signing_config(self, call: Call, CodeSigningConfigArn: str) -> dict[str, Any]:
        return {"CodeSigningConfig": _existing(self.region(call), CodeSigningConfigArn)}

    def update_code_signing_config(self, call: Call, CodeSigningConfigArn: str, **members: Any) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            config = _existing(region, CodeSigningConfigArn)
            config.update(members, LastModified=lambda_time(self.now()))
            return {"CodeSigningConfig": dict(config)}

    def delete_code_signing_config(self, call: Call, CodeSigningConfigArn: str) -> None:
        region = self.region(call)
        with region.lock:
            _existing(region, CodeSigningConfigArn)
            if any(f.code_signing_config == CodeSigningConfigArn for f in region.functions.values()):
                raise ApiError(
                    "ResourceConflictException", "The code signing configuration is in use by at least one function."
                )
            del region.code_signing_configs[CodeSigningConfigArn]

    def list_code_signing_configs(
        self, call: Call, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            every = sorted(region.code_signing_configs.values(), key=lambda config: config["CodeSigningConfigArn"])
        chosen, more = page(every, lambda config: config["CodeSigningConfigArn"], Marker, MaxItems)
        return {"CodeSigningConfigs": chosen, "NextMarker": more}

    def put_function_code_signing_config(
        self, call: Call, CodeSigningConfigArn: str, FunctionName: str
    ) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            if CodeSigningConfigArn not in region.code_signing_configs:
                raise ApiError(
                    "CodeSigningConfigNotFoundException",
                    "The code signing configuration cannot be found. Check that the provided configuration is not "
                    f"deleted: {CodeSigningConfigArn}.",
                )
            function.code_signing_config = CodeSigningConfigArn
        return {"CodeSigningConfigArn": CodeSigningConfigArn, "FunctionName": function.name}

    def get_function_code_signing_config(self, call: Call, FunctionName: str) -> dict[str, Any]:
        _, function, _ = self.find(call, FunctionName)
        return {"CodeSigningConfigArn": function.code_signing_config, "FunctionName": function.name}

    def delete_function_code_signing_config(self, call: Call, FunctionName: str) -> None:
        region, function, _ = self.find(call, FunctionName)
        with region.lock:
            function.code_signing_config = None

    def list_functions_by_code_signing_config(
        self, call: Call, CodeSigningConfigArn: str, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region = self.region(call)
        with region.lock:
            _existing(region, CodeSigningConfigArn)
            names = [n for n in region.names() if region.functions[n].code_signing_config == CodeSigningConfigArn]
        chosen, more = page(names, str, Marker, MaxItems)
        return {"FunctionArns": [function_arn(region.account, region.name, n) for n in chosen], "NextMarker": more}


def _existing(region: Region, arn: str) -> dict[str, Any]:
    config = region.code_signing_configs.get(arn)
    if config is None:
        raise ApiError("ResourceNotFoundException", f"The Lambda code signing configuration {arn} can not be found.")
    return config
