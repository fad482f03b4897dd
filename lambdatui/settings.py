"""Settings: defaults < file < environment < flags, in one frozen value.

Plain dataclasses, so that the first frame needs neither pydantic nor PyYAML: both are imported only where there is a
settings file to read. What stands in the `Annotated` types is the one declaration of limits and help.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import platformdirs

from lambdatui.errors import BadInput, near_match

if TYPE_CHECKING:
    from annotated_types import Ge, Le

APP = "lambdatui"

_URL = re.compile(r"^https?://[^/\s]+", re.IGNORECASE)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is set for one AWS profile."""

    regions: tuple[str, ...] = ()
    """Regions to read; none means the profile's own region."""
    protected: bool = False
    """Refuse every change under this profile, as `--read-only` does."""
    role_arn: str | None = None
    """A role to assume on top of the profile's own credentials."""
    upload_to: str | None = None
    """As `upload_to` below, for this profile."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, whatever they came from. Names are those of the settings file."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """The AWS profiles to show, by name; none means the one that botocore would choose."""
    regions: tuple[str, ...] = ()
    """Regions to read for a profile that names none."""
    endpoint_url: str | None = None
    """Another endpoint that speaks AWS's API, for every service."""
    read_only: bool = False
    """Refuse every change, beneath the screens."""
    theme: str = "dark"
    """The name of a theme: dark, light, high-contrast, ansi-16, or one of your own."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys for the ids of actions, such as `functions.deploy: shift+d`; the help screen lists the ids."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Filters of the list of functions by name, such as `broken: state:failed`; `f` offers them."""
    mouse: bool = True
    """Whether the terminal reports the mouse."""
    frames_per_second: Annotated[int, Ge(1), Le(60)] = 30
    """How often live views draw, at most. Fewer suits a slow link."""
    wait_seconds: Annotated[int, Ge(5), Le(3600)] = 300
    """How long a change may take to settle (State and LastUpdateStatus) before it counts as failed, in seconds."""
    upload_to: str | None = None
    """Where packages of more than 50 MB go on their way to Lambda, such as `s3://releases-{account}-{region}/lambda`."""
    payload_library: str | None = None
    """A folder of events to invoke with, a YAML file each; else `payloads` in the config folder."""
    # what only a flag can say
    profile: str | None = None
    """`--profile`: act under this profile alone."""
    region: str | None = None
    """`--region`: act in this region alone."""
    source: Path | None = None
    """The file that was read, if there was one."""

    def protected(self, profile: str | None) -> bool:
        """Whether changes under this profile are refused."""
        known = self.profiles.get(profile or "")
        return self.read_only or bool(known and known.protected)

    def upload_to_of(self, profile: str | None) -> str | None:
        """Where large packages go under this profile."""
        known = self.profiles.get(profile or "")
        return (known and known.upload_to) or self.upload_to


def config_folder() -> Path:
    """Where settings, themes and payloads of the operator are: LAMBDATUI_CONFIG_DIR, else the platform's folder."""
    return _folder("LAMBDATUI_CONFIG_DIR", platformdirs.user_config_path(APP))


def state_folder() -> Path:
    """Where the journal and the log file are: LAMBDATUI_STATE_DIR, else the platform's folder. Created 0700."""
    return private(_folder("LAMBDATUI_STATE_DIR", platformdirs.user_state_path(APP)))


def cache_folder() -> Path:
    """Where the last function lists are: LAMBDATUI_CACHE_DIR, else the platform's folder. Created 0700."""
    return private(_folder("LAMBDATUI_CACHE_DIR", platformdirs.user_cache_path(APP)))


def data_folder() -> Path:
    """Where archived versions are: LAMBDATUI_DATA_DIR, else the platform's folder. Created 0700."""
    return private(_folder("LAMBDATUI_DATA_DIR", platformdirs.user_data_path(APP)))


def _folder(variable: str, default: Path) -> Path:
    return Path(os.environ[variable]).expanduser() if os.environ.get(variable) else default


def private(folder: Path) -> Path:
    """The folder, created if need be, readable by its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: this folder is needed and cannot be made: {error.strerror}.") from None
    return folder


def load(
    path: Path | str | None = None,
    environ: Mapping[str, str] | None = None,
    **flags: Any,
) -> Settings:
    """The settings in force.

    `path` is `--config`; without it LAMBDATUI_CONFIG, else `settings.yaml` in the config folder if there is one.
    `flags` are fields of Settings; None means that the flag was not given. Raises BadInput for a file or variable
    that cannot be used.
    """
    environ = os.environ if environ is None else environ
    named = path or environ.get("LAMBDATUI_CONFIG")
    file = Path(named).expanduser() if named else config_folder() / "settings.yaml"
    settings = _from_file(file) if named or file.is_file() else Settings()
    changes = _from_environment(environ) | {name: value for name, value in flags.items() if value is not None}
    found = replace(settings, **changes)
    for name, url in (("endpoint_url", found.endpoint_url), ("AWS_ENDPOINT_URL", environ.get("AWS_ENDPOINT_URL"))):
        if url and not _URL.match(url):
            raise BadInput(f"{name}: http://HOST or https://HOST was expected, not '{url}'.")
    return found


def _from_file(file: Path) -> Settings:
    # pydantic looks here for what the types of Settings name
    from annotated_types import Ge, Le  # noqa: F401
    from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

    from lambdatui import documents

    document = documents.read(file)
    if document.value is None:
        return Settings(source=file)
    if not isinstance(document.value, dict):
        raise BadInput(f"{file}:1: a mapping of settings was expected.")
    flag_only = {"profile", "region", "source"}
    known = [entry.name for entry in fields(Settings) if entry.name not in flag_only]
    for name in document.value:
        if name not in known:
            raise BadInput(f"{document.place((name,))}: there is no setting '{name}'.{near_match(str(name), known)}")
    value = {name: given for name, given in document.value.items() if given is not None}
    profiles = value.get("profiles")
    if isinstance(profiles, list):
        profiles = dict.fromkeys(map(str, profiles))
    if isinstance(profiles, dict):
        value["profiles"] = {name: {} if given is None else given for name, given in profiles.items()}
    try:
        adapter = TypeAdapter(with_config(ConfigDict(extra="forbid"))(Settings))
        return replace(adapter.validate_python(value), source=file)
    except ValidationError as error:
        raise BadInput(documents.explain(error, document, Settings)) from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if theme := environ.get("LAMBDATUI_THEME"):
        changes["theme"] = theme
    if "LAMBDATUI_READ_ONLY" in environ:
        changes["read_only"] = _truth("LAMBDATUI_READ_ONLY", environ["LAMBDATUI_READ_ONLY"])
    if regions := environ.get("LAMBDATUI_REGIONS"):
        changes["regions"] = tuple(part.strip() for part in regions.split(",") if part.strip())
    if environ.get("AWS_ENDPOINT_URL"):
        # the file's gives way, and botocore reads this one itself, beside those for single services
        changes["endpoint_url"] = None
    return changes


def _truth(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise BadInput(f"{name}: true or false was expected, not '{text}'.")
