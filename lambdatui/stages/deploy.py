"""Deploy: create a function or update it, code and settings, then publish a version and point aliases at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws import versions as aws
from lambdatui.aws.functions import Function
from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput
from lambdatui.stages import traffic
from lambdatui.stages.code import Code, gather, same
from lambdatui.stages.route import AliasName
from lambdatui.stages.stage import (
    Change,
    Danger,
    Difference,
    Event,
    FromRun,
    FunctionName,
    Note,
    Plan,
    Stage,
    World,
    differences,
    shown,
)

ENVIRONMENT_LIMIT = 4096
# EnvironmentVariableName of the API's model
_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")

Architecture = Literal["x86_64", "arm64"]


class Publishing(Stage):
    """What stages that change code have in common: a published version, and aliases that are pointed at it."""

    outputs: ClassVar[Mapping[str, str]] = {
        "function_arn": "The function's ARN.",
        "sha256": "CodeSha256 of $LATEST, base64.",
        "version": "The version that was published, or that stood there with the same code and settings.",
        "created": "Whether the function was created.",
    }

    publish: bool = False
    """Publish a version afterwards; where nothing changed since the last one, that one is the result."""
    publish_description: Annotated[str, Field(max_length=256)] | None = None
    """The published version's description."""
    aliases: list[AliasName] = Field(default_factory=list)
    """Aliases to point at the published version, with all their traffic."""

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if change.operation in ("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"):
            return {
                "function_arn": answer["FunctionArn"],
                "sha256": answer.get("CodeSha256", ""),
            }
        if change.operation == "PublishVersion":
            return {"version": answer["Version"]}
        return {}

    def settle(self, world: World, change: Change, answer: Mapping[str, Any]) -> Iterator[Event]:
        if change.operation in ("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"):
            waiting = functions.settled(self.account(world), self.subject, world.clock, world.wait_seconds)
            for word in waiting:
                yield Note(word)
        elif change.operation == "PublishVersion":
            # a version may be Pending at first, too: callers of an alias on it would be refused
            waiting = functions.settled(
                self.account(world), self.subject, world.clock, world.wait_seconds, answer["Version"]
            )
            for word in waiting:
                yield Note(word)

    def exposed(self, world: World, now: Function, changes: Sequence[Change]) -> tuple[list[Change], list[str]]:
        """The changes of code and settings with their danger, and a warning where callers will notice them.

        Callers of a function without aliases can only mean $LATEST, and get each change of it at once.
        """
        if not changes or aws.list_aliases(self.account(world), self.subject):
            return list(changes), []
        warning = f"{now.name} has no alias: whoever calls it without a version gets this at once."
        return [replace(change, danger=Danger.TRAFFIC) for change in changes], [warning]

    def publication(
        self, world: World, now: Function | None, changed: bool, image: bool
    ) -> tuple[list[Change], dict[str, Any]]:
        """The changes that publish and move the aliases, and the outputs that are known before the run."""
        if not self.publish:
            if self.aliases:
                raise BadInput("aliases: a published version is needed for them.", "Say `publish: true`.")
            return [], {}
        account = self.account(world)
        newest = None
        if now is not None:
            versions = aws.list_versions(account, self.subject)
            newest = versions[0] if versions else None
        changes: list[Change] = []
        known: dict[str, Any] = {}
        version: str | FromRun = FromRun("version")
        if changed or newest is None or not _unchanged(now, newest.configuration):
            request: dict[str, Any] = {"FunctionName": self.subject}
            if not image:
                # what somebody else uploads meanwhile is not published; an image's digest may be told later
                request["CodeSha256"] = FromRun("sha256")
            if self.publish_description is not None:
                request["Description"] = self.publish_description
            after = {"version": f"{newest.number + 1 if newest else 1} or later"}
            if self.publish_description:
                after["description"] = self.publish_description
            changes.append(
                Change(
                    "PublishVersion",
                    self.subject,
                    differences({"version": newest.name if newest else None}, after),
                    request,
                    undo="delete the version",
                )
            )
        else:
            version = known["version"] = newest.name
        if self.aliases:
            there = {entry.name: entry for entry in aws.list_aliases(account, self.subject)} if now else {}
            changes += [
                change for name in self.aliases if (change := _pointed(self.subject, name, there.get(name), version))
            ]
        return changes, known


class UpdateCode(Publishing):
    """Gives a function other code, and leaves its settings as they are."""

    kind: ClassVar[str] = "update_code"

    function: FunctionName
    code: Annotated[str, Field(min_length=1)]
    """A folder, a zip file, s3://bucket/key, or an image's URI."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        now = functions.get(account, self.function)
        code = gather(self.code, world, account)
        changes, warnings = self.exposed(world, now, code_changes(self.function, now, code))
        notes = () if changes else (f"this code is deployed already (sha256 {short(code.sha256) or code.label})",)
        more, known = self.publication(world, now, bool(changes), code.is_image)
        outputs = {
            "function_arn": now.configuration["FunctionArn"],
            "sha256": now.configuration.get("CodeSha256", ""),
            "created": False,
            **known,
        }
        return Plan(
            f"Update the code of {self.function}",
            place,
            (*changes, *more),
            (*warnings, *alias_warnings(more)),
            notes,
            {"outputs": outputs},
        )


class Deploy(Publishing):
    """Creates a function, or brings it to these settings. What is absent is left alone; what is empty is removed."""

    kind: ClassVar[str] = "deploy"

    function: FunctionName
    code: Annotated[str, Field(min_length=1, title="Code")] | None = None
    """A folder, a zip file, s3://bucket/key, or an image's URI."""
    runtime: Annotated[str, Field(title="Runtime")] | None = None
    """Such as python3.13; none for an image."""
    handler: Annotated[str, Field(title="Handler", max_length=128, pattern=r"^\S+$")] | None = None
    """The function in the code that is called, such as app.handler."""
    role: Annotated[str, Field(title="Role", pattern=r"^arn:[a-zA-Z0-9-]+:iam::\d{12}:role/.+$")] | None = None
    """ARN of the execution role."""
    description: Annotated[str, Field(title="Description", max_length=256)] | None = None
    """What the function is for."""
    memory: Annotated[int, Field(title="Memory", ge=128, le=10240)] | None = None
    """Megabytes, 128 to 10240; CPU grows with it."""
    timeout: Annotated[int, Field(title="Timeout", ge=1, le=900)] | None = None
    """Seconds, 1 to 900."""
    ephemeral_storage: Annotated[int, Field(title="Ephemeral storage", ge=512, le=10240)] | None = None
    """Size of /tmp in megabytes, 512 to 10240."""
    architecture: Annotated[Architecture, Field(title="Architecture")] | None = None
    """x86_64 or arm64."""
    environment: Annotated[dict[str, str] | None, Field(title="Environment", repr=False)] = None
    """Environment variables, all of them; an empty mapping removes all."""
    layers: Annotated[list[str], Field(title="Layers", max_length=5)] | None = None
    """ARNs of layer versions; an empty list removes all."""
    tags: Annotated[dict[str, str], Field(title="Tags", max_length=50)] | None = None
    """Tags, all of them; an empty mapping removes all but AWS's own."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        self._check_environment()
        now = functions.find(account, self.function)
        code = gather(self.code, world, account) if self.code else None
        if code is not None:
            self._check_handler(code, now)
        warnings: list[str] = []
        if now is None:
            changes = [self._creation(code)]
            tagging = []
        else:
            changes = code_changes(self.function, now, code, self.architecture) if code else []
            changes += self._configuration(now, bool(changes))
            changes, warnings = self.exposed(world, now, changes)
            tagging = self._tagging(now)
        image = code.is_image if code else now is not None and now.configuration.get("PackageType") == "Image"
        publishing, known = self.publication(world, now, bool(changes), image)
        verb = "Create" if now is None else "Update"
        outputs = {"created": now is None, **known}
        if now is not None:
            outputs["function_arn"] = now.configuration["FunctionArn"]
            outputs["sha256"] = now.configuration.get("CodeSha256", "")
        return Plan(
            f"{verb} {self.function}",
            place,
            (*changes, *tagging, *publishing),
            (*warnings, *alias_warnings(publishing)),
            facts={"outputs": outputs},
        )

    def _settings(self) -> dict[str, Any]:
        """The settings that were given, in the names that CreateFunction and UpdateFunctionConfiguration share."""
        given: dict[str, Any] = {
            "Runtime": self.runtime,
            "Handler": self.handler,
            "Role": self.role,
            "Description": self.description,
            "MemorySize": self.memory,
            "Timeout": self.timeout,
            "EphemeralStorage": None if self.ephemeral_storage is None else {"Size": self.ephemeral_storage},
            "Environment": None if self.environment is None else {"Variables": self.environment},
            "Layers": self.layers,
        }
        return {name: value for name, value in given.items() if value is not None}

    def _creation(self, code: Code | None) -> Change:
        if code is None:
            raise BadInput(f"code: {self.function} does not exist yet, so its code is needed.")
        needed = {"role": self.role}
        if not code.is_image:
            needed |= {"runtime": self.runtime, "handler": self.handler}
        for name, value in needed.items():
            if value is None:
                raise BadInput(f"{name}: {self.function} does not exist yet, so its {name} is needed.")
        settings = self._settings()
        request = {
            "FunctionName": self.function,
            "Code": dict(code.request),
            "PackageType": "Image" if code.is_image else "Zip",
            **settings,
        }
        if self.architecture:
            request["Architectures"] = [self.architecture]
        if self.tags:
            request["Tags"] = self.tags
        after = {"code": code.label, **_readable(settings)}
        if self.architecture:
            after["architecture"] = self.architecture
        if self.tags:
            after["tags"] = shown(self.tags)
        return Change(
            "CreateFunction",
            self.function,
            differences({}, after),
            request,
            undo="delete the function",
        )

    def _configuration(self, now: Function, code_first: bool) -> list[Change]:
        settings = self._settings()
        current = {name: _current(now.configuration, name) for name in settings}
        wanted = {name: value for name, value in settings.items() if value != current[name]}
        if not wanted:
            return []
        return [
            Change(
                "UpdateFunctionConfiguration",
                self.function,
                _setting_differences({name: current[name] for name in wanted}, wanted),
                {
                    "FunctionName": self.function,
                    **wanted,
                    **({} if code_first else {"RevisionId": now.revision}),
                },
                undo="put the former settings back",
                before={name: current[name] for name in wanted},
            )
        ]

    def _tagging(self, now: Function) -> list[Change]:
        if self.tags is None:
            return []
        arn = now.configuration["FunctionArn"]
        there = {key: value for key, value in now.tags.items() if not key.startswith("aws:")}
        added = {key: value for key, value in self.tags.items() if there.get(key) != value}
        gone = [key for key in there if key not in self.tags]
        changes = []
        if added:
            changes.append(
                Change(
                    "TagResource",
                    self.function,
                    tuple(Difference(f"tag {key}", there.get(key), value) for key, value in added.items()),
                    {"Resource": arn, "Tags": added},
                    undo="put the former tags back",
                    before={key: there.get(key) for key in added},
                )
            )
        if gone:
            changes.append(
                Change(
                    "UntagResource",
                    self.function,
                    tuple(Difference(f"tag {key}", there[key], None) for key in gone),
                    {"Resource": arn, "TagKeys": gone},
                    undo="put the former tags back",
                    before={key: there[key] for key in gone},
                )
            )
        return changes

    def _check_environment(self) -> None:
        if self.environment is None:
            return
        for name in self.environment:
            if not _VARIABLE.fullmatch(name):
                raise BadInput(f"environment.{name}: letters, digits and _ were expected, two or more, a letter first.")
        size = sum(len(key.encode()) + len(value.encode()) for key, value in self.environment.items())
        if size > ENVIRONMENT_LIMIT:
            raise BadInput(f"environment: {size} bytes, and Lambda takes {ENVIRONMENT_LIMIT}.")

    def _check_handler(self, code: Code, now: Function | None) -> None:
        """Refuses a Python package that lacks the handler's file: AWS would take it, and every invoke would fail."""
        current = now.configuration if now else {}
        runtime = self.runtime or current.get("Runtime", "")
        handler = self.handler or current.get("Handler", "")
        if code.package is None or not runtime.startswith("python") or "." not in handler:
            return
        module = handler.rsplit(".", 1)[0].replace(".", "/")
        names = {member.name for member in code.package.members}
        suffixes = (".py", "/__init__.py", ".so", ".pyc")
        if not any(name in names for name in (module + suffix for suffix in suffixes)) and not (
            self.layers or current.get("Layers")
        ):
            raise BadInput(f"handler: {handler} needs {module}.py, and {code.package.source} does not hold it.")


def code_changes(function: str, now: Function, code: Code, architecture: str | None = None) -> list[Change]:
    """The change that gives a function other code; none where it runs this code already."""
    current = (now.configuration.get("Architectures") or ["x86_64"])[0]
    moved = architecture is not None and architecture != current
    if same(code, now.configuration, now.code) and not moved:
        return []
    if code.is_image != (now.configuration.get("PackageType") == "Image"):
        raise BadInput(
            f"code: {function} is a {now.configuration.get('PackageType', 'Zip')} function; AWS keeps it so."
        )
    before = {"code": f"sha256 {short(now.configuration.get('CodeSha256', ''))}"}
    after = {"code": f"sha256 {short(code.sha256)}  {code.label}" if code.sha256 else code.label}
    request: dict[str, Any] = {"FunctionName": function, **code.request, "RevisionId": now.revision}
    if moved:
        before["architecture"], after["architecture"] = current, str(architecture)
        request["Architectures"] = [architecture]
    return [
        Change(
            "UpdateFunctionCode",
            function,
            differences(before, after),
            request,
            undo="deploy the code of an earlier version",
            before={"CodeSha256": now.configuration.get("CodeSha256", "")},
        )
    ]


def alias_warnings(changes: list[Change]) -> tuple[str, ...]:
    """A word for each alias whose weights in force would end."""
    return tuple(
        f"{change.target} shares its traffic now ({traffic.in_words(now['FunctionVersion'], weights)}); that ends."
        for change in changes
        if change.operation == "UpdateAlias"
        for now in [change.before]
        if (weights := now["RoutingConfig"]["AdditionalVersionWeights"])
    )


def short(sha256: str) -> str:
    """The first digits of a CodeSha256 as people compare them."""
    return sha256[:8]


def _pointed(function: str, name: str, now: aws.Alias | None, version: str | FromRun) -> Change | None:
    if now is not None and now.version == version and not now.extra:
        return None
    request: dict[str, Any] = {
        "FunctionName": function,
        "Name": name,
        "FunctionVersion": version,
        "RoutingConfig": {"AdditionalVersionWeights": {}},
    }
    after = {"traffic": f"100 % to {version if isinstance(version, str) else 'the new version'}"}
    if now is None:
        undo = f"delete the alias {name}"
        return Change("CreateAlias", f"{function}:{name}", differences({}, after), request, undo=undo)
    return Change(
        "UpdateAlias",
        f"{function}:{name}",
        differences({"traffic": traffic.in_words(now.version, now.extra)}, after),
        {**request, "RevisionId": now.revision},
        danger=Danger.TRAFFIC,
        undo=traffic.in_words(now.version, now.extra).replace("all traffic to", "all traffic back to"),
        before={
            "FunctionVersion": now.version,
            "RoutingConfig": {"AdditionalVersionWeights": dict(now.extra)},
            "RevisionId": now.revision,
        },
    )


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


def _current(configuration: Mapping[str, Any], name: str) -> Any:
    """A setting as AWS reports it, in the form in which it is asked for."""
    value = configuration.get(name)
    if name == "Environment":
        return {"Variables": dict((value or {}).get("Variables") or {})}
    if name == "Layers":
        return [layer["Arn"] for layer in value or []]
    if name == "EphemeralStorage":
        return value or {"Size": 512}
    return value if value is not None else ""


_TITLES = {
    "Runtime": "runtime",
    "Handler": "handler",
    "Role": "role",
    "Description": "description",
    "MemorySize": "memory",
    "Timeout": "timeout",
    "EphemeralStorage": "ephemeral storage",
    "Layers": "layers",
}


def _readable(settings: Mapping[str, Any]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, value in settings.items():
        if name == "Environment":
            found |= {f"environment {key}": MASK for key in value["Variables"]}
        elif name == "EphemeralStorage":
            found[_TITLES[name]] = f"{value['Size']} MB"
        else:
            unit = {"MemorySize": " MB", "Timeout": " s"}.get(name, "")
            found[_TITLES[name]] = f"{shown(value)}{unit}"
    return found


def _setting_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    lines = []
    for name, value in after.items():
        if name == "Environment":
            there, wanted = before[name]["Variables"], value["Variables"]
            lines += [
                Difference(
                    f"environment {key}",
                    MASK if key in there else None,
                    f"{MASK} (changed)" if key in there and key in wanted else MASK if key in wanted else None,
                )
                for key in dict.fromkeys([*wanted, *there])
                if there.get(key) != wanted.get(key)
            ]
        else:
            lines += differences(_readable({name: before[name]}), _readable({name: value}))
    return tuple(lines)
