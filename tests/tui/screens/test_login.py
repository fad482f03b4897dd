"""Credentials that do not work, in the app: told once, logged in from inside, and everything goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Profile, Settings
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.function import FunctionView
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.screens.login import LoginScreen
from tests.aws.signing_in import leave_token, sso_config
from tests.conftest import Calls
from tests.tui.shop import home as at_home
from tests.tui.shop import open_shop, shows, text_of, until


@pytest.fixture
def config(home: Path, emulator: Emulator, account_id: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """AWS's config file with the SSO profiles `prod` and `audit` of the test's account."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    path = home / "aws-config"
    path.write_text(sso_config(account_id, profiles=("prod", "audit")))
    return path


@pytest.fixture
def shop(config: Path, aws: Callable[..., Any], account_id: str) -> Any:
    client = aws("lambda")
    open_shop(client, account_id)
    return client


@pytest.fixture
def app(shop: Any) -> LambdatuiApp:
    return LambdatuiApp(Settings(profile="prod"))


def banner(app: LambdatuiApp) -> str:
    """The second line of the screen, where a lapse is told."""
    return text_of(app).splitlines()[1]


async def confirm(pilot: Pilot[Any], emulator: Emulator, agreed: bool = True) -> str:
    """Waits for the code of the login on the screen, answers it as in a browser, and returns it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
    code = await until(pilot, lambda: re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", _below(text_of(pilot.app))))
    assert emulator.cloud.identity_center.approve(code.group(), agreed)
    return str(code.group())


def _below(text: str) -> str:
    """What stands below the sentence that asks to compare the codes."""
    return text.partition("shows this code")[2]


async def test_nobody_logged_in_is_told_before_any_call_and_a_login_fills_the_list(
    app: LambdatuiApp, emulator: Emulator, calls: Calls, account_id: str
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "▲ prod: not logged in to SSO" in banner(app))
        assert "L login" in banner(app)
        assert calls.operations() == []
        await pilot.press("L")
        await confirm(pilot, emulator)
        await at_home(pilot)
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        assert "3 functions" in text_of(app)
        assert "▲" not in banner(app)
        assert account_id in text_of(app).splitlines()[0]


async def test_one_login_serves_every_profile_of_the_session(shop: Any, emulator: Emulator) -> None:
    app = LambdatuiApp(Settings(profiles={"prod": Profile(), "audit": Profile(("us-east-1",))}))
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: "and 1 more" in banner(app))
        await pilot.press("L")
        await shows(pilot, "audit")
        await pilot.press("enter")
        await confirm(pilot, emulator)
        await until(pilot, lambda: not app.session.lapses.all)
        await shows(pilot, "3 functions · all pages read")


async def test_what_expires_under_one_s_eyes_stays_and_goes_on(
    app: LambdatuiApp, emulator: Emulator, calls: Calls, account_id: str
) -> None:
    """Filter, cursor and the open tab stay; what failed is read again without a key."""
    leave_token(seconds=3600, token=await _token(emulator))
    async with app.run_test(size=(120, 30)) as pilot:
        await at_home(pilot)
        await pilot.press("slash", *"check", "enter", "down")
        assert app.screen.table.record.name == "checkout-worker"  # type: ignore[attr-defined]
        fault = emulator.cloud.faults.add("expired-token", service="lambda", account=account_id)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionView))
        await until(pilot, lambda: "▲ prod: the credentials have expired" in banner(app))
        # a closed door is not knocked on
        await until(pilot, lambda: app.session.lapses.of("prod"))
        calls.forget()
        await pilot.press("2")
        await until(pilot, lambda: app.screen.tab.trouble is not None)  # type: ignore[attr-defined]
        assert "lambda" not in {record.service for record in calls.records()}
        emulator.cloud.faults.remove(fault)
        await pilot.press("R")
        await until(pilot, lambda: "▲" not in banner(app))
        await shows(pilot, "read ")
        await until(pilot, lambda: app.screen.tab.trouble is None)  # type: ignore[attr-defined]
        await pilot.press("escape")
        await shows(pilot, "2 of 3 functions · all pages read")
        assert app.screen.table.record.name == "checkout-worker"  # type: ignore[attr-defined]
        await shows(pilot, "● Active")


async def test_a_refresh_tries_the_credentials_too(app: LambdatuiApp, emulator: Emulator, account_id: str) -> None:
    """Who presses r after a login elsewhere is not told that nothing works: of a tab, and of the list."""
    leave_token(seconds=3600, token=await _token(emulator))
    async with app.run_test(size=(120, 30)) as pilot:
        await at_home(pilot)
        fault = emulator.cloud.faults.add("expired-token", account=account_id)
        await pilot.press("enter")
        await until(pilot, lambda: "▲ prod: the credentials have expired" in banner(app))
        emulator.cloud.faults.remove(fault)
        await pilot.press("r")
        await until(pilot, lambda: app.screen.tab.last is not None)  # type: ignore[attr-defined]
        assert "▲" not in banner(app)
        await pilot.press("escape")
        await shows(pilot, "3 functions · all pages read")
        fault = emulator.cloud.faults.add("expired-token", account=account_id)
        await pilot.press("r")
        await until(pilot, lambda: "▲ prod: the credentials have expired" in banner(app))
        emulator.cloud.faults.remove(fault)
        await pilot.press("r")
        await until(pilot, lambda: "▲" not in banner(app))
        await shows(pilot, "3 functions · all pages read")


async def test_a_login_elsewhere_is_found_by_retry(app: LambdatuiApp, emulator: Emulator) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "not logged in" in banner(app))
        await pilot.press("R")
        await shows(pilot, "still cannot be used")
        leave_token(token=await _token(emulator))
        await pilot.press("R")
        await shows(pilot, "3 functions · all pages read")
        assert "▲" not in banner(app)


async def test_a_login_that_is_denied_can_begin_anew(app: LambdatuiApp, emulator: Emulator) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "not logged in" in banner(app))
        await pilot.press("L")
        await confirm(pilot, emulator, agreed=False)
        await shows(pilot, "The login was denied in the browser")
        await pilot.press("r")
        await confirm(pilot, emulator)
        await shows(pilot, "3 functions · all pages read")


async def test_a_login_can_be_left(app: LambdatuiApp, emulator: Emulator) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "not logged in" in banner(app))
        await pilot.press("L")
        await shows(pilot, "shows this code")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        assert "not logged in" in banner(app)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("aws_access_key_id = {key}\naws_secret_access_key = unchecked\n", "Put keys there that work"),
        ("credential_process = false-program --here\n", "from a program: false-program"),
        ("login_session = arn:aws:iam::{account}:user/anna\n", "with `aws login`"),
    ],
)
async def test_other_profiles_are_told_what_renews_them(
    shop: Any, config: Path, emulator: Emulator, account_id: str, section: str, words: str
) -> None:
    text = section.format(key=access_key_of(account_id), account=account_id)
    config.write_text(f"[profile other]\nregion = eu-west-1\n{text}")
    emulator.cloud.faults.add("expired-token", account=account_id)
    app = LambdatuiApp(Settings(profile="other"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "▲ other: " in banner(app))
        await pilot.press("L")
        await shows(pilot, words)
        # arguments may hold secrets
        assert "--here" not in text_of(app)


async def test_keys_that_were_replaced_in_the_file_are_tried_by_retry(
    shop: Any, config: Path, emulator: Emulator, account_id: str
) -> None:
    section = "[profile other]\nregion = eu-west-1\naws_access_key_id = {}\naws_secret_access_key = unchecked\n"
    config.write_text(section.format("AKIANOBODYSKEYS00000"))
    fault = emulator.cloud.faults.add(
        "error", account="*", service="sts", code="InvalidClientTokenId", message="The token is invalid", status=403
    )
    other = emulator.cloud.faults.add("error", service="lambda", code="UnrecognizedClientException", status=403)
    app = LambdatuiApp(Settings(profile="other"))
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: "▲ other: AWS does not know the keys" in banner(app))
            await pilot.press("L")
            await shows(pilot, "Put keys there that work")
            config.write_text(section.format(access_key_of(account_id)))
            emulator.cloud.faults.remove(fault)
            emulator.cloud.faults.remove(other)
            await pilot.press("r")
            await shows(pilot, "3 functions · all pages read")
    finally:
        emulator.cloud.faults.remove(fault)
        emulator.cloud.faults.remove(other)


async def _token(emulator: Emulator) -> str:
    """A token that is good, as a login by another tool leaves."""
    center = emulator.cloud.identity_center
    client_id, _ = center.register([])
    access, _ = center.give_token(client_id, can_refresh=False)
    return access
