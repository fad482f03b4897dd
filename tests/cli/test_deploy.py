"""`lambdatui deploy`: fields from a file and from flags, and what happens where a run fails part-way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.code import write_code
from tests.cli.conftest import Run
from tests.emulator.clients import make_function


@pytest.fixture
def client(connected: Any, aws: Any) -> Any:
    client = aws()
    make_function(client, "f", Environment={"Variables": {"TOKEN": "s3cret"}}, Tags={"team": "pay"})
    return client


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "f.yaml"
    path.write_text("function: f\nmemory: 256\nlogging:\n  format: JSON\n")
    return str(path)


def test_flags_alone_say_a_deployment(lambdatui: Run, client: Any) -> None:
    ended = lambdatui("deploy", "--set", "function=f", "--set", "memory=512", "--set", "tags={}", "--yes")
    assert ended.status == 0
    found = client.get_function(FunctionName="f")
    assert (found["Configuration"]["MemorySize"], found.get("Tags")) == (512, None)


def test_flags_stand_in_the_place_of_the_file_s_fields(lambdatui: Run, client: Any, file: str) -> None:
    sets = ("--set", "memory=512", "--set", "logging.group=/shop", "--set", "environment=")
    assert lambdatui("deploy", file, *sets, "--yes").status == 0
    found = client.get_function_configuration(FunctionName="f")
    assert found["MemorySize"] == 512
    assert (found["LoggingConfig"]["LogFormat"], found["LoggingConfig"]["LogGroup"]) == ("JSON", "/shop")
    assert "Environment" not in found


def test_a_flag_without_a_value_is_empty_and_a_number_may_be_text(lambdatui: Run, client: Any) -> None:
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=3)
    sets = ("function=f", "reserved_concurrency=", "description=42", "environment.PORT=8080", "vpc=", "layers=")
    assert lambdatui("deploy", *(word for text in sets for word in ("--set", text)), "--yes").status == 0
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="f")
    found = client.get_function_configuration(FunctionName="f")
    assert (found["Description"], found["Environment"]["Variables"]) == ("42", {"PORT": "8080"})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--set", "memory"], "--set memory: NAME=VALUE was expected, such as memory=512."),
        (["--set", "memory=64"], "--set memory: 128 or more was expected, not 64."),
        (["--set", "memmory=640"], "--set there is no field 'memmory'. Did you mean 'memory'?"),
        (["--set", "vpc.subnets=subnet-1"], "--set vpc.subnets: a list was expected, not 'subnet-1'."),
        (["--set", "memory.size=3"], "--set memory.size: memory is no mapping in the file, so it has no parts."),
        (["--set", "tags={a"], "--set tags:"),
    ],
)
def test_a_mistake_in_a_flag_is_one_sentence(
    lambdatui: Run, client: Any, file: str, words: list[str], told: str
) -> None:
    ended = lambdatui("deploy", file, *words)
    assert ended.status == 2
    assert ended.err.startswith(f"lambdatui: {told}")


def test_a_mistake_in_the_file_beside_flags_is_told_with_its_line(lambdatui: Run, client: Any, tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text("function: f\ntimeout: soon\n")
    ended = lambdatui("deploy", str(file), "--set", "memory=512")
    assert ended.err == f"lambdatui: {file}:2: timeout: a whole number was expected, not 'soon'.\n"


# a run that fails part-way


@pytest.fixture
def denied(client: Any, connected: Any, account_id: str, tmp_path: Path) -> str:
    """A file that changes a function's settings and then cannot publish a version."""
    connected.cloud.faults.add("access-denied", operation="PublishVersion", account=account_id)
    file = tmp_path / "f.yaml"
    file.write_text("function: f\nmemory: 512\nenvironment: {TOKEN: other}\npublish: true\n")
    return str(file)


def settings(client: Any) -> tuple[int, dict[str, str]]:
    found = client.get_function_configuration(FunctionName="f")
    return found["MemorySize"], found["Environment"]["Variables"]


def test_without_a_terminal_what_was_done_stays_and_the_flag_is_named(lambdatui: Run, client: Any, denied: str) -> None:
    ended = lambdatui("deploy", denied, "--yes", "--json")
    assert ended.status == 3
    assert settings(client) == (512, {"TOKEN": "other"})
    assert ended.document["status"] == "failed"
    assert ended.document["put_back"]["status"] == "offered"
    assert "What was done stays. With --put-back, a run that fails puts back what was there." in ended.err


def test_with_the_flag_what_was_there_is_put_back_and_the_run_has_failed_all_the_same(
    lambdatui: Run, client: Any, denied: str
) -> None:
    ended = lambdatui("deploy", denied, "--yes", "--put-back", "--json")
    assert ended.status == 3
    assert settings(client) == (128, {"TOKEN": "s3cret"})
    assert ended.document["put_back"]["status"] == "done"
    assert "Put back what was there of f" in ended.err
    assert "memory: 512 MB → 128 MB" in ended.err
    assert "s3cret" not in ended.out + ended.err


def test_update_code_puts_back_the_code(
    lambdatui: Run, client: Any, tmp_path: Path, connected: Any, account_id: str
) -> None:
    client.publish_version(FunctionName="f")
    before = client.get_function_configuration(FunctionName="f")["CodeSha256"]
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    connected.cloud.faults.add("access-denied", operation="UpdateAlias", account=account_id)
    code = write_code(tmp_path / "code", 2)
    ended = lambdatui("update-code", "f", str(code), "--alias", "live", "--put-back", "--yes")
    assert ended.status == 3
    assert client.get_function_configuration(FunctionName="f")["CodeSha256"] == before
