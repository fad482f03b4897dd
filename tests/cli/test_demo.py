"""`lambdatui demo`: the app on an embedded AWS of its own, of which nothing is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lambdatui.cli.demo import Demo
from lambdatui.errors import LambdatuiError
from lambdatui.settings import Settings
from tests.deadlines import wait_for
from tests.terminal import Terminal

DEMO = [sys.executable, "-m", "lambdatui", "demo"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo makes its private folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def processes(folder: Path) -> list[str]:
    """The command lines of the processes that belong to a demo in this folder."""
    listed = subprocess.run(["ps", "-e", "-ww", "-o", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


def is_gone(folder: Path) -> bool:
    return not processes(folder) and not list(folder.glob("lambdatui-demo-*"))


@pytest.mark.parametrize("way", ["q", "SIGTERM", "SIGHUP"])
def test_it_shows_functions_of_both_accounts_and_leaves_nothing_behind(folder: Path, way: str) -> None:
    # the operator's own AWS settings must not be touched, not even read
    bad = {
        "AWS_PROFILE": "the-operators-own",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    # tall enough for every function: where the list stands depends on which page came first
    with Terminal(DEMO, bad, columns=140, rows=100, seconds=60) as terminal:
        terminal.wait("DEMO")
        terminal.wait("checkout-api")
        terminal.wait("prod")
        terminal.wait("staging")
        [made] = folder.glob("lambdatui-demo-*")
        assert made.stat().st_mode & 0o777 == 0o700
        assert {"config", "credentials", "state"} <= {path.name for path in made.iterdir()}
        assert len(processes(folder)) >= 1
        if way == "q":
            terminal.press("q")
        else:
            terminal.signal(signal.Signals[way])
        status = terminal.wait_end()
        assert status == (0 if way == "q" else 128 + signal.Signals[way])
    wait_for(lambda: is_gone(folder), "the end of the child and of the folder")


def test_a_demo_that_is_killed_takes_its_emulator_with_it(folder: Path) -> None:
    with Terminal(DEMO, rows=100, seconds=60) as terminal:
        terminal.wait("checkout-api")
        assert processes(folder)
        terminal.signal(signal.SIGKILL)
        terminal.wait_end()
    wait_for(lambda: not processes(folder), "the end of the child")


def test_an_emulator_that_does_not_start_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = Demo(Settings(), -1)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    demo.start()
    try:
        with pytest.raises(LambdatuiError, match=r"The embedded AWS did not start: "):
            demo.ready()
    finally:
        demo.stop()
    assert is_gone(folder)
