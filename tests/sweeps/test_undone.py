"""An undo whose process is ended anywhere, or whose every call in turn is answered by no AWS on a good day.

For each point: the journal is true, and undoing once more, as often as there is something left, brings back exactly
what was there before.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.server import Emulator
from tests.emulator.clients import make_function, publish
from tests.sweeps.commands import Ended, Operator
from tests.sweeps.process import ANSWERED, WAIT
from tests.sweeps.truth import journal_is_true, unsettled_entries

Tell = Callable[[str, int], None]

DEPLOY = """\
function: f
description: after
memory: 512
tags: {team: web, tier: "1"}
reserved_concurrency: 7
provisioned_concurrency: {live: 2}
"""
BACK = ("throttle", "internal-error", "unavailable", "cut-before-work", "cut-after-work", "hang", "stale-revision")
FOR_LONG = 8
READ_TIMEOUT = 1.0
SHARES = 2


class Changed(Operator):
    """An operator who has changed a function's settings, tags, concurrency and its alias, and wants them back."""

    def __post_init__(self) -> None:
        super().__post_init__()
        make_function(self.client, Description="before", Tags={"team": "pay", "of": "us"})
        for number in (1, 2):
            publish(self.client, "f", f"def handler(event, context):\n    return {number}\n")
        self.client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        (self.home / "deploy.yaml").write_text(DEPLOY)
        self.before = self.whole()

    def change(self) -> None:
        """What is to be undone: it is all in one run."""
        self.forget()
        made = self.run("deploy", str(self.home / "deploy.yaml"), "--yes")
        assert made.status == 0, made.err
        assert self.whole() != self.before

    def whole(self) -> dict[str, Any]:
        """All of it that an undo puts back."""
        found = self.client.get_function(FunctionName="f")
        shown: dict[str, Any] = {name: found["Configuration"][name] for name in ("Description", "MemorySize")}
        shown |= {"Tags": found.get("Tags"), "Concurrency": found.get("Concurrency")}
        listed = self.client.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"]
        return shown | {"Provisioned": [one["RequestedProvisionedConcurrentExecutions"] for one in listed]}


@pytest.fixture
def operator(emulator: Emulator, account_id: str, tmp_path: Path) -> Iterator[Changed]:
    made = Changed(emulator, account_id, tmp_path)
    yield made
    made.close()


def undone(operator: Changed) -> Ended:
    """An undo that nothing befalls."""
    operator.change()
    ended = operator.run("undo", "--yes")
    assert (ended.status, operator.whole()) == (0, operator.before), ended.err
    return ended


def comes_back(operator: Changed, ended: Ended) -> None:
    """The journal is true, and undoing once more brings back what was there."""
    assert "Traceback" not in ended.err
    said = [line for line in ended.err.splitlines() if line.startswith("lambdatui: ")]
    assert len(said) <= 1
    true(operator)
    again = operator.run("undo", "--yes")
    assert operator.whole() == operator.before, again.err
    if ended.status == 0:
        all_is_known(operator)
        assert (again.status, len(said)) == (4, 0), again.err
        assert "holds nothing that could be undone" in again.err
    else:
        assert again.status == 0, again.err
    true(operator)


def all_is_known(operator: Changed) -> None:
    """Of each call it is known what became of it."""
    journal = operator.journal()
    assert not unsettled_entries(journal)
    journal.close()


def true(operator: Changed) -> None:
    """The journal is."""
    journal = operator.journal()
    journal_is_true(journal, operator.writes())
    journal.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_an_undo_that_is_ended_anywhere_can_be_done_again(
    operator: Changed, number: signal.Signals, tell: Tell
) -> None:
    moments = [(name, which) for name, which, _ in undone(operator).moments]
    begun = moments.index(("journal begin", 1))
    chosen = [
        one
        for one in dict.fromkeys(moments[begun:])
        if not (one[0].startswith(("Get", "List")) and one[0].endswith(ANSWERED))
    ]
    wrong = []
    for point in chosen:
        operator.change()
        ended = operator.run("undo", "--yes", die=(*point, number, 1))
        try:
            assert ended.status in (-number, 130, 0)
            comes_back(operator, ended)
        except AssertionError as error:
            wrong.append(f"{number.name} at {point[0]} {point[1]}: {error}\nIt had said: {ended.err[-600:]}")
    tell(f"{number.name}, an undo", len(chosen))
    if wrong:
        pytest.fail("\n\n".join([f"{len(wrong)} of {len(chosen)} points", *wrong]), pytrace=False)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("effect", [*BACK, "unavailable for long"])
def test_an_undo_meets_it_at_any_call(operator: Changed, effect: str, share: int, tell: Tell) -> None:
    faults = operator.emulator.cloud.faults
    names = [name for name, _, _ in undone(operator).moments]
    calls = [name for name in names if not name.startswith("journal") and name != WAIT and not name.endswith(ANSWERED)]
    wrong = []
    chosen = list(enumerate(calls))[share::SHARES]
    for index, name in chosen:
        operator.change()
        plain, long = effect.removesuffix(" for long"), effect.endswith("for long")
        times, seconds = FOR_LONG if long else 1, 2 * READ_TIMEOUT if effect == "hang" else 0.0
        fault = faults.add(plain, account=operator.account, after=index, times=times, seconds=seconds)
        ended = operator.start("undo", "--yes", read_timeout=READ_TIMEOUT if seconds else None).wait()
        faults.remove(fault)
        try:
            assert ended.status in (0, 3)
            if plain not in ("stale-revision",) and not long:
                assert ended.status == 0
            comes_back(operator, ended)
        except AssertionError as error:
            wrong.append(f"{effect} at call {index}, {name}: {error}\nIt had said: {ended.err[-600:]}")
    tell(f"{effect}, at a call of an undo", len(chosen))
    if wrong:
        pytest.fail("\n\n".join([f"{len(wrong)} of {len(chosen)} points", *wrong]), pytrace=False)
