"""Which profiles, regions and roles the operator chose in the app, and for how long that counts.

The choice stands in the place of what the settings say of profiles and regions, never of what they protect. It is
remembered for the next start, where neither a flag, a variable nor the settings file names something else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lambdatui.settings import Profile, Settings
from lambdatui.tui import remembered

Choice = Mapping[str, Profile]
"""What to show by profile: its regions (none means its own), and the role on top. An empty name is botocore's chain."""

_NAME = "accounts"
_VARIABLES = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ROLE_ARN",
)


def current(settings: Settings) -> Choice:
    """What settings amount to, as a choice."""
    names = [settings.profile] if settings.profile else list(settings.profiles) or [""]
    found = {}
    for name in names:
        known = settings.profiles.get(name, Profile())
        regions = (settings.region,) if settings.region else known.regions or settings.regions
        found[name] = Profile(regions=regions, role_arn=known.role_arn)
    return found


def applied(choice: Choice, base: Settings) -> Settings:
    """The settings with a choice in force. What `base` protects stays protected, under whatever name it is reached."""
    profiles = {name: replace(profile, protected=_protected(name, base)) for name, profile in choice.items()}
    return replace(base, profiles=profiles, regions=(), profile=None, region=None)


def recall(settings: Settings, environ: Mapping[str, str] | None = None) -> Choice | None:
    """The choice of the last time; None where there was none, or something names profiles or regions for this run."""
    environ = os.environ if environ is None else environ
    if settings.profile or settings.region or settings.profiles or settings.regions:
        return None
    if any(environ.get(name) for name in _VARIABLES):
        return None
    return _read(remembered.get(_NAME))


def remember(choice: Choice) -> None:
    """Keeps a choice for the next start."""
    kept = {name: {"regions": list(profile.regions), "role_arn": profile.role_arn} for name, profile in choice.items()}
    remembered.put(_NAME, kept)


def _protected(name: str, base: Settings) -> bool:
    # botocore takes these for an empty name
    in_force = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    known = [base.profiles.get(each) for each in ({name} if name else {"", in_force})]
    return any(profile.protected for profile in known if profile)


def _read(kept: Any) -> Choice | None:
    """A choice from its JSON form; None where it is none."""
    if not isinstance(kept, dict) or not kept:
        return None
    found = {}
    for name, value in kept.items():
        if not isinstance(value, dict):
            return None
        regions, role = value.get("regions", []), value.get("role_arn")
        is_list = isinstance(regions, list) and all(isinstance(region, str) for region in regions)
        if not is_list or not (role is None or isinstance(role, str)):
            return None
        found[name] = Profile(regions=tuple(regions), role_arn=role)
    return found
