"""What all commands have in common: options before and after, statuses, streams, and what is not imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui import __version__
from lambdatui.cli.main import COMMANDS
from lambdatui.emulator.accounts import access_key_of
from tests.cli.conftest import ROUTE, Run, served
from tests.conftest import Calls
from tests.emulator.clients import make_function

# help


def test_help_names_every_command_and_every_status(lambdatui: Run) -> None:
    ended = lambdatui("--help")
    assert ended.status == 0
    for name in COMMANDS:
        assert f"  {name} " in ended.out
    for words in (
        "0    done",
        "1    the stage failed",
        "2    bad input",
        "3    AWS",
        "4    refused",
        "130  interrupted",
    ):
        assert words in ended.out
    assert "_LAMBDATUI_COMPLETE=bash_source" in ended.out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself_and_takes_the_global_options(lambdatui: Run, name: str) -> None:
    ended = lambdatui(name, "--help")
    assert ended.status == 0
    for option in ("--profile", "--region", "--endpoint-url", "--read-only", "--config", "--json", "--yes", "--plan"):
        assert option in ended.out
    assert max(map(len, ended.out.splitlines())) <= 100


def test_the_version_is_told(lambdatui: Run) -> None:
    assert lambdatui("--version").out == f"lambdatui {__version__}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["functons"], "There is no command 'functons'. Did you mean 'functions'?"),
        (["functions", "--profil", "x"], "No such option"),
        (["route", "f", "live"], "--to: a version was expected, such as newest or 42."),
        (["deploy"], "FILE.yaml: a deploy file was expected, or --set function=NAME"),
    ],
)
def test_a_mistyped_line_is_bad_input(lambdatui: Run, words: list[str], sentence: str) -> None:
    ended = lambdatui(*words)
    assert (ended.status, ended.out) == (2, "")
    assert sentence in ended.err


def test_the_app_needs_a_terminal(lambdatui: Run) -> None:
    for words in ([], ["--read-only"], ["demo"]):
        ended = lambdatui(*words)
        assert (ended.status, ended.out) == (2, "")
        assert "The app needs a terminal." in ended.err


# options before and after the command


@pytest.mark.parametrize("place", ["before", "after"])
def test_options_stand_before_or_after_the_command(lambdatui: Run, routed: Any, calls: Calls, place: str) -> None:
    options = ("--plan", "--json", "--region", "eu-west-1")
    ended = lambdatui(*options, *ROUTE) if place == "before" else lambdatui(*ROUTE, *options)
    assert ended.status == 0
    assert ended.document["status"] == "planned"
    assert calls.changes() == []


def test_options_on_both_sides_add_up_and_the_later_wins(lambdatui: Run, routed: Any, calls: Calls) -> None:
    ended = lambdatui("--json", "--region", "us-east-1", *ROUTE, "--plan", "--region", "eu-west-1")
    assert ended.document["plan"]["region"] == "eu-west-1"


def test_the_options_lead_where_they_say(
    lambdatui: Run, home: Path, emulator: Any, account_id: str, tmp_path: Path
) -> None:
    (home / "aws-config").write_text(
        f"[profile prod]\naws_access_key_id = {access_key_of(account_id)}\naws_secret_access_key = x\n"
    )
    (tmp_path / "s.yaml").write_text("read_only: true\n")
    words = ["--profile", "prod", "--region", "sa-east-1", "--endpoint-url", emulator.endpoint]
    words += ["--config", str(tmp_path / "s.yaml")]
    ended = lambdatui("doctor", "--json", *words)
    found = {check["name"]: check["found"] for check in ended.document}
    assert found["profile"] == "prod, sa-east-1, read-only"
    assert found["identity"].startswith(account_id)
    assert found["settings"] == str(tmp_path / "s.yaml")


# statuses


def test_done_is_0_with_data_on_stdout_and_words_on_stderr(lambdatui: Run, routed: Any) -> None:
    ended = lambdatui(*ROUTE, "--yes")
    assert ended.status == 0
    assert ended.out.split() == ["version", "2", "alias_arn", ended.out.split()[-1]]
    assert "✔ UpdateAlias f:live" in ended.err
    assert "1: 100 % → 0 %" in ended.err
    assert served(routed) == "2"


def test_a_failed_stage_is_1(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "f", "def handler(event, context):\n    raise KeyError('x')\n")
    ended = lambdatui("invoke", "f")
    assert ended.status == 1
    assert ended.err.splitlines()[-1] == "lambdatui: 0 of 1 were ok, 100.0% was asked for. Most often: KeyError: 'x'"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("route", "f", "live", "--to", "7"), "lambdatui: f has no version 7; it has 1, 2."),
        (("route", "f", "live", "--to", "newst"), "lambdatui: --to: 'newst' names no version: newest, previous,"),
        (
            ("route", "f", "live", "--to", "1", "--weight", "2"),
            "--weight: SELECTOR=PERCENT was expected, such as 42=10",
        ),
        (("route", "f", "live", "--to", "1", "--weight", "2=x"), "such as 42=10, not '2=x'."),
        (("route", "f", "live", "--to", "1", "--weight", "2=101"), "--weight: 100 or less was expected, not 101."),
        (("route", "f", "live", "--to", "1", "--weight", "2=nan"), "--weight: "),
        (
            ("route", "a b", "live", "--to", "1"),
            "FUNCTION: 'a b' will not do: Name or ARN of the function: letters, digits, - and _.",
        ),
        (("route", "f", "7", "--to", "1"), "ALIAS: an alias cannot be a number"),
        (("invoke", "f", "-n", "0"), "--count: 1 or more was expected, not 0."),
        (("invoke", "f", "-c", "2000"), "--concurrency: 1000 or less was expected, not 2000."),
        (("invoke", "f", "-p", "{"), "--payload: '{', which is no file either, is not JSON: Expecting property name"),
        (("prune", "f", "--keep", "0"), "--keep: 1 or more was expected, not 0."),
        (("prune", "f", "--older-than", "6m"), "--older-than: an age such as 30d, 6w or 1y was expected, not '6m'."),
        (("update-code", "f", "absent"), "absent: there is no such folder or zip file."),
        (("deploy", "absent.yaml"), "absent.yaml: no such file."),
        (("history", "--since", "yesterday"), "--since: 15m, 2h, 3d, a time such as 09:30 or a date such as"),
        (("functions", "--config", "absent.yaml"), "absent.yaml: no such file."),
    ],
)
def test_bad_input_is_2_in_the_words_of_the_command_line(
    lambdatui: Run, routed: Any, calls: Calls, words: tuple[str, ...], sentence: str
) -> None:
    calls.forget()
    ended = lambdatui(*words, "--yes")
    assert (ended.status, ended.out) == (2, "")
    assert sentence in ended.err
    assert len(ended.err.splitlines()) == 1
    assert calls.changes() == []


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        ("access-denied", "is not authorized to perform: lambda:ListVersionsByFunction"),
        ("expired-token", "Log in again (aws sso login, or what renews this profile), then retry."),
    ],
)
def test_a_no_of_aws_is_3_with_its_request(
    lambdatui: Run, routed: Any, connected: Any, account_id: str, effect: str, sentence: str
) -> None:
    connected.cloud.faults.add(effect, service="lambda", account=account_id)
    ended = lambdatui(*ROUTE)
    assert (ended.status, ended.out) == (3, "")
    assert sentence in ended.err
    assert "(request " in ended.err


def test_nobody_there_is_3(lambdatui: Run, connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatui.aws.clients.ATTEMPTS", 1)
    ended = lambdatui("route", "f", "live", "--to", "1", "--endpoint-url", "http://127.0.0.1:9")
    assert ended.status == 3
    assert "Could not connect to the endpoint URL" in ended.err


def test_no_credentials_is_3(lambdatui: Run, emulator: Any) -> None:
    ended = lambdatui(*ROUTE, "--endpoint-url", emulator.endpoint, "--region", "eu-west-1")
    assert ended.status == 3
    assert "Unable to locate credentials. Set a profile (--profile)" in ended.err


@pytest.mark.parametrize(
    "words", [ROUTE, ("prune", "f", "--keep", "1"), ("delete", "f", "--version", "2"), ("delete", "f")]
)
def test_what_is_not_confirmed_is_4_and_not_done(lambdatui: Run, routed: Any, calls: Calls, words: Any) -> None:
    calls.forget()
    # standard input is no terminal: a yes in it does not count
    ended = lambdatui(*words, typed="y\n")
    if words[0] == "prune":
        assert "Nothing to change" in ended.err
        return
    assert ended.status == 4
    assert "Not confirmed, nothing was done: there is no terminal to ask on. Give --yes, or see --plan." in ended.err
    assert calls.changes() == []


@pytest.mark.parametrize(
    "words",
    [
        (*ROUTE, "--yes"),
        ("delete", "f", "--yes"),
        ("invoke", "f"),
        ("update-code", "f", "code", "--publish"),
    ],
)
def test_a_read_only_session_refuses_with_4(
    lambdatui: Run, routed: Any, calls: Calls, words: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(e, c): return 5\n")
    monkeypatch.chdir(tmp_path)
    calls.forget()
    ended = lambdatui("--read-only", *words)
    assert (ended.status, ended.out) == (4, "")
    assert "read-only" in ended.err
    assert calls.changes() == []
    assert lambdatui("--read-only", *words, "--plan").status == 0


def test_a_plan_does_nothing_and_stands_on_stdout(lambdatui: Run, routed: Any, calls: Calls) -> None:
    calls.forget()
    ended = lambdatui(*ROUTE, "--plan")
    assert ended.status == 0
    assert ended.err == ""
    assert "~ UpdateAlias f:live  (callers notice)" in ended.out
    assert "undo: all traffic back to 1" in ended.out
    assert f"account {ended.out.split('account ')[1][:12]}" in ended.out
    assert calls.changes() == []
    assert served(routed) == "1"
    assert lambdatui("history").out == ""


def test_nothing_to_change_is_0_and_says_so(lambdatui: Run, routed: Any, calls: Calls) -> None:
    calls.forget()
    ended = lambdatui("route", "f", "live", "--to", "1")
    assert ended.status == 0
    assert "Nothing to change." in ended.err
    assert calls.changes() == []
    assert lambdatui("route", "f", "live", "--to", "1", "--json").document["status"] == "unchanged"


def test_the_document_of_a_failure_says_what_was_done_and_what_was_not(
    lambdatui: Run, connected: Any, account_id: str, aws: Any, tmp_path: Path
) -> None:
    make_function(aws(), "f")
    (tmp_path / "app.py").write_text("def handler(e, c): return 5\n")
    connected.cloud.faults.add("access-denied", operation="PublishVersion", account=account_id)
    ended = lambdatui("update-code", "f", str(tmp_path), "--publish", "--alias", "live", "--yes", "--json")
    assert ended.status == 3
    document = ended.document
    assert document["status"] == "failed"
    assert [change["operation"] for change in document["done"]] == ["UpdateFunctionCode"]
    assert [change["operation"] for change in document["not_done"]] == ["PublishVersion", "CreateAlias"]
    assert (document["unsure"], document["error"]["code"]) == ([], "AccessDeniedException")
    assert document["plan"]["changes"][0]["request"]["ZipFile"].startswith("<")
    assert "done: UpdateFunctionCode f" in ended.err
    assert "not done: PublishVersion f, CreateAlias f:live" in ended.err


def test_text_from_aws_cannot_touch_the_terminal(lambdatui: Run, connected: Any, account_id: str) -> None:
    connected.cloud.faults.add(
        "error",
        service="lambda",
        account=account_id,
        code="Odd\x1b[31m",
        message="\x1b]0;pwned\x07\x1b[2Jwords",
        status=400,
    )
    ended = lambdatui("functions")
    assert "\x1b" not in ended.err
    assert "\x07" not in ended.err
    assert "words" in ended.err


def test_what_nobody_foresaw_is_a_sentence_and_a_log_file(
    lambdatui: Run, connected: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("lambdatui.aws.accounts.Accounts.scopes", broken)
    ended = lambdatui("functions")
    assert ended.status == 1
    assert ended.err.startswith("lambdatui: lambdatui itself failed: ZeroDivisionError: a defect. The details are in ")
    assert "Traceback" not in ended.err
    assert "Traceback" in (home / "state" / "lambdatui.log").read_text()
    # even the log file may be out of reach
    monkeypatch.setenv("LAMBDATUI_STATE_DIR", "/dev/null/x")
    ended = lambdatui("functions")
    assert ended.status == 1
    assert "The log file could not be written." in ended.err


# as real processes

NOT_FOR_THE_FIRST_FRAME = (
    "boto3",
    "botocore",
    "pydantic",
    "yaml",
    "lambdatui.stages",
    "lambdatui.aws",
    "sqlite3",
    "moto",
)


def test_the_app_s_own_start_imports_nothing_that_it_does_not_need(home: Path) -> None:
    """What is loaded when the app takes over, up to the moment before Textual comes in."""
    source = (
        "import sys, types\n"
        "app = types.ModuleType('lambdatui.tui.app')\n"
        "app.run = lambda settings, demo=None: print(*sorted(sys.modules), sep='\\n') or 0\n"
        "sys.modules['lambdatui.tui.app'] = app\n"
        "from lambdatui.cli import terminal\n"
        "terminal.needed = lambda: None\n"
        "from lambdatui.cli.main import cli\n"
        "cli(['--region', 'eu-west-1'])\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "lambdatui.cli.main" in loaded
    for name in NOT_FOR_THE_FIRST_FRAME:
        assert not [module for module in loaded if module == name or module.startswith(f"{name}.")]


def test_a_reader_that_leaves_is_no_error(
    process: Callable[..., subprocess.Popen[str]], connected: Any, aws: Any
) -> None:
    for number in range(3):
        make_function(aws(), f"f{number}")
    read, write = os.pipe()
    os.close(read)
    child = process("functions", "--json", stdout=write)
    os.close(write)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 141
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_a_reader_of_the_words_that_leaves_stops_no_run(
    process: Callable[..., subprocess.Popen[str]], routed: Any
) -> None:
    read, write = os.pipe()
    os.close(read)
    child = process(*ROUTE, "--yes", stderr=write)
    os.close(write)
    out, _ = child.communicate(timeout=30)
    assert child.returncode == 0
    assert "version" in out
    assert served(routed) == "2"
