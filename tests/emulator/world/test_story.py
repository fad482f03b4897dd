"""The functions of the demo are what its story says they are."""

from __future__ import annotations

import io
import json
import re
import urllib.request
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lambdatui.emulator.world.places import IRELAND, PROD, STAGING, SYDNEY, VIRGINIA
from tests.emulator.expectations import refused
from tests.emulator.world.conftest import Client


def functions(client: Any) -> dict[str, Any]:
    pages = client.get_paginator("list_functions").paginate()
    return {function["FunctionName"]: function for page in pages for function in page["Functions"]}


def invoked(client: Any, name: str, times: int = 1, **more: Any) -> list[Any]:
    """The answers to so many invocations, some at once."""

    def one(_: int) -> Any:
        response = client.invoke(FunctionName=name, LogType="Tail", **more)
        return {**response, "Payload": json.loads(response["Payload"].read())}

    with ThreadPoolExecutor(8) as workers:
        return list(workers.map(one, range(times)))


def test_there_are_some_forty_functions_in_three_regions_and_two_accounts(prod: Client) -> None:
    counts = {
        (account, region): len(functions(prod(region=region, account=account)))
        for account in (PROD, STAGING)
        for region in (IRELAND, VIRGINIA, SYDNEY)
    }
    assert counts == {
        (PROD, IRELAND): 24,
        (PROD, VIRGINIA): 6,
        (PROD, SYDNEY): 4,
        (STAGING, IRELAND): 5,
        (STAGING, VIRGINIA): 2,
        (STAGING, SYDNEY): 0,
    }


def test_checkout_api_has_six_versions_whose_code_differs(prod: Client) -> None:
    versions = prod().list_versions_by_function(FunctionName="checkout-api")["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "38", "39", "40", "41", "42", "43"]
    assert len({version["CodeSha256"] for version in versions}) == 6  # 43 is still $LATEST
    assert versions[0]["CodeSha256"] == versions[-1]["CodeSha256"]
    assert [versions[number]["Description"] for number in (4, 5)] == ["fix rounding", "new tax engine"]
    dates = [version["LastModified"] for version in versions[1:]]
    assert dates == sorted(dates)
    aliases = prod().list_aliases(FunctionName="checkout-api")["Aliases"]
    assert {alias["Name"]: alias["FunctionVersion"] for alias in aliases} == {"live": "41", "beta": "43"}
    assert all("RoutingConfig" not in alias for alias in aliases)


def test_the_code_of_each_version_can_be_downloaded_and_compared(prod: Client) -> None:
    def tax(version: str) -> str:
        location = prod().get_function(FunctionName="checkout-api", Qualifier=version)["Code"]["Location"]
        with urllib.request.urlopen(location) as answer:
            return zipfile.ZipFile(io.BytesIO(answer.read())).read("tax.py").decode()

    assert "RATES" in tax("41")
    assert 'if zone["currency"] != "EUR"' in tax("42")
    assert 'zone.get("currency", "EUR")' in tax("43")


def test_version_42_fails_now_and_then_and_those_around_it_do_not(prod: Client) -> None:
    failed = [a["Payload"] for a in invoked(prod(), "checkout-api", 250, Qualifier="42") if "FunctionError" in a]
    assert 0 < len(failed) < 40  # of 250 at 4 %
    assert {(payload["errorType"], payload["errorMessage"]) for payload in failed} == {("KeyError", "'currency'")}
    for qualifier in ("live", "43"):
        answers = invoked(prod(), "checkout-api", 100, Qualifier=qualifier)
        assert not any("FunctionError" in answer for answer in answers)
    assert answers[0]["Payload"]["currency"] == "EUR"


def test_the_next_version_is_in_the_bucket_and_says_something_new(prod: Client) -> None:
    client = prod()
    client.create_function(
        FunctionName="checkout-next",
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{PROD}:role/checkout",
        Code={"S3Bucket": "releases", "S3Key": "checkout-api/44.zip"},
    )
    try:
        (answer,) = invoked(client, "checkout-next")
        assert answer["Payload"]["message"] == "Thank you! Your order arrives in 2 days."
    finally:
        client.delete_function(FunctionName="checkout-next")
    keys = [item["Key"] for item in prod("s3").list_objects_v2(Bucket="releases")["Contents"]]
    assert keys == [f"checkout-api/{number}.zip" for number in (41, 42, 43, 44)]


def test_one_cannot_start(prod: Client) -> None:
    (answer,) = invoked(prod(), "legacy-exports")
    assert (answer["FunctionError"], answer["Payload"]["errorType"]) == ("Unhandled", "Runtime.ImportModuleError")


def test_one_is_on_a_retired_runtime_and_still_runs(prod: Client) -> None:
    client = prod(region=VIRGINIA)
    assert functions(client)["checkout-legacy"]["Runtime"] == "python3.8"
    assert invoked(client, "checkout-legacy")[0]["Payload"] == {"total": 12.9}
    with refused("InvalidParameterValueException", 400, "no longer supported"):
        client.update_function_configuration(FunctionName="checkout-legacy", Runtime="python3.8")


def test_one_has_failed_and_one_could_not_be_updated(prod: Client) -> None:
    locator = prod(region=SYDNEY).get_function_configuration(FunctionName="store-locator")
    assert (locator["State"], locator["StateReasonCode"]) == ("Failed", "DisabledKMSKey")
    score = prod().get_function_configuration(FunctionName="fraud-score")
    assert (score["PackageType"], score["State"]) == ("Image", "Active")
    assert (score["LastUpdateStatus"], score["LastUpdateStatusReasonCode"]) == ("Failed", "ImageAccessDenied")


def test_one_logs_in_json_and_one_to_a_group_of_its_own(prod: Client) -> None:
    configurations = functions(prod())
    assert configurations["catalog-search"]["LoggingConfig"]["LogFormat"] == "JSON"
    assert configurations["catalog-indexer"]["LoggingConfig"]["LogGroup"] == "/shop/catalog/indexer"
    events = prod("logs").filter_log_events(
        logGroupName="/aws/lambda/catalog-search", filterPattern='{ $.message = "searched" && $.hits > 10 }', limit=5
    )["events"]
    assert len(events) == 5
    assert len(prod("logs").filter_log_events(logGroupName="/shop/catalog/indexer", limit=5)["events"]) == 5


def test_one_tries_to_escape(prod: Client) -> None:
    assert "\x1b]0;pwned\x07" in functions(prod())["promo-banner"]["Description"]
    assert "[bold red]" in functions(prod())["promo-banner"]["Description"]
    (answer,) = invoked(prod(), "promo-banner")
    assert "\x1b[2J" in answer["Payload"]["clear"]
    messages = {
        event["message"]
        for event in prod("logs").filter_log_events(logGroupName="/aws/lambda/promo-banner", limit=100)["events"]
    }
    assert any("\x1b[2J" in message for message in messages)
    assert any("[bold red]" in message for message in messages)


def test_names_descriptions_tags_and_variables_that_are_hard_to_show(prod: Client) -> None:
    assert max(map(len, functions(prod()))) == 64
    suggest = prod(region=VIRGINIA).get_function(FunctionName="search-suggest")
    assert re.search("[\u0590-\u06ff]", suggest["Configuration"]["Description"])
    assert "🎉" in suggest["Tags"]["mood"]
    variables = prod().get_function_configuration(FunctionName="feature-flags")["Environment"]["Variables"]
    assert len(variables) > 30
    assert "STRIPE_WEBHOOK_SECRET" in variables


def test_functions_of_other_languages_are_there_and_say_that_they_cannot_run(prod: Client) -> None:
    runtimes = {function.get("Runtime") for function in functions(prod()).values()}
    assert {"java21", "java17", "nodejs22.x", "nodejs20.x", "ruby3.4"} <= runtimes
    with refused("InvalidRuntimeException", 400, "java21"):
        prod().invoke(FunctionName="payments-capture")
    assert invoked(prod(), "storefront-bff", Qualifier="live")[0]["Payload"]["statusCode"] == 200  # by a stand-in


def test_concurrency_url_and_destinations(prod: Client) -> None:
    client = prod()
    provisioned = client.get_provisioned_concurrency_config(FunctionName="payments-authorize", Qualifier="live")
    assert (provisioned["Status"], provisioned["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 2)
    with refused("TooManyRequestsException", 429):
        client.invoke(FunctionName="bulk-import")
    assert client.get_function_url_config(FunctionName="status-page")["AuthType"] == "NONE"
    settings = client.get_function_event_invoke_config(FunctionName="webhooks-dispatch")
    assert settings["DestinationConfig"]["OnFailure"]["Destination"].endswith(":webhooks-dead-letters")
    (mapping,) = client.list_event_source_mappings(FunctionName="checkout-worker:live")["EventSourceMappings"]
    assert (mapping["State"], mapping["EventSourceArn"].rpartition(":")[2]) == ("Enabled", "checkout-orders")
    policy = json.loads(client.get_policy(FunctionName="checkout-api", Qualifier="live")["Policy"])
    assert policy["Statement"][0]["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert client.list_layers()["Layers"][0]["LayerName"] == "shop-telemetry"


@pytest.mark.parametrize("account", [PROD, STAGING])
def test_every_function_has_a_role_that_exists_and_tags(prod: Callable[..., Any], account: str) -> None:
    roles = {role["Arn"] for role in prod("iam", account=account).list_roles()["Roles"]}
    for region in (IRELAND, VIRGINIA, SYDNEY):
        client = prod(region=region, account=account)
        for function in functions(client).values():
            assert function["Role"] in roles
            tags = client.list_tags(Resource=function["FunctionArn"])["Tags"]
            assert {"team", "service", "stage"} <= tags.keys()
            assert tags["stage"] == ("staging" if account == STAGING else "prod")
