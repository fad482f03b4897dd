"""A rollout whose every call, in turn, is answered by no AWS on a good day.

For each point: the rollout goes on after a retry or a freeze, or stops and puts back, or stops and is left where it is
and can be taken up; it ends with a documented status and one sentence; the alias is in a state that was asked for.

A hang is longer than the process waits for an answer, which is shortened for it: a second where an operator's
lambdatui waits a minute. `test_a_hang_of_thirty_seconds` has both at their full length.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lambdatui.emulator.server import Emulator
from lambdatui.journal import Routing
from lambdatui.stages.alias_standing import told
from tests.deadlines import wait_for
from tests.sweeps.commands import Ended, Running
from tests.sweeps.process import ANSWERED, WAIT
from tests.sweeps.rollouts import AFTER, BEFORE, ROLL, Stage
from tests.sweeps.truth import (
    alias_is_asked_for,
    journal_is_true,
    nothing_is_blind,
    the_last_step_was_watched,
    unsettled_entries,
)

Tell = Callable[[str, int], None]

MORE_THAN_ATTEMPTS = 8
"""One call is sent six times: so many in a row freeze a rollout."""
READ_TIMEOUT = 1.0
"""How long a process waits for an answer that hangs, in seconds."""
SHARES = 2
LOST = ("throttle", "internal-error", "unavailable", "cut-before-work", "cut-after-work", "hang")
"""Effects that another attempt may end."""


@dataclass(frozen=True)
class Bad:
    """What a call meets: an effect of the emulator's faults, and how many calls in a row."""

    name: str
    effect: str
    times: int = 1
    seconds: float = 0.0


BAD = (
    Bad("429", "throttle"),
    Bad("429 for long", "throttle", MORE_THAN_ATTEMPTS),
    Bad("500", "internal-error"),
    Bad("503", "unavailable"),
    Bad("503 for long", "unavailable", MORE_THAN_ATTEMPTS),
    Bad("connection cut before", "cut-before-work"),
    Bad("connection cut before, for long", "cut-before-work", MORE_THAN_ATTEMPTS),
    Bad("connection cut after", "cut-after-work"),
    Bad("hang", "hang", seconds=2 * READ_TIMEOUT),
    Bad("412", "stale-revision"),
)


@pytest.fixture
def stage(emulator: Emulator, account_id: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(emulator, account_id, tmp_path)
    yield made
    made.close()


@dataclass(frozen=True)
class Call:
    """A call of a rollout that nothing befell: which of all, from 0, its name, and whether the run had begun."""

    index: int
    name: str
    planned: bool


def calls(stage: Stage) -> list[Call]:
    """Each call of a rollout in turn."""
    whole = stage.roll()
    assert (whole.status, stage.routing()) == (0, AFTER), whole.err
    found: list[Call] = []
    planned = True
    for name, _, _ in whole.moments:
        planned = planned and name != "journal begin"
        if not name.startswith("journal") and name != WAIT and not name.endswith(ANSWERED):
            found.append(Call(len(found), name, planned))
    return found


def befall(stage: Stage, call: Call, effect: str, times: int | None = 1, seconds: float = 0.0) -> int:
    """Has a call, and those that follow it, meet an effect. Gives the fault's number."""
    stage.reset()
    return stage.emulator.cloud.faults.add(
        effect, account=stage.account, after=call.index, times=times, seconds=seconds
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SHARES))
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_rollout_meets_it_at_any_call(stage: Stage, bad: Bad, number: int, tell: Tell) -> None:
    chosen = calls(stage)[number::SHARES]
    wrong = [words for call in chosen if (words := met(stage, bad, call))]
    tell(f"{bad.name}, at a call of a rollout", len(chosen))
    if wrong:
        pytest.fail("\n\n".join([f"{len(wrong)} of {len(chosen)} points", *wrong]), pytrace=False)


def met(stage: Stage, bad: Bad, call: Call) -> str:
    """Runs a rollout of which one call is ill. Gives what is wrong with its end."""
    fault = befall(stage, call, bad.effect, bad.times, bad.seconds)
    patience = READ_TIMEOUT if bad.effect == "hang" else None
    ended = stage.start(*ROLL, str(stage.gradual), read_timeout=patience).wait()
    hits = stage.emulator.cloud.faults.hits(fault)
    stage.emulator.cloud.faults.remove(fault)
    try:
        assert hits == bad.times or ended.status, "the call did not come"
        check_end(stage, ended, statuses(bad, call))
        if bad.times > 1 and ended.status == 0:
            assert "frozen: " in ended.err
    except AssertionError as error:
        return f"{bad.name} at call {call.index}, {call.name}: {error}\nIt had said: {ended.err[-600:]}"
    return ""


def statuses(bad: Bad, call: Call) -> tuple[int, Routing | None]:
    """How a rollout ends that meets this, and where its alias is then; None where it stays at the step it is at."""
    lost = bad.effect in LOST
    if call.planned:
        return (0, AFTER) if lost and bad.times == 1 else (3, BEFORE)
    if call.name == "Invoke":
        # nobody knows what the hook says, and there is no person to ask
        return 130, BEFORE
    if lost or call.name == "UpdateAlias":
        return 0, AFTER
    return (1, BEFORE) if call.name == "DescribeAlarms" else (3, None)


def check_end(stage: Stage, ended: Ended, expected: tuple[int, Routing | None]) -> None:
    """That it ended as expected, said so in one sentence, and left everything true."""
    status, at = expected
    assert ended.status == status, f"it ended with {ended.status}, and {status} was expected"
    assert "Traceback" not in ended.err
    said = [line for line in ended.err.splitlines() if line.startswith("lambdatui: ")]
    assert len(said) == (status != 0)
    assert status == 0 or ended.sentence == said[0]
    now = stage.routing()
    assert at is None or now == at, f"the alias is at {now}"
    nothing_is_blind(ended, put_back=status in (1, 130) and now == BEFORE)
    if status == 0:
        the_last_step_was_watched(ended)
    journal = stage.journal()
    runs = journal.runs()
    state = journal.state(runs[0].id) if runs else None
    alias_is_asked_for(state, now, BEFORE)
    journal_is_true(journal, stage.writes())
    assert status or not unsettled_entries(journal)
    journal.close()
    if now not in (BEFORE, AFTER):
        goes_on(stage, now)


def goes_on(stage: Stage, now: Routing) -> None:
    """What was left half-way is told, and gone on with."""
    [found] = stage.run("resume", "--json").lines
    assert told(now) in (found["stands"], found["writing"])
    on = stage.run("resume", found["run"], "--yes", "--json")
    assert (on.status, stage.routing()) == (0, AFTER), on.err
    nothing_is_blind(on)
    the_last_step_was_watched(on)
    journal = stage.journal()
    journal_is_true(journal, stage.writes())
    journal.close()


def test_a_few_points_of_the_sweep(stage: Stage) -> None:
    """Those at which most was found; `make slow` tries all."""
    update = [call for call in calls(stage) if call.name == "UpdateAlias"][1]
    cut = next(bad for bad in BAD if bad.effect == "cut-after-work")
    assert not met(stage, cut, update)
    assert not expired(stage, "of the environment, and it is stopped", update)


# credentials that expire, until somebody logs in


def frozen(stage: Stage, call: Call, env_keys: bool = False) -> tuple[Running, int]:
    """A rollout whose token has expired at a call and which says so, and the fault's number."""
    fault = befall(stage, call, "expired-token", None)
    running = stage.start(*ROLL, str(stage.gradual), env_keys=env_keys)
    wait_for(lambda: "frozen: " in running.said or not running.runs, "the rollout to freeze")
    return running, fault


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SHARES))
@pytest.mark.parametrize("how", ["and a login comes", "and it is stopped", "of the environment, and it is stopped"])
def test_the_token_expires_at_any_call(stage: Stage, how: str, number: int, tell: Tell) -> None:
    chosen = calls(stage)[number::SHARES]
    wrong = [words for call in chosen if (words := expired(stage, how, call))]
    tell(f"expired token {how}, at a call of a rollout", len(chosen))
    if wrong:
        pytest.fail("\n\n".join([f"{len(wrong)} of {len(chosen)} points", *wrong]), pytrace=False)


def expired(stage: Stage, how: str, call: Call) -> str:
    """Runs a rollout whose token expires at a call. Gives what is wrong with its end."""
    of_environment, comes = how.startswith("of"), "login" in how
    running, fault = frozen(stage, call, of_environment)
    if call.planned or comes:
        stage.emulator.cloud.faults.remove(fault)
        stage.log_in()
    else:
        running.signal(signal.SIGINT)
    ended = running.wait()
    stage.emulator.cloud.faults.remove(fault)
    try:
        if call.planned:
            check_end(stage, ended, (3, BEFORE))
        elif comes:
            check_end(stage, ended, (0, AFTER))
            assert call.name == "UpdateAlias" or "AWS answers again" in ended.err
        else:
            check_end(stage, ended, (130, None))
            assert "stays as it is: " in ended.sentence
            assert ("nothing can renew them there" in ended.err) is of_environment
    except AssertionError as error:
        return f"expired token {how} at call {call.index}, {call.name}: {error}\nIt had said: {ended.err[-600:]}"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["UpdateAlias", "GetAlias"])
def test_a_hang_of_thirty_seconds(stage: Stage, name: str, tell: Tell) -> None:
    call = [call for call in calls(stage) if call.name == name][2]
    fault = befall(stage, call, "hang", 1, 30.0)
    ended = stage.start(*ROLL, str(stage.gradual)).wait(180)
    assert stage.emulator.cloud.faults.hits(fault) == 1
    stage.emulator.cloud.faults.remove(fault)
    check_end(stage, ended, (0, AFTER))
    tell("hang of 30 s, at its full length", 1)
