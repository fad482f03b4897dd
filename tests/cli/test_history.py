"""`lambdatui history`: runs with their calls, newest first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.cli.code import write_code
from tests.cli.conftest import Run
from tests.stages.acting import function_with_versions


def test_history_tells_runs_with_their_calls_newest_first(
    lambdatui: Run, connected: Any, aws: Any, account_id: str, tmp_path: Path
) -> None:
    function_with_versions(aws(), 2)
    write_code(tmp_path / "code", 9)
    lambdatui("update-code", "f", str(tmp_path / "code"), "--publish", "--yes")
    lambdatui("invoke", "f")
    lambdatui("route", "f", "live", "--to", "1")
    ended = lambdatui("history")
    what = [" ".join(line.split()[3:]) for line in ended.out.splitlines()[1:]]
    assert [line.split(f" {account_id}")[0] for line in what] == [
        "done Route f:live: all traffic to 1",
        "done └ CreateAlias f:live",
        "done Invoke f",
        "done Update the code of f",
        "done └ UpdateFunctionCode f",
        "done └ PublishVersion f",
    ]
    assert ended.err == "3 listed.\n"


def test_history_is_narrowed_by_function_age_and_number(lambdatui: Run, connected: Any, aws: Any) -> None:
    for name in ("f", "g"):
        function_with_versions(aws(), 1, name)
        lambdatui("route", name, "live", "--to", "1")
    assert [line["run"]["function"] for line in lambdatui("history", "--json").lines] == ["g", "f"]
    assert [line["run"]["function"] for line in lambdatui("history", "--function", "f", "--json").lines] == ["f"]
    assert len(lambdatui("history", "--limit", "1", "--json").lines) == 1
    assert len(lambdatui("history", "--since", "1h", "--json").lines) == 2
    tomorrow = (dt.date.today() + dt.timedelta(days=1)).isoformat()
    ended = lambdatui("history", "--since", tomorrow, "--json")
    assert (ended.lines, ended.err) == ([], "")


def test_history_says_why_something_failed(lambdatui: Run, connected: Any, aws: Any, account_id: str) -> None:
    function_with_versions(aws(), 1)
    connected.cloud.faults.add("access-denied", operation="CreateAlias", account=account_id)
    lambdatui("route", "f", "live", "--to", "1")
    [line] = lambdatui("history", "--json").lines
    assert (line["run"]["status"], line["calls"][0]["status"]) == ("failed", "failed")
    assert line["calls"][0]["code"] == "AccessDeniedException"
    assert "✖ failed" in lambdatui("history").out


def test_an_unreadable_journal_is_told_and_does_not_stop_a_command(
    lambdatui: Run, connected: Any, aws: Any, home: Path
) -> None:
    function_with_versions(aws(), 1)
    (home / "state").mkdir()
    (home / "state" / "journal.sqlite").write_text("garbage")
    ended = lambdatui("route", "f", "live", "--to", "1")
    assert ended.status == 0
    assert "The journal could not be read; it was set aside as " in ended.err
    assert len(list((home / "state").glob("journal.sqlite.unreadable-*"))) == 1
