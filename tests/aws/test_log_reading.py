"""A log is read and followed: no line twice and none lost, whatever happens in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatui.aws import clients, log_reading
from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.errors import AccessDenied, ExpiredCredentials, Unreachable
from lambdatui.aws.log_reading import Arrived, Following, LogReading, News, RangeRead, Waiting
from lambdatui.clock import Clock
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.logs import event_operations
from lambdatui.emulator.server import Emulator
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.settings import Settings
from tests.conftest import Calls
from tests.emulator.clients import REGION

GROUP = "/aws/lambda/f"
NOW = int(time.time() * 1000)


class Impatient(Clock):
    """Waits as if its seconds were shorter."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 50)


class Run:
    """A reading that runs in a thread of its own, and what it has told."""

    def __init__(self, reading: LogReading, account: Account) -> None:
        self.reading = reading
        self.news: list[News] = []
        self.error: LambdatuiError | None = None
        self.clock = Impatient()
        self.account = account
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            self.reading.run(self.account, self.clock, self.news.append)
        except LambdatuiError as error:
            self.error = error

    @property
    def lines(self) -> list[str]:
        return [event.message for news in self.news if isinstance(news, Arrived) for event in news.events]

    def told(self, kind: type[News]) -> list[Any]:
        return [news for news in self.news if isinstance(news, kind)]

    def until(self, condition: Callable[[], Any]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, (self.news, self.error)
            time.sleep(0.005)

    def ends(self) -> LambdatuiError | None:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.error

    def stop(self) -> None:
        self.clock.cancel()
        self.ends()


@pytest.fixture
def write(connected: Emulator, account_id: str) -> Callable[..., None]:
    """Writes lines to the group, each with its time in ms after now."""

    def put(*texts: str, at: int = 0, stream: str = "s") -> None:
        connected.cloud.logs.put(account_id, REGION, GROUP, stream, [(NOW + at, text) for text in texts])

    return put


@pytest.fixture
def read(account: Account) -> Iterator[Callable[..., Run]]:
    """Starts readings of the group's last minute, and ends them with the test."""
    runs: list[Run] = []

    def start(reading: LogReading | None = None, **options: Any) -> Run:
        runs.append(Run(reading or LogReading(GROUP, NOW - 60_000, **options), account))
        return runs[-1]

    yield start
    for run in runs:
        run.stop()


def test_a_range_and_then_what_arrives_each_line_once(
    write: Callable[..., None], read: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reading, "SWEEP_EVERY", float("inf"))
    write("a", "b", at=-2000)
    run = read(live=False)
    run.until(lambda: run.told(Following))
    assert run.lines == ["a", "b"]
    assert run.told(Following) == [Following(False)]
    write("c", at=-2000)
    run.until(lambda: "c" in run.lines)
    write("late", at=-5000, stream="other")
    write("d", at=10)
    run.until(lambda: {"late", "d"} <= set(run.lines))
    assert sorted(run.lines) == ["a", "b", "c", "d", "late"]


def test_lines_that_were_held_back_for_a_minute_are_found_by_a_sweep(
    write: Callable[..., None], read: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reading, "SWEEP_EVERY", 0.0)
    write("a", at=0)
    run = read(live=False)
    run.until(lambda: run.told(Following))
    write("held back", at=-50_000)
    run.until(lambda: run.lines == ["a", "held back"])


def test_live_tail_brings_what_arrives(write: Callable[..., None], read: Callable[..., Run]) -> None:
    write("a")
    run = read()
    run.until(lambda: Following(True) in run.news)
    write("b", at=5)
    run.until(lambda: "b" in run.lines)
    write("c", at=6)
    run.until(lambda: "c" in run.lines)
    assert run.lines == ["a", "b", "c"]


def test_without_live_tail_it_says_why_and_asks_again_and_again(
    write: Callable[..., None], read: Callable[..., Run], connected: Emulator, account_id: str
) -> None:
    connected.cloud.faults.add("access-denied", operation="StartLiveTail", account=account_id)
    write("a")
    run = read()
    run.until(lambda: run.told(Following))
    [following] = run.told(Following)
    assert not following.live
    assert following.why_not_live.startswith("No Live Tail: ")
    assert "logs:StartLiveTail" in following.why_not_live
    write("b", at=1)
    run.until(lambda: "b" in run.lines)


def test_a_group_that_is_not_there_yet_is_waited_for(write: Callable[..., None], read: Callable[..., Run]) -> None:
    run = read()
    run.until(lambda: run.told(Waiting))
    assert f"There is no log group {GROUP} yet" in run.told(Waiting)[0].words
    write("first")
    run.until(lambda: run.lines == ["first"])


def test_a_group_that_is_deleted_while_it_is_followed_is_told_and_waited_for(
    write: Callable[..., None], read: Callable[..., Run], aws: Callable[..., Any]
) -> None:
    write("a")
    run = read(live=False)
    run.until(lambda: run.told(Following))
    aws("logs").delete_log_group(logGroupName=GROUP)
    run.until(lambda: run.told(Waiting))
    assert f"The log group {GROUP} was deleted" in run.told(Waiting)[-1].words
    write("b", at=1)
    run.until(lambda: run.lines == ["a", "b"])
    run.until(lambda: len(run.told(Following)) == 2)


def test_what_passes_is_told_and_sat_out(
    write: Callable[..., None], read: Callable[..., Run], connected: Emulator, account_id: str
) -> None:
    write("a")
    for effect in ("throttle", "unavailable", "cut-before-work"):
        connected.cloud.faults.add(effect, operation="FilterLogEvents", account=account_id, times=1)
    run = read(live=False)
    run.until(lambda: run.told(Following))
    words = [waiting.words for waiting in run.told(Waiting)]
    assert any(word.startswith("FilterLogEvents: throttled, next try in ") for word in words), words
    assert any(word.startswith("FilterLogEvents: the connection was cut, next try in ") for word in words), words
    assert run.lines == ["a"]


def test_an_endpoint_that_goes_away_and_comes_back(
    account_id: str, connected: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS", 1)

    def put(emulator: Emulator, text: str, at: int) -> None:
        emulator.cloud.logs.put(account_id, REGION, GROUP, "s", [(NOW + at, text)])

    with Emulator(Cloud()) as first:
        monkeypatch.setenv("AWS_ENDPOINT_URL", first.endpoint)
        put(first, "before", 0)
        run = Run(LogReading(GROUP, NOW - 60_000), Accounts(Settings()).open())
        run.until(lambda: Following(True) in run.news)
        port = first.port
    run.until(lambda: any(isinstance(waiting.error, Unreachable) for waiting in run.told(Waiting)))
    with Emulator(Cloud(), port=port) as second:
        put(second, "after", 1)
        run.until(lambda: run.lines == ["before", "after"])
        run.until(lambda: isinstance(run.news[-1], Following))
        run.stop()


def test_what_waiting_will_not_mend_ends_it(
    write: Callable[..., None], read: Callable[..., Run], connected: Emulator, account_id: str
) -> None:
    write("a")
    connected.cloud.faults.add("access-denied", operation="FilterLogEvents", account=account_id)
    assert isinstance(read().ends(), AccessDenied)


def test_after_a_login_it_goes_on_where_it_was(
    write: Callable[..., None], read: Callable[..., Run], connected: Emulator, account_id: str, accounts: Accounts
) -> None:
    write("a")
    run = read(live=False)
    run.until(lambda: run.told(Following))
    connected.cloud.faults.add("expired-token", operation="FilterLogEvents", account=account_id, times=1)
    assert isinstance(run.ends(), ExpiredCredentials)
    write("b", at=1)
    accounts.lapses.end(run.account.profile)
    again = read(run.reading)
    again.until(lambda: again.told(Following))
    assert again.lines == ["b"]


def test_a_range_is_read_from_its_end_and_no_further_than_is_wanted(
    write: Callable[..., None], read: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_operations, "EVENTS_A_PAGE", 2)
    for number in range(6):
        write(str(number), at=number - 1000)
    run = read(end=NOW, newest_first=True, most=3)
    assert run.ends() is None
    assert run.lines == ["4", "5", "2", "3"], "whole pages, the newest first"
    assert run.told(RangeRead) == [RangeRead(cut=True)]
    whole = read(end=NOW, newest_first=True)
    assert whole.ends() is None
    assert whole.told(RangeRead) == [RangeRead(cut=False)]
    assert len(whole.lines) == 6


def test_a_range_that_was_broken_off_is_taken_up_at_its_page(
    write: Callable[..., None],
    read: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
    connected: Emulator,
    account_id: str,
    accounts: Accounts,
    calls: Calls,
) -> None:
    monkeypatch.setattr(event_operations, "EVENTS_A_PAGE", 2)
    for number in range(6):
        write(str(number), at=number - 1000)
    connected.cloud.faults.add("expired-token", operation="FilterLogEvents", account=account_id, after=2, times=1)
    run = read(end=NOW, newest_first=True)
    assert isinstance(run.ends(), ExpiredCredentials)
    assert run.lines == ["4", "5", "2", "3"]
    accounts.lapses.end(run.account.profile)
    calls.forget()
    again = read(run.reading)
    assert again.ends() is None
    assert again.lines == ["0", "1"]
    assert calls.operations() == ["FilterLogEvents"], "what was read is not read again"


def test_it_ends_when_it_is_cancelled(write: Callable[..., None], read: Callable[..., Run]) -> None:
    write("a")
    for live in (True, False):
        run = read(live=live)
        run.until(lambda run=run: run.told(Following))
        run.clock.cancel()
        assert isinstance(run.ends(), Cancelled)


def test_what_arrives_while_live_tail_is_away_is_not_lost(
    write: Callable[..., None], read: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a")
    # a session that AWS ends after its time
    monkeypatch.setattr("lambdatui.emulator.logs.live_tail.SESSION_SECONDS", 0)
    run = read()
    run.until(lambda: Following(False, "Live Tail ended after three hours.") in run.news)
    write("b", at=1)
    run.until(lambda: run.lines == ["a", "b"])


def test_a_burst_that_live_tail_shows_a_sample_of_is_whole(
    write: Callable[..., None], read: Callable[..., Run]
) -> None:
    write("a")
    run = read()
    run.until(lambda: Following(True) in run.news)
    burst = [f"line {number}" for number in range(700)]
    write(*burst, at=2)
    run.until(lambda: len(run.lines) >= 701)
    assert sorted(run.lines) == sorted(["a", *burst])


def test_a_quiet_log_is_asked_for_less_often() -> None:
    # five a second are allowed for the whole account, and others want theirs
    assert 1 / log_reading.PAUSE <= 0.5
    assert log_reading.QUIET_PAUSE > log_reading.PAUSE
