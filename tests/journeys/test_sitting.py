"""The sitting that lambdatui is for, on the demo, in a real terminal: find, deploy, invoke, shift, finish, prune."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from tests.terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))
NEW_CODE = Path(__file__).parents[2] / "lambdatui" / "emulator" / "handlers" / "checkout_api" / "44"


def served(text: str) -> dict[str, int]:
    """How many calls each version served, as the invoke screen says."""
    line = next((line for line in text.splitlines() if "served " in line), "")
    return {version: int(count) for version, count in re.findall(r"(\d+): (\d+) \(", line)}


def test_from_new_code_to_all_traffic(home: Path, tmp_path: Path) -> None:
    code = tmp_path / "checkout-api"
    shutil.copytree(NEW_CODE, code)
    with Terminal(
        [PROGRAM, "demo"], {"HOME": str(home), "TMPDIR": str(tmp_path)}, columns=120, rows=40, seconds=60
    ) as t:
        # finds a function
        t.wait("DEMO")
        t.wait("41 functions · all pages read")
        t.type("/checkout-api prod eu-west")
        t.wait("1 of 41 functions")
        t.press("enter")
        t.wait("100 % → 41")

        # deploys new code to it and publishes a version
        t.type("U")
        t.wait("Update code +checkout-api.*123456789012 prod +eu-west-1")
        t.wait("sha256")
        t.type(str(code))
        t.press("f5")
        t.wait("UpdateFunctionCode +checkout-api")
        t.wait("PublishVersion +checkout-api")
        assert "UpdateFunctionConfiguration" not in t.text
        t.press("enter")
        t.wait(r"✔ Done\. version 44")
        t.press("enter")
        t.gone("✔ Done")

        # invokes that version twenty times and watches the results arrive
        t.wait("1 of 41 functions")
        t.type("v")
        t.wait(r"▸ +44 +–")
        t.type("i")
        t.wait("Invoke +checkout-api")
        t.wait("version 44")
        t.press("f5")
        t.wait(r"20/20 +ok 20")
        t.until(lambda: served(t.text) == {"44": 20}, "twenty served by 44")
        assert "Your order" not in t.text
        t.press("enter")
        t.wait("Your order arrive")
        t.wait("REPORT RequestId")
        t.press("escape")
        t.gone("REPORT RequestId")
        t.press("escape")

        # gives it 10 % of the alias's traffic
        t.wait("SERVES")
        t.type("t")
        t.wait("all traffic to 41")
        t.wait("canary +44")
        t.type("10")
        t.wait("41: 100 % → 90 % +44: 0 % → 10 %")
        t.press("enter")
        t.wait("do it")
        t.wait("123456789012 prod eu-west-1")
        t.press("enter")
        t.wait(r"✔ Done\.")
        t.press("enter")
        t.wait("This is how it is now: 90 % to 41, 10 % to 44")
        t.press("escape")

        # sees the split in real calls
        t.wait("live 10 %")
        t.type("i")
        t.wait("version 44")
        t.press("shift+tab", "enter")
        t.wait("live 90·10 41/44")
        t.type("live")
        t.press("enter")
        t.wait("version live")
        t.press("tab", "end", "backspace", "backspace")
        t.type("200")
        t.press("f5")
        t.wait(r"200/200")
        t.until(lambda: sum(served(t.text).values()) == 200, "two hundred served")
        counts = served(t.text)
        # one in ten: fewer than 3 or more than 50 of 200 has a chance of less than one in a million
        assert 3 <= counts["44"] <= 50
        t.press("escape")

        # takes it to 100 %
        t.wait("SERVES")
        t.type("t")
        t.wait("10 %")
        t.press("end")
        t.wait("44: 10 % → 100 %")
        t.press("enter")
        t.wait("do it")
        t.press("enter")
        t.wait(r"✔ Done\.")
        t.press("enter")
        t.wait("This is how it is now: all traffic to 44")
        t.press("escape")

        # and prunes the old versions
        t.wait("SERVES")
        t.type("p")
        t.wait("versions go")
        t.press("enter")
        t.wait("type checkout-api to confirm")
        t.type("checkout-api")
        t.press("enter")
        t.wait(r"✔ Done\.")
        t.press("enter")
        t.gone("✔ Done")
        t.wait("versions stay")
        t.press("escape")
        t.wait("SERVES")
        t.gone(" 40 ")
        t.press("escape")
        t.wait("100 % → 44")
        t.type("q")
        assert t.wait_end() == 0
    assert not list(tmp_path.glob("lambdatui-*")), "the demo leaves nothing behind"
