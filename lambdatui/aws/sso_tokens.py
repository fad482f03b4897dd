"""The tokens of SSO logins on disk, where the AWS CLI and every SDK keep theirs, in their format.

A login by any of them is a login for all: the file is named after the sso-session, or after the start URL of a profile
that has none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui import atomic_files
from lambdatui.errors import LambdatuiError

DEFAULT_SCOPE = "sso:account:access"
"""What an sso-session asks for that names no scopes; without it AWS gives no refresh token."""


@dataclass(frozen=True, slots=True)
class SsoSession:
    """Where one logs in: an `sso-session` of AWS's config file, or (without a name) a profile's own start URL."""

    name: str
    start_url: str
    region: str
    scopes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """How a person calls it."""
        return self.name or self.start_url


@dataclass(frozen=True, slots=True)
class Token:
    """A login. `expires` is in epoch seconds; one that `can_be_renewed` then takes no new login."""

    expires: float
    can_be_renewed: bool


def folder() -> Path:
    """Where the tokens are: `~/.aws/sso/cache`, unless LAMBDATUI_SSO_CACHE_DIR names another folder."""
    return Path(os.environ.get("LAMBDATUI_SSO_CACHE_DIR") or "~/.aws/sso/cache").expanduser()


def file_of(sso: SsoSession) -> Path:
    """The file of a login."""
    key = sso.name or sso.start_url
    return folder() / f"{hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()}.json"


def load(sso: SsoSession, now: float) -> Token | None:
    """The login that is on disk, good or expired; None where there is none that can be read."""
    try:
        document = json.loads(file_of(sso).read_bytes())
        expires = _moment(document["expiresAt"])
        registered = _moment(document["registrationExpiresAt"]) if "registrationExpiresAt" in document else 0.0
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # botocore renews those of an sso-session only
    can_be_renewed = bool(sso.name and document.get("refreshToken")) and registered > now
    return Token(expires, can_be_renewed)


def save(sso: SsoSession, document: Mapping[str, Any]) -> None:
    """Writes a token whole or not at all, for the owner's eyes alone. Raises LambdatuiError where it cannot."""
    path = file_of(sso)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with atomic_files.written(path) as file:
            json.dump(document, file)
    except OSError as error:
        raise LambdatuiError(f"{path}: the login cannot be kept: {error.strerror}.") from None


def written(moment: float) -> str:
    """Epoch seconds as the files have them."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: object) -> float:
    """Epoch seconds of a time in a file. Older tools wrote `UTC` for `Z`. Raises ValueError, TypeError."""
    if not isinstance(text, str):
        raise TypeError
    moment = dt.datetime.fromisoformat(text.removesuffix("UTC") + ("+00:00" if text.endswith("UTC") else ""))
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
