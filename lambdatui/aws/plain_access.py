"""Whether AWS can be reached in the plain way: fixed keys, no proxy, an endpoint that is known without botocore.

botocore takes a third of a second to import and to ready; where everything is plain, the first page of a list need not
wait for that. Whatever is not plain (SSO, roles, processes, proxies, FIPS, services sections) is left to botocore: this
module says "no" rather than guess, and its answers are held to botocore's by tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from lambdatui.aws.scope import Scope
from lambdatui.aws.signing import Credentials
from lambdatui.settings import Settings

# Variables that change where calls go, or who signs them.
_NOT_PLAIN = (
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CREDENTIAL_FILE",
    "BOTO_CONFIG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
)
_PLAIN_KEYS = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region", "output", "endpoint_url"}
_HARMLESS_KEYS = {
    "cli_pager",
    "cli_auto_prompt",
    "cli_history",
    "cli_timestamp_format",
    "disable_host_prefix_injection",
}
_REGION = re.compile(r"^(af|ap|ca|eu|il|me|mx|sa|us)-(?!gov-|iso)[a-z]+-\d+$")


class Access(NamedTuple):
    """A plain way to a service: where, and with which keys."""

    scope: Scope
    endpoint: str
    """A URL without a path."""
    credentials: Credentials
    ca_bundle: str = ""
    """A file of authorities to trust, where the operator names one."""


def find(settings: Settings, service: str, environ: Mapping[str, str] | None = None) -> list[Access] | None:
    """The plain way to every scope that the settings name, or None where any of them is not plain."""
    environ = os.environ if environ is None else environ
    if any(environ.get(name) for name in _NOT_PLAIN):
        return None
    files = _files(environ)
    if files is None:
        return None
    names = [settings.profile] if settings.profile else list(settings.profiles) or [""]
    found = []
    for name in names:
        chosen = settings.profiles.get(name or "")
        if chosen is not None and chosen.role_arn:
            return None
        regions = (settings.region,) if settings.region else (chosen and chosen.regions) or settings.regions
        for region in regions or (None,):
            access = _access(settings, service, name or "", region, environ, files)
            if access is None:
                return None
            found.append(access)
    return list(dict.fromkeys(found))


def _access(
    settings: Settings,
    service: str,
    profile: str,
    region: str | None,
    environ: Mapping[str, str],
    files: tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]],
) -> Access | None:
    config, shared = files
    named = profile or environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    if named != "default" and named not in config and named not in shared:
        return None
    section = {**config.get(named, {}), **shared.get(named, {})}
    if section.keys() - _PLAIN_KEYS - _HARMLESS_KEYS:
        return None
    # as botocore: the variables count unless a profile was named by other means than a variable
    source = environ if not profile and environ.get("AWS_ACCESS_KEY_ID") else None
    if source is not None:
        keys = Credentials(
            source["AWS_ACCESS_KEY_ID"],
            source.get("AWS_SECRET_ACCESS_KEY", ""),
            source.get("AWS_SESSION_TOKEN") or source.get("AWS_SECURITY_TOKEN") or None,
        )
    else:
        # both keys in one file, the credentials file first
        part = next((p for p in (shared.get(named, {}), config.get(named, {})) if p.get("aws_access_key_id")), {})
        keys = Credentials(
            part.get("aws_access_key_id", ""),
            part.get("aws_secret_access_key", ""),
            part.get("aws_session_token") or None,
        )
    where = region or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or section.get("region")
    if not keys.access_key or not keys.secret_key or not where:
        return None
    given = (
        settings.endpoint_url
        or environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        or environ.get("AWS_ENDPOINT_URL")
        or section.get("endpoint_url")
    )
    if given:
        endpoint = given.rstrip("/")
        if not re.fullmatch(r"https?://[^/?#@]+", endpoint):
            return None
    elif _REGION.match(where):
        endpoint = f"https://{service}.{where}.amazonaws.com"
    else:
        return None
    # as botocore: its own variable first
    bundle = environ.get("AWS_CA_BUNDLE") or environ.get("REQUESTS_CA_BUNDLE") or ""
    return Access(Scope(profile, where), endpoint, keys, bundle)


def _files(
    environ: Mapping[str, str],
) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]] | None:
    """The sections of AWS's two files by profile, or None where one cannot be read plainly."""
    home = Path(environ.get("HOME") or "~").expanduser()
    config = _sections(Path(environ.get("AWS_CONFIG_FILE") or home / ".aws" / "config"))
    shared = _sections(Path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws" / "credentials"))
    if config is None or shared is None:
        return None
    profiles: dict[str, Mapping[str, str]] = {}
    for name, section in config.items():
        if name == "default":
            profiles[name] = section
        elif name.startswith("profile "):
            profiles[name.removeprefix("profile ").strip().strip("\"'")] = section
    return profiles, shared


def _sections(path: Path) -> dict[str, Mapping[str, str]] | None:
    import configparser

    try:
        text = path.expanduser().read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        return None
    parser = configparser.RawConfigParser(default_section="\0none")
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {name: dict(parser[name]) for name in parser.sections()}
