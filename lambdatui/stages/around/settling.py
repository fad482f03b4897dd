"""Waits until what stands around a function has settled after a change: mappings, and what is provisioned."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from lambdatui.aws import concurrency, event_sources
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied
from lambdatui.stages.stage import Change, Event, Note, Progress, World


def settled(
    world: World, account: Account, function: str, change: Change, answer: Mapping[str, Any]
) -> Generator[Event, None, None]:
    """Waits where `change`, which AWS answered so, takes a while. Raises AwsError where it fails or takes too long."""
    if change.operation in event_sources.MAPPING_WRITES:
        enabled = change.request.get("Enabled")
        waiting = event_sources.settled(account, answer["UUID"], world.clock, world.wait_seconds, enabled)
        for mapping in waiting:
            yield Note(f"{mapping.source}: {mapping.state}")
    elif change.operation == "PutProvisionedConcurrencyConfig":
        yield from _provisioned(world, account, function, change.request["Qualifier"])
    elif change.operation == "UpdateAlias" and not _weights(change):
        # what is provisioned follows the alias, and until it has, AWS refuses to change it
        try:
            yield from _provisioned(world, account, function, change.request["Name"])
        except AccessDenied:
            # the alias has moved, and who may not see what follows it has not asked for that
            yield Note(f"Whether something provisioned follows {change.target} may not be read.")


def _weights(change: Change) -> Mapping[str, float]:
    """The weights that an alias is given: beside them AWS keeps nothing provisioned."""
    found: Mapping[str, float] = (change.request.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return found


def _provisioned(world: World, account: Account, function: str, qualifier: str) -> Generator[Event, None, None]:
    for now in concurrency.provisioned(account, function, qualifier, world.clock, world.wait_seconds):
        yield Progress(f"environments ready for {qualifier}", now.available, now.requested)
