"""`lambdatui undo` and `lambdatui resume`: by the words of a command line."""

from __future__ import annotations

from typing import Any

import pytest

from lambdatui.journal import Journal
from tests.cli.conftest import ROUTE, Run, served
from tests.journal.rollouts import at_a_quarter
from tests.journal.test_journal import begin


def test_undo_takes_back_the_newest_and_names_what_it_does(lambdatui: Run, routed: Any) -> None:
    lambdatui(*ROUTE, "--yes")
    assert served(routed) == "2"
    told = lambdatui("undo", "--plan")
    assert told.out.startswith("Undo: Route f:live: all traffic to 2\n")
    assert "~ UpdateAlias f:live  (callers notice)" in told.out
    assert lambdatui("undo").status == 4
    assert served(routed) == "2"
    assert lambdatui("undo", "--yes").status == 0
    assert served(routed) == "1"
    ended = lambdatui("undo", "--yes")
    assert (ended.status, ended.err) == (4, "lambdatui: The journal holds nothing that could be undone.\n")


def test_undo_takes_the_id_that_history_tells(lambdatui: Run, routed: Any) -> None:
    lambdatui(*ROUTE, "--yes")
    lambdatui("route", "f", "beta", "--to", "1")
    newest, oldest = [line["run"]["id"] for line in lambdatui("history", "--json").lines]
    assert newest in lambdatui("history").out
    assert lambdatui("undo", oldest, "--yes").status == 0
    assert served(routed) == "1"
    assert routed.get_alias(FunctionName="f", Name="beta")["FunctionVersion"] == "1"


def test_undo_tells_what_was_changed_since_and_goes_on_anyway(lambdatui: Run, routed: Any) -> None:
    lambdatui(*ROUTE, "--yes")
    routed.update_alias(FunctionName="f", Name="live", Description="ours")
    assert lambdatui("undo", "--yes", "--plan").status == 0
    routed.update_alias(FunctionName="f", Name="live", FunctionVersion="$LATEST")
    ended = lambdatui("undo", "--yes")
    assert ended.status == 4
    assert "f was changed since: traffic all traffic to 2 → all traffic to $LATEST." in ended.err
    assert served(routed) == "$LATEST"
    assert lambdatui("undo", "--yes", "--anyway").status == 0
    assert served(routed) == "1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("undo", "nix"), "There is no run and no call 'nix' in the journal."),
        (("undo", "1", "--function", "f"), "an entry or --function was expected, not both"),
        (("route", "f", "live", "--back", "--to", "1"), "--back: nothing else says where the traffic goes."),
        (("route", "f", "--back"), "--back: an ALIAS was expected."),
        (("resume", "nix"), "There is no rollout 'nix' that stopped half-way."),
        (("resume", "--leave"), "a RUN was expected"),
        (("resume", "r", "--leave", "--put-back"), "--put-back or --leave was expected, not both"),
    ],
)
def test_bad_input_is_one_sentence(lambdatui: Run, routed: Any, words: tuple[str, ...], said: str) -> None:
    ended = lambdatui(*words)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_back_is_the_routing_before_the_last_change(lambdatui: Run, routed: Any) -> None:
    lambdatui(*ROUTE, "--yes")
    assert lambdatui("route", "f", "live", "--back", "--yes").status == 0
    assert served(routed) == "1"


@pytest.fixture
def rolling(routed: Any, journal: Journal, account_id: str) -> str:
    """A rollout of f:live to version 2 that stopped at 25 %, of which the journal tells. Gives its run."""
    answer = routed.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    run = begin(journal, account_id=account_id, profile="", title="Route f:live to 2 in steps", targets=["f:live"])
    journal.checkpoint(run, at_a_quarter("2", answer["RevisionId"]))
    journal.end(run, "cancelled", {})
    return run


def test_resume_lists_what_stopped_and_other_commands_tell_of_it(lambdatui: Run, routed: Any, rolling: str) -> None:
    ended = lambdatui("resume")
    assert f"{rolling}  A rollout of f:live stopped at 25 % at " in ended.out
    [line] = lambdatui("resume", "--json").lines
    assert (line["run"], line["stopped"], line["before"]) == (rolling, "at 25 %", "all traffic to 1")
    ended = lambdatui("route", "f", "beta", "--to", "1")
    assert ended.err.startswith("Route f:live to 2 in steps: this rollout stopped half-way. See: lambdatui resume\n")


def test_resume_goes_on(lambdatui: Run, routed: Any, rolling: str) -> None:
    ended = lambdatui("resume", rolling, "--yes")
    assert ended.status == 0, ended.err
    assert "A rollout of f:live stopped at 25 %" in ended.err
    assert served(routed) == "2"
    assert lambdatui("resume").err == "Nothing stopped half-way.\n"


def test_resume_puts_back(lambdatui: Run, routed: Any, rolling: str) -> None:
    assert lambdatui("resume", rolling, "--put-back", "--yes").status == 0
    there = routed.get_alias(FunctionName="f", Name="live")
    assert (there["FunctionVersion"], there.get("RoutingConfig", {}).get("AdditionalVersionWeights")) in [
        ("1", {}),
        ("1", None),
    ]
    assert lambdatui("resume").out == ""


def test_resume_leaves(lambdatui: Run, routed: Any, rolling: str) -> None:
    ended = lambdatui("resume", rolling, "--leave")
    assert ended.err == "f:live stays as it is: 75 % to 1, 25 % to 2.\n"
    assert lambdatui("resume").out == ""
    assert routed.get_alias(FunctionName="f", Name="live")["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.25}}
