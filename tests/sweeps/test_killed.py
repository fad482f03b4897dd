"""A rollout whose process is ended at every write and between the writes, and is then taken up by another.

For each point: the alias is in a state that was asked for, the journal is true, `resume` tells what is there, going on
ends at the new version, and putting back restores the exact routing from before.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.stages.alias_standing import told
from tests.sweeps.process import ANSWERED
from tests.sweeps.rollouts import AFTER, BEFORE, Ended, Stage
from tests.sweeps.truth import (
    alias_is_asked_for,
    forward,
    journal_is_true,
    nothing_is_blind,
    the_last_step_was_watched,
    unsettled_entries,
)

Point = tuple[str, int]
"""A moment of the process (see `process`), and which of its kind, from 1."""
Tell = Callable[[str, int], None]

SHARES = 4
"""How many tests share the points of a signal: they run side by side."""


@dataclass(frozen=True)
class Way:
    """A way to end a process: the signal, and how many times it comes."""

    name: str
    signal: int
    times: int = 1

    @property
    def at_once(self) -> bool:
        """Whether the process has no say in it."""
        return self.signal == signal.SIGKILL or self.times > 1


WAYS = (
    Way("SIGKILL", signal.SIGKILL),
    Way("SIGTERM", signal.SIGTERM),
    Way("SIGHUP", signal.SIGHUP),
    Way("SIGINT twice", signal.SIGINT, 2),
)


@pytest.fixture
def stage(emulator: Emulator, account_id: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(emulator, account_id, tmp_path)
    yield made
    made.close()


def points(ended: Ended) -> list[Point]:
    """The moments of a run at which the world differs from the moment before, or the process does something else."""
    found: list[Point] = []
    begun = False
    for name, number, _ in ended.moments:
        begun = begun or name == "journal begin"
        read = name.startswith(("Get", "List", "Describe"))
        if (name, number) in found or (read and name.endswith(ANSWERED)):
            continue
        if begun or name == "ListAliases":
            found.append((name, number))
    return found


def share(all_points: list[Point], number: int) -> list[Point]:
    """One test's part of the points."""
    return all_points[number::SHARES]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SHARES))
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_rollout_that_is_ended_anywhere_can_be_taken_up(stage: Stage, way: Way, number: int, tell: Tell) -> None:
    whole = stage.roll()
    assert (whole.status, stage.routing()) == (0, AFTER), whole.err
    nothing_is_blind(whole)
    the_last_step_was_watched(whole)
    # two signals to another thread than the one that hears them are one
    chosen = [one for one in share(points(whole), number) if way.times == 1 or not one[0].startswith("Invoke")]
    wrong = [words for point in chosen if (words := tried(stage, way, point))]
    tell(f"{way.name}, a rollout", len(chosen))
    if wrong:
        pytest.fail("\n\n".join([f"{len(wrong)} of {len(chosen)} points", *wrong]), pytrace=False)


def tried(stage: Stage, way: Way, point: Point) -> str:
    """Ends the rollout at a point, and takes it up both ways. Gives what is wrong there."""
    stage.reset()
    ended = stage.roll((*point, way.signal, way.times))
    try:
        check_end(stage, way, ended)
        take_up(stage)
    except AssertionError as error:
        return f"{way.name} at {point[0]} {point[1]}: {error}\nIt had said: {ended.err[-600:]}"
    return ""


def check_end(stage: Stage, way: Way, ended: Ended) -> None:
    """What the process did until it was ended, and how it ended."""
    begun = any(name == "journal begin" for name, _, _ in ended.moments)
    finished = ended.moments[-1][0] == "journal end" and not way.at_once and ended.status == 0
    if not finished:
        politely = begun and not way.at_once
        assert ended.status == (130 if politely or (way.times > 1) else -way.signal), ended.status
    assert "Traceback" not in ended.err
    nothing_is_blind(ended)
    journal = stage.journal()
    now = stage.routing()
    runs = journal.runs()
    state = journal.state(runs[0].id) if runs else None
    alias_is_asked_for(state, now, BEFORE)
    journal_is_true(journal, stage.writes())
    journal.close()
    if begun and not way.at_once and not finished:
        assert runs[0].status == "cancelled"
        # it had the time to find out, and says what is so
        assert state is None or (state.writing is None and state.stands == now)
        assert f"stays as it is: {told(now)}." in ended.err, ended.err


def take_up(stage: Stage) -> None:
    """Another process tells of the rollout, puts it back, and, on a copy, goes on with it."""
    at = stage.routing()
    listed = stage.run("resume", "--json")
    assert listed.status == 0, listed.err
    if not listed.lines:
        assert at in (BEFORE, AFTER), "a rollout stands half-way, and nobody tells of it"
        return
    [found] = listed.lines
    assert found["before"] == told(BEFORE)
    assert told(at) in (found["stands"], found["writing"])
    stage.keep_copy()

    back = stage.run("resume", found["run"], "--put-back", "--yes", "--json")
    assert back.status == 0, back.err
    assert stage.routing() == BEFORE
    settled(stage)
    journal = stage.journal()
    journal_is_true(journal, stage.writes())
    assert not unsettled_entries(journal)
    journal.close()

    stage.take_copy()
    on = stage.run("resume", found["run"], "--yes", "--json")
    assert on.status == 0, on.err
    assert stage.routing() == AFTER
    nothing_is_blind(on)
    the_last_step_was_watched(on)
    settled(stage)
    steps = forward(stage.writes())
    assert steps == sorted(steps), f"the steps came in another order: {steps}"
    journal = stage.journal()
    journal_is_true(journal, stage.writes())
    assert not unsettled_entries(journal)
    journal.close()


def settled(stage: Stage) -> None:
    """No rollout is offered any more."""
    listed = stage.run("resume", "--json")
    assert (listed.status, listed.out) == (0, ""), listed.out
