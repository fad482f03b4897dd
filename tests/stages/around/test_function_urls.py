"""Function URLs of a deployment, with the statements that a public one needs."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Danger, World
from tests.stages.acting import finished, operations
from tests.stages.around.test_permissions import statements

CORS = {
    "allow_origins": ["https://shop.example.com"],
    "allow_methods": ["GET", "POST"],
    "allow_headers": ["x-shop"],
    "expose_headers": ["x-trace"],
    "allow_credentials": True,
    "max_age": 60,
}


def deploy(*urls: dict[str, Any], **inputs: Any) -> Deploy:
    return Deploy(function="f", function_urls=list(urls), **inputs)


def url(client: Any, qualifier: str = "") -> dict[str, Any] | None:
    at = {"Qualifier": qualifier} if qualifier else {}
    try:
        return dict(client.get_function_url_config(FunctionName="f", **at))
    except client.exceptions.ResourceNotFoundException:
        return None


def test_every_setting_reaches_aws(client: Any, world: World) -> None:
    stage = deploy({"qualifier": "live", "auth_type": "AWS_IAM", "invoke_mode": "RESPONSE_STREAM", "cors": CORS})
    plan = stage.plan(world)
    assert operations(plan) == ["CreateFunctionUrlConfig"]
    assert plan.danger is Danger.SAFE
    outputs = finished(stage, world, plan)
    found = url(client, "live")
    assert found is not None
    assert (found["AuthType"], found["InvokeMode"]) == ("AWS_IAM", "RESPONSE_STREAM")
    assert found["Cors"] == {
        "AllowOrigins": ["https://shop.example.com"],
        "AllowMethods": ["GET", "POST"],
        "AllowHeaders": ["x-shop"],
        "ExposeHeaders": ["x-trace"],
        "AllowCredentials": True,
        "MaxAge": 60,
    }
    assert outputs["function_url"] == found["FunctionUrl"]
    assert statements(client, "live") == {}
    assert stage.plan(world).empty
    assert finished(stage, world)["function_url"] == found["FunctionUrl"]


def test_a_public_url_comes_with_what_lets_everybody_in(client: Any, world: World) -> None:
    stage = deploy({"auth_type": "NONE"})
    plan = stage.plan(world)
    assert operations(plan) == ["AddPermission", "AddPermission", "CreateFunctionUrlConfig"]
    assert plan.danger is Danger.TRAFFIC
    assert len(plan.warnings) == 2
    assert "(public!)" in plan.warnings[0]
    finished(stage, world, plan)
    assert {name: s["Action"] for name, s in statements(client).items()} == {
        "FunctionURLAllowPublicAccess": "lambda:InvokeFunctionUrl",
        "FunctionURLInvokeAllowPublicAccess": "lambda:InvokeFunction",
    }
    assert statements(client)["FunctionURLAllowPublicAccess"]["Condition"] == {
        "StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}
    }
    assert statements(client)["FunctionURLInvokeAllowPublicAccess"]["Condition"] == {
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"}
    }
    assert stage.plan(world).empty


def test_a_url_that_asks_for_signatures_again_shuts_the_public_out(client: Any, world: World) -> None:
    finished(deploy({"auth_type": "NONE"}), world)
    stage = deploy({"auth_type": "AWS_IAM"})
    assert operations(stage.plan(world)) == ["RemovePermission", "RemovePermission", "UpdateFunctionUrlConfig"]
    finished(stage, world)
    assert statements(client) == {}
    assert stage.plan(world).empty


def test_a_statement_of_another_name_that_says_the_same_will_do(client: Any, world: World) -> None:
    client.add_permission(
        FunctionName="f",
        StatementId="mine",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    stage = deploy({"auth_type": "NONE"}, permissions=[], remove_other_permissions=True)
    finished(stage, world)
    assert statements(client).keys() == {"mine", "FunctionURLInvokeAllowPublicAccess"}
    assert stage.plan(world).empty


def test_absent_settings_stay_and_empty_ones_are_removed(client: Any, world: World) -> None:
    finished(deploy({"auth_type": "AWS_IAM", "invoke_mode": "RESPONSE_STREAM", "cors": CORS}), world)
    stage = deploy({"cors": {"allow_headers": [], "max_age": 5}})
    [change] = stage.plan(world).changes
    assert {(line.field, line.before, line.after) for line in change.differences} == {
        ("CORS headers", "x-shop", None),
        ("CORS cached for", "60 s", "5 s"),
    }
    finished(stage, world)
    found = url(client)
    assert found is not None
    assert found["InvokeMode"] == "RESPONSE_STREAM"
    assert found["Cors"].keys() == {"AllowOrigins", "AllowMethods", "ExposeHeaders", "AllowCredentials", "MaxAge"}
    assert stage.plan(world).empty
    stage = deploy({"cors": {}, "auth_type": "AWS_IAM"})
    finished(stage, world)
    assert not (url(client) or {}).get("Cors")
    assert stage.plan(world).empty


def test_urls_are_left_alone_until_they_are_named_or_the_list_is_empty(client: Any, world: World) -> None:
    finished(deploy({"auth_type": "NONE"}, {"qualifier": "live", "auth_type": "AWS_IAM"}), world)
    assert Deploy(function="f").plan(world).empty
    stage = deploy({})
    plan = stage.plan(world)
    assert operations(plan) == ["RemovePermission", "RemovePermission", "DeleteFunctionUrlConfig"]
    assert plan.danger is Danger.DESTRUCTIVE
    finished(stage, world, plan)
    assert (url(client), statements(client)) == (None, {})
    assert url(client, "live")
    stage = deploy()
    assert operations(stage.plan(world)) == ["DeleteFunctionUrlConfig"]
    finished(stage, world)
    assert url(client, "live") is None
    assert stage.plan(world).empty


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        ([{"invoke_mode": "BUFFERED"}], "function_urls.0.auth_type: f has no URL yet, so its authorization is needed"),
        ([{"qualifier": 1, "auth_type": "NONE"}], "function_urls.0.qualifier: an alias was expected, not 1"),
        ([{"qualifier": "lvie", "auth_type": "NONE"}], "f has no alias 'lvie'. Did you mean 'live'?"),
        (
            [{"auth_type": "NONE"}, {"auth_type": "NONE"}],
            "function_urls.1.qualifier: function_urls.0 is about the same",
        ),
    ],
)
def test_what_cannot_be_is_said(client: Any, world: World, urls: list[Any], words: str) -> None:
    with pytest.raises(BadInput) as error:
        deploy(*urls).plan(world)
    assert words in str(error.value)
