"""Aliases after a publish: pointed at the new version, with what becomes of weights in force said by the operator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.errors import Changed
from lambdatui.errors import Refused
from lambdatui.stages.stage import Danger, World
from lambdatui.stages.update_code import UpdateCode
from tests.stages.acting import failed, finished, function_with_versions, operations


@pytest.fixture
def client(aws: Any, tmp_path: Path) -> Any:
    """A function f with versions 1 and 2, and a folder with other code for it."""
    client = aws()
    function_with_versions(client, 2)
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "app.py").write_text("def handler(event, context):\n    return 'new'\n")
    return client


def share(client: Any, name: str = "live") -> None:
    """An alias that gives version 1 nine tenths and version 2 the rest."""
    routing = {"AdditionalVersionWeights": {"2": 0.1}}
    client.create_alias(FunctionName="f", Name=name, FunctionVersion="1", RoutingConfig=routing)


def weights(client: Any, name: str = "live") -> tuple[str, dict[str, float]]:
    alias = client.get_alias(FunctionName="f", Name=name)
    return alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def update(**inputs: Any) -> UpdateCode:
    return UpdateCode(**{"function": "f", "code": "code", "publish": True, "aliases": ["live"]} | inputs)


def test_weights_in_force_are_asked_about(client: Any, world: World) -> None:
    share(client)
    with pytest.raises(Refused) as refusal:
        update().plan(world)
    assert str(refusal.value) == (
        "f:live shares its traffic now (90 % to 1, 10 % to 2). Say `alias_weights: keep` to give the published version "
        "the place of 1, or `alias_weights: clear` to give it everything."
    )
    assert weights(client) == ("1", {"2": 0.1})


def test_weights_are_cleared_when_that_was_said(client: Any, world: World) -> None:
    share(client)
    stage = update(alias_weights="clear")
    plan = stage.plan(world)
    assert plan.warnings == ("f:live shares its traffic now (90 % to 1, 10 % to 2); that ends.",)
    finished(stage, world, plan)
    assert weights(client) == ("3", {})
    assert stage.plan(world).empty


def test_weights_are_kept_when_that_was_said(client: Any, world: World) -> None:
    share(client)
    stage = update(alias_weights="keep")
    plan = stage.plan(world)
    assert plan.warnings == ("f:live shares its traffic now (90 % to 1, 10 % to 2); 2 keeps its share.",)
    [line] = plan.changes[-1].differences
    assert (line.before, line.after) == ("90 % to 1, 10 % to 2", "90 % to the new version, 10 % to 2")
    finished(stage, world, plan)
    assert weights(client) == ("3", {"2": 0.1})
    assert stage.plan(world).empty


def test_a_version_does_not_share_an_alias_with_itself(client: Any, world: World) -> None:
    finished(update(aliases=[]), world)
    routing = {"AdditionalVersionWeights": {"3": 0.1}}
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig=routing)
    with pytest.raises(Refused, match="f:live gives 3 a share already"):
        update(alias_weights="keep").plan(world)
    finished(update(alias_weights="clear"), world)
    assert weights(client) == ("3", {})


def test_an_alias_that_is_not_named_is_left_alone(client: Any, world: World) -> None:
    share(client, "other")
    finished(update(), world)
    assert weights(client, "other") == ("1", {"2": 0.1})


def test_aliases_have_a_description(client: Any, world: World) -> None:
    stage = update(alias_description="what the shop calls")
    finished(stage, world)
    assert client.get_alias(FunctionName="f", Name="live")["Description"] == "what the shop calls"
    assert stage.plan(world).empty
    assert update().plan(world).empty
    plan = update(alias_description="").plan(world)
    assert operations(plan) == ["UpdateAlias"]
    assert plan.danger is Danger.SAFE
    assert [(line.field, line.before, line.after) for line in plan.changes[0].differences] == [
        ("description", "what the shop calls", "none")
    ]
    finished(update(alias_description=""), world)
    assert not client.get_alias(FunctionName="f", Name="live")["Description"]


def test_an_alias_that_moved_since_the_plan_is_not_moved(client: Any, world: World) -> None:
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    stage = update()
    plan = stage.plan(world)
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    assert weights(client) == ("2", {})
