"""The table against Textual's own: a key, a filter, a fill, pages that stream in."""

from __future__ import annotations

import re
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.list_server import function
from tests.bench.terminal import Timed

pytestmark = pytest.mark.bench

DOWN, PAGE = "\x1b[B", "\x1b[6~"


@contextmanager
def table(which: str, count: int) -> Iterator[Timed]:
    with Timed([sys.executable, "-m", "tests.bench.table_apps", which, str(count)]) as program:
        program.wait(b"FILLED")
        yield program


def filled(program: Timed) -> float:
    found = re.findall(rb"FILLED ([\d.]+) ms", program.seen)
    return float(found[-1])


def median(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]


def typed(program: Timed, text: str, rounds: int = 3) -> list[float]:
    """The ms of each key of a filter that is typed and taken back."""
    times = []
    program.press("/")
    for _ in range(rounds):
        times += [program.press(key)[0] for key in text]
        times += [program.press("\x7f")[0] for _ in text]
    return times


@pytest.mark.parametrize("count", [10_000])
def test_keys(count: int) -> None:
    figures: dict[str, dict[str, list[float]]] = {}
    for which in ("ours", "textual"):
        with table(which, count) as program:
            fill = [filled(program)]
            program.settle(0.6)
            for _ in range(35):
                program.press(DOWN)
            down = [program.press(DOWN) for _ in range(40)]
            page = [program.press(PAGE) for _ in range(20)]
            filters = typed(program, "check" if which == "ours" else "che", 3 if which == "ours" else 1)
        figures[which] = {
            "down ms": [entry[0] for entry in down],
            "down bytes": [float(entry[1]) for entry in down],
            "down cpu": [entry[2] for entry in down],
            "page ms": [entry[0] for entry in page],
            "filter ms": filters,
            "fill": fill,
        }
    ours, textual = figures["ours"], figures["textual"]

    def ratio(name: str) -> float:
        return median(ours[name]) / median(textual[name])

    print(f"\n{count:,} rows, key to the last byte of its frame (goal 16 ms at the median, 50 at p95)")
    for name in ("down ms", "page ms", "filter ms"):
        mine = f"ours {median(ours[name]):6.1f} (p95 {p95(ours[name]):.1f})"
        print(f"  {name:<10} {mine}   DataTable {median(textual[name]):7.1f}")
    print(f"  a filter key is {1 / ratio('filter ms'):.0f} times as fast as DataTable's refill (goal 20)")
    print(f"  a scroll key takes {ratio('down cpu'):.2f} of DataTable's CPU (goal 0.25)")
    print(f"  and {ratio('down bytes'):.2f} of its bytes (goal 0.5)")
    fill = f"{median(ours['fill']):.1f} ms against {median(textual['fill']):.0f}"
    print(f"  filling: {fill}: 1/{1 / ratio('fill'):.0f} (goal 1/100)")


def test_fifty_thousand_against_a_thousand() -> None:
    times = {}
    for count in (1_000, 50_000):
        with table("ours", count) as program:
            times[count] = typed(program, "check")
    print(
        f"\nfilter key with 50,000 rows: {median(times[50_000]):.1f} ms; with 1,000: {median(times[1_000]):.1f} ms; "
        f"ratio {median(times[50_000]) / median(times[1_000]):.2f} (goal 2)"
    )


def streamed(which: str, count: int) -> tuple[float, float, float]:
    """The CPU seconds until all pages are shown, and how late the event loop was (p99 and most, ms)."""
    with Timed([sys.executable, "-m", "tests.bench.table_apps", f"{which}-streamed", str(count)]) as program:
        program.wait(b"READY")
        program.settle(0.6)
        cpu = program.cpu()
        program.press("s")
        program.wait(b"STREAMED", 120)
        p99, most = map(float, re.findall(rb"STREAMED ([\d.]+) ([\d.]+) ms", program.seen)[-1])
        return program.cpu() - cpu, p99, most


def test_two_hundred_pages_stream_in() -> None:
    rounds = [(streamed("ours", 10_000), streamed("textual", 10_000)) for _ in range(3)]
    ours, theirs = ([[run[side][figure] for run in rounds] for figure in range(3)] for side in (0, 1))
    print("\n200 pages of 50 stream in, 100 a second")
    for name, (cpu, p99, most) in (("ours", ours), ("DataTable", theirs)):
        late = f"loop late p99 {median(p99):.1f} ms, most {max(most):.1f}"
        print(f"  {name:<10} {median(cpu):6.2f} s of CPU   {late}")
    print(f"  CPU: 1/{median(theirs[0]) / median(ours[0]):.1f} of DataTable's (goal 1/12)")
    print(f"  the loop was late by at most {max(ours[2]):.1f} ms (goal 50)")


@pytest.mark.skipif(shutil.which("fzf") is None, reason="fzf is not installed")
def test_against_fzf(tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("\n".join(str(function(number, "eu-west-1")["FunctionName"]) for number in range(10_000)))
    with Timed(["sh", "-c", f"fzf --exact --no-sort < {names}"]) as program:
        program.wait(b"10000/10000")
        program.settle(0.6)
        theirs = [program.press(key)[0] for _ in range(3) for key in ("c", "h", "e", "c", "k", *["\x7f"] * 5)]
    with table("ours", 10_000) as program:
        ours = typed(program, "check")
    print(f"\nfilter key: ours {median(ours):.1f} ms, fzf --exact {median(theirs):.1f} ms")
    print(f"  ratio {median(ours) / median(theirs):.2f} (goal 2)")
