"""Choosing profiles, regions and roles inside the app."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.server import Emulator
from lambdatui.settings import Profile, Settings
from lambdatui.tui import remembered
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.accounts import AccountsScreen
from lambdatui.tui.screens.functions import FunctionsScreen
from lambdatui.tui.screens.mfa import MfaScreen
from tests.aws.signing_in import sso_config
from tests.conftest import Calls
from tests.deadlines import wait_for
from tests.emulator.clients import client_of
from tests.tui.shop import GOOD, open_shop, package, shows, text_of, until

SECTION = "[profile {name}]\nregion = {region}\naws_access_key_id = {key}\naws_secret_access_key = unchecked\n"


@pytest.fixture
def other_account(account_id: str) -> str:
    return f"7{account_id[1:]}"


@pytest.fixture
def config(
    home: Path, emulator: Emulator, account_id: str, other_account: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """AWS's config file with the profiles `prod`, which has a shop, `staging` (another account) and `china`."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
    path = home / "aws-config"
    places = [
        ("prod", "eu-west-1", account_id),
        ("staging", "us-east-1", other_account),
        ("china", "cn-north-1", "1" * 12),
    ]
    path.write_text(
        "\n".join(SECTION.format(name=name, region=region, key=access_key_of(of)) for name, region, of in places)
    )
    return path


@pytest.fixture
def shop(config: Path, aws: Callable[..., Any], account_id: str, emulator: Emulator, other_account: str) -> Any:
    client = aws("lambda")
    open_shop(client, account_id)
    other = client_of(emulator, "lambda", other_account, "us-east-1")
    other.create_function(
        FunctionName="only-in-staging",
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{other_account}:role/x",
        Code={"ZipFile": package(GOOD)},
    )
    return client


@pytest.fixture
def app(shop: Any) -> LambdatuiApp:
    return LambdatuiApp(Settings(profile="prod"))


async def at_accounts(pilot: Pilot[LambdatuiApp]) -> AccountsScreen:
    """Opens the accounts from the list, and waits until all is there."""
    await shows(pilot, "3 functions · all pages read")
    await pilot.press("a")
    await shows(pilot, "staging")
    screen = pilot.app.screen
    assert isinstance(screen, AccountsScreen)
    return screen


def line_of(app: LambdatuiApp, name: str) -> str:
    """The line of a profile or region."""
    return next(line for line in text_of(app).splitlines() if f" {name} " in line)


async def test_profiles_say_where_they_lead_and_how_good_they_are(
    app: LambdatuiApp, account_id: str, other_account: str
) -> None:
    async with app.run_test(size=(160, 30)) as pilot:
        await at_accounts(pilot)
        await until(pilot, lambda: "● works" in line_of(app, "prod"))
        line = line_of(app, "prod")
        assert "● prod" in line
        assert account_id in line
        assert "keys" in line
        assert "role/operator" in line
        assert "○ staging" in line_of(app, "staging")
        assert "not tried" in line_of(app, "staging")
        await pilot.press("down", "t")
        await until(pilot, lambda: other_account in line_of(app, "staging"))
        assert "● works" in line_of(app, "staging")


async def test_a_choice_applies_at_once_and_is_remembered(app: LambdatuiApp, other_account: str) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await at_accounts(pilot)
        await pilot.press("down", "space")
        assert "shows prod, staging in the own region of each: 2 lists" in text_of(app)
        await pilot.press("enter")
        await shows(pilot, "only-in-staging")
        await shows(pilot, "4 functions · all pages read")
    # the next start, without a flag
    again = LambdatuiApp(Settings())
    async with again.run_test(size=(120, 30)) as pilot:
        await shows(pilot, "4 functions · all pages read")
        assert "2 profiles" in text_of(again)


async def test_a_flag_wins_over_what_is_remembered(app: LambdatuiApp) -> None:
    remembered.put("accounts", {"staging": {"regions": [], "role_arn": None}})
    async with app.run_test(size=(120, 30)) as pilot:
        await shows(pilot, "3 functions · all pages read")
        assert "only-in-staging" not in text_of(app)


async def test_regions_are_filtered_and_marked(app: LambdatuiApp, calls: Calls) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await at_accounts(pilot)
        await pilot.press("slash", *"ireland", "enter", "space", "slash", "escape")
        await pilot.press("slash", *"ohio", "enter", "space")
        assert "in 2 regions: 2 lists" in text_of(app)
        calls.forget()
        await pilot.press("enter")
        await shows(pilot, "1 profile · 2 regions")
        await shows(pilot, "all pages read")
        listed = {record.region for record in calls.records() if record.operation == "ListFunctions"}
        assert listed == {"eu-west-1", "us-east-2"}


async def test_a_profile_of_another_partition_keeps_to_its_own_regions(app: LambdatuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await at_accounts(pilot)
        assert "cn-northwest-1" not in text_of(app)
        await pilot.press("end", "space", "slash", *"cn-northw", "enter", "space", "enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        assert dict(app.session.choice) == {
            "prod": Profile(regions=()),
            "china": Profile(regions=("cn-northwest-1",)),
        }


async def test_a_profile_that_cannot_be_used_is_told_until_one_leaves_or_shows_another(
    shop: Any, config: Path, account_id: str
) -> None:
    with config.open("a") as file:
        file.write(sso_config(account_id, profiles=("locked",)))
    app = LambdatuiApp(Settings(profiles={"prod": Profile(), "locked": Profile()}))
    async with app.run_test(size=(160, 30)) as pilot:
        await shows(pilot, "▲ locked: not logged in to SSO")
        await shows(pilot, "3 functions · ▲ partial, 1 of 2 regions failed")
        await pilot.press("a")
        await until(pilot, lambda: "✖ not logged in to SSO" in line_of(app, "locked"))
        await pilot.press("end", "space", "enter")
        await shows(pilot, "3 functions · all pages read")
        await until(pilot, lambda: "▲ locked" not in text_of(app))
        # trying it is no wish to have it shown
        await pilot.press("a")
        await shows(pilot, "staging")
        await pilot.press("end", "t")
        await shows(pilot, "▲ locked: not logged in to SSO")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        await until(pilot, lambda: "▲ locked" not in text_of(app))


async def test_a_role_is_assumed_on_top_of_a_profile(app: LambdatuiApp, emulator: Emulator, other_account: str) -> None:
    iam = client_of(emulator, "iam", other_account, "us-east-1")
    policy = {"Version": "2012-10-17", "Statement": []}
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps(policy))["Role"]["Arn"]
    async with app.run_test(size=(160, 30)) as pilot:
        await at_accounts(pilot)
        await pilot.press("s", *"role/deployer", "enter")
        await shows(pilot, "A role's ARN was expected")
        await pilot.press("home", *("delete",) * 20, *role, "enter")
        await until(pilot, lambda: isinstance(app.screen, AccountsScreen))
        assert "⇢ deployer" in line_of(app, "prod")
        await pilot.press("enter")
        # the shop is the other account's no more, nor is anything of it left on the screen
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        await until(pilot, lambda: other_account in text_of(app).splitlines()[0])
        await shows(pilot, "0 functions · all pages read")
        assert "role/deployer" in text_of(app).splitlines()[0]
        assert "checkout-api" not in text_of(app)
        identity = app.session.accounts().known_identity("prod")
        assert identity is not None
        assert identity.arn == f"arn:aws:sts::{other_account}:assumed-role/deployer/lambdatui"


async def test_read_only_can_be_switched_on_and_off_but_not_against_the_settings(shop: Any, config: Path) -> None:
    app = LambdatuiApp(Settings(profiles={"prod": Profile(), "staging": Profile(protected=True)}))
    async with app.run_test(size=(160, 30)) as pilot:
        await shows(pilot, "all pages read")
        await pilot.press("a", "p")
        await shows(pilot, "READ-ONLY: every change is refused")
        await pilot.press("escape")
        await until(pilot, lambda: "READ-ONLY" in text_of(app).splitlines()[0])
        assert app.session.settings.protected("prod")
        await pilot.press("a", "p")
        await until(pilot, lambda: "READ-ONLY:" not in text_of(app))
        assert not app.session.settings.protected("prod")
        # what the settings protect stays so, whatever is chosen
        await pilot.press("home", "space", "enter")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen))
        assert list(app.session.choice) == ["staging"]
        assert app.session.settings.protected("staging")


async def test_read_only_by_flag_stays(shop: Any, config: Path) -> None:
    app = LambdatuiApp(Settings(profile="prod", read_only=True))
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await at_accounts(pilot)
        await pilot.press("p")
        await shows(pilot, "nothing in the app undoes")
        assert app.session.settings.protected("prod")


async def test_a_role_that_wants_mfa_asks_in_a_dialog(
    shop: Any, config: Path, emulator: Emulator, account_id: str, calls: Calls
) -> None:
    """A wrong code is told and asked for again; the right one goes to STS, once, and the list fills."""
    device = f"arn:aws:iam::{account_id}:mfa/anna"
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}],
    }
    iam = client_of(emulator, "iam", account_id, "us-east-1")
    role = iam.create_role(RoleName="careful", AssumeRolePolicyDocument=json.dumps(policy))["Role"]["Arn"]
    with config.open("a") as file:
        file.write(
            f"[profile admin]\nregion = eu-west-1\nsource_profile = prod\nrole_arn = {role}\nmfa_serial = {device}\n"
        )
    app = LambdatuiApp(Settings(profile="admin"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MfaScreen))
        assert device in text_of(app)
        await pilot.press(*"123", "enter")
        await shows(pilot, "Six digits were expected")
        for _ in range(3):
            await pilot.press("backspace")
        await pilot.press(*"000000", "enter")
        await shows(pilot, "▲ admin: the MFA code was not taken")
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, MfaScreen))
        await pilot.press("escape")
        await shows(pilot, "▲ admin: an MFA code is wanted")
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, MfaScreen))
        calls.forget()
        await pilot.press(*"654321", "enter")
        await shows(pilot, "3 functions · all pages read")
        assert "▲" not in text_of(app).splitlines()[1]
        # the trust policy lets nobody in without a code
        assert calls.operations().count("AssumeRole") == 1


async def test_leaving_the_app_while_a_code_is_asked_for_ends_it(shop: Any, config: Path, account_id: str) -> None:
    with config.open("a") as file:
        file.write(
            "[profile admin]\nregion = eu-west-1\nsource_profile = prod\nrole_arn = "
            f"arn:aws:iam::{account_id}:role/x\nmfa_serial = arn:aws:iam::{account_id}:mfa/anna\n"
        )
    app = LambdatuiApp(Settings(profile="admin"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MfaScreen))
    lapse = wait_for(lambda: app.session.lapses.of("admin"), "the lapse")
    assert lapse is not None
    assert lapse.words == "an MFA code is wanted"
