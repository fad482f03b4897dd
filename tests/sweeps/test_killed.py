"""A rollout whose process is ended at every write and between the writes, and is then taken up by another.

For each point: the alias is in a state that was asked for, the journal is true, `resume` tells what is there, going on
ends at the new version, and putting back restores the exact routing from before.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.journal import Routing
from lambdatui.stages.alias_standing import told
from tests.sweeps.commands import Death, Ended
from tests.sweeps.process import ANSWERED, WAIT
from tests.sweeps.rollouts import AFTER, BEFORE, Stage
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
    wrong: list[str] = []
    for point in chosen:
        wrong += tried(stage, way, point)
    tell(f"{way.name}, a rollout", len(chosen))
    report(wrong, len(chosen))


def tried(stage: Stage, way: Way, point: Point) -> list[str]:
    """Ends the rollout at a point, and takes it up both ways. Gives what is wrong there."""
    stage.reset()
    ended = stage.roll((*point, way.signal, way.times))
    wrong: list[str] = []
    with noting(wrong, way, point, ended):
        check_end(stage, way, ended)
        take_up(stage, (0, AFTER))
    return wrong


def test_a_few_points_of_the_sweep(stage: Stage) -> None:
    """Those at which most was found; `make slow` tries all."""
    kill, term = WAYS[:2]
    wrong = tried(stage, kill, ("UpdateAlias", 3)) + tried(stage, kill, ("journal finished", 5))
    wrong += tried(stage, term, ("journal checkpoint", 3))
    report(wrong, 3)


def check_end(
    stage: Stage, way: Way, ended: Ended, whole: tuple[int, Routing] = (0, AFTER), taken_up: bool = False
) -> None:
    """What the process did until it was ended, and how it ended.

    `whole` is the status and the routing that it would have ended with, `taken_up` whether another had begun.
    """
    status, at = whole
    begun = any(name == "journal begin" for name, _, _ in ended.moments)
    now = stage.routing()
    finished = not way.at_once and ended.status == status
    if finished:
        # the signal came when all was done
        assert now == at
    else:
        politely = begun and not way.at_once
        assert ended.status == (130 if politely or way.times > 1 else -way.signal), ended.status
    assert "Traceback" not in ended.err
    nothing_is_blind(ended, put_back=at == BEFORE, taken_up=taken_up)
    journal = stage.journal()
    runs = journal.runs()
    state = next((found for run in runs if (found := journal.state(run.id)) is not None), None)
    alias_is_asked_for(state, now, BEFORE)
    journal_is_true(journal, stage.writes())
    journal.close()
    if begun and not way.at_once and not finished:
        assert runs[0].status == "cancelled"
        # it had the time to find out, and says what is so
        assert state is None or (state.writing is None and state.stands == now)
        assert f"stays as it is: {told(now)}." in ended.err, ended.err


def take_up(stage: Stage, on: tuple[int, Routing]) -> None:
    """Another process tells of the rollout, puts it back, and, on a copy, goes on with it, which ends as `on` says."""
    at = stage.routing()
    listed = stage.run("resume", "--json")
    assert listed.status == 0, listed.err
    if not listed.lines:
        assert at in (BEFORE, on[1]), "a rollout stands half-way, and nobody tells of it"
        return
    [found] = listed.lines
    assert found["before"] == told(BEFORE)
    assert told(at) in (found["stands"], found["writing"])
    journal = stage.journal()
    state = journal.state(found["run"])
    journal.close()
    stage.keep_copy()

    back = stage.run("resume", found["run"], "--put-back", "--yes", "--json")
    assert back.status == 0, back.err
    assert stage.routing() == BEFORE
    all_is_known(stage)

    stage.take_copy()
    ended = stage.run("resume", found["run"], "--yes", "--json")
    assert (ended.status, stage.routing()) == on, ended.err
    nothing_is_blind(ended, put_back=on[1] == BEFORE, taken_up=at != BEFORE)
    if on[1] == AFTER:
        # it may have died between its last look and its end
        if state is None or state.phase != "done":
            the_last_step_was_watched(ended)
        steps = forward(stage.writes())
        assert steps == sorted(steps), f"the steps came in another order: {steps}"
    all_is_known(stage)


def all_is_known(stage: Stage) -> None:
    """No rollout is offered any more, of each call it is known what became of it, and secrets are forgotten."""
    listed = stage.run("resume", "--json")
    assert (listed.status, listed.out) == (0, ""), listed.out
    journal = stage.journal()
    journal_is_true(journal, stage.writes())
    assert not unsettled_entries(journal)
    journal.close()
    # what the rollout would have sent is no more to be found, for nobody will go on with it
    assert b"secret-payload" not in (stage.state / "journal.sqlite").read_bytes()


# a rollout that its hook stops half-way, and one that was taken up


TWO_WAYS = WAYS[:2]


@pytest.mark.slow
@pytest.mark.parametrize("way", TWO_WAYS, ids=lambda way: way.name)
def test_a_rollout_that_puts_itself_back_can_be_ended_anywhere(
    emulator: Emulator, account_id: str, tmp_path: Path, way: Way, tell: Tell
) -> None:
    stage = Stage(emulator, account_id, tmp_path, bad_from=50)
    try:
        whole = stage.roll()
        assert (whole.status, stage.routing()) == (1, BEFORE), whole.err
        # before, it goes as any other does
        last = max(index for index, moment in enumerate(whole.moments) if moment[0] == "Invoke")
        chosen = [(name, number) for name, number, _ in whole.moments[last:] if name != WAIT]
        wrong: list[str] = []
        for point in chosen:
            stage.reset()
            ended = stage.roll((*point, way.signal, way.times))
            with noting(wrong, way, point, ended):
                check_end(stage, way, ended, (1, BEFORE))
                take_up(stage, (1, BEFORE))
        tell(f"{way.name}, a rollout that puts itself back", len(chosen))
    finally:
        stage.close()
    report(wrong, len(chosen))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["go on", "put back"])
@pytest.mark.parametrize("way", TWO_WAYS, ids=lambda way: way.name)
def test_what_takes_a_rollout_up_can_be_ended_anywhere(stage: Stage, way: Way, how: str, tell: Tell) -> None:
    words = ("--put-back",) if how == "put back" else ()
    end = (0, BEFORE if how == "put back" else AFTER)

    def again(die: Death | None) -> Ended:
        stage.reset()
        # the third step has arrived, and its answer was lost
        left = stage.roll(("journal finished", 3, signal.SIGKILL, 1))
        [found] = stage.run("resume", "--json").lines
        assert left.status == -signal.SIGKILL
        return stage.run("resume", found["run"], "--yes", "--json", *words, die=die)

    whole = again(None)
    assert (whole.status, stage.routing()) == end, whole.err
    all_points = points(whole)
    # once it has moved the alias, it goes as any other does
    moved = [index for index, point in enumerate(all_points) if point[0] == "journal checkpoint"][2:3]
    chosen = all_points[: (moved or [len(all_points)])[0] + 1]
    wrong: list[str] = []
    for point in chosen:
        ended = again((*point, way.signal, way.times))
        with noting(wrong, way, point, ended):
            check_end(stage, way, ended, end, taken_up=how == "go on")
            take_up(stage, (0, AFTER))
    tell(f"{way.name}, what takes a rollout up to {how}", len(chosen))
    report(wrong, len(chosen))


@contextmanager
def noting(wrong: list[str], way: Way, point: Point, ended: Ended) -> Iterator[None]:
    """Adds what is found to be wrong inside, in words, instead of raising it."""
    try:
        yield
    except AssertionError as error:
        wrong.append(f"{way.name} at {point[0]} {point[1]}: {error}\nIt had said: {ended.err[-600:]}")


def report(wrong: list[str], count: int) -> None:
    """Fails with all that is wrong."""
    if wrong:
        pytest.fail("\n\n".join([f"{len(wrong)} of {count} points", *wrong]), pytrace=False)
