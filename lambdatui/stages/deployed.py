"""A function that stands at AWS, read whole and said as a deploy file would say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdatui.aws import arns, asynchronous, concurrency, event_sources, functions, policies, target_groups, urls
from lambdatui.aws import versions as aws_versions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.functions import LATEST, Function
from lambdatui.aws.parts import permitted
from lambdatui.aws.policies import Policy
from lambdatui.aws.versions import Alias
from lambdatui.stages.around import surrounding_values
from lambdatui.stages.around.permission import content, source_of
from lambdatui.stages.around.target_group import PRINCIPAL
from lambdatui.stages.settings import setting_values


@dataclass(slots=True)
class Deployed:
    """A function, or one version of it, with what is around the function.

    `values` has the shape of a deploy file, without `code`, and the environment with its values. Where the entry of
    a list has a `qualifier`, it stands at that alias or version.
    """

    function: Function
    """The version that was asked for."""
    aliases: tuple[Alias, ...]
    values: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, AwsError] = field(default_factory=dict)
    """Fields that AWS did not let be read, and its words. They are not in `values`."""
    unsaid: list[str] = field(default_factory=list)
    """What is there and no deploy file can say, in words."""

    @property
    def version(self) -> str:
        """`$LATEST`, or the number of the version."""
        return str(self.function.configuration.get("Version", LATEST))

    @property
    def is_image(self) -> bool:
        return self.function.configuration.get("PackageType") == "Image"


def read(account: Account, name: str, version: str = LATEST) -> Deployed:
    """A function as it stands. Some ten calls, and two for each alias.

    The settings are those of `version`, a number or `$LATEST`, but for those that AWS keeps for all versions alike. The
    policies and event sources of other numbered versions are not looked for: there may be hundreds. Raises NotFound
    where there is no such function, or another AwsError; what AWS refuses of the parts is in `refused`.
    """
    latest = functions.get(account, name)
    chosen = latest if version == LATEST else functions.get(account, name, version)
    found = Deployed(chosen, tuple(aws_versions.list_aliases(account, name)))
    found.values = {"function": latest.name, **setting_values.values_of(chosen.configuration)}
    if version != LATEST:
        # a version's description is what it was published with
        found.values["description"] = latest.configuration.get("Description", "")
    _Parts(account, latest, found).read()
    return found


class _Parts:
    """Reads one part after the other; what AWS refuses is left out and told."""

    def __init__(self, account: Account, latest: Function, found: Deployed) -> None:
        self._account = account
        self._latest = latest
        self._found = found
        self._name = latest.name
        self._arn = str(latest.configuration["FunctionArn"])
        self._policies: list[Policy] = []
        numbered = () if found.version == LATEST else (found.version,)
        self._qualifiers = (*(alias.name for alias in found.aliases), *numbered)

    def read(self) -> None:
        self._beside()
        values = self._found.values
        for name, reads in (
            ("provisioned_concurrency", self._provisioned),
            ("async_invocation", self._async_invocation),
            ("permissions", self._permissions),
            ("function_urls", self._function_urls),
            ("event_sources", self._event_sources),
            ("target_groups", self._target_groups),
        ):
            if told := self._read(name, reads):
                values[name] = told

    def _read(self, field: str, reads: Callable[[], Any]) -> Any:
        told = permitted(reads)
        if isinstance(told, AwsError):
            self._found.refused[field] = told
            return None
        return told

    def _beside(self) -> None:
        values, latest = self._found.values, self._latest
        values["tags"] = {key: value for key, value in latest.tags.items() if not key.startswith("aws:")}
        values["reserved_concurrency"] = "" if latest.reserved_concurrency is None else latest.reserved_concurrency
        parts: dict[str, Callable[[], Any]] = {"recursion": self._recursion}
        if not self._found.is_image:
            # AWS signs no images, and updates no runtime in them
            parts |= {"code_signing": self._code_signing, "runtime_management": self._runtime_management}
        for name, reads in parts.items():
            if (told := self._read(name, reads)) is not None:
                values[name] = told

    def _get(self, operation: str) -> Mapping[str, Any]:
        return self._account.call("lambda", operation, {"FunctionName": self._name})

    def _recursion(self) -> str:
        return str(self._get("GetFunctionRecursionConfig").get("RecursiveLoop") or "Terminate")

    def _code_signing(self) -> str:
        return str(self._get("GetFunctionCodeSigningConfig").get("CodeSigningConfigArn") or "")

    def _runtime_management(self) -> dict[str, str]:
        answer = self._get("GetRuntimeManagementConfig")
        update_on = answer.get("UpdateRuntimeOn") or "Auto"
        if update_on == "Auto":
            return {}
        version = answer.get("RuntimeVersionArn")
        return {"update_on": update_on, **({"version": version} if version and update_on == "Manual" else {})}

    def _provisioned(self) -> dict[str, int]:
        return {one.qualifier: one.requested for one in concurrency.list_provisioned(self._account, self._name)}

    def _async_invocation(self) -> list[dict[str, Any]]:
        there = asynchronous.list_of(self._account, self._name)
        return [surrounding_values.async_invocation(qualifier, settings) for qualifier, settings in there.items()]

    def _permissions(self) -> list[dict[str, Any]]:
        self._policies = [policies.get(self._account, self._name, qualifier) for qualifier in ("", *self._qualifiers)]
        found = []
        partition = self._arn.split(":")[1]
        for policy in self._policies:
            for statement in policy.statements:
                told = surrounding_values.permission(statement, policy.qualifier, partition)
                if told is not None:
                    found.append(told)
                else:
                    where = f" at {policy.qualifier}" if policy.qualifier else ""
                    self._found.unsaid.append(f"the statement {statement.get('Sid', '')}{where} of the resource policy")
        return found

    def _function_urls(self) -> list[dict[str, Any]]:
        return [surrounding_values.function_url(url) for url in urls.list_of(self._account, self._name)]

    def _event_sources(self) -> list[dict[str, Any]]:
        found = []
        for one in event_sources.list_of(self._account, self._name, self._qualifiers):
            if one.state == "Deleting":
                continue
            told = surrounding_values.event_source(one, self._tags(one.mapping.get("EventSourceMappingArn")))
            if told is not None:
                found.append(told)
            else:
                self._found.unsaid.append(f"the event source mapping {one.uuid} from {one.source}")
        return found

    def _tags(self, arn: str | None) -> Mapping[str, str]:
        if not arn:
            return {}
        tags = permitted(lambda: self._account.call("lambda", "ListTags", {"Resource": arn}))
        return {} if isinstance(tags, AwsError) else tags.get("Tags") or {}

    def _target_groups(self) -> list[dict[str, Any]]:
        found = []
        for qualifier, arn in self._groups():
            group = target_groups.find(self._account, arn)
            target = f"{self._arn}:{qualifier}" if qualifier else self._arn
            if group is not None and target in group.targets:
                found.append({"target_group": arn, **({"qualifier": qualifier} if qualifier else {})})
        return found

    def _groups(self) -> Iterable[tuple[str, str]]:
        """The target groups that the policies let in, with the qualifier."""
        seen = set()
        for policy in self._policies:
            for statement in policy.statements:
                arn = source_of(statement)
                named = arns.parse(arn)
                if content(statement).get("principal") != (PRINCIPAL,) or named is None:
                    continue
                if named.resource.startswith("targetgroup/") and (policy.qualifier, arn) not in seen:
                    seen.add((policy.qualifier, arn))
                    yield policy.qualifier, arn
