"""The live panel of the invoke screen: what it costs the sender, and how it stands a flood and a slow link."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bench.terminal import Timed

pytestmark = pytest.mark.bench

SECONDS = 4
ROUNDS = 3
LINK = 20_000
"""Bytes a second of a slow link."""


class Flooded(NamedTuple):
    """Results made, and shown and in the file; how late the loop was (ms); what that took until the last was shown."""

    made: float
    shown: float
    p99: float
    most: float
    seconds: float
    kilobytes: float
    cpu: float


def app(*arguments: str | int) -> list[str]:
    return [sys.executable, "-m", "tests.bench.invoke_panel_apps", *map(str, arguments)]


def told(program: Timed) -> tuple[float, ...]:
    return tuple(map(float, re.findall(rb"OVER (\d+) (\d+) ([\d.]+) ([\d.]+)", program.seen)[-1]))


def flooded(rate: int) -> Flooded:
    with Timed(app("flood", rate, SECONDS)) as program:
        program.wait(b"\x1b[?1049h")
        cpu, start = program.cpu(), time.perf_counter()
        program.wait(b"MEASURED", 120)
        seconds = time.perf_counter() - start
        return Flooded(*told(program), seconds, program.count / seconds / 1000, (program.cpu() - cpu) / seconds)


def test_twenty_thousand_results_a_second() -> None:
    few, many = flooded(1_000), flooded(20_000)
    print("\nResults that flood in for four seconds, shown and written to a file")
    for name, one in (("1,000 a second", few), ("20,000 a second", many)):
        print(
            f"  {name:<16} made {one.made:,.0f}, shown and in the file {one.shown:,.0f}   "
            f"loop late p99 {one.p99:5.1f} ms, most {one.most:5.1f}   {one.kilobytes:5.0f} kB/s   CPU {one.cpu:4.0%}"
        )
    print(f"  shown and in the file: {many.shown / many.made:.3f} of what was made (goal 1)")
    print(f"  most late: {many.most:.0f} ms (goal 50)")
    print(f"  bytes a second: {many.kilobytes / few.kilobytes:.2f} of those at 1,000 (goal 1.2)")
    print("  the CPU is that of the panel, the four threads that make results, and the writer (goal 60 %)")


def slowly(which: str) -> tuple[float, ...]:
    """A flood at the end of a slow link."""
    with Timed(app(which, 2_000, SECONDS)) as program:
        program.wait(b"\x1b[?1049h")
        start, taken = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS + 1:
            room = int((time.perf_counter() - start) * LINK) - taken
            if room > 0:
                before = program.count
                program.pump(0.01, most=room)
                taken += program.count - before
            time.sleep(0.005)
        program.wait(b"MEASURED", 120)
        return told(program)


def test_a_slow_link() -> None:
    guarded, unguarded = slowly("flood"), slowly("flood-unguarded")
    print(f"\n2,000 results a second at the end of a link of {LINK // 1000} kB/s")
    for name, one in (("ours", guarded), ("drawn 30 times a second come what may", unguarded)):
        print(f"  {name:<38} loop late p99 {one[2]:7.1f} ms, most {one[3]:7.1f}")
    print(f"  p99 {guarded[2]:.1f} ms (goal 5), 1/{unguarded[2] / max(0.1, guarded[2]):.0f} of the other's (goal 1/50)")


@pytest.fixture
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.invoke_server", str(request.param)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


@pytest.mark.parametrize(("port", "at_once", "count"), [(70, 128, 9_000), (0, 32, 12_000)], indirect=["port"])
def test_the_panel_costs_little(port: int, at_once: int, count: int, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LAMBDATUI_"))}
    environment["HOME"] = str(tmp_path)
    ratios = []
    for _ in range(ROUNDS):
        done = subprocess.run(app("headless", port, at_once, count), env=environment, capture_output=True, check=True)
        alone = float(done.stdout.split()[1])
        with Timed(app("panel", port, at_once, count), {"HOME": str(tmp_path)}) as program:
            program.wait(b"MEASURED", 120)
            rate, shown, p99, most = told(program)
        assert shown == count
        ratios.append(rate / alone)
        print(f"\n  {at_once} at once: {alone:7,.0f}/s alone, {rate:7,.0f}/s with the panel", end="")
        print(f"   loop late p99 {p99:.1f} ms, most {most:.1f}", end="")
    print(f"\n  the rate with the panel: {statistics.median(ratios):.2f} of the rate without (goal 0.90)")
