"""A change that was made and whose answer was lost: the run goes on, and the journal says that it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.errors import Changed
from lambdatui.journal import Journal
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.route import Route, Simple
from lambdatui.stages.stage import Note, Stage, World
from lambdatui.stages.update_code import UpdateCode
from lambdatui.stages.way_back import WayBack
from tests.conftest import Calls
from tests.stages.acting import failed, finished, function_with_versions, run


@pytest.fixture
def client(aws: Any) -> Any:
    """The test account's Lambda, with a function f of three versions and an alias."""
    found = aws()
    function_with_versions(found, 3)
    found.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return found


def to(version: str, alias: str = "live") -> Route:
    return Route(function="f", alias=alias, strategy=Simple(to=version), description="the shop")


STAGES: list[tuple[str, Stage]] = [
    ("UpdateAlias", to("2")),
    ("CreateAlias", to("2", "beta")),
    ("UpdateAlias", WayBack(function="f", alias="live", version="3")),
    (
        "UpdateFunctionConfiguration",
        Deploy(
            function="f",
            memory=512,
            environment={"KEY": "s3cret"},
            vpc={"subnets": ["subnet-1"], "security_groups": ["sg-1"]},
            logging={"format": "JSON"},
            tracing="Active",
            ephemeral_storage=1024,
        ),
    ),
    ("UpdateFunctionCode", UpdateCode(function="f", code="code")),
]


@pytest.mark.parametrize(("operation", "stage"), STAGES, ids=[f"{stage.kind} {name}" for name, stage in STAGES])
def test_it_is_known_for_one_s_own(
    client: Any,
    world: World,
    journal: Journal,
    tmp_path: Path,
    connected: Any,
    account_id: str,
    calls: Calls,
    operation: str,
    stage: Stage,
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context):\n    return 'new'\n")
    plan = stage.plan(world)
    fault = connected.cloud.faults.add("cut-after-work", operation=operation, account=account_id, times=1)
    calls.forget()
    events = run(stage, world, plan)
    assert connected.cloud.faults.hits(fault) == 1
    assert calls.operations().count(operation) == 2
    assert any(isinstance(event, Note) and "an answer was lost" in event.text for event in events), events[-1]
    [entry] = journal.entries(run=journal.runs()[0].id)
    assert (entry.operation, entry.status) == (operation, "done")
    assert "s3cret" not in str(entry)
    assert stage.plan(world).empty


def test_what_somebody_else_has_changed_is_theirs_though_it_was_sent_again(
    client: Any, world: World, journal: Journal, connected: Any, account_id: str
) -> None:
    stage = to("2")
    plan = stage.plan(world)
    client.update_alias(FunctionName="f", Name="live", FunctionVersion="3")
    connected.cloud.faults.add("cut-before-work", operation="UpdateAlias", account=account_id, times=1)
    end = failed(stage, world, plan)
    assert isinstance(end.error, Changed)
    # whether the first sending came before their change, nobody can tell
    assert end.unsure is not None
    assert journal.entries()[0].status == "unknown"
    finished(stage, world)
