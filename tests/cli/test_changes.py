"""The commands that change something: deploy, update-code, route, prune, delete; and the whole sitting with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.code import write_code
from tests.cli.conftest import Run
from tests.conftest import Calls
from tests.emulator.clients import make_function
from tests.stages.acting import function_with_versions


def test_deploy_makes_what_the_file_says_with_paths_from_its_folder(
    lambdatui: Run, connected: Any, aws: Any, account_id: str, tmp_path: Path, calls: Calls
) -> None:
    write_code(tmp_path / "code", 1)
    file = tmp_path / "shop.yaml"
    file.write_text(
        f"function: shop\ncode: ./code\nruntime: python3.13\nhandler: app.handler\n"
        f"role: arn:aws:iam::{account_id}:role/shop\nmemory: 256\nenvironment:\n  TOKEN: hunter2\npublish: true\n"
    )
    ended = lambdatui("deploy", str(file), "--json")
    assert ended.status == 0
    document = ended.document
    assert (document["status"], document["outputs"]["version"], document["outputs"]["created"]) == ("done", "1", True)
    assert "hunter2" not in ended.out + ended.err
    assert aws().get_function(FunctionName="shop")["Configuration"]["MemorySize"] == 256
    calls.forget()
    again = lambdatui("deploy", str(file), "--json")
    assert again.document["status"] == "unchanged"
    assert again.document["outputs"]["version"] == "1"
    assert calls.changes() == []


def test_a_mistake_in_the_deploy_file_is_told_with_its_line(
    lambdatui: Run, connected: Any, tmp_path: Path, calls: Calls
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("function: shop\ncode: ./code\nmemmory: 256\n")
    ended = lambdatui("deploy", str(file))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"lambdatui: {file}:3: there is no field 'memmory'. Did you mean 'memory'?\n"
    assert calls.operations() == []


def test_the_whole_sitting_with_commands_alone(
    lambdatui: Run, connected: Any, aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New code, a version of it, invocations, 10 % of the traffic, all of it, and the old versions gone."""
    monkeypatch.chdir(tmp_path)
    connected.cloud.random.seed(7)
    function_with_versions(aws(), 3, "checkout-api")
    aws().create_alias(FunctionName="checkout-api", Name="live", FunctionVersion="3")
    write_code(tmp_path / "build", "four")
    published = lambdatui("update-code", "checkout-api", "build", "--publish", "--description", "new tax", "--json")
    assert published.document["outputs"]["version"] == "4"
    assert published.document["plan"]["changes"][1]["request"]["Description"] == "new tax"
    invoked = lambdatui("invoke", "checkout-api", "-q", "newest", "-n", "20", "-c", "4", "--json")
    assert [line["payload"] for line in invoked.lines] == ["four"] * 20
    shared = lambdatui("route", "checkout-api", "live", "--to", "3", "--weight", "newest=10%", "--yes")
    assert "weights    4=0.1" in shared.out
    split = lambdatui("invoke", "checkout-api", "-q", "live", "-n", "120", "-c", "8", "--json")
    served = [line["version"] for line in split.lines]
    assert set(served) == {"3", "4"}
    assert served.count("3") > served.count("4")
    assert lambdatui("route", "checkout-api", "live", "--to", "4", "--yes").status == 0
    pruned = lambdatui("prune", "checkout-api", "--keep", "1", "--yes", "--json")
    outputs = pruned.document["outputs"]
    assert (outputs["deleted"], outputs["kept"], len(outputs["archived"])) == ([1, 2, 3], [4], 3)
    told = lambdatui("history", "--json").lines
    assert [line["run"]["kind"] for line in told] == [
        "delete", "route", "invoke", "route", "invoke", "update_code",
    ]  # fmt: skip


def test_prune_takes_several_functions_and_one_that_fails_does_not_stop_the_rest(
    lambdatui: Run, connected: Any, aws: Any
) -> None:
    for name in ("a", "b"):
        function_with_versions(aws(), 3, name)
    ended = lambdatui("prune", "a", "absent", "b", "--keep", "1", "--yes", "--json")
    assert ended.status == 3
    assert [line["outputs"]["deleted"] for line in ended.lines] == [[1, 2], [1, 2]]
    assert "absent: ListVersionsByFunction: " in ended.err
    assert ended.err.splitlines()[-1] == "lambdatui: 1 of 3 functions were not pruned to the end."


def test_prune_keeps_three_and_what_is_younger_than_an_age(lambdatui: Run, connected: Any, aws: Any) -> None:
    function_with_versions(aws(), 5)
    assert lambdatui("prune", "f", "--older-than", "30d", "--plan", "--json").document["plan"]["changes"] == []
    changes = lambdatui("prune", "f", "--plan", "--json").document["plan"]["changes"]
    assert [change["target"] for change in changes] == ["f:1", "f:2"]


def test_delete_takes_versions_or_the_whole_function(lambdatui: Run, connected: Any, aws: Any) -> None:
    function_with_versions(aws(), 3)
    assert lambdatui("delete", "f", "--version", "1", "--version", "newest", "--yes").status == 0
    left = aws().list_versions_by_function(FunctionName="f")["Versions"]
    assert [entry["Version"] for entry in left] == ["$LATEST", "2"]
    ended = lambdatui("delete", "f", "--plan")
    assert "function: f → archived, then deleted" in ended.out
    assert "version 2: " in ended.out
    assert lambdatui("delete", "f", "--yes").status == 0
    assert aws().list_functions()["Functions"] == []
    assert lambdatui("delete", "f", "--yes").status == 0
    assert lambdatui("delete", "f", "--yes", "--fail-if-missing").status == 2


def test_a_plan_with_escapes_in_a_description_cannot_touch_the_terminal(
    lambdatui: Run, connected: Any, aws: Any
) -> None:
    make_function(aws(), "f")
    aws().publish_version(FunctionName="f", Description="\x1b[2J\x1b]0;pwned\x07[red]words[/]")
    ended = lambdatui("delete", "f", "--plan")
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out
    assert "[red]words[/]" in ended.out
