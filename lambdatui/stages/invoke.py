"""Invoke: many times, at once, each one sent once; every result is an event as it arrives."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

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
from lambdatui.stages.tally import Tally


class Invoke(Stage):
    """Invokes a function, one of its versions or an alias."""

    kind: ClassVar[str] = "invoke"
    outputs: ClassVar[Mapping[str, str]] = {
        "count": "How many invocations ended.",
        "outcomes": "Their number by outcome: ok, function error, throttled, refused, no answer.",
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
    payload: Annotated[Any, Field(repr=False)] = None
    """The event, as JSON; absent means {}."""
    payload_file: str | None = None
    """A file that holds the event, or s3://bucket/key."""
    runs: Annotated[int, Field(title="Runs", ge=1, le=1_000_000)] = 1
    """How many invocations."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many at once."""
    invocation_type: Literal["RequestResponse", "Event", "DryRun"] = "RequestResponse"
    """Wait for the answer, hand it over to run later, or only ask whether it would be allowed."""
    success_rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of invocations that must be ok, 0.0 to 1.0; below it the stage fails."""

    @model_validator(mode="after")
    def _one_payload(self) -> Invoke:
        if self.payload is not None and self.payload_file is not None:
            raise ValueError("payload and payload_file exclude each other.")
        return self

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
                Difference("runs", None, f"{self.runs} × {self.invocation_type}, {self.concurrency} at once"),
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
            yield Progress("invoked", tally.count, self.runs)
        if world.clock.cancelled and tally.count < self.runs:
            raise Cancelled(f"Stopped by the operator after {tally.count} of {self.runs} invocations.")
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
        numbers = iter(range(1, self.runs + 1))
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
            for index in range(min(self.concurrency, self.runs))
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
