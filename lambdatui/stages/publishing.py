"""Publishing: a version after a change of code or settings, and the aliases that are pointed at it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import NotFound
from lambdatui.aws.functions import Function
from lambdatui.errors import BadInput, Refused
from lambdatui.stages import traffic
from lambdatui.stages.guarded_run import WRITES, GuardedRun, waited
from lambdatui.stages.packages import uploading
from lambdatui.stages.packages.uploading import UploadChange, UploadTo
from lambdatui.stages.route import AliasName
from lambdatui.stages.stage import Change, Danger, Difference, Event, FromRun, World, differences

LATEST_PUBLISHED = "$LATEST.PUBLISHED"
"""What a function on managed instances publishes to in place of a number,
https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-version-publishing.html"""


@dataclass(frozen=True, slots=True)
class Published:
    """A published version: its number or LATEST_PUBLISHED, and its FunctionConfiguration."""

    name: str
    configuration: Mapping[str, Any]


class Publishing(GuardedRun):
    """What stages that change code have in common: a published version, and aliases that are pointed at it."""

    outputs: ClassVar[Mapping[str, str]] = {
        "function_arn": "The function's ARN.",
        "sha256": "CodeSha256 of $LATEST, base64.",
        "version": "The version that was published, or that stood there with the same code and settings.",
        "created": "Whether the function was created.",
    }

    upload_to: UploadTo | None = None
    """Where in S3 a package of more than 50 MB goes, such as s3://releases/lambda; else where the settings say."""
    publish: bool = False
    """Publish a version afterwards; where nothing changed since the last one, that one is the result."""
    publish_description: Annotated[str, Field(max_length=256)] | None = None
    """The published version's description."""
    publish_to: Annotated[Literal["LATEST_PUBLISHED"], Field(title="Publish to")] | None = None
    """LATEST_PUBLISHED makes it $LATEST.PUBLISHED and no number: on managed instances, what callers get."""
    aliases: list[AliasName] = Field(default_factory=list)
    """Aliases to point at the published version. One that is not there is created."""
    alias_description: Annotated[str, Field(max_length=256)] | None = None
    """The aliases' description; absent leaves it as it is, empty removes it."""
    alias_weights: Literal["keep", "clear"] | None = None
    """Where an alias shares its traffic with a second version: keep that one's share, or clear it. Else it is asked."""

    def make(
        self, world: World, change: Change, outputs: Mapping[str, Any], run: str
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if isinstance(change, UploadChange):
            return (yield from uploading.sent(change, self.account(world), world, run))
        return (yield from super().make(world, change, outputs, run))

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if change.operation in WRITES:
            return {
                "function_arn": answer["FunctionArn"],
                "sha256": answer.get("CodeSha256", ""),
            }
        if change.operation == "PublishVersion":
            return {"version": answer["Version"]}
        return {}

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if change.operation == "PublishVersion":
            # a version may be Pending at first, too: callers of an alias on it would be refused
            yield from waited(world, self.account(world), self.subject, answer["Version"])
        return (yield from super().settle(world, change, answer, outputs))

    def exposed(self, world: World, now: Function, changes: Sequence[Change]) -> tuple[list[Change], list[str]]:
        """The changes of code and settings with their danger, and a warning where callers will notice them.

        Callers of a function without aliases can only mean $LATEST, and get each change of it at once.
        """
        if not changes or aws.list_aliases(self.account(world), self.subject):
            return list(changes), []
        warning = f"{now.name} has no alias: whoever calls it without a version gets this at once."
        noticed = [
            change if isinstance(change, UploadChange) else replace(change, danger=Danger.TRAFFIC) for change in changes
        ]
        return noticed, [warning]

    def publication(
        self, world: World, now: Function | None, changed: bool, image: bool
    ) -> tuple[list[Change], dict[str, Any]]:
        """The changes that publish and move the aliases, and the outputs that are known before the run."""
        if not self.publish:
            for field, given in (("aliases", self.aliases), ("publish_to", self.publish_to)):
                if given:
                    raise BadInput(f"{field}: a version must be published for it.", "Say `publish: true`.")
            return [], {}
        if self.publish_to and self.aliases:
            raise BadInput("aliases: an alias leads to a numbered version, and `publish_to` makes none.")
        account = self.account(world)
        newest = self._newest(account) if now is not None else None
        changes: list[Change] = []
        known: dict[str, Any] = {}
        version: str | FromRun = FromRun("version")
        if changed or newest is None or not _unchanged(now, newest.configuration):
            request: dict[str, Any] = {"FunctionName": self.subject, "RevisionId": FromRun("revision")}
            if self.publish_to is not None:
                request["PublishTo"] = self.publish_to
            if not image:
                # what somebody else uploads meanwhile is not published; an image's digest may be told later
                request["CodeSha256"] = FromRun("sha256")
            if self.publish_description is not None:
                request["Description"] = self.publish_description
            before, after = self._published_words(newest)
            changes.append(
                Change(
                    "PublishVersion",
                    self.subject,
                    differences(before, after),
                    request,
                    danger=Danger.TRAFFIC if newest and self.publish_to else Danger.SAFE,
                    undo="" if self.publish_to else "delete the version",
                )
            )
        else:
            version = known["version"] = newest.name
        if self.aliases:
            there = {entry.name: entry for entry in aws.list_aliases(account, self.subject)} if now else {}
            changes += [
                change for name in self.aliases if (change := self._pointed(name, there.get(name), version)) is not None
            ]
        return changes, known

    def _newest(self, account: Account) -> Published | None:
        """What was published last, to the place that is asked for."""
        if self.publish_to is not None:
            try:
                return Published(LATEST_PUBLISHED, functions.configuration(account, self.subject, LATEST_PUBLISHED))
            except NotFound:
                return None
        versions = aws.list_versions(account, self.subject)
        return Published(versions[0].name, versions[0].configuration) if versions else None

    def _published_words(self, newest: Published | None) -> tuple[dict[str, str], dict[str, str]]:
        """The version as a plan tells it, before and after."""
        before: dict[str, str] = {}
        if self.publish_to is not None:
            after = {LATEST_PUBLISHED: "the code and settings of $LATEST"}
            if newest is not None:
                before[LATEST_PUBLISHED] = f"sha256 {newest.configuration.get('CodeSha256', '')[:8]}"
        else:
            after = {"version": f"{int(newest.name) + 1 if newest else 1} or later"}
            if newest is not None:
                before["version"] = newest.name
        if self.publish_description:
            after["description"] = self.publish_description
        return before, after

    def _pointed(self, name: str, now: aws.Alias | None, version: str | FromRun) -> Change | None:
        """The change that points an alias at a version; None where it stands so.

        Raises Refused where the alias has weights and nobody said what becomes of them.
        """
        target = f"{self.subject}:{name}"
        extra = self._kept(target, now, version)
        request: dict[str, Any] = {
            "FunctionName": self.subject,
            "Name": name,
            "FunctionVersion": version,
            # always whole: AWS keeps the old weights where RoutingConfig is left out
            "RoutingConfig": {"AdditionalVersionWeights": extra},
        }
        main = version if isinstance(version, str) else "the new version"
        after = {"traffic": traffic.in_words(main, extra) if extra else f"100 % to {main}"}
        before: dict[str, str] = {}
        if self.alias_description is not None:
            request["Description"] = self.alias_description
        if now is None:
            if self.alias_description:
                after["description"] = self.alias_description
            undo = f"delete the alias {name}"
            gone = (Difference("alias", name, None),)
            back = Change("DeleteAlias", target, gone, {"FunctionName": self.subject, "Name": name})
            return Change("CreateAlias", target, differences({}, after), request, undo=undo, back=(back,))
        same_traffic = now.version == version and dict(now.extra) == extra
        same_description = self.alias_description in (None, now.description)
        if same_traffic and same_description:
            return None
        if same_traffic:
            after.clear()
        else:
            before["traffic"] = traffic.in_words(now.version, now.extra)
        if not same_description:
            before["description"], after["description"] = now.description or "none", self.alias_description or "none"
        danger = Danger.SAFE if same_traffic else Danger.TRAFFIC
        stood = {
            "FunctionVersion": now.version,
            "RoutingConfig": {"AdditionalVersionWeights": dict(now.extra)},
            "Description": now.description,
        }
        named = {"FunctionName": self.subject, "Name": name}
        back = Change("UpdateAlias", target, differences(after, before), {**named, **stood}, danger=danger)
        return Change(
            "UpdateAlias",
            target,
            differences(before, after),
            {**request, "RevisionId": now.revision},
            danger=danger,
            undo=traffic.in_words(now.version, now.extra).replace("all traffic to", "all traffic back to"),
            before={**stood, "RevisionId": now.revision},
            back=(back,),
        )

    def _kept(self, target: str, now: aws.Alias | None, version: str | FromRun) -> dict[str, float]:
        """The weights that an alias will have. Raises Refused."""
        if now is None or not now.extra:
            return {}
        if self.alias_weights is None:
            raise Refused(
                f"{target} shares its traffic now ({traffic.in_words(now.version, now.extra)}).",
                "Say `alias_weights: keep` to give the published version the place of "
                f"{now.version}, or `alias_weights: clear` to give it everything.",
            )
        if self.alias_weights == "clear":
            return {}
        if version in now.extra:
            raise Refused(
                f"{target} gives {version} a share already ({traffic.in_words(now.version, now.extra)}), and a version "
                "cannot share an alias with itself.",
                "Say `alias_weights: clear` to give it everything, or leave the alias out.",
            )
        return dict(now.extra)


def alias_warnings(changes: list[Change]) -> tuple[str, ...]:
    """A word for each alias that shares its traffic: what becomes of that."""
    return tuple(
        f"{change.target} shares its traffic now ({traffic.in_words(now['FunctionVersion'], weights)}); "
        + ("that ends." if not (kept := routing(change)) else f"{next(iter(kept))} keeps its share.")
        for change in changes
        if change.operation == "UpdateAlias"
        for now in [change.before]
        if (weights := now["RoutingConfig"]["AdditionalVersionWeights"])
    )


def routing(change: Change) -> Mapping[str, float]:
    """The weights that a CreateAlias or UpdateAlias gives."""
    weights: Mapping[str, float] = change.request["RoutingConfig"]["AdditionalVersionWeights"]
    return weights


_VOLATILE = frozenset(
    {
        "FunctionArn",
        "LastModified",
        "RevisionId",
        "Version",
        "Description",
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "SnapStart",
        "MasterArn",
        "RuntimeVersionConfig",
        "ConfigSha256",
    }
)


def _unchanged(now: Function | None, published: Mapping[str, Any]) -> bool:
    """Whether $LATEST is what the newest version is: AWS publishes nothing then."""
    if now is None:
        return False

    def settings(configuration: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in configuration.items() if name not in _VOLATILE and value}

    return settings(now.configuration) == settings(published)
