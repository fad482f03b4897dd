"""Pruning on the demo, in a real terminal: three versions stay, the others are archived and go, and one comes back."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))


def test_old_versions_go_and_one_comes_back(home: Path, tmp_path: Path) -> None:
    environment = {"HOME": str(home), "TMPDIR": str(tmp_path)}
    with Terminal([PROGRAM, "demo"], environment, columns=120, rows=40, seconds=60) as t:
        t.wait("41 functions · all pages read")
        t.type("/checkout-api prod eu-west")
        t.wait("1 of 41 functions")
        t.press("enter")
        t.wait("100 % → 41")

        # tries it: two more than three stay while they are asked for
        t.type("P")
        t.wait("3 of 6 versions go")
        t.wait(r"41 +● KEEP +alias live")
        t.wait(r"40 +✖ GO +archived: last copy")
        t.type("5")
        t.wait("1 of 6 versions go")
        t.type("\x7f3")
        t.wait("3 of 6 versions go")

        # does it
        t.press("enter")
        t.wait("type checkout-api to confirm")
        t.type("checkout-api")
        t.press("enter")
        t.wait(r"✔ Done\.")
        t.press("enter")
        t.wait("all 3 versions stay")
        assert "winter banner off" not in t.text
        assert len(list(tmp_path.glob("lambdatui-demo-*/data/archive/*/*/checkout-api/*/package.zip"))) == 3

        # and takes one back, from the history
        t.press("escape")
        t.wait("1 of 41 functions")
        t.type("h")
        t.wait("bring back")
        t.type("b")
        t.wait(r"checkout-api:38 +winter banner off")
        t.press("enter")
        t.wait("Bring back checkout-api:38 “winter banner off”")
        t.wait("do it")
        t.press("enter")
        t.wait(r"✔ Done\. +version 44")
        t.press("enter")
        t.gone("✔ Done")
        t.type("2")
        t.wait(r"44 +– +winter banner off")
        t.press("escape")
        t.wait("1 of 41 functions")
        t.type("q")
        assert t.wait_end() == 0
    assert not list(tmp_path.glob("lambdatui-*")), "the demo leaves nothing behind"
