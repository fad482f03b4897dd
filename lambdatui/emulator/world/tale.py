"""How one of the demo's functions is told: what it is, and how it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdatui.emulator.lambda_.records import Failure
from lambdatui.emulator.world.places import Place


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a function is called, and how that goes.

    `per_hour` is at this time of the day; nights are quieter. Durations are lognormal: the median in milliseconds, and
    sigma. `errors` is the share that fails, `errors_now` that of the last `red_minutes`. `voice` names what it logs.
    `is_alive` says that it is called in the background while the demo runs, too.
    """

    per_hour: float
    median_ms: float
    sigma: float = 0.5
    errors: float = 0.0
    errors_now: float | None = None
    red_minutes: int = 0
    init_ms: float = 180.0
    memory_mb: int = 48
    voice: str = "plain"
    is_alive: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A published version: its age in days, its description, and its code where that is not the function's present."""

    age: float
    description: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Tale:
    """One function. Ages are in days.

    `code` is a folder of the handlers; None for a function that is not written in Python or is an image. `stand_in` is
    a folder whose code runs in place of what cannot be run here. `releases` are its versions, from number
    `first_version` on; `aliases` are names and version numbers.
    """

    name: str
    place: Place
    runtime: str
    team: str
    service: str
    description: str
    age: float
    code: str | None = None
    stand_in: str | None = None
    handler: str = "app.handler"
    memory: int = 128
    timeout: int = 3
    variables: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    image: str | None = None
    failure: Failure | None = None
    update_failure: Failure | None = None
    releases: tuple[Release, ...] = ()
    first_version: int = 1
    aliases: Mapping[str, str] = field(default_factory=dict)
    reserved: int | None = None
    pace: Pace | None = None

    @property
    def log_group(self) -> str:
        """Where it logs."""
        return str(self.members.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{self.name}"))

    @property
    def log_format(self) -> str:
        """Text or JSON."""
        return str(self.members.get("LoggingConfig", {}).get("LogFormat", "Text"))

    @property
    def qualifier(self) -> str | None:
        """The alias that its callers use, if it has any."""
        return "live" if "live" in self.aliases else None

    @property
    def version(self) -> str:
        """The version that answers its callers."""
        return self.aliases.get("live", "$LATEST")
