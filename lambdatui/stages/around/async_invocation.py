"""Asynchronous invocations: how often they are retried, how old they may get, and where their outcomes go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from lambdatui.aws import arns, asynchronous
from lambdatui.aws.asynchronous import AsyncSettings
from lambdatui.aws.functions import LATEST
from lambdatui.errors import BadInput
from lambdatui.stages.around.standing import Qualifier, Standing
from lambdatui.stages.settings.arn_fields import Kind, arn_of
from lambdatui.stages.settings.setting_groups import Group
from lambdatui.stages.stage import Change, Danger, differences

SUCCESS = Kind(
    "an SQS queue, an SNS topic, a function or an event bus",
    ("sqs", "sns", "lambda", "events"),
    r".+",
    "arn:aws:sqs:eu-west-1:123456789012:done",
    regional=False,
)
FAILURE = Kind(
    "an SQS queue, an SNS topic, a function, an event bus or an S3 bucket",
    ("sqs", "sns", "lambda", "events", "s3"),
    r".+",
    "arn:aws:sqs:eu-west-1:123456789012:failed",
    regional=False,
)


class AsyncInvocation(Group):
    """AWS's EventInvokeConfig of the function itself, or of one alias or version.

    What is absent is left alone; an entry that names its qualifier at most removes that configuration.
    """

    qualifier: Qualifier | None = None
    """An alias or version; left out, the function itself ($LATEST)."""
    maximum_retry_attempts: Annotated[int, Field(title="Retries", ge=0, le=2)] | None = None
    """How often a failed event is tried again, 0 to 2; AWS's default is 2."""
    maximum_event_age: Annotated[int, Field(title="Oldest event", ge=60, le=21600)] | None = None
    """How old an event may get, in seconds, 60 to 21600; AWS's default is 21600."""
    on_success: Annotated[str, Field(title="On success"), arn_of(SUCCESS, or_empty=True)] | None = None
    """ARN of the queue, topic, function or event bus that hears of successes; empty removes it."""
    on_failure: Annotated[str, Field(title="On failure"), arn_of(FAILURE, or_empty=True)] | None = None
    """ARN of the queue, topic, function, event bus or bucket that gets what failed; empty removes it."""

    @property
    def removes(self) -> bool:
        """Whether it names its qualifier at most."""
        return not self.model_fields_set - {"qualifier"}


def changes(standing: Standing, wanted: Sequence[AsyncInvocation] | None) -> list[Change]:
    """The calls that bring the configurations to what is wanted.

    None leaves all alone, an empty list removes all; those that are not named stay. Raises BadInput or AwsError.
    """
    if wanted is None:
        return []
    seen: dict[str, int] = {}
    for index, entry in enumerate(wanted):
        where = f"async_invocation.{index}.qualifier"
        standing.check(where, entry.qualifier)
        standing.check_place(f"async_invocation.{index}.on_success", entry.on_success)
        standing.check_place(f"async_invocation.{index}.on_failure", entry.on_failure)
        key = entry.qualifier or LATEST
        if key in seen:
            raise BadInput(f"{where}: async_invocation.{seen[key]} is about the same one.")
        seen[key] = index
    there = asynchronous.list_of(standing.account, standing.function) if standing.now is not None else {}
    if not wanted:
        return [_removal(standing, qualifier, now) for qualifier, now in there.items()]
    found = []
    for entry in wanted:
        key = entry.qualifier or LATEST
        now = there.get(key)
        if entry.removes:
            if now is not None:
                found.append(_removal(standing, key, now))
        elif change := _setting(standing, key, entry, now):
            found.append(change)
    return found


def _setting(standing: Standing, qualifier: str, entry: AsyncInvocation, now: AsyncSettings | None) -> Change | None:
    before = now or AsyncSettings(None, None, None, None)
    after = AsyncSettings(
        before.retries if entry.maximum_retry_attempts is None else entry.maximum_retry_attempts,
        before.maximum_age if entry.maximum_event_age is None else entry.maximum_event_age,
        before.on_success if entry.on_success is None else entry.on_success or None,
        before.on_failure if entry.on_failure is None else entry.on_failure or None,
    )
    if after == before:
        return None
    back = _deleted(standing, qualifier, after) if now is None else _put(standing, qualifier, now, after)
    return replace(
        _put(standing, qualifier, after, now),
        undo="put the former settings back" if now else "delete the settings",
        before=kept(now),
        back=(back,),
    )


def _removal(standing: Standing, qualifier: str, now: AsyncSettings) -> Change:
    return replace(
        _deleted(standing, qualifier, now),
        undo="put the former settings back",
        before=kept(now),
        back=(_put(standing, qualifier, now, None),),
    )


def _put(standing: Standing, qualifier: str, wanted: AsyncSettings, there: AsyncSettings | None) -> Change:
    """Put replaces the whole, so that what was not asked for is named as it stands."""
    return Change(
        "PutFunctionEventInvokeConfig",
        _target(standing, qualifier),
        differences(_lines(there), _lines(wanted)),
        {"FunctionName": standing.function, "Qualifier": qualifier, **(kept(wanted) or {})},
        danger=Danger.SAFE if there is None else Danger.TRAFFIC,
    )


def _deleted(standing: Standing, qualifier: str, there: AsyncSettings) -> Change:
    return Change(
        "DeleteFunctionEventInvokeConfig",
        _target(standing, qualifier),
        differences(_lines(there), {}),
        {"FunctionName": standing.function, "Qualifier": qualifier},
        danger=Danger.TRAFFIC,
    )


def _target(standing: Standing, qualifier: str) -> str:
    return f"{standing.target('' if qualifier == LATEST else qualifier)} asynchronous invocations"


def _lines(settings: AsyncSettings | None) -> dict[str, str | None]:
    if settings is None:
        return {}
    found = {
        "retries": None if settings.retries is None else str(settings.retries),
        "oldest event": None if settings.maximum_age is None else f"{settings.maximum_age:,} s",
        "on success": settings.on_success and arns.described(settings.on_success),
        "on failure": settings.on_failure and arns.described(settings.on_failure),
    }
    return {name: value for name, value in found.items() if value is not None}


def kept(settings: AsyncSettings | None) -> dict[str, Any] | None:
    """The settings in AWS's names, without those that stand at AWS's default."""
    if settings is None:
        return None
    found: dict[str, Any] = {
        "DestinationConfig": {
            "OnSuccess": {"Destination": settings.on_success} if settings.on_success else {},
            "OnFailure": {"Destination": settings.on_failure} if settings.on_failure else {},
        }
    }
    if settings.retries is not None:
        found["MaximumRetryAttempts"] = settings.retries
    if settings.maximum_age is not None:
        found["MaximumEventAgeInSeconds"] = settings.maximum_age
    return found
