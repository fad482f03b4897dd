"""Tags of functions, event source mappings, code signing configurations and capacity providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.lambda_.operations import LambdaOperations
from lambdatui.emulator.service import ApiError, Call

LIMIT = 50


def check_tags(tags: Mapping[str, str]) -> None:
    """Raises InvalidParameterValueException where these are more tags than a resource may have, or reserved ones."""
    if len(tags) > LIMIT:
        raise ApiError("InvalidParameterValueException", "Number of tags exceeds resource tag limit.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise ApiError(
            "InvalidParameterValueException", "aws: prefixed tag key names are not allowed for external use."
        )


class TagOperations(LambdaOperations):
    """ListTags, TagResource and UntagResource."""

    def list_tags(self, call: Call, Resource: str) -> dict[str, Any]:
        return {"Tags": dict(self._tags(call, Resource))}

    def tag_resource(self, call: Call, Resource: str, Tags: Mapping[str, str]) -> None:
        tags = self._tags(call, Resource)
        with self.region(call).lock:
            check_tags({**tags, **Tags})
            tags.update(Tags)

    def untag_resource(self, call: Call, Resource: str, TagKeys: list[str]) -> None:
        tags = self._tags(call, Resource)
        with self.region(call).lock:
            for key in TagKeys:
                if key.lower().startswith("aws:"):
                    check_tags({key: ""})
                tags.pop(key, None)

    def _tags(self, call: Call, arn: str) -> dict[str, str]:
        """The tags of the resource with this ARN, to be read or changed."""
        region = self.region(call)
        kind, _, name = arn.partition(":lambda:")[2].partition(":")[2].partition(":")[2].partition(":")
        found: dict[str, str] | None = None
        if kind == "function":
            if ":" in name:
                raise ApiError(
                    "InvalidParameterValueException",
                    "Tags on function aliases and versions are not supported. Please specify a function ARN.",
                )
            _, function, _ = self.find(call, arn)
            found = function.tags
        elif kind == "event-source-mapping" and name in region.mappings:
            found = region.mappings[name].tags
        elif kind == "code-signing-config" and arn in region.code_signing_configs:
            found = region.code_signing_configs[arn]["Tags"]
        elif kind == "capacity-provider" and name in region.capacity_providers:
            found = region.capacity_providers[name]["Tags"]
        if found is None:
            raise ApiError("ResourceNotFoundException", f"The resource you requested does not exist: {arn}")
        return found
