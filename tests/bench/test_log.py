"""A log that floods in, in our view and in Textual's RichLog."""

from __future__ import annotations

import re
import sys
import time
from typing import NamedTuple

import pytest

from tests.bench.terminal import Timed

pytestmark = pytest.mark.bench

SECONDS = 4


class Flooded(NamedTuple):
    """Lines made and shown, how late the loop was (ms), and what that took until the last was shown."""

    made: float
    shown: float
    p99: float
    most: float
    seconds: float
    kilobytes: float
    cpu: float


def flooded(which: str, rate: int) -> Flooded:
    with Timed([sys.executable, "-m", "tests.bench.log_apps", which, str(rate), str(SECONDS)]) as program:
        program.wait(b"\x1b[?1049h")
        cpu, start = program.cpu(), time.perf_counter()
        program.wait(b"MEASURED", 120)
        seconds = time.perf_counter() - start
        made, shown, p99, most = map(float, re.findall(rb"OVER (\d+) (\d+) ([\d.]+) ([\d.]+)", program.seen)[-1])
        kilobytes = program.count / seconds / 1000
        return Flooded(made, shown, p99, most, seconds, kilobytes, (program.cpu() - cpu) / seconds)


def test_twenty_thousand_lines_a_second() -> None:
    few, ours, theirs = flooded("ours", 1_000), flooded("ours", 20_000), flooded("richlog", 20_000)
    print("\n20,000 lines a second for four seconds")
    for name, one in (("ours, 1,000 a second", few), ("ours", ours), ("RichLog, drained", theirs)):
        print(
            f"  {name:<21} {one.shown:,.0f} lines in {one.seconds:4.1f} s   loop late p99 {one.p99:6.1f} ms, "
            f"most {one.most:6.1f}   {one.kilobytes:5.0f} kB/s   CPU {one.cpu:4.0%}"
        )
    faster = ours.shown / ours.seconds / (theirs.shown / theirs.seconds)
    print(f"  lines shown a second: {faster:.1f} times RichLog's; most late {ours.most:.0f} ms (goal 50)")
    print(f"  bytes/s: {ours.kilobytes / few.kilobytes:.2f} of those at 1,000 lines a second (goal: they do not grow)")
