"""The profiles that lead an AWS client to the demo's accounts."""

from __future__ import annotations

import os
from pathlib import Path

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.world.places import IRELAND, PROD, STAGING

PROFILES = {"prod": PROD, "staging": STAGING}


def config_text(endpoint: str) -> str:
    """An AWS config file. Without its last line a Live Tail would ask for a host `stream-127.0.0.1`."""
    return "\n".join(
        f"[profile {name}]\nregion = {IRELAND}\nendpoint_url = {endpoint}\ndisable_host_prefix_injection = true\n"
        for name in PROFILES
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
