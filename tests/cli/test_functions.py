"""`lambdatui functions`: every function of every chosen place, and what is told of a place that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.accounts import access_key_of
from tests.cli.conftest import Run
from tests.emulator.clients import client_of, make_function

OTHER = "720987654321"


def test_functions_are_listed_by_name_with_what_matters(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "worker", Description="ships the goods", MemorySize=512)
    make_function(aws(), "api", Description="takes the money")
    ended = lambdatui("functions")
    assert ended.status == 0
    head, api, worker = ended.out.splitlines()
    assert head.split() == [
        "FUNCTION",
        "ACCOUNT",
        "REGION",
        "RUNTIME",
        "MEM",
        "CODE",
        "LAST",
        "MODIFIED",
        "DESCRIPTION",
    ]
    assert api.startswith("api ")
    assert "eu-west-1  python3.13  512" in worker
    assert worker.endswith("just now       ships the goods")
    assert ended.err == "2 of 2 functions in 1 place.\n"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["MONEY"], ["api"]),
        (["the"], ["api", "worker"]),
        (["the", "ships"], ["worker"]),
        (["the ships"], ["worker"]),
        (["python3.13", "api"], ["api"]),
        (["nothing"], []),
    ],
)
def test_every_word_of_the_filter_must_be_found(
    lambdatui: Run, connected: Any, aws: Any, words: list[str], names: list[str]
) -> None:
    make_function(aws(), "worker", Description="ships the goods")
    make_function(aws(), "api", Description="takes the money")
    ended = lambdatui("functions", *words, "--json")
    assert sorted(line["name"] for line in ended.lines) == names
    assert ended.err == f"{len(names)} of 2 functions in 1 place.\n"


def test_functions_span_profiles_and_regions_and_a_place_that_fails_is_told(
    lambdatui: Run, home: Path, emulator: Any, aws: Any, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    keys = "aws_access_key_id = {}\naws_secret_access_key = x\n"
    (home / "aws-config").write_text(
        f"[profile prod]\nregion = eu-west-1\n{keys.format(access_key_of(account_id))}"
        f"[profile other]\nregion = us-east-1\n{keys.format(access_key_of(OTHER))}"
    )
    (home / "config").mkdir()
    (home / "config" / "settings.yaml").write_text(
        "profiles:\n  prod: {regions: [eu-west-1, us-east-1]}\n  other:\n  gone:\n"
    )
    name = f"f-{account_id}"
    make_function(aws(), name)
    make_function(aws(region="us-east-1"), name)
    make_function(client_of(emulator, "lambda", OTHER, "us-east-1"), name)
    ended = lambdatui("functions", name, "--json")
    found = sorted((line["profile"], line["region"]) for line in ended.lines)
    assert found == [("other", "us-east-1"), ("prod", "eu-west-1"), ("prod", "us-east-1")]
    assert ended.status == 3
    assert "gone: The config profile (gone) could not be found." in ended.err
    assert "functions in 4 places." in ended.err


def test_more_than_a_page_is_listed(lambdatui: Run, connected: Any, aws: Any) -> None:
    for number in range(51):
        make_function(aws(), f"f{number:02}")
    assert len(lambdatui("functions", "--json").lines) == 51


def test_a_name_that_is_wide_or_writes_escapes_keeps_the_columns(lambdatui: Run, connected: Any, aws: Any) -> None:
    make_function(aws(), "a", Description="\x1b[2J[bold]x[/] \u202eevil")
    make_function(aws(), "a-much-longer-name", Description="値段")
    ended = lambdatui("functions")
    assert "\x1b" not in ended.out
    assert "\u202e" not in ended.out
    assert "[bold]x[/]" in ended.out
    columns = {line.index("eu-west-1") for line in ended.out.splitlines()[1:]}
    assert len(columns) == 1
