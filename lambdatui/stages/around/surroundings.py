"""What a deployment sets around a function: who and what invokes it, and how ready it stands."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.stages.around import (
    async_invocation,
    event_source_changes,
    policy_changes,
    provisioned_concurrency,
    settling,
    standing_around,
)
from lambdatui.stages.around.async_invocation import AsyncInvocation
from lambdatui.stages.around.event_source_mapping import EventSourceMapping
from lambdatui.stages.around.function_url import FunctionUrl, UrlChanges
from lambdatui.stages.around.permission import Permission
from lambdatui.stages.around.standing import Qualifier, Standing
from lambdatui.stages.around.target_group import TargetGroup, TargetGroupChanges
from lambdatui.stages.publishing import Publishing
from lambdatui.stages.settings import lambda_at_edge
from lambdatui.stages.stage import Change, Event, Place, World


@dataclass(frozen=True, slots=True)
class Around:
    """What the surroundings of a function come to in a plan; `known` are outputs that are known before the run."""

    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict)


class Surroundings(Publishing):
    """The parts around a function. What is absent is left alone; what is empty (`[]`, `{}`) is removed, all of it.

    A list or mapping with entries sets those, and leaves others alone, but for what `remove_other_…` says.
    """

    outputs: ClassVar[Mapping[str, str]] = {
        **Publishing.outputs,
        "function_url": "The address of the function URL that was made, or is there.",
    }

    provisioned_concurrency: (
        Annotated[
            dict[Qualifier, Annotated[int, Field(ge=0)]],
            Field(title="Provisioned concurrency"),
        ]
        | None
    ) = None
    """Environments that are kept ready, by alias or version, such as `live: 5`; 0 gives them up."""
    async_invocation: Annotated[list[AsyncInvocation], Field(title="Asynchronous invocations")] | None = None
    """Retries, age and destinations of asynchronous invocations, for the function and for aliases or versions."""
    permissions: Annotated[list[Permission], Field(title="Permissions")] | None = None
    """Who may invoke: statements of the resource policy, each by its name."""
    remove_other_permissions: Annotated[bool, Field(title="Remove other permissions")] = False
    """Whether statements that are not listed are removed, at the function and at every alias and version."""
    function_urls: Annotated[list[FunctionUrl], Field(title="Function URLs")] | None = None
    """Addresses that invoke over HTTPS: one for the function, one for each alias."""
    event_sources: Annotated[list[EventSourceMapping], Field(title="Event sources")] | None = None
    """Queues, streams and brokers that Lambda polls, each with its own settings; matched by source and qualifier."""
    remove_other_event_sources: Annotated[bool, Field(title="Remove other event sources")] = False
    """Whether mappings that are not listed are removed, at the function and at every alias and version."""
    target_groups: Annotated[list[TargetGroup], Field(title="Target groups")] | None = None
    """Target groups of load balancers that the function is registered with."""
    edge: Annotated[lambda_at_edge.Side, Field(title="Lambda@Edge")] | None = None
    """The events of CloudFront that it is for, viewer or origin: it is checked against AWS's rules for them."""

    def around(
        self, world: World, place: Place, now: Function | None, before: Sequence[Change], publishing: Sequence[Change]
    ) -> Around:
        """What is to be done around a function. `now` is None where it is yet to be created.

        `before` are the changes of code and settings, `publishing` those that publish and move aliases. Raises
        BadInput, Refused or AwsError.
        """
        standing = Standing(self.account(world), place, self.subject, now, (*before, *publishing))
        urls = UrlChanges(standing, self.function_urls)
        groups = TargetGroupChanges(standing, self.target_groups)
        declared = self.permissions or []
        policy_changes.check(declared, standing)
        needed = (*urls.needed, *groups.needed)
        policies = policy_changes.changes(
            standing,
            declared,
            needed,
            (*urls.unneeded, *groups.unneeded),
            remove_others=self.permissions is not None and (self.remove_other_permissions or not declared),
        )
        changes = [
            *policies,
            *provisioned_concurrency.changes(standing, self.provisioned_concurrency),
            *async_invocation.changes(standing, self.async_invocation),
            *urls.changes,
            *event_source_changes.changes(standing, self.event_sources, remove_others=self.remove_other_event_sources),
            *groups.changes,
        ]
        notes: tuple[str, ...] = ()
        if self.edge is not None:
            notes = lambda_at_edge.check(standing, (*before, *changes), self.edge, publishes=self.publish)
        warnings = policy_changes.warnings(standing, policies, (*declared, *needed))
        return Around(tuple(changes), tuple(warnings), notes, urls.known)

    def standing(self, account: Account, change: Change) -> Iterator[tuple[str, Any, Any]]:
        yield from super().standing(account, change)
        yield from standing_around.standing(account, change)

    def gained(self, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if change.operation == "CreateFunctionUrlConfig":
            return {"function_url": answer["FunctionUrl"]}
        return super().gained(change, answer)

    def settle(
        self, world: World, change: Change, answer: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Generator[Event, None, Mapping[str, Any]]:
        if change.operation != "UpdateAlias" or self.provisioned_concurrency:
            yield from settling.settled(world, self.account(world), self.subject, change, answer)
        return (yield from super().settle(world, change, answer, outputs))
