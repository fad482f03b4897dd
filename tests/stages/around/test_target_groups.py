"""Target groups that a deployment registers its function with, and the permission that each needs."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.errors import BadInput, Refused
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.stage import World
from tests.emulator.clients import make_function
from tests.stages.acting import finished, operations
from tests.stages.around.test_permissions import statements


@pytest.fixture
def elb(aws: Any) -> Any:
    return aws("elbv2")


def group(elb: Any, name: str = "shop", kind: str = "lambda", **members: Any) -> str:
    answer = elb.create_target_group(Name=name, TargetType=kind, **members)
    return str(answer["TargetGroups"][0]["TargetGroupArn"])


def targets(elb: Any, arn: str) -> list[str]:
    health = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return [one["Target"]["Id"].rpartition("function:")[2] for one in health]


def deploy(*groups: dict[str, Any], **inputs: Any) -> Deploy:
    return Deploy(function="f", target_groups=list(groups), **inputs)


def test_a_function_is_registered_and_let_in(client: Any, world: World, elb: Any) -> None:
    arn = group(elb)
    stage = deploy({"target_group": "shop", "qualifier": "live"})
    plan = stage.plan(world)
    assert operations(plan) == ["AddPermission", "RegisterTargets"]
    finished(stage, world, plan)
    assert targets(elb, arn) == ["f:live"]
    [statement] = statements(client, "live").values()
    assert statement["Principal"] == {"Service": "elasticloadbalancing.amazonaws.com"}
    assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": arn}}
    assert stage.plan(world).empty
    assert deploy({"target_group": arn, "qualifier": "live"}).plan(world).empty


def test_a_registration_moves_to_another_qualifier(client: Any, world: World, elb: Any) -> None:
    arn = group(elb)
    finished(deploy({"target_group": arn}), world)
    stage = deploy({"target_group": arn, "qualifier": "live"})
    plan = stage.plan(world)
    assert sorted(operations(plan)) == ["AddPermission", "DeregisterTargets", "RegisterTargets", "RemovePermission"]
    finished(stage, world, plan)
    assert targets(elb, arn) == ["f:live"]
    assert statements(client) == {}
    assert stage.plan(world).empty


def test_groups_are_left_alone_until_the_list_is_empty(client: Any, world: World, elb: Any) -> None:
    arns = [group(elb, name) for name in ("shop", "blog")]
    finished(deploy({"target_group": "shop"}, {"target_group": "blog", "qualifier": "live"}), world)
    assert Deploy(function="f").plan(world).empty
    assert deploy({"target_group": "shop"}).plan(world).empty
    stage = deploy()
    assert sorted(operations(stage.plan(world))) == ["DeregisterTargets"] * 2 + ["RemovePermission"] * 2
    finished(stage, world)
    assert [targets(elb, arn) for arn in arns] == [[], []]
    assert statements(client) == statements(client, "live") == {}
    assert stage.plan(world).empty


def test_what_cannot_be_is_said(client: Any, world: World, elb: Any, aws: Any) -> None:
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group(elb, "machines", "instance", Protocol="HTTP", Port=80, VpcId=vpc)
    with pytest.raises(BadInput, match=r"target_groups.0.target_group: there is no target group nowhere here"):
        deploy({"target_group": "nowhere"}).plan(world)
    with pytest.raises(BadInput, match="machines takes targets of the type instance; lambda was expected"):
        deploy({"target_group": "machines"}).plan(world)
    other = make_function(client, "g")["FunctionArn"]
    elb.register_targets(TargetGroupArn=group(elb), Targets=[{"Id": other}])
    with pytest.raises(Refused, match="shop has function g registered, and a target group holds one function"):
        deploy({"target_group": "shop"}).plan(world)
