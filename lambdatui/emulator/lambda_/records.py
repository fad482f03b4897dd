"""What Lambda keeps: functions with their versions and aliases, and what else an account has in a region."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdatui.emulator.engine.program import Program
from lambdatui.emulator.lambda_.names import LATEST, LATEST_PUBLISHED
from lambdatui.emulator.lambda_.packages import Package, ZipPackage


def new_revision() -> str:
    """A RevisionId that no resource has had."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a function or an update of it failed: a code of AWS's (`InvalidImage`) and a sentence."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """Python code that runs in place of a package whose runtime is not Python. Only a seed can give a function one."""

    package: ZipPackage
    handler: str


@dataclass(slots=True)
class Version:
    """One version's code and configuration; `number` 0 is $LATEST, which each update replaces, -1 $LATEST.PUBLISHED.

    `settings` are the members of AWS's FunctionConfiguration that were set, as AWS shows them. Times are epoch seconds:
    until `active_at` the version is Pending, until `updated_at` its last update is InProgress, and both then end as
    `failure` and `update_failure` say. The revision is `revision` before the later of these times, and
    `settled_revision` from then on, because on AWS the end of a transition is a revision of its own.
    """

    number: int
    settings: dict[str, Any]
    package: Package
    modified: float
    active_at: float = 0.0
    updated_at: float = 0.0
    failure: Failure | None = None
    update_failure: Failure | None = None
    revision: str = field(default_factory=new_revision)
    settled_revision: str = ""
    stand_in: StandIn | None = None
    code_source: dict[str, Any] = field(default_factory=dict)
    """What of the request's Code GetFunction shows: SourceKMSKeyArn, and the object of a package kept in S3."""
    published_description: str = ""
    """The function's own description when this version was published, which its version may override."""
    programs: dict[str, Program] = field(default_factory=dict)
    """What the engine was given to run this version, so that it is made once."""
    before_update: Version | None = None
    """What still answers invocations while an update is InProgress."""

    @property
    def qualifier(self) -> str:
        """AWS's Version: `$LATEST`, `$LATEST.PUBLISHED` or the number."""
        return {0: LATEST, -1: LATEST_PUBLISHED}.get(self.number, str(self.number))

    def revision_at(self, now: float) -> str:
        """The RevisionId at this time."""
        if self.settled_revision and now >= max(self.active_at, self.updated_at):
            return self.settled_revision
        return self.revision

    def revise(self, now: float) -> None:
        """Gives the version a new RevisionId, and one more if it is in a transition."""
        self.settled_revision = new_revision() if now < max(self.active_at, self.updated_at) else ""
        self.revision = new_revision()

    def state(self, now: float) -> str:
        """AWS's State."""
        if now < self.active_at:
            return "Pending"
        return "Failed" if self.failure else "Active"

    def update_status(self, now: float) -> str:
        """AWS's LastUpdateStatus."""
        if now < self.updated_at:
            return "InProgress"
        return "Failed" if self.update_failure else "Successful"

    def serving(self, now: float) -> Version:
        """The version that answers invocations now: the one before an update that is not done, or that failed."""
        if self.before_update is not None and (now < self.updated_at or self.update_failure):
            return self.before_update.serving(now)
        return self


@dataclass(slots=True)
class Alias:
    """An alias. `weights` are those of AdditionalVersionWeights: version number to share, at most one."""

    name: str
    version: str
    description: str = ""
    weights: dict[str, float] = field(default_factory=dict)
    revision: str = field(default_factory=new_revision)
    moved_from: str | None = None
    """While provisioned concurrency follows the alias to another version: the version it comes from."""

    @property
    def versions(self) -> Iterator[str]:
        """Every version that the alias can lead to."""
        yield self.version
        yield from self.weights


@dataclass(slots=True)
class ProvisionedConcurrency:
    """Environments that are kept ready for an alias or version; READY from `ready_at` on."""

    requested: int
    modified: float
    started_at: float
    ready_at: float
    before: int = 0
    """How many were there when this was asked for."""


@dataclass(slots=True)
class Function:
    """A function. What AWS keeps per version or alias is kept by qualifier, `$LATEST` for none."""

    name: str
    latest: Version
    versions: dict[int, Version] = field(default_factory=dict)
    latest_published: Version | None = None
    next_number: int = 1
    aliases: dict[str, Alias] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    provisioned: dict[str, ProvisionedConcurrency] = field(default_factory=dict)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    urls: dict[str, dict[str, Any]] = field(default_factory=dict)
    async_settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    code_signing_config: str | None = None
    runtime_management: dict[str, dict[str, Any]] = field(default_factory=dict)
    scaling: dict[str, dict[str, Any]] = field(default_factory=dict)
    recursive_loop: str = "Terminate"

    def version(self, qualifier: str) -> Version | None:
        """A version by `$LATEST`, `$LATEST.PUBLISHED` or number."""
        if qualifier == LATEST:
            return self.latest
        if qualifier == LATEST_PUBLISHED:
            return self.latest_published
        return self.versions.get(int(qualifier)) if qualifier.isdigit() else None

    def every_version(self) -> Iterator[Version]:
        """$LATEST, then the published versions by number."""
        yield self.latest
        yield from self.versions.values()

    def aliases_of(self, version: str) -> list[str]:
        """The names of the aliases that point to a version or give it a weight."""
        return [alias.name for alias in self.aliases.values() if version in alias.versions]


@dataclass(slots=True)
class LayerVersion:
    """One version of a layer. `members` are those of PublishLayerVersion that AWS shows again."""

    number: int
    package: ZipPackage
    created: float
    members: dict[str, Any]
    policy: list[dict[str, Any]] = field(default_factory=list)
    policy_revision: str = field(default_factory=new_revision)


@dataclass(slots=True)
class Layer:
    """A layer and those of its versions that were not deleted."""

    name: str
    versions: dict[int, LayerVersion] = field(default_factory=dict)
    next_number: int = 1


@dataclass(slots=True)
class Mapping:
    """An event source mapping. `members` are those of EventSourceMappingConfiguration that were set.

    It is in `transition` (`Creating`, `Enabling`, `Disabling`, `Updating`, `Deleting`) until `settled_at`, then Enabled
    or Disabled, or gone.
    """

    uuid: str
    function_arn: str
    members: dict[str, Any]
    enabled: bool
    modified: float
    transition: str
    settled_at: float
    last_result: str = "No records processed"
    tags: dict[str, str] = field(default_factory=dict)

    def state(self, now: float) -> str:
        """AWS's State, or `Deleted` once a deletion is done."""
        if now < self.settled_at:
            return self.transition
        if self.transition == "Deleting":
            return "Deleted"
        return "Enabled" if self.enabled else "Disabled"


class Region:
    """What one account has of Lambda in one region. `lock` is held while it is read for a change or changed."""

    def __init__(self, account: str, name: str) -> None:
        self.account = account
        self.name = name
        self.lock = threading.RLock()
        self.functions: dict[str, Function] = {}
        self.layers: dict[str, Layer] = {}
        self.mappings: dict[str, Mapping] = {}
        self.code_signing_configs: dict[str, dict[str, Any]] = {}
        self.capacity_providers: dict[str, dict[str, Any]] = {}
        self.in_flight: defaultdict[str, int] = defaultdict(int)
        """How many invocations of each function are running."""
        self._names: list[str] = []
        self._names_stale = False

    def add(self, function: Function) -> None:
        """Adds a function."""
        self.functions[function.name] = function
        self._names_stale = True

    def remove(self, name: str) -> None:
        """Removes a function."""
        del self.functions[name]
        self._names_stale = True

    def names(self) -> Sequence[str]:
        """The functions' names, sorted."""
        if self._names_stale:
            self._names = sorted(self.functions)
            self._names_stale = False
        return self._names
