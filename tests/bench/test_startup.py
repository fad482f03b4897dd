"""How soon the first frame and the first rows are there, against a Textual app that shows one word."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bench.terminal import Timed

pytestmark = pytest.mark.bench

ONE_STATIC = """
from textual.app import App
from textual.widgets import Static
class One(App):
    def compose(self):
        yield Static("READY")
One().run()
"""
OURS = [sys.executable, "-m", "lambdatui"]
ONE = [sys.executable, "-c", ONE_STATIC]
ROUNDS = 11


@pytest.fixture
def environment(tmp_path: Path) -> Callable[..., dict[str, str]]:
    def make(port: int = 9, cache: str = "cache", **more: str) -> dict[str, str]:
        return {
            "HOME": str(tmp_path),
            "LAMBDATUI_STATE_DIR": str(tmp_path / "state"),
            "LAMBDATUI_CACHE_DIR": str(tmp_path / cache),
            "LAMBDATUI_CONFIG_DIR": str(tmp_path / "config"),
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            **more,
        }

    return make


@pytest.fixture
def server() -> Iterator[Callable[[int, float], int]]:
    running: list[subprocess.Popen[str]] = []

    def start(count: int, latency_ms: float = 0) -> int:
        command = [sys.executable, "-m", "tests.bench.list_server", str(count), str(latency_ms)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert running[-1].stdout is not None
        return int(running[-1].stdout.readline())

    yield start
    for process in running:
        process.kill()
        process.wait()


def until(command: list[str], marker: bytes, env: dict[str, str]) -> float:
    with Timed(command, env) as program:
        return program.wait(marker)


def told(what: str, ours: list[float], other: list[float], name: str, goal: str) -> None:
    pairs = [a / b for a, b in zip(ours, other, strict=True)]
    print(
        f"\n{what}: {statistics.median(ours) * 1000:.0f} ms; {name}: {statistics.median(other) * 1000:.0f} ms; "
        f"ratio {statistics.median(pairs):.2f} (goal {goal})"
    )


def test_first_frame(environment: Callable[..., dict[str, str]]) -> None:
    env = environment()
    ours, one = [], []
    for _ in range(ROUNDS):
        ours.append(until(OURS, b"FUNCTION", env))
        one.append(until(ONE, b"READY", env))
    told("first frame", ours, one, "one Static", "1.20")


def test_cached_rows(environment: Callable[..., dict[str, str]], server: Callable[..., int]) -> None:
    port = server(10_000)
    kept = environment(port)
    with Timed(OURS, kept) as program:
        program.wait(b"all pages read")
        program.settle(1.0)
    empty = environment(port, cache="none")
    ours, none = [], []
    for _ in range(ROUNDS):
        ours.append(until(OURS, b"auth-api", kept))
        none.append(until(OURS, b"FUNCTION", environment(9, cache="none")))
    assert empty
    told("10,000 kept rows", ours, none, "its own empty frame", "1.20")


def test_first_live_rows(environment: Callable[..., dict[str, str]], server: Callable[..., int]) -> None:
    port = server(10_000)
    ours, frame = [], []
    for number in range(ROUNDS):
        env = environment(port, cache=f"cache-{number}")
        with Timed(OURS, env) as program:
            frame.append(program.wait(b"FUNCTION"))
            ours.append(program.wait(b"auth-api"))
    told("first live rows", ours, frame, "its own first frame", "1.40")


def test_sixteen_regions(environment: Callable[..., dict[str, str]], server: Callable[..., int]) -> None:
    port = server(500, 70)
    regions = [f"eu-west-{n}" for n in range(1, 5)] + [f"us-east-{n}" for n in range(1, 5)]
    regions += [f"ap-east-{n}" for n in range(1, 5)] + [f"sa-east-{n}" for n in range(1, 5)]
    one, many = [], []
    for number in range(5):
        for times, names in ((one, regions[:1]), (many, regions)):
            env = environment(port, cache=f"c{number}-{len(names)}", LAMBDATUI_REGIONS=",".join(names))
            del env["AWS_REGION"]
            with Timed(OURS, env) as program:
                frame = program.wait(b"FUNCTION")
                times.append(program.wait(b"all pages read") - frame)
    told("16 regions of 500, 70 ms a page", many, one, "one region", "1.30")


def test_idle(environment: Callable[..., dict[str, str]], server: Callable[..., int]) -> None:
    env = environment(server(200))
    with Timed(OURS, env) as program:
        program.wait(b"all pages read")
        program.settle(2.0)
        before, cpu = program.count, program.cpu()
        program.settle(10.0)
        used = (program.cpu() - cpu) / 10
        print(f"\nidle for 10 s: {program.count - before} bytes drawn (goal 0), {used:.2%} of a core (goal 0.5 %)")
