"""The profiles as the accounts screen shows them: where each leads, how one signs in, and how good that is now."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lambdatui.aws.profiles import ProfileEntry
from lambdatui.text import one_line
from lambdatui.tui.widgets.record_table import Cell, Column

if TYPE_CHECKING:
    from lambdatui.aws.account import Identity
    from lambdatui.aws.lapses import Lapse
    from lambdatui.aws.profiles import Standing
    from lambdatui.tui.session import Session

_SIGNS_IN = {
    "sso": "SSO",
    "login": "aws login",
    "keys": "keys",
    "process": "process",
    "web identity": "web identity",
    "credential source": "this machine",
    "environment": "variables",
    "none": "–",
}


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One profile. `partition` is that of its region, or of its role."""

    entry: ProfileEntry
    partition: str
    standing: Standing
    identity: Identity | None
    lapse: Lapse | None
    protected: bool

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def title(self) -> str:
        """How it is called on the screen."""
        if self.entry.name:
            return one_line(self.entry.name)
        return "environment" if self.entry.way == "environment" else "default chain"

    @property
    def state(self) -> Cell:
        """How good its credentials are, as far as is known without a call."""
        if self.lapse is not None:
            return f"✖ {self.lapse.words}", "bad"
        if self.identity is not None:
            return "● works", "ok"
        if self.standing.word == "logged in" and self.standing.until is not None:
            until = dt.datetime.fromtimestamp(self.standing.until).astimezone()
            return f"● logged in until {until:%H:%M}", "ok"
        if self.standing.word == "expired":
            return "▲ the login has ended", "warn"
        if self.standing.word == "not logged in":
            return "▲ not logged in", "warn"
        # what is not named in a file may still be had of the machine
        has_nothing = self.entry.way == "none" and bool(self.entry.name)
        return ("– nothing to sign in with", "muted") if has_nothing else ("· not tried", "muted")


def read(session: Session) -> list[ProfileRow]:
    """Every profile, in the order of AWS's files; first botocore's default chain, where that is another way in.

    For worker threads. Raises LambdatuiError where the files cannot be read.
    """
    from lambdatui.aws import profiles

    accounts = session.accounts()
    entries = profiles.read()
    chain = profiles.find("")
    is_named = chain.name in [entry.name for entry in entries]
    if chain.way == "environment":
        entries.insert(0, chain)
    elif not is_named and ("" in session.choice or _machine_may_have_some()):
        entries.insert(0, replace(chain, name=""))
    return [_row(session, entry, accounts.known_identity(entry.name)) for entry in entries]


def current_name(session: Session, rows: list[ProfileRow], name: str) -> str:
    """The row's name that a name of the choice stands for: an empty one may be a profile that a variable names."""
    from lambdatui.aws import profiles

    names = [row.name for row in rows]
    return name if name or name in names else profiles.in_force()


def columns(is_marked: Mapping[str, bool], roles: Mapping[str, str]) -> list[Column[ProfileRow]]:
    """The columns, with a mark on each profile that is to be shown; `roles` are those on top, by profile."""

    def name(row: ProfileRow) -> Cell:
        return f"{'●' if is_marked.get(row.name) else '○'} {row.title}"

    def role(row: ProfileRow) -> Cell:
        if roles.get(row.name):
            return f"⇢ {_short(roles[row.name])}", "accent"
        if row.identity is not None:
            return one_line(row.identity.principal)
        return _short(row.entry.role), "muted"

    return [
        Column("profile", "PROFILE", name, 14, grow=2, most=34),
        Column("account", "ACCOUNT", _account, 12),
        Column("region", "REGION", lambda row: row.entry.region or "–", 14, priority=1),
        Column("role", "ROLE", role, 14, grow=1, most=30, priority=3),
        Column("signs_in", "SIGNS IN", _signs_in, 12, priority=2),
        Column("state", "STATE", lambda row: row.state, 22, grow=2),
        Column("changes", "CHANGES", _changes, 9, priority=4),
    ]


def details(row: ProfileRow) -> list[tuple[str, str]]:
    """What the columns have no room for, as label and value."""
    entry = row.entry
    found = []
    if entry.sso is not None:
        found.append(("SSO", f"{entry.sso.title}  {entry.sso.start_url if entry.sso.name else ''}  {entry.sso.region}"))
    if entry.builds_on:
        found.append(("by way of", entry.builds_on))
    if row.identity is not None:
        found.append(("acts as", row.identity.arn))
    elif entry.role:
        found.append(("role", entry.role))
    if entry.mfa_serial:
        found.append(("MFA", entry.mfa_serial))
    if entry.program:
        found.append(("program", entry.program))
    if row.lapse is not None:
        found.append(("said", str(row.lapse.error)))
    return [(label, one_line(value)) for label, value in found]


def _machine_may_have_some() -> bool:
    """Whether this may be an instance or a container with credentials of its own. Asking would take seconds."""
    names = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    is_container = any(os.environ.get(name) for name in names)
    return is_container or os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true"


def _row(session: Session, entry: ProfileEntry, identity: Identity | None) -> ProfileRow:
    from lambdatui.aws import profiles, regions

    role_partition = entry.role.split(":")[1] if entry.role.startswith("arn:") else "aws"
    return ProfileRow(
        entry,
        regions.partition_of(entry.region) if entry.region else role_partition,
        profiles.standing(entry, time.time()),
        identity,
        session.lapses.of(entry.name),
        session.settings.protected(entry.name),
    )


def _account(row: ProfileRow) -> Cell:
    if row.identity is not None:
        return row.identity.account_id
    return (row.entry.account_id or "–", "muted")


def _signs_in(row: ProfileRow) -> Cell:
    return _SIGNS_IN[row.entry.way]


def _changes(row: ProfileRow) -> Cell:
    return ("read-only", "ok") if row.protected else ("allowed", "muted")


def _short(arn: str) -> str:
    """The last part of a role's ARN, or the name as it is."""
    return one_line(arn.rsplit("/", 1)[-1]) or "–"
