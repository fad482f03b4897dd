"""Two people who deploy the same function at once, each with a lambdatui of their own: neither overwrites the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import make_function
from tests.stages.acting import function_with_versions
from tests.terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))
WRITES = ("UpdateFunctionCode", "UpdateFunctionConfiguration")
CHANGED = "shop was changed by somebody else since the plan was made: "


class Gate:
    """Holds the first write of each of two people until both have come to it: both have planned by then."""

    def __init__(
        self, emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch, writes: Sequence[str] = WRITES
    ) -> None:
        self._account_id = account_id
        self._writes = writes
        self._both = threading.Barrier(2, timeout=60)
        self._left = 0
        self._lock = threading.Lock()
        self._due: Callable[..., Any] = emulator.cloud.faults.due
        monkeypatch.setattr(emulator.cloud.faults, "due", self._pass)

    def close(self) -> None:
        """Holds the next two writes until both are there."""
        self._left = 2

    def _pass(self, service: str, operation: str, account: str, region: str) -> Any:
        if operation in self._writes and account == self._account_id:
            with self._lock:
                held, self._left = self._left > 0, self._left - 1
            if held:
                self._both.wait()
        return self._due(service, operation, account, region)


@pytest.fixture
def gate(connected: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(connected, account_id, monkeypatch)


def deploy_file(folder: Path, name: str, text: str) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(f"function: shop\n{text}\n")
    return str(path)


def person(folder: Path, name: str, file: str) -> subprocess.Popen[str]:
    """A `lambdatui deploy` with a home of its own."""
    home = folder / f"home-{name}"
    places = {f"LAMBDATUI_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE")}
    return subprocess.Popen(
        [PROGRAM, "deploy", file, "--yes"],
        env={**os.environ, **places, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def together(folder: Path, texts: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Both at once: how each ended, and its words."""
    people = {name: person(folder, name, deploy_file(folder, name, text)) for name, text in texts.items()}
    ended = {}
    try:
        for name, child in people.items():
            words = child.communicate(timeout=90)[1]
            ended[name] = (child.returncode, words)
    finally:
        for child in people.values():
            child.kill()
    return ended


def code(folder: Path, name: str) -> str:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "app.py").write_text(f"def handler(event, context):\n    return {name!r}\n")
    return f"./{name}"


# what each asks for, and what AWS shows of it; `{n}` is another number in each round
Wish = tuple[str, Callable[[Any, int], bool], str]
WISHES: Mapping[str, tuple[Wish, Wish]] = {
    "the same setting": (
        ("memory: 2{n}0", lambda c, n: c["MemorySize"] == 200 + n * 10, "MemorySize"),
        ("memory: 3{n}0", lambda c, n: c["MemorySize"] == 300 + n * 10, "MemorySize"),
    ),
    "two settings": (
        ("memory: 2{n}0", lambda c, n: c["MemorySize"] == 200 + n * 10, "MemorySize"),
        ("timeout: 4{n}", lambda c, n: c["Timeout"] == 40 + n, "Timeout"),
    ),
    "the environment": (
        ("environment: {{MODE: a{n}}}", lambda c, n: c["Environment"]["Variables"] == {"MODE": f"a{n}"}, "MODE"),
        ("environment: {{SIZE: b{n}}}", lambda c, n: c["Environment"]["Variables"] == {"SIZE": f"b{n}"}, "SIZE"),
    ),
    "code and a setting": (
        ("code: {code}", lambda c, n: c["Timeout"] < 40, "code"),
        ("timeout: 4{n}", lambda c, n: c["Timeout"] == 40 + n, "Timeout"),
    ),
}


def meet(gate: Gate, client: Any, folder: Path, about: str, number: int) -> None:
    """One round: both have planned when the first of them writes."""
    wishes = dict(zip("ab", WISHES[about], strict=True))
    texts = {name: text.format(n=number, code=code(folder, f"code{number}")) for name, (text, _, _) in wishes.items()}
    client.update_function_configuration(FunctionName="shop", Timeout=3)
    gate.close()
    ended = together(folder, texts)
    statuses = {name: status for name, (status, _) in ended.items()}
    assert sorted(statuses.values()) == [0, 3], ended
    winner, loser = (next(name for name in "ab" if statuses[name] == status) for status in (0, 3))
    _, stands, named = wishes[winner]
    now = client.get_function_configuration(FunctionName="shop")
    assert stands(now, number), (number, ended, now)
    # the one that stopped says what it was that the other changed, and that nothing of its own was done
    last = ended[loser][1].splitlines()[-1]
    assert re.search(rf"{CHANGED}.*\b{named}\b.*Look at it, and plan anew\.", last), last
    operation = "UpdateFunctionCode" if "code" in texts[loser] else "UpdateFunctionConfiguration"
    assert f"not done: {operation} shop" in ended[loser][1]


@pytest.mark.parametrize("about", WISHES)
def test_of_two_at_once_one_stops_and_tells_what_the_other_changed(
    gate: Gate, aws: Any, tmp_path: Path, about: str
) -> None:
    make_function(aws(), "shop")
    meet(gate, aws(), tmp_path, about, 1)


@pytest.mark.slow
@pytest.mark.parametrize("about", WISHES)
def test_it_is_so_in_every_round(gate: Gate, aws: Any, tmp_path: Path, about: str) -> None:
    make_function(aws(), "shop")
    for number in range(1, 10):
        meet(gate, aws(), tmp_path, about, number)


def test_who_answers_late_is_told_what_was_deployed_meanwhile(connected: Emulator, aws: Any, tmp_path: Path) -> None:
    """Two terminals, each with its plan and its question; both say yes, one after the other."""
    client = aws()
    function_with_versions(client, 1, "shop")
    client.create_alias(FunctionName="shop", Name="live", FunctionVersion="1")
    release = "publish: true\naliases: [live]\n"
    first = deploy_file(tmp_path, "first", f"memory: 256\n{release}")
    second = deploy_file(tmp_path, "second", f"memory: 512\ntimeout: 9\n{release}")
    with Terminal([PROGRAM, "deploy", first], columns=160) as one, Terminal([PROGRAM, "deploy", second]) as other:
        for terminal in (one, other):
            terminal.wait(r"\[y/N\]")
            assert "memory: 128 MB → " in terminal.text
        other.type("y\n")
        assert other.wait_end() == 0
        one.type("y\n")
        assert one.wait_end() == 3
        told = " ".join(one.text.split())
        assert CHANGED in told
        assert "MemorySize 128 → 512" in told
        assert "Timeout 3 → 9" in told
        assert "not done: UpdateFunctionConfiguration shop, PublishVersion shop, UpdateAlias shop:live" in told
    assert client.get_function_configuration(FunctionName="shop")["MemorySize"] == 512
    assert client.get_alias(FunctionName="shop", Name="live")["FunctionVersion"] == "2"
    assert len(client.list_versions_by_function(FunctionName="shop")["Versions"]) == 3


def test_a_setting_that_has_no_revision_is_looked_at_again_before_it_is_changed(
    connected: Emulator, aws: Any, tmp_path: Path
) -> None:
    client = aws()
    make_function(client, "shop")
    client.put_function_concurrency(FunctionName="shop", ReservedConcurrentExecutions=9)
    first = deploy_file(tmp_path, "first", "reserved_concurrency: 3")
    second = deploy_file(tmp_path, "second", "reserved_concurrency: 7")
    with Terminal([PROGRAM, "deploy", first], columns=160) as one:
        one.wait(r"reserved concurrency: 9 → 3[\s\S]*\[y/N\]")
        with Terminal([PROGRAM, "deploy", second, "--yes"], columns=160) as other:
            assert other.wait_end() == 0
        one.type("y\n")
        assert one.wait_end() == 3
        assert f"{CHANGED}reserved concurrency 9 → 7" in " ".join(one.text.split())
    assert client.get_function_concurrency(FunctionName="shop")["ReservedConcurrentExecutions"] == 7


def test_of_two_who_create_it_one_is_told_that_it_is_there(
    connected: Emulator, account_id: str, aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Gate(connected, account_id, monkeypatch, ["CreateFunction"]).close()
    new = (
        f"code: {code(tmp_path, 'new')}\nruntime: python3.13\nhandler: app.handler\n"
        f"role: arn:aws:iam::{account_id}:role/a\n"
    )
    ended = together(tmp_path, {"a": f"{new}memory: 256", "b": f"{new}memory: 512"})
    assert sorted(status for status, _ in ended.values()) == [0, 3], ended
    winner = next(name for name, (status, _) in ended.items() if status == 0)
    assert aws().get_function_configuration(FunctionName="shop")["MemorySize"] == {"a": 256, "b": 512}[winner]
    lost = next(words for status, words in ended.values() if status == 3)
    assert "Function already exist: shop" in lost


@pytest.mark.slow
def test_however_they_meet_nothing_is_overwritten_unseen(connected: Emulator, aws: Any, tmp_path: Path) -> None:
    """Many rounds without a gate: what one set and the other replaced stood in the other's plan."""
    client = aws()
    make_function(client, "shop")
    for number in range(60):
        wanted = {"a": 1000 + number, "b": 2000 + number}
        ended = together(tmp_path, {name: f"memory: {memory}" for name, memory in wanted.items()})
        now = client.get_function_configuration(FunctionName="shop")["MemorySize"]
        for name, other in ("ab", "ba"):
            status, words = ended[name]
            if status == 0 and now != wanted[name]:
                assert f"memory: {wanted[name]} MB → {wanted[other]} MB" in ended[other][1], ended
            elif status != 0:
                assert status == 3, ended
                assert f"{CHANGED}MemorySize" in words
