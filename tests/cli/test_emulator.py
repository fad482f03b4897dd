"""`lambdatui emulator`: the embedded AWS alone, for any client."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lambdatui.emulator.server import Emulator
from tests.cli.conftest import Run

Start = Callable[..., subprocess.Popen[str]]


def exported(child: subprocess.Popen[str], count: int = 4) -> dict[str, str]:
    """The variables that it prints once it answers."""
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(count)]
    assert all(line.startswith("export ") for line in lines), lines
    return dict(line.removeprefix("export ").rstrip("\n").split("=", 1) for line in lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_what_leads_a_client_to_it_and_ends_when_told(process: Start, number: signal.Signals) -> None:
    child = process("emulator", "--port", "0")
    try:
        variables = exported(child)
        assert variables["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
        client: Any = boto3.client(
            "lambda",
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_DEFAULT_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )
        assert client.list_functions()["Functions"] == []
        child.send_signal(number)
        _, said = child.communicate(timeout=20)
    finally:
        child.kill()
    assert child.returncode == 0
    assert "Handlers run as you, without a sandbox." in said


def test_a_port_that_is_taken_is_bad_input(lambdatui: Run, emulator: Emulator) -> None:
    ended = lambdatui("emulator", "--port", str(emulator.port))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"Port {emulator.port} of 127.0.0.1 cannot be had: address already in use. Try --port 0.\n"


@pytest.mark.parametrize("port", ["-1", "70000", "x"])
def test_what_is_no_port_is_bad_input(lambdatui: Run, port: str) -> None:
    ended = lambdatui("emulator", "--port", port)
    assert ended.status == 2
    assert "Invalid value for '--port'" in ended.err
