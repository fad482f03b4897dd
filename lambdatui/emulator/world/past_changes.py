"""What was done to the functions in the last 90 days, and by whom: the events that CloudTrail has of the story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdatui.emulator.cloudtrail import lambda_events
from lambdatui.emulator.cloudtrail.events import KEPT_SECONDS, TrailEvent
from lambdatui.emulator.lambda_.names import Target
from lambdatui.emulator.world.past import TRIED, trial
from lambdatui.emulator.world.places import RELEASES_BUCKET
from lambdatui.emulator.world.story import CHECKOUT, TALES
from lambdatui.emulator.world.tale import Tale

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

DAY = 86_400.0
TO_LIVE = 25 * 60.0
"""How long after its publication a version gets the traffic."""
TO_OTHERS = 90.0


@dataclass(frozen=True, slots=True)
class Person:
    """Who changes things: an assumed role with its session, where from, and with what."""

    role: str
    session: str
    ip: str
    agent: str


PIPELINE = Person("release-pipeline", "GitHubActions", "198.51.100.41", "aws-cli/2.31.4 md/awscrt#0.28.1 ua/2.1")
MARA = Person(
    "AWSReservedSSO_Operator_8c1f2ab34d5e6f70",
    "mara.lindqvist@shop.example",
    "203.0.113.24",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
)
JONAS = Person(
    "AWSReservedSSO_Operator_8c1f2ab34d5e6f70",
    "jonas.weber@shop.example",
    "203.0.113.57",
    "aws-cli/2.31.9 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0",
)


@dataclass(frozen=True, slots=True)
class Done:
    """One call of a person's, so many seconds after the epoch, with AWS's operation and CloudTrail's parameters."""

    time: float
    person: Person
    operation: str
    parameters: dict[str, Any]
    response: dict[str, Any] | None = None
    error: tuple[str, str] = ("", "")


def tell(cloud: Cloud, now: float) -> None:
    """Writes the events of every function of the story. `now` is in epoch seconds."""
    for tale in TALES:
        done = list(_releases(tale, now))
        if tale is CHECKOUT:
            done += _at_the_checkout(tale, now)
        for number, one in enumerate(sorted(done, key=lambda one: one.time)):
            if now - KEPT_SECONDS <= one.time < now:
                cloud.trail.store.add(_event(tale, one, number))


def _releases(tale: Tale, now: float) -> Iterator[Done]:
    """Every release: its code, its publication, and the aliases that were moved to it."""
    live = int(tale.aliases.get("live", 0))
    for number, release in enumerate(tale.releases, tale.first_version):
        at = now - release.age * DAY
        key = f"{tale.name}/{number}.zip"
        code = {"functionName": tale.name, "s3Bucket": RELEASES_BUCKET, "s3Key": key, "publish": False, "dryRun": False}
        yield Done(at - 6, PIPELINE, "UpdateFunctionCode", code, {"functionName": tale.name, "version": "$LATEST"})
        yield Done(
            at,
            PIPELINE,
            "PublishVersion",
            {"functionName": tale.name, "description": release.description},
            {"functionName": tale.name, "version": str(number), "description": release.description},
        )
        if number <= live:
            yield Done(at + TO_LIVE, MARA if number % 2 else JONAS, "UpdateAlias", _moved(tale, "live", number))
        for alias, version in tale.aliases.items():
            if alias != "live" and int(version) == number:
                yield Done(at + TO_OTHERS, PIPELINE, "UpdateAlias", _moved(tale, alias, number))


def _at_the_checkout(tale: Tale, now: float) -> Iterator[Done]:
    """The trial of version 42 and its end, and what was attempted before."""
    began, ended = trial(now)
    yield Done(began, MARA, "UpdateAlias", _moved(tale, "live", 41, {TRIED: 0.1}))
    yield Done(ended, JONAS, "UpdateAlias", _moved(tale, "live", 41, {}))
    yield Done(
        now - 5.3 * DAY,
        MARA,
        "PutFunctionConcurrency",
        {"functionName": tale.name, "reservedConcurrentExecutions": 950},
        error=(
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            "below its minimum value of [100].",
        ),
    )
    yield Done(
        now - 19.6 * DAY,
        PIPELINE,
        "UpdateFunctionConfiguration",
        {"functionName": tale.name, "memorySize": tale.memory, "timeout": tale.timeout, "environment": {}},
        {"functionName": tale.name, "memorySize": tale.memory, "timeout": tale.timeout, "environment": {}},
    )


def _moved(tale: Tale, alias: str, version: int, weights: dict[str, float] | None = None) -> dict[str, Any]:
    moved: dict[str, Any] = {"functionName": tale.name, "name": alias, "functionVersion": str(version)}
    return moved if weights is None else {**moved, "routingConfig": {"additionalVersionWeights": weights}}


def _event(tale: Tale, done: Done, number: int) -> TrailEvent:
    account, region = tale.place.account, tale.place.region
    code, message = done.error
    alias = {"Name": done.parameters.get("name", "")}
    person = done.person
    return TrailEvent(
        time=int(done.time),
        name=lambda_events.event_name(done.operation),
        source=lambda_events.SOURCE,
        account=account,
        region=region,
        read_only=False,
        caller_arn=f"arn:aws:sts::{account}:assumed-role/{person.role}/{person.session}",
        access_key=f"ASIA{account}PAST",
        source_ip=person.ip,
        user_agent=person.agent,
        request_id=f"{int(done.time):08x}-0000-4000-8000-{number:012x}",
        parameters=done.parameters,
        response=done.response,
        error_code=code,
        error_message=message,
        resources=lambda_events.resources(done.operation, alias, Target(account, region, tale.name), failed=bool(code)),
    )
