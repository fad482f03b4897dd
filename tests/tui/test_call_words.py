"""Calls to Lambda in a few words."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.tui.call_words import shares, words


@pytest.mark.parametrize(
    ("operation", "parameters", "result", "told"),
    [
        ("UpdateAlias", {"Name": "live", "FunctionVersion": "42"}, {}, "live → 42"),
        (
            "UpdateAlias",
            {"Name": "live", "FunctionVersion": "41", "RoutingConfig": {"AdditionalVersionWeights": {"42": 0.1}}},
            {},
            "live → 90 % 41, 10 % 42",
        ),
        (
            "UpdateAlias",
            {"name": "live", "functionVersion": "41", "routingConfig": {"additionalVersionWeights": {"42": 0.025}}},
            {},
            "live → 97.5 % 41, 2.5 % 42",
        ),
        (
            "UpdateAlias",
            {"name": "live", "functionVersion": "41", "routingConfig": {"additionalVersionWeights": {}}},
            {},
            "live → 41",
        ),
        ("UpdateAlias", {"Name": "live", "Description": "x"}, {}, "live: description"),
        ("DeleteAlias", {"name": "beta"}, {}, "beta"),
        ("PublishVersion", {"Description": "tax"}, {"Version": "43"}, "version 43  tax"),
        ("PublishVersion", {"functionName": "f"}, {}, ""),
        ("UpdateFunctionCode", {"s3Bucket": "b", "s3Key": "k.zip", "publish": False}, {}, "s3://b/k.zip"),
        (
            "UpdateFunctionCode",
            {"ZipFile": "<9 bytes>", "Publish": True},
            {"Version": "7"},
            "an uploaded package, published as 7",
        ),
        ("UpdateFunctionCode", {"ImageUri": "repo:1", "DryRun": True}, {}, "repo:1, dry run"),
        ("DeleteFunction", {"FunctionName": "f", "Qualifier": "3"}, {}, "version 3"),
        ("DeleteFunction", {"FunctionName": "f"}, {}, "the function, with all its versions"),
        ("PutFunctionConcurrency", {"reservedConcurrentExecutions": 0}, {}, "0 reserved"),
        (
            "PutProvisionedConcurrencyConfig",
            {"Qualifier": "live", "ProvisionedConcurrentExecutions": 2},
            {},
            "live: 2 provisioned",
        ),
        (
            "AddPermission",
            {"Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction", "Qualifier": "live"},
            {},
            "s3.amazonaws.com may lambda:InvokeFunction on live",
        ),
        (
            "UpdateFunctionConfiguration",
            {"functionName": "f", "memorySize": 512, "environment": {"Variables": {"A": "••••••"}}},
            {},
            "MemorySize 512, Environment",
        ),
        ("SomethingNew", {"functionName": "f"}, {}, ""),
    ],
)
def test_what_a_call_did(operation: str, parameters: dict[str, Any], result: dict[str, Any], told: str) -> None:
    assert words(operation, parameters, result) == told


def test_an_alias_whose_traffic_stays_has_no_shares() -> None:
    assert shares({"Name": "live", "Description": "x"}) == ""
