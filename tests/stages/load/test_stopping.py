"""When a run stops by itself."""

from __future__ import annotations

from typing import Any

from lambdatui.aws.invocation_report import Report
from lambdatui.aws.invocations import Invocation
from lambdatui.stages.load.stopping import Stopping


def ended(outcome: Any, warm_up: bool = False) -> Invocation:
    return Invocation(1, 0.0, 1.0, outcome, 200, "1", "", "id", b"", "", Report(), warm_up=warm_up)


def reasons(stopping: Stopping, *outcomes: str) -> list[str]:
    found = []
    for outcome in outcomes:
        stopping.add(ended(outcome))
        found.append(stopping.reason)
    return found


def test_so_many_errors_stop_a_run() -> None:
    said = reasons(Stopping(max_errors=2), "ok", "function error", "ok", "throttled", "timeout")
    assert said[:3] == ["", "", ""]
    assert said[3] == said[4] == "Stopped at 2 that were not ok, of 4: max_errors."


def test_a_share_of_errors_stops_a_run_once_enough_have_ended() -> None:
    said = reasons(Stopping(max_error_rate=0.5, error_rate_after=4), "refused", "refused", "refused", "ok", "no answer")
    assert said[:3] == [""] * 3
    assert said[3] == said[4] == "Stopped at 3 of 4 that were not ok (75.0%): max_error_rate."
    assert reasons(Stopping(max_error_rate=0.5, error_rate_after=1), "ok", "timeout") == ["", ""]  # not more than half
    assert reasons(Stopping(max_error_rate=0.0, error_rate_after=1), "timeout")[0]


def test_without_a_condition_and_in_a_warm_up_nothing_stops() -> None:
    assert reasons(Stopping(), *["refused"] * 100) == [""] * 100
    stopping = Stopping(max_errors=1)
    stopping.add(ended("refused", warm_up=True))
    assert stopping.reason == ""
