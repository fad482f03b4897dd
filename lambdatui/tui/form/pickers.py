"""What a field's value can be picked from: which field has which list, and how its entries are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lambdatui.aws import (
    arns,
    buckets,
    execution_roles,
    images,
    kms_keys,
    layer_catalog,
    networks,
    queues,
    runtimes,
    topics,
    versions,
)
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.parts import permitted
from lambdatui.text import ago, size
from lambdatui.tui import states
from lambdatui.tui.form.draft import Draft
from lambdatui.tui.screens.choose import Option


@dataclass(frozen=True, slots=True)
class Picker:
    """A list to pick from. `what` names its entries; `read` reads them, in a worker thread.

    `then` gives the list that an entry leads to, None where the entry itself is the value.
    """

    title: str
    what: str
    read: Callable[[Account, Draft], Sequence[Option]]
    then: Callable[[str], Picker | None] = lambda _: None


def _roles(account: Account, _: Draft) -> list[Option]:
    return [Option(role.arn, role.name, role.description or role.arn) for role in execution_roles.read(account)]


def _subnets(account: Account, _: Draft) -> list[Option]:
    return [
        Option(one.id, f"{one.id} {one.name}".strip(), f"{one.zone} · {one.block} · {one.free} free · {one.vpc}")
        for one in networks.subnets(account)
    ]


def _security_groups(account: Account, _: Draft) -> list[Option]:
    return [
        Option(one.id, f"{one.id} {one.name}", f"{one.description} · {one.vpc}")
        for one in networks.security_groups(account)
    ]


def _layers(account: Account, draft: Draft) -> list[Option]:
    runtime = str(draft.get(("runtime",)) or draft.stands(("runtime",)) or "")
    found = []
    for one in layer_catalog.read(account):
        fits = not one.runtimes or not runtime or runtime in one.runtimes
        warning = "" if fits else f"▲ not for {runtime} · "
        word = f"{warning}{one.description or ', '.join(one.runtimes)}"
        found.append(Option(one.arn, f"{one.name}  version {one.version}", word))
    return found


def _keys(account: Account, _: Draft) -> list[Option]:
    return [Option(key.key_arn, key.alias, key.key_id) for key in kms_keys.read(account) if key.key_id]


def _queues(account: Account, _: Draft) -> list[Option]:
    return [Option(arn, arns.short(arn), "SQS queue") for arn in queues.read(account)]


def _queues_and_topics(account: Account, draft: Draft) -> list[Option]:
    found: list[Option] = []
    refusals: list[AwsError] = []
    for part in (
        permitted(lambda: _queues(account, draft)),
        permitted(lambda: [Option(arn, arns.short(arn), "SNS topic") for arn in topics.read(account)]),
    ):
        if isinstance(part, AwsError):
            refusals.append(part)
        else:
            found += part
    if not found and refusals:
        raise refusals[0]
    return found


def _runtimes(_: Account, __: Draft) -> list[Option]:
    today = states.now().date()
    names = list(runtimes.DEPRECATION)
    # those that AWS no longer patches come last
    names.sort(key=lambda name: runtimes.deprecated(name, today) is not None)
    return [Option(name, name, _retirement(name, today)) for name in names]


def _retirement(name: str, today: dt.date) -> str:
    if since := runtimes.deprecated(name, today):
        return f"▲ retired since {since}"
    if on := runtimes.deprecated_soon(name, today):
        return f"▲ will be retired on {on}"
    return f"patched until {runtimes.DEPRECATION[name]}"


def _aliases(account: Account, draft: Draft) -> list[Option]:
    function = str(draft.get(("function",)) or "")
    if not function or draft.standing is None:
        return []
    return [Option(alias.name, alias.name, _shares(alias.shares)) for alias in versions.list_aliases(account, function)]


def _shares(shares: Mapping[str, float]) -> str:
    return "   ".join(f"{share:.0%} → {version}" for version, share in shares.items())


def _aliases_and_versions(account: Account, draft: Draft) -> list[Option]:
    function = str(draft.get(("function",)) or "")
    if not function or draft.standing is None:
        return []
    found = _aliases(account, draft)
    return found + [
        Option(one.name, f"version {one.name}", one.description) for one in versions.list_versions(account, function)
    ]


def _places_of_code(account: Account, _: Draft) -> list[Option]:
    found: list[Option] = []
    refusals: list[AwsError] = []
    names = permitted(lambda: buckets.read(account))
    if isinstance(names, AwsError):
        refusals.append(names)
    else:
        found += [Option(f"s3://{name}/", f"s3://{name}/", "bucket: its zip files follow") for name in names]
    stored = permitted(lambda: images.repositories(account))
    if isinstance(stored, AwsError):
        refusals.append(stored)
    else:
        found += [Option(f"{uri}:", uri, f"repository {name}: its images follow") for name, uri in stored]
    if not found and refusals:
        raise refusals[0]
    return found


def _in_place(place: str) -> Picker | None:
    """The list that a bucket or a repository leads to."""
    if place.startswith("s3://") and place.endswith("/") and place.count("/") == 3:
        bucket = place.removeprefix("s3://").rstrip("/")
        return Picker(f"Zip files in {bucket}", "zip files", lambda account, _: _zip_files(account, bucket))
    if place.endswith(":") and ".dkr.ecr." in place:
        uri = place.rstrip(":")
        return Picker(f"Images of {uri}", "images", lambda account, _: _images(account, uri))
    return None


def _zip_files(account: Account, bucket: str) -> list[Option]:
    now = states.now()
    return [
        Option(f"s3://{bucket}/{one.key}", one.key, f"{size(one.size)} · {ago((now - one.modified).total_seconds())}")
        for one in buckets.zip_files(account, bucket)
    ]


def _images(account: Account, uri: str) -> list[Option]:
    now = states.now()
    found = []
    for one in images.read(account, uri.partition("/")[2], uri):
        pushed = ago((now - one.pushed).total_seconds()) if one.pushed else ""
        found.append(Option(one.uri, one.uri.rpartition("/")[2], f"{size(one.size)} · {pushed}"))
    return found


_DESTINATIONS = Picker("Destinations", "queues and topics", _queues_and_topics)
_KEYS = Picker("KMS keys", "keys", _keys)
_QUALIFIERS = Picker("Aliases and versions", "aliases and versions", _aliases_and_versions)

PICKERS: Mapping[str, Picker] = {
    "code": Picker("Code in S3 and ECR", "buckets and repositories", _places_of_code, _in_place),
    "runtime": Picker("Runtimes", "runtimes", _runtimes),
    "role": Picker("Roles that Lambda may assume", "roles", _roles),
    "aliases": Picker("Aliases", "aliases", _aliases),
    "layers": Picker("Layers", "layers", _layers),
    "vpc.subnets": Picker("Subnets", "subnets", _subnets),
    "vpc.security_groups": Picker("Security groups", "security groups", _security_groups),
    "kms_key": _KEYS,
    "code_kms_key": _KEYS,
    "durable.kms_key": _KEYS,
    "event_sources.kms_key": _KEYS,
    "dead_letter": _DESTINATIONS,
    "async_invocation.on_failure": _DESTINATIONS,
    "async_invocation.on_success": _DESTINATIONS,
    "event_sources.on_failure": _DESTINATIONS,
    "event_sources.source": Picker("Queues", "queues", _queues),
    "event_sources.qualifier": _QUALIFIERS,
    "function_urls.qualifier": Picker("Aliases", "aliases", _aliases),
    "async_invocation.qualifier": _QUALIFIERS,
    "permissions.qualifier": _QUALIFIERS,
    "target_groups.qualifier": _QUALIFIERS,
}
"""The pickers by the path of the field, the numbers of entries left out."""
