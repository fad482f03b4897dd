"""How soon the first frame is there, against a Textual app that shows one word."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import pytest

from tests.bench.terminal import first_frame, idle_bytes

pytestmark = pytest.mark.bench

ONE_STATIC = """
from textual.app import App
from textual.widgets import Static
class One(App):
    def compose(self):
        yield Static("READY")
One().run()
"""
ROUNDS = 9


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path),
        "LAMBDATUI_STATE_DIR": str(tmp_path / "state"),
        "LAMBDATUI_CACHE_DIR": str(tmp_path / "cache"),
        "LAMBDATUI_CONFIG_DIR": str(tmp_path / "config"),
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }


def test_first_frame(environment: dict[str, str]) -> None:
    ours, one = [], []
    for _ in range(ROUNDS):
        ours.append(first_frame([sys.executable, "-m", "lambdatui"], b"FUNCTION", environment))
        one.append(first_frame([sys.executable, "-c", ONE_STATIC], b"READY", environment))
    pairs = [a / b for a, b in zip(ours, one, strict=True)]
    print(
        f"\nfirst frame: {statistics.median(ours) * 1000:.0f} ms; one Static: {statistics.median(one) * 1000:.0f} ms; "
        f"ratio {statistics.median(pairs):.2f} (goal 1.20)"
    )


def test_idle(environment: dict[str, str]) -> None:
    count = idle_bytes([sys.executable, "-m", "lambdatui"], b"FUNCTION", environment, 10)
    print(f"\nidle for 10 s: {count} bytes drawn (goal 0)")
