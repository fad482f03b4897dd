"""All that makes a function run by itself or lets others run it, read together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from lambdatui.aws import asynchronous, event_sources, policies, urls, versions
from lambdatui.aws.account import Account
from lambdatui.aws.asynchronous import AsyncSettings
from lambdatui.aws.errors import AwsError
from lambdatui.aws.event_sources import EventSource
from lambdatui.aws.parts import permitted
from lambdatui.aws.policies import Policy
from lambdatui.aws.urls import FunctionUrl

VERSIONS_ASKED = 10
"""Versions that are asked for what hangs on them, beside all aliases: two calls each, of AWS's 15 a second."""


@dataclass(frozen=True, slots=True)
class Triggers:
    """What triggers a function. A part that AWS refuses is its refusal."""

    account_id: str
    event_sources: tuple[EventSource, ...] | AwsError
    urls: tuple[FunctionUrl, ...] | AwsError
    policies: tuple[Policy | AwsError, ...]
    """Those that have statements, and refusals; that of the function itself first."""
    asynchronous: Mapping[str, AsyncSettings] | AwsError
    """By qualifier, `$LATEST` for the function itself."""
    not_asked: int
    """How many older versions were not asked for what hangs on them."""


def read(account: Account, function: str) -> Triggers:
    """What triggers a function, its aliases and its newest versions. Raises AwsError."""
    names = [alias.name for alias in versions.list_aliases(account, function)]
    numbers = [version.name for version in versions.list_versions(account, function)]
    qualifiers = [*names, *numbers[:VERSIONS_ASKED]]
    found = [permitted(partial(policies.get, account, function, qualifier)) for qualifier in ("", *qualifiers)]
    return Triggers(
        account_id=account.identity().account_id,
        event_sources=permitted(lambda: tuple(event_sources.list_of(account, function, qualifiers))),
        urls=permitted(lambda: tuple(urls.list_of(account, function))),
        policies=tuple(_told_once([one for one in found if isinstance(one, AwsError) or one.statements])),
        asynchronous=permitted(lambda: asynchronous.list_of(account, function)),
        not_asked=max(0, len(numbers) - VERSIONS_ASKED),
    )


def _told_once(found: list[Policy | AwsError]) -> list[Policy | AwsError]:
    """Without the refusals after the first: who may not read one policy may not read the others."""
    refused = [one for one in found if isinstance(one, AwsError)][:1]
    return [*(one for one in found if isinstance(one, Policy)), *refused]
