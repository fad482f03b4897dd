"""Commands: called in this process where that is enough, and as a real process where signals and terminals matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from lambdatui.cli.main import cli
from tests.stages.acting import function_with_versions

ROUTE = ("route", "f", "live", "--to", "2")
"""A change that callers notice, to what `routed` sets up."""


@dataclass
class Ended:
    """How a command ended: its status, its data and its words."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def lambdatui() -> Run:
    """Calls a command. There is no terminal to ask on; `typed` is what standard input holds."""

    def run(*words: str, typed: str = "") -> Ended:
        result = CliRunner().invoke(cli, words, input=typed, catch_exceptions=False)
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def process() -> Callable[..., subprocess.Popen[str]]:
    """Starts a command as a process of its own, in the environment of the test."""

    def start(*words: str, **options: Any) -> subprocess.Popen[str]:
        settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "lambdatui", *words], text=True, env=dict(os.environ), **settings | options
        )

    return start


@pytest.fixture
def routed(connected: Any, aws: Any) -> Any:
    """`f` with two versions, and `live` on 1."""
    client = aws()
    function_with_versions(client, 2)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


def served(client: Any) -> str:
    """The version behind `live`."""
    return str(client.get_alias(FunctionName="f", Name="live")["FunctionVersion"])
