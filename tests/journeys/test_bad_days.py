"""An incident's worth of trouble in a real terminal: the app stays usable and says what is so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator
from tests.emulator.clients import client_of
from tests.terminal import Terminal
from tests.tui.shop import ROLE, open_shop, package

PROGRAM = str(Path(sys.executable).with_name("lambdatui"))

HOSTILE = "🚀 שלום \x1b[31mred\x1b]0;pwned\x07 [bold]bold[/] \u202e" * 4
"""What a description may hold: wide characters, text from right to left, escapes of a terminal, markup."""


@pytest.fixture
def environment(connected: Emulator, aws: Callable[..., Any], account_id: str, home: Path) -> dict[str, str]:
    open_shop(aws("lambda"), account_id)
    return {"AWS_ACCESS_KEY_ID": access_key_of(account_id), "HOME": str(home)}


def test_one_region_refuses_another_hangs_and_the_third_is_used(
    environment: dict[str, str], connected: Emulator, account_id: str
) -> None:
    faults = connected.cloud.faults
    added = [
        faults.add("access-denied", service="lambda", account=account_id, region="us-east-1"),
        faults.add("hang", service="lambda", account=account_id, region="us-west-2", seconds=60),
    ]
    try:
        regions = {"LAMBDATUI_REGIONS": "eu-west-1,us-east-1,us-west-2"}
        with Terminal([PROGRAM], environment | regions) as t:
            t.wait("reading, 1 of 3 regions · us-west-2 is left")
            t.wait("us-east-1 cannot be read")
            t.wait("is not authorized to perform: lambda:ListFunctions|not authorized to perform")
            t.type("/checkout-api")
            t.wait("1 of 3 functions")
            t.press("enter", "enter")
            t.wait("Nothing is wrong that can be seen from here")
            t.press("escape")
            t.wait("1 of 3 functions")
            # what hangs does not keep it from ending
            t.type("q")
            assert t.wait_end() == 0
    finally:
        for number in added:
            faults.remove(number)


def test_credentials_expire_and_are_renewed_while_a_tab_is_open(
    environment: dict[str, str], connected: Emulator, account_id: str
) -> None:
    with Terminal([PROGRAM], environment) as t:
        t.wait("all pages read")
        t.press("enter")
        t.wait("Nothing is wrong that can be seen from here")
        fault = connected.cloud.faults.add("expired-token", account=account_id)
        t.press("r")
        t.wait("default profile: the credentials have expired")
        t.wait("This was read .* and cannot be read anew")
        t.wait("takes the money")
        connected.cloud.faults.remove(fault)
        t.press("r")
        t.gone("the credentials have expired")
        t.gone("cannot be read anew")
        t.wait("read ..:..:..")
        t.press("escape")
        t.wait("3 functions · all pages read")
        t.press("q")
        assert t.wait_end() == 0


def test_the_endpoint_dies_and_comes_back(home: Path) -> None:
    account = "600000000001"
    environment = {
        "AWS_ACCESS_KEY_ID": access_key_of(account),
        "AWS_SECRET_ACCESS_KEY": "unchecked",
        "AWS_REGION": "eu-west-1",
        "HOME": str(home),
    }
    first = Emulator(Cloud(transition_seconds=0.0)).start()
    port = first.port
    try:
        open_shop(client_of(first, "lambda", account), account)
        with Terminal([PROGRAM], environment | {"AWS_ENDPOINT_URL": first.endpoint}, seconds=60) as t:
            t.wait("3 functions · all pages read")
            t.press("enter")
            t.wait("Nothing is wrong that can be seen from here")
            first.stop()
            t.press("r")
            t.wait("This was read .* and cannot be read anew: .*Could not connect")
            with Emulator(Cloud(transition_seconds=0.0), port=port) as second:
                open_shop(client_of(second, "lambda", account), account)
                t.press("r")
                t.gone("cannot be read anew")
                t.press("escape")
                t.press("r")
                t.wait("3 functions · all pages read")
                t.press("q")
                assert t.wait_end() == 0
    finally:
        first.stop()


def test_hostile_words_neither_break_the_screen_nor_reach_the_terminal(
    environment: dict[str, str], aws: Callable[..., Any], account_id: str
) -> None:
    client, name = aws("lambda"), "a" * 64
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=ROLE.format(account=account_id, name="r" * 60),
        Code={"ZipFile": package("def handler(event, context): ...")},
        Description=HOSTILE[:140],
        Environment={"Variables": {"N" * 100: HOSTILE}},
    )
    client.publish_version(FunctionName=name, Description=HOSTILE[:140])
    client.create_alias(FunctionName=name, Name="l" * 128, FunctionVersion="1", Description=HOSTILE[:140])
    with Terminal([PROGRAM], environment) as t:
        t.wait("4 functions · all pages read")
        t.press("enter")
        t.wait("Nothing is wrong that can be seen from here")
        for key, words in (("2", "PUBLISHED"), ("3", "MAY INVOKE"), ("5", "VALUE'S SIZE"), ("8", "of 50 tags")):
            t.press(key)
            t.wait(words)
            t.wait("read ..:..:..")
        t.resize(40, 10)
        t.press("2")
        t.wait("VERSION")
        t.resize(120, 40)
        t.wait("PUBLISHED")
        t.press("escape")
        t.wait("4 functions")
        t.press("q")
        assert t.wait_end() == 0
    assert b"pwned" not in t.output
    assert b"\x1b]0;" not in t.output
    assert "\u202e".encode() not in t.output


def test_ten_kilobytes_are_pasted_into_the_filter_and_taken_back(environment: dict[str, str]) -> None:
    with Terminal([PROGRAM], environment) as t:
        t.wait("3 functions · all pages read")
        t.type("/\x1b[200~" + "x" * 10_000 + "\x1b[201~")
        t.wait("0 of 3 functions")
        t.wait("No function matches the filter")
        t.press("escape")
        t.wait("checkout-worker")
        t.wait(" 3 functions · all pages read")
        t.press("q")
        assert t.wait_end() == 0
