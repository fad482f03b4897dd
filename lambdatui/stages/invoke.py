"""Invoke: many times, at once, each one sent once; every result is an event as it arrives."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from lambdatui.aws import functions, invocations
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.errors import BadInput, Cancelled, LambdatuiError, StageFailed, near_match
from lambdatui.stages import payload
from lambdatui.stages.selector import WORDS, resolve
from lambdatui.stages.stage import (
    Change,
    Difference,
    Done,
    Event,
    Finished,
    FunctionName,
    Plan,
    Progress,
    Result,
    Stage,
    Started,
    World,
)
from lambdatui.stages.strategy import Seconds
from lambdatui.stages.tally import Tally

_TYPES = {"sync": "RequestResponse", "async": "Event", "dry-run": "DryRun", "stream": "ResponseStream"}


def _aws_type(value: Any) -> Any:
    return _TYPES.get(value, value) if isinstance(value, str) else value


class Invoke(Stage):
    """Invokes a function, one of its versions or an alias."""

    kind: ClassVar[str] = "invoke"
    outputs: ClassVar[Mapping[str, str]] = {
        "count": "How many invocations ended.",
        "outcomes": "Their number by outcome: ok, function error, throttled, timeout, refused, no answer.",
        "success_rate": "The share of ok, 0.0 to 1.0.",
        "versions": "Their number by the version that served.",
        "cold": "How many started cold.",
        "errors": "The most frequent errors, with their number.",
        "latency_ms": "p50, p90, p95, p99 and max of what the caller waited, in ms.",
        "duration_ms": "The same of Lambda's Duration.",
    }

    function: FunctionName
    qualifier: str | None = None
    """A version's selector or an alias's name; absent means $LATEST."""
    other_qualifier: str | None = None
    """Another one, invoked side by side under the same load: each run goes to both, with the same payload."""

    payload: Annotated[Any, Field(repr=False)] = None
    """The event, as JSON; absent means {}."""
    payload_file: str | None = None
    """A file that holds the event, or s3://bucket/key."""
    template: Annotated[str | None, Field(repr=False)] = None
    """A text that makes an event for each run, with {{ n }}, {{ uuid }}, {{ random(1, 9) }}, {{ row.name }} …"""
    library: str | None = None
    """The name of an event or a template in the library of one's own."""
    shape: str | None = None
    """The name of one of AWS's event shapes, such as sqs, s3 or apigw-v2."""
    rows: str | None = None
    """A CSV or JSONL file: a row for each run, which the template reads as `row`; without a template, the event."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    """What the random parts of a template start from: the same seed makes the same events."""
    client_context: Annotated[Any, Field(repr=False)] = None
    """JSON that the function finds in its context's client_context; at most 3,583 bytes in base64."""
    tenant: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[a-zA-Z0-9._:/=+\-@ ]+$")] | None = None
    """The tenant of a function with tenant isolation."""

    invocation_type: Annotated[
        Literal["RequestResponse", "Event", "DryRun", "ResponseStream"], BeforeValidator(_aws_type)
    ] = "RequestResponse"
    """`sync` waits for the answer, `async` hands it over to run later, `dry-run` only asks whether it would be allowed,
    `stream` takes the answer as it comes. AWS's own names are RequestResponse, Event, DryRun and ResponseStream."""
    follow: bool = False
    """Asynchronous ones only: look in the log for what became of each."""

    runs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many invocations; absent means one, or as many as the duration allows."""
    duration: Annotated[Seconds, Field(gt=0, le=86_400)] | None = None
    """For how long, instead of how many, such as 90s or 10m."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many at once; absent means one, or with a rate as many as it takes, up to 1000."""
    rate: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """How many are begun a second, however long the answers take; absent means each begins when one has ended."""
    ramp: Annotated[Seconds, Field(ge=0, le=86_400)] = 0
    """How long it takes to come to the full rate, or to the full concurrency, evenly."""
    warm_up: Annotated[int, Field(ge=0, le=10_000)] = 0
    """How many invocations go before, which do not count."""

    max_errors: Annotated[int, Field(ge=1)] | None = None
    """The run stops when so many were not ok."""
    max_error_rate: Annotated[float, Field(ge=0, lt=1)] | None = None
    """The run stops when more than this share was not ok, 0.0 to 1.0."""
    error_rate_after: Annotated[int, Field(ge=1)] = 20
    """How many must have ended before that share is looked at."""
    retry_throttled: Annotated[int, Field(ge=0, le=10)] = 0
    """How often one that was throttled is sent again, after a pause; it is counted as one, with its attempts."""
    success_rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of invocations that must be ok, 0.0 to 1.0; below it the stage fails."""
    keep: Literal["all", "figures"] = "all"
    """What is kept on disk: every answer with its log, or the figures alone."""

    @model_validator(mode="after")
    def _fit_together(self) -> Invoke:
        events = ("payload", "payload_file", "template", "library", "shape")
        given = [name for name in events if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{given[0]} and {given[1]} exclude each other.")
        if self.rows is not None and given and given[0] not in ("template", "library"):
            raise ValueError(f"rows and {given[0]} exclude each other: rows go with a template, or stand alone.")
        if self.runs is not None and self.duration is not None:
            raise ValueError("runs and duration exclude each other.")
        if self.follow and self.invocation_type != "Event":
            raise ValueError("follow is for asynchronous invocations: invocation_type async.")
        return self

    @property
    def count(self) -> int | None:
        """How many invocations are wanted of each qualifier; None where a duration limits them."""
        return self.runs if self.runs is not None or self.duration is not None else 1

    @property
    def at_once(self) -> int:
        """How many may be under way at once, for each qualifier."""
        return self.concurrency or (1 if self.rate is None else 1000)

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        body = self.body(world)
        qualifier, note = self._resolved(account)
        now = functions.configuration(account, self.function, qualifier)
        target = f"{self.function}:{qualifier}" if qualifier else self.function
        change = Change(
            "Invoke",
            target,
            (
                Difference("runs", None, f"{self.count} × {self.invocation_type}, {self.at_once} at once"),
                Difference("payload", None, payload.preview(body)),
            ),
            {"InvocationType": self.invocation_type},
        )
        facts = {"qualifier": qualifier, "payload": body, "timeout": now.get("Timeout", 900)}
        return Plan(f"Invoke {target}", place, (change,), notes=(note,) if note else (), facts=facts)

    def body(self, world: World) -> bytes:
        """The bytes that are sent. Raises BadInput where the file cannot be read or is not JSON, or AwsError."""
        return payload.body(world, self.account(world), self.payload, self.payload_file, self.invocation_type)

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """Result events in the order in which the answers arrive, each with an Invocation."""
        account, change = self.account(world), plan.changes[0]
        tally = Tally()
        yield Started(0, change)
        for invocation in self._answers(world, account, plan.facts):
            tally.add(invocation)
            yield Result(invocation)
            yield Progress("invoked", tally.count, self.count)
        if world.clock.cancelled and tally.count < (self.count or 0):
            raise Cancelled(f"Stopped by the operator after {tally.count} of {self.count} invocations.")
        yield Done(0, change, {})
        outputs = tally.outputs()
        if tally.success_rate < self.success_rate:
            worst = tally.errors.most_common(1)
            detail = f" Most often: {worst[0][0]}" if worst else ""
            raise StageFailed(
                f"{tally.outcomes['ok']} of {tally.count} were ok, {self.success_rate:.1%} was asked for.{detail}"
            )
        yield Finished(outputs)

    def _answers(self, world: World, account: Account, facts: Mapping[str, Any]) -> Iterator[invocations.Invocation]:
        numbers = iter(range(1, (self.count or 1) + 1))
        lock, stop = threading.Lock(), threading.Event()
        answers: queue.SimpleQueue[invocations.Invocation | BaseException | None] = queue.SimpleQueue()

        def work() -> None:
            try:
                while not stop.is_set() and not world.clock.cancelled:
                    with lock:
                        number = next(numbers, None)
                    if number is None:
                        break
                    answers.put(
                        invocations.invoke(
                            account,
                            self.function,
                            facts["payload"],
                            number=number,
                            qualifier=facts["qualifier"],
                            invocation_type=self.invocation_type,
                            function_timeout=facts["timeout"],
                        )
                    )
            except BaseException as error:  # noqa: BLE001 - told to the reader, which raises it
                answers.put(error)
            finally:
                answers.put(None)

        workers = [
            threading.Thread(target=work, name=f"invoke-{index}", daemon=True)
            for index in range(min(self.at_once, self.count or 1))
        ]
        for worker in workers:
            worker.start()
        try:
            running = len(workers)
            while running:
                answer = answers.get()
                if answer is None:
                    running -= 1
                elif isinstance(answer, LambdatuiError) and not isinstance(answer, Cancelled):
                    raise answer
                elif isinstance(answer, BaseException):
                    raise StageFailed(f"an invocation broke: {type(answer).__name__}: {answer}") from answer
                else:
                    yield answer
        finally:
            stop.set()

    def _resolved(self, account: Account) -> tuple[str | None, str]:
        """The qualifier as AWS takes it, and a note where a selector stood."""
        if self.qualifier is None:
            return None, ""
        aliases = aws.list_aliases(account, self.function)
        if any(entry.name == self.qualifier for entry in aliases):
            return self.qualifier, ""
        try:
            number = resolve(self.qualifier, self.function, aws.list_versions(account, self.function), aliases)
        except ValueError:
            names = [entry.name for entry in aliases]
            raise BadInput(
                f"{self.function} has no alias '{self.qualifier}' (it has: {', '.join(names) or 'none'}), "
                f"and it names no version.{near_match(self.qualifier, (*names, *WORDS))}"
            ) from None
        return number, "" if number == self.qualifier else f"{self.qualifier} is version {number}"
