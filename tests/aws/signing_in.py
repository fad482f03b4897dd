"""Profiles that sign in through the embedded Identity Center, and what a login leaves."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from lambdatui.aws import sso_tokens
from lambdatui.aws.sso_tokens import DEFAULT_SCOPE, SsoSession

CORP = SsoSession("corp", "https://corp.awsapps.com/start", "us-east-1", (DEFAULT_SCOPE,))


def sso_config(account_id: str, *, profiles: tuple[str, ...] = ("prod",), more: str = "") -> str:
    """An AWS config file with profiles of the sso-session `corp`."""
    sections = [
        f"[profile {name}]\nregion = eu-west-1\nsso_session = corp\n"
        f"sso_account_id = {account_id}\nsso_role_name = Admin\n"
        for name in profiles
    ]
    session = f"[sso-session corp]\nsso_start_url = {CORP.start_url}\nsso_region = {CORP.region}\n"
    return "\n".join([*sections, session, more])


def leave_token(sso: SsoSession = CORP, *, seconds: float = 3600, token: str = "unknown", **more: Any) -> None:
    """What a login leaves that is good for so long, or has ended so long ago."""
    document = {
        "startUrl": sso.start_url,
        "region": sso.region,
        "accessToken": token,
        "expiresAt": sso_tokens.written(time.time() + seconds),
    }
    sso_tokens.save(sso, document | more)


def token_file(home: Path) -> Path:
    """Where AWS's tools look for the login of `corp`: the SHA-1 of its name."""
    return home / ".aws" / "sso" / "cache" / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
