"""A rollout's state is there whatever becomes of its process, and what runs in another lambdatui is known."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lambdatui.journal import Busy, Journal, RolloutState, Routing, processes
from tests.journal.test_journal import begin, python

BEFORE = Routing("41")
STATE = RolloutState(
    alias="live",
    before=BEFORE,
    stands=Routing("41", {"42": 0.05}),
    step=0,
    steps=({"percent": 5}, {"percent": 25}),
    writing=Routing("41", {"42": 0.25}),
    revision="rev-1",
    bake_began=1234.5,
    phase="baking",
    more={"gates": [{"kind": "alarm"}]},
)


def test_a_state_comes_back_as_it_was_and_the_newest_counts(journal: Journal) -> None:
    run = begin(journal)
    assert journal.state(run) is None
    first = RolloutState(alias="live", before=BEFORE, stands=BEFORE, step=-1)
    journal.checkpoint(run, first)
    journal.checkpoint(run, STATE)
    assert journal.state(run) == STATE
    assert [checkpoint.state for checkpoint in journal.checkpoints(run)] == [first, STATE]


def test_a_rollout_is_unfinished_until_it_is_done_or_settled(journal: Journal) -> None:
    running, done, failed, cancelled, settled = (begin(journal) for _ in range(5))
    for run in (running, done, failed, cancelled, settled):
        journal.checkpoint(run, STATE)
    journal.end(begin(journal), "failed", {}, "a run that is no rollout")
    journal.end(done, "done", {})
    journal.end(failed, "failed", {}, "no")
    journal.end(cancelled, "cancelled", {})
    journal.end(settled, "failed", {}, "a gate said no")
    journal.settle(settled, "put back")
    assert {run.id for run in journal.unfinished()} == {failed, cancelled}
    assert journal.unfinished(function="g") == []
    assert journal.unfinished(region="us-east-1") == []
    assert {run.id for run in journal.unfinished(function="f", account_id="123456789012")} == {failed, cancelled}
    told = journal.run(settled)
    assert told is not None
    assert told.settled == "put back"


ROLLING = """
    from pathlib import Path
    from lambdatui.journal import Journal
    from tests.journal.test_journal import begin
    from tests.journal.test_rollouts import STATE
    journal = Journal(Path({path!r}))
    run = begin(journal, targets=["f:live", "f"], title="Roll f:live")
    journal.checkpoint(run, STATE)
    print(run, flush=True)
    input()
"""


@pytest.fixture
def child(journal: Journal) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process with a run on f:live under way, and the run's id."""
    running = python(ROLLING.format(path=str(journal.path)))
    assert running.stdout is not None
    try:
        yield running, running.stdout.readline().strip()
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("how", ["settled", "settled with a state", "done"])
def test_what_a_rollout_sends_is_there_as_long_as_it_can_be_gone_on_with(journal: Journal, how: str) -> None:
    run = begin(journal, targets=["f:live"])
    state = replace(STATE, more={"strategy": {"gates": [{"probes": [{"payload": {"card": "4111-1111"}, "runs": 2}]}]}})
    journal.checkpoint(run, replace(state, step=-1))
    journal.checkpoint(run, state)
    assert journal.state(run) == state
    if how == "settled":
        journal.settle(run, "left as it was")
    elif how == "done":
        journal.end(run, "done", {})
    else:
        journal.checkpoint(run, state, {run: "put back"})
    assert [one.state.step for one in journal.checkpoints(run)][:2] == [-1, 0]
    journal.close()
    assert b"4111-1111" not in journal.path.read_bytes()
    assert b'"runs": 2' in journal.path.read_bytes()


def test_a_rollout_whose_process_was_killed_is_unfinished(
    journal: Journal, child: tuple[subprocess.Popen[str], str]
) -> None:
    process, run = child
    assert journal.unfinished() == []
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    [found] = journal.unfinished()
    assert (found.id, found.status, found.pid) == (run, "unknown", process.pid)
    assert journal.state(run) == STATE


def test_what_another_lambdatui_changes_is_refused_while_it_lives(
    journal: Journal, child: tuple[subprocess.Popen[str], str]
) -> None:
    process, run = child
    with pytest.raises(Busy, match=rf"f:live is being changed .* \(process {process.pid}, as user/anna, since") as told:
        begin(journal, targets=["f:live"], alone=True)
    assert told.value.run.id == run
    assert "Roll f:live" in str(told.value)
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live"
    with pytest.raises(Busy):
        journal.refuse_if_busy([arn], "123456789012", "eu-west-1")
    assert [one.id for one in journal.runs()] == [run]
    # neither another alias, nor the same one elsewhere
    journal.refuse_if_busy(["f:beta", "g:live"], "123456789012", "eu-west-1")
    journal.refuse_if_busy(["f:live"], "123456789012", "us-east-1")
    journal.refuse_if_busy(["f:live"], "210987654321", "eu-west-1")
    # nor for who says that it does not matter
    begin(journal, targets=["f:live"])
    process.kill()
    process.wait()
    begin(journal, targets=["f:live"], alone=True)


def test_what_this_process_runs_itself_is_no_other_lambdatui(journal: Journal) -> None:
    begin(journal, targets=["f:live"])
    begin(journal, targets=["f:live"], alone=True)


def test_a_process_that_took_over_the_id_is_not_the_one_that_wrote(journal: Journal) -> None:
    run = begin(journal, targets=["f:live"])
    journal.checkpoint(run, STATE)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        try:
            # as if the process that wrote it had had the id that another has now
            with journal.writing() as db:
                db.execute("UPDATE runs SET pid=?", (other.pid,))
            journal.refuse_if_busy(["f:live"], "123456789012", "eu-west-1")
            assert [found.id for found in journal.unfinished()] == [run]
        finally:
            other.kill()


def test_a_process_is_known_by_its_beginning() -> None:
    mine = processes.began()
    assert mine == processes.began_of(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        theirs = processes.began_of(other.pid)
        assert theirs not in ("", mine)
        assert processes.alive(other.pid, theirs)
        assert processes.alive(other.pid, "")
        assert not processes.alive(other.pid, mine)
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        # a zombie has ended, too
        assert not processes.alive(other.pid, theirs)
    assert not processes.alive(other.pid, theirs)
    assert not processes.alive(other.pid, "")
