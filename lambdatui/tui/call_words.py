"""A call to Lambda in a few words: what it did, from its parameters, as the journal or CloudTrail has them.

The two spell the same names differently (`FunctionVersion`, `functionVersion`); both are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Members = Mapping[str, Any]

_NOT_TOLD = frozenset({"functionname", "revisionid", "resource", "publish", "dryrun", "fullyqualifiedarn"})


def words(operation: str, parameters: Members, result: Members) -> str:
    """Such as `live → 90 % 41, 10 % 42` for an UpdateAlias. The text is as it came: it may hold anything."""
    tell = _TELLERS.get(operation, _plain)
    return tell(parameters, result)


def member(members: Members, name: str, default: Any = None) -> Any:
    """A member by AWS's name, whichever way its first letter is written."""
    if name in members:
        return members[name]
    return members.get(name[:1].lower() + name[1:], default)


def shares(parameters: Members) -> str:
    """The traffic that an alias is given, such as `90 % 41, 10 % 42` or `41`; empty where it is not changed."""
    version = member(parameters, "FunctionVersion")
    routing = member(parameters, "RoutingConfig") or {}
    weights = member(routing, "AdditionalVersionWeights") or {}
    extra = [f"{_percent(share)} {name}" for name, share in weights.items()]
    if not version:
        return ", ".join(extra)
    if not extra:
        return str(version)
    rest = 1.0 - sum(float(share) for share in weights.values())
    return ", ".join([f"{_percent(rest)} {version}", *extra])


def _percent(share: float) -> str:
    return f"{float(share) * 100:.4g} %"


def _alias(parameters: Members, result: Members) -> str:
    name, traffic = member(parameters, "Name", ""), shares(parameters)
    return f"{name} → {traffic}" if traffic else f"{name}: description"


def _name(parameters: Members, result: Members) -> str:
    return str(member(parameters, "Name", ""))


def _publication(parameters: Members, result: Members) -> str:
    version = member(result, "Version", "")
    description = member(parameters, "Description") or member(result, "Description") or ""
    return "  ".join(part for part in (f"version {version}" if version else "", description) if part)


def _code(parameters: Members, result: Members) -> str:
    bucket, image = member(parameters, "S3Bucket"), member(parameters, "ImageUri")
    if bucket:
        told = f"s3://{bucket}/{member(parameters, 'S3Key', '')}"
    elif image:
        told = str(image)
    else:
        told = "an uploaded package"
    if member(parameters, "DryRun"):
        told += ", dry run"
    if member(parameters, "Publish"):
        version = member(result, "Version", "")
        told += f", published as {version}" if version else ", published"
    return told


def _deletion(parameters: Members, result: Members) -> str:
    version = member(parameters, "Qualifier")
    return f"version {version}" if version else "the function, with all its versions"


def _reservation(parameters: Members, result: Members) -> str:
    return f"{member(parameters, 'ReservedConcurrentExecutions', '?')} reserved"


def _provision(parameters: Members, result: Members) -> str:
    count = member(parameters, "ProvisionedConcurrentExecutions")
    name = member(parameters, "Qualifier", "")
    return f"{name}: {count} provisioned" if count is not None else str(name)


def _permission(parameters: Members, result: Members) -> str:
    principal, action = member(parameters, "Principal", "?"), member(parameters, "Action", "?")
    qualifier = member(parameters, "Qualifier")
    return f"{principal} may {action}" + (f" on {qualifier}" if qualifier else "")


def _statement(parameters: Members, result: Members) -> str:
    return f"statement {member(parameters, 'StatementId', '')}"


def _tags(parameters: Members, result: Members) -> str:
    tags = member(parameters, "Tags") or {}
    return ", ".join(f"{key}={value}" for key, value in tags.items())


def _tag_keys(parameters: Members, result: Members) -> str:
    return ", ".join(map(str, member(parameters, "TagKeys") or ()))


def _plain(parameters: Members, result: Members) -> str:
    """Each parameter with its value, or only its name where that is more than a word."""
    parts = []
    for key, value in parameters.items():
        if key.lower() not in _NOT_TOLD and value is not None:
            name = key[:1].upper() + key[1:]
            simple = isinstance(value, str | int | float) and len(str(value)) <= 40
            parts.append(f"{name} {value}" if simple else name)
    return ", ".join(parts)


_TELLERS: Mapping[str, Callable[[Members, Members], str]] = {
    "AddPermission": _permission,
    "CreateAlias": _alias,
    "DeleteAlias": _name,
    "DeleteFunction": _deletion,
    "DeleteProvisionedConcurrencyConfig": _provision,
    "PublishVersion": _publication,
    "PutFunctionConcurrency": _reservation,
    "PutProvisionedConcurrencyConfig": _provision,
    "RemovePermission": _statement,
    "TagResource": _tags,
    "UntagResource": _tag_keys,
    "UpdateAlias": _alias,
    "UpdateFunctionCode": _code,
}
