"""The profiles in AWS's config and credentials files: where each leads, how one signs in, and how good that still is.

Nothing here makes a call or runs a program. The files are read by botocore.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lambdatui.aws import sso_tokens
from lambdatui.aws.errors import translated
from lambdatui.aws.sso_tokens import SsoSession

Way = Literal["sso", "login", "keys", "process", "web identity", "credential source", "environment", "none"]
"""How one signs in: where the first credentials of a profile come from."""

_ROLE_ACCOUNT = re.compile(r"^arn:[^:]+:iam::(\d{12}):role/")


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """One profile as its files describe it. What is not said there is empty."""

    name: str
    region: str
    way: Way
    """Of the profile that it builds on, where it builds on another."""
    builds_on: str
    """The profile whose credentials assume its role."""
    account_id: str
    """As an SSO profile or a role's ARN names it."""
    role: str
    """The role's name (SSO), or its ARN."""
    mfa_serial: str
    sso: SsoSession | None
    login_session: str
    """What `aws login` keeps its token under."""
    program: str
    """What its `credential_process` runs, without the arguments: those may hold secrets."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How good a profile's way in is, as far as the files tell.

    `unknown` where only a call can tell. `until` is when a login ends or has ended, in epoch seconds.
    """

    word: Literal["logged in", "expired", "not logged in", "unknown"]
    until: float | None = None


def read() -> list[ProfileEntry]:
    """Every profile that botocore knows, in the order of the files.

    Raises CredentialsError where they cannot be read.
    """
    config = _config()
    return [_entry(name, config) for name in config["profiles"]]


def find(name: str, config: Mapping[str, Any] | None = None) -> ProfileEntry:
    """The profile of a name; an empty one is what botocore would take. One that is not there signs in by nothing.

    `config` is botocore's `full_config`, where it was read before. Raises as `read`.
    """
    config = config or _config()
    chosen = name or in_force()
    if not name and os.environ.get("AWS_ACCESS_KEY_ID") and not _named_by_variable():
        return ProfileEntry("", "", "environment", "", "", "", "", None, "", "")
    return _entry(chosen, config)


def in_force() -> str:
    """The profile that botocore takes where none is named."""
    return _named_by_variable() or "default"


def standing(entry: ProfileEntry, now: float) -> Standing:
    """How good the way in is at `now` (epoch seconds), from what logins have left on disk."""
    if entry.sso is not None:
        token = sso_tokens.load(entry.sso, now)
        if token is None:
            return Standing("not logged in")
        if token.expires > now:
            return Standing("logged in", token.expires)
        return Standing("unknown" if token.can_be_renewed else "expired", token.expires)
    if entry.way == "login" and not _login_file(entry.login_session).is_file():
        return Standing("not logged in")
    return Standing("unknown")


def files(entry: ProfileEntry) -> list[Path]:
    """The files that a login, or a tool that renews keys, changes."""
    config = os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config"
    shared = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    found = [Path(config).expanduser(), Path(shared).expanduser()]
    if entry.sso is not None:
        found.append(sso_tokens.file_of(entry.sso))
    if entry.login_session:
        found.append(_login_file(entry.login_session))
    return found


def changed_at(paths: Iterable[Path]) -> float:
    """When the newest of these files was changed, in epoch seconds; 0 where none is there."""
    times = [0.0]
    for path in paths:
        try:
            times.append(path.stat().st_mtime)
        except OSError:
            continue
    return max(times)


def _config() -> Mapping[str, Any]:
    import botocore.session

    with translated("read the profiles"):
        found: Mapping[str, Any] = botocore.session.Session().full_config
        return found


def _named_by_variable() -> str:
    return os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or ""


def _entry(name: str, config: Mapping[str, Any]) -> ProfileEntry:
    own: Mapping[str, Any] = config["profiles"].get(name, {})
    root, builds_on = own, ""
    seen = {name}
    while "role_arn" in root and root.get("source_profile") not in (None, *seen):
        source = root["source_profile"]
        builds_on = builds_on or source
        seen.add(source)
        root = config["profiles"].get(source, {})
    role = str(own.get("role_arn") or own.get("sso_role_name") or "")
    matched = _ROLE_ACCOUNT.match(role)
    sso = _sso(root, config)
    return ProfileEntry(
        name=name,
        region=str(own.get("region", "")),
        way=_way(root, sso),
        builds_on=str(builds_on),
        account_id=matched.group(1) if matched else str(own.get("sso_account_id", "")),
        role=role,
        mfa_serial=str(own.get("mfa_serial", "")),
        sso=sso,
        login_session=str(root.get("login_session", "")),
        program=next(iter(str(root.get("credential_process", "")).split()), ""),
    )


def _way(root: Mapping[str, Any], sso: SsoSession | None) -> Way:
    # in the order in which botocore asks its providers
    if "web_identity_token_file" in root:
        return "web identity"
    if "role_arn" in root and "credential_source" in root:
        return "credential source"
    if sso is not None:
        return "sso"
    for key, way in _WAYS.items():
        if key in root:
            return way
    return "none"


_WAYS: Mapping[str, Way] = {
    "aws_access_key_id": "keys",
    "login_session": "login",
    "credential_process": "process",
}


def _sso(root: Mapping[str, Any], config: Mapping[str, Any]) -> SsoSession | None:
    if "sso_account_id" not in root and "sso_role_name" not in root:
        return None
    name = root.get("sso_session")
    found = config["sso_sessions"].get(name, {}) if name else root
    if "sso_start_url" not in found or "sso_region" not in found:
        return None
    named = [part.strip() for part in str(found.get("sso_registration_scopes", "")).split(",") if part.strip()]
    scopes = tuple(named) or ((sso_tokens.DEFAULT_SCOPE,) if name else ())
    return SsoSession(str(name or ""), str(found["sso_start_url"]), str(found["sso_region"]), scopes)


def _login_file(session: str) -> Path:
    given = os.environ.get("AWS_LOGIN_CACHE_DIRECTORY") or "~/.aws/login/cache"
    folder = Path(os.path.expandvars(given)).expanduser()
    return folder / f"{hashlib.sha256(session.encode()).hexdigest()}.json"
