"""Deploy: create a function or update it, code and settings, then publish a version and point aliases at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws.functions import Function
from lambdatui.aws.masking import MASK
from lambdatui.errors import BadInput
from lambdatui.stages.code import Code, gather
from lambdatui.stages.publishing import Publishing, alias_warnings
from lambdatui.stages.stage import Change, Difference, FunctionName, Plan, World, differences, shown
from lambdatui.stages.update_code import code_changes

ENVIRONMENT_LIMIT = 4096
# EnvironmentVariableName of the API's model
_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")

Architecture = Literal["x86_64", "arm64"]


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
