"""Provisioned concurrency of a deployment: set and awaited, refused where AWS's rules forbid it, removed."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.errors import BadInput, Refused
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import Danger, Progress, World
from tests.stages.acting import finished, operations, run


def deploy(**executions: int) -> Deploy:
    return Deploy(function="f", provisioned_concurrency={name.lstrip("v"): n for name, n in executions.items()})


def provisioned(client: Any) -> dict[str, int]:
    found = client.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"]
    return {
        entry["FunctionArn"].rpartition(":")[2]: entry["RequestedProvisionedConcurrentExecutions"] for entry in found
    }


def test_it_is_set_and_awaited(client: Any, world: World) -> None:
    stage = Deploy(function="f", provisioned_concurrency={"live": 3, 2: 1})  # type: ignore[dict-item]
    plan = stage.plan(world)
    assert operations(plan) == ["PutProvisionedConcurrencyConfig"] * 2
    assert [line.after for line in plan.changes[0].differences] == ["3 environments"]
    events = run(stage, world, plan)
    progress = [
        event for event in events if isinstance(event, Progress) and event.what == "environments ready for live"
    ]
    assert (progress[-1].done, progress[-1].total) == (3, 3)
    assert provisioned(client) == {"live": 3, "2": 1}
    assert stage.plan(world).empty


def test_it_is_changed_and_removed(client: Any, world: World) -> None:
    finished(deploy(live=3, v2=1), world)
    assert Deploy(function="f").plan(world).empty
    stage = deploy(live=5)
    [change] = stage.plan(world).changes
    assert [(line.before, line.after) for line in change.differences] == [("3 environments", "5 environments")]
    finished(stage, world)
    stage = deploy(live=0)
    plan = stage.plan(world)
    assert (operations(plan), plan.danger) == (["DeleteProvisionedConcurrencyConfig"], Danger.TRAFFIC)
    finished(stage, world, plan)
    assert provisioned(client) == {"2": 1}
    stage = deploy()
    finished(stage, world)
    assert provisioned(client) == {}
    assert stage.plan(world).empty


def test_an_alias_with_weights_is_refused(client: Any, world: World) -> None:
    routing = {"AdditionalVersionWeights": {"2": 0.1}}
    client.update_alias(FunctionName="f", Name="live", RoutingConfig=routing)
    with pytest.raises(Refused, match=r"f:live shares its traffic \(90 % to 1, 10 % to 2\), and AWS gives no"):
        deploy(live=3).plan(world)
    kept = Deploy(
        function="f", publish=True, aliases=["live"], alias_weights="keep", provisioned_concurrency={"live": 3}
    )
    with pytest.raises(Refused):
        kept.plan(world)


def test_an_alias_whose_weights_the_plan_clears_is_not(client: Any, world: World) -> None:
    routing = {"AdditionalVersionWeights": {"2": 0.1}}
    client.update_alias(FunctionName="f", Name="live", RoutingConfig=routing)
    stage = Deploy(
        function="f", publish=True, aliases=["live"], alias_weights="clear", provisioned_concurrency={"live": 3}
    )
    plan = stage.plan(world)
    assert operations(plan) == ["UpdateAlias", "PutProvisionedConcurrencyConfig"]
    finished(stage, world, plan)
    assert provisioned(client) == {"live": 3}
    assert stage.plan(world).empty


def test_an_alias_and_its_version_do_not_both_have_it(client: Any, world: World) -> None:
    finished(deploy(v1=2), world)
    with pytest.raises(Refused, match="f:live leads to version 1, and AWS gives provisioned concurrency to one"):
        deploy(live=3).plan(world)
    stage = deploy(live=3, v1=0)
    finished(stage, world)
    assert provisioned(client) == {"live": 3}


def test_what_cannot_be_is_said(client: Any, world: World) -> None:
    with pytest.raises(BadInput, match=r"provisioned_concurrency.lvie: f has no alias 'lvie'. Did you mean 'live'"):
        deploy(lvie=1).plan(world)
    client.create_alias(FunctionName="f", Name="head", FunctionVersion="$LATEST")
    with pytest.raises(Refused, match=r"f:head leads to \$LATEST"):
        deploy(head=1).plan(world)
