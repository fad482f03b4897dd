"""`lambdatui doctor`: what the terminal, the settings, the credentials, the permissions and the clock look like."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from lambdatui.aws.account import Account
from lambdatui.aws.accounts import Accounts
from lambdatui.aws.clock_skew import REFUSED_AT, clock_skew
from lambdatui.aws.errors import AccessDenied, AwsError
from lambdatui.aws.scope import Scope
from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import LambdatuiError
from lambdatui.settings import cache_folder, config_folder, state_folder

SKEW_SECONDS = 240
"""How far the clock may be off: a little less than AWS allows."""

_READS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("lambda", "ListFunctions", {"MaxItems": 1}),
    ("lambda", "GetAccountSettings", {}),
    ("cloudwatch", "ListMetrics", {"Namespace": "AWS/Lambda"}),
    ("logs", "DescribeLogGroups", {"limit": 1}),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `room` is `here` or `aws`: it decides the exit status."""

    name: str
    ok: bool
    found: str
    hint: str = ""
    room: str = "here"


@click.command()
@global_options
def doctor(context: Context) -> int:
    """Looks at the terminal, the settings, the credentials, the permissions and the clock. Changes nothing.

    Ends with 0 where all is well, 3 where AWS is the trouble, else 1.
    """
    checks: list[Check] = []
    for check in _all(context):
        checks.append(check)
        if not context.as_json:
            _tell(check)
    if context.as_json:
        output.data_json(
            [{"name": c.name, "ok": c.ok, "found": c.found, "hint": c.hint, "room": c.room} for c in checks]
        )
    if all(check.ok for check in checks):
        return 0
    return 3 if any(not check.ok and check.room == "aws" for check in checks) else 1


def _tell(check: Check) -> None:
    mark = "✔ ok     " if check.ok else "✖ problem"
    output.data(f"{mark}  {check.name:<14} {check.found}")
    if check.hint:
        output.data(f"{'':<26}{check.hint}")


def _all(context: Context) -> Iterator[Check]:
    yield from _machine()
    yield from _terminal()
    yield from _folders()
    try:
        settings = context.settings()
    except LambdatuiError as error:
        yield Check("settings", False, str(error))
        return
    yield Check("settings", True, str(settings.source) if settings.source else "none, the defaults are in force")
    yield from _aws(context)


def _machine() -> Iterator[Check]:
    libraries = []
    for name in ("textual", "boto3", "botocore", "pydantic", "moto"):
        try:
            libraries.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            libraries.append(f"{name} not installed")
    yield Check("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}")
    yield Check("libraries", True, ", ".join(libraries))


def _terminal() -> Iterator[Check]:
    term = os.environ.get("TERM", "")
    yield Check("terminal", term not in ("", "dumb"), f"TERM={term or 'not set'}", _program())
    size = shutil.get_terminal_size((0, 0))
    if size.columns:
        fits = size.columns >= 80 and size.lines >= 24
        yield Check(
            "size", fits, f"{size.columns}x{size.lines}", "" if fits else "80x24 is the least that is planned for."
        )
    encoding = (sys.stdout.encoding or "").lower()
    unicode = "utf" in encoding
    yield Check("unicode", unicode, encoding or "unknown", "" if unicode else "Set LANG to a UTF-8 locale.")
    yield Check("colours", True, _colours())


def _program() -> str:
    if os.environ.get("TMUX"):
        return "Inside tmux: for 24-bit colour set `terminal-overrides ',*:Tc'`, for the clipboard `set-clipboard on`."
    if os.environ.get("STY"):
        return "Inside screen: 256 colours at most."
    return "Over SSH." if os.environ.get("SSH_CONNECTION") else ""


def _colours() -> str:
    if "NO_COLOR" in os.environ:
        return "none (NO_COLOR)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "24 bit (COLORTERM)"
    term = os.environ.get("TERM", "")
    return "256" if "256" in term else "16; the theme ansi-16 suits it, or set COLORTERM=truecolor"


def _folders() -> Iterator[Check]:
    for name, folder in (("state folder", state_folder), ("cache folder", cache_folder)):
        try:
            path = folder()
        except LambdatuiError as error:
            yield Check(name, False, error.message, error.hint)
            continue
        writable = os.access(path, os.W_OK)
        yield Check(name, writable, str(path), "" if writable else "It cannot be written to.")
    path = config_folder()
    readable = not path.exists() or os.access(path, os.R_OK | os.X_OK)
    hint = "settings.yaml and themes/ are looked for here." if readable else "It cannot be read."
    yield Check("config folder", readable, str(path), hint)


def _aws(context: Context) -> Iterator[Check]:
    """The first profile to its end, of the others whether their credentials work."""
    accounts = context.accounts()
    by_profile: dict[str, Scope] = {}
    for scope in accounts.scopes():
        by_profile.setdefault(scope.profile, scope)
    first, *others = by_profile.values()
    yield from _first_profile(accounts, first)
    for scope in others:
        yield _other_profile(accounts, scope)


def _other_profile(accounts: Accounts, scope: Scope) -> Check:
    where = f"{scope.profile}, {scope.region}" if scope.region else scope.profile
    try:
        account = accounts.open(scope.profile, scope.region)
        identity = account.identity()
    except LambdatuiError as error:
        return Check("profile", False, f"{where}: {error.message}", error.hint, "aws")
    words = f"{where}{', read-only' if account.read_only else ''}: {identity.account_id} {identity.principal}"
    return Check("profile", True, f"{words}{_until(scope.profile)}", room="aws")


def _until(profile: str) -> str:
    """How long a login is good for, where one is and says so."""
    from lambdatui.aws import profiles

    standing = profiles.standing(profiles.find(profile), time.time())
    if standing.word != "logged in" or standing.until is None:
        return ""
    until = dt.datetime.fromtimestamp(standing.until).astimezone()
    return f", logged in until {until:%Y-%m-%d %H:%M}"


def _first_profile(accounts: Accounts, scope: Scope) -> Iterator[Check]:
    try:
        account = accounts.open(scope.profile, scope.region)
        method = account.credential_source()
    except LambdatuiError as error:
        yield Check("profile", False, error.message, error.hint, "aws")
        return
    where = f"{account.profile or os.environ.get('AWS_PROFILE') or 'default'}, {account.region}"
    yield Check("profile", True, f"{where}{', read-only' if account.read_only else ''}", room="aws")
    lapse = accounts.lapses.of(account.profile)
    if lapse is not None:
        yield Check("credentials", False, f"{method}: {lapse.error.message}", lapse.error.hint, "aws")
        return
    hint = "" if method else "Set a profile (--profile), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    found = f"{method}{_until(account.profile)}" if method else "none found"
    yield Check("credentials", method is not None, found, hint, "aws")
    yield Check("endpoint", True, account.endpoint("lambda"), room="aws")
    if method is None:
        return
    try:
        yield _clock(clock_skew(account))
        identity = account.identity()
    except AwsError as error:
        yield Check("identity", False, error.message, error.hint, "aws")
        return
    yield Check("identity", True, f"{identity.account_id} {identity.arn}", room="aws")
    for service, operation, parameters in _READS:
        yield _permission(account, service, operation, parameters)


def _clock(skew: float | None) -> Check:
    if skew is None:
        return Check("clock", True, "AWS's answer names no time", room="aws")
    ok = abs(skew) < SKEW_SECONDS
    hint = "" if ok else f"AWS refuses signatures that are {REFUSED_AT // 60} minutes off: set the clock."
    return Check("clock", ok, f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} AWS", hint, "aws")


def _permission(account: Account, service: str, operation: str, parameters: dict[str, Any]) -> Check:
    try:
        account.call(service, operation, parameters)
    except AccessDenied:
        return Check("permission", False, f"{service}:{operation} is denied", "The README has the policy.", "aws")
    except AwsError as error:
        return Check("permission", False, error.message, error.hint, "aws")
    return Check("permission", True, f"{service}:{operation}", room="aws")
