"""The profiles that lead an AWS client to the demo's accounts."""

from __future__ import annotations

import os
from pathlib import Path

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.world.places import IRELAND, PROD, STAGING, VIRGINIA

PROFILES = {"prod": PROD, "staging": STAGING}


SSO_PROFILE = "prod-audit"
"""A profile that signs in through the embedded Identity Center, to be logged in to."""


def config_text(endpoint: str) -> str:
    """An AWS config file. Without the last line of each profile a Live Tail would ask for a host `stream-127.0.0.1`."""
    place = f"region = {IRELAND}\nendpoint_url = {endpoint}\ndisable_host_prefix_injection = true\n"
    sso = f"sso_session = corp\nsso_account_id = {PROD}\nsso_role_name = Auditor\n"
    return "\n".join(
        [
            *(f"[profile {name}]\n{place}" for name in PROFILES),
            f"[profile {SSO_PROFILE}]\n{sso}{place}",
            f"[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = {VIRGINIA}\n",
        ]
    )


def credentials_text() -> str:
    """An AWS credentials file. The keys name their accounts; nobody checks the secrets."""
    return "\n".join(
        f"[{name}]\naws_access_key_id = {access_key_of(account)}\naws_secret_access_key = unchecked\n"
        for name, account in PROFILES.items()
    )


def write(folder: Path, endpoint: str) -> None:
    """Writes `config` and `credentials` into a folder, for the owner's eyes only. Raises OSError where it cannot."""
    for name, text in (("config", config_text(endpoint)), ("credentials", credentials_text())):
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
