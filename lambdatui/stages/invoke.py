"""Invoke: many times, at once or at a rate, each one sent once; every result is an event as it arrives."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from lambdatui.aws import functions, logs
from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.invocations import Call, Chunk, Invocation
from lambdatui.aws.invoke_senders import open_sender
from lambdatui.errors import BadInput, Cancelled, LambdatuiError, StageFailed, near_match
from lambdatui.stages.load import payloads
from lambdatui.stages.load.engine import Engine, Work
from lambdatui.stages.load.figures import Figures
from lambdatui.stages.load.following import MOST as MOST_FOLLOWED
from lambdatui.stages.load.following import follow
from lambdatui.stages.load.payloads import Payloads
from lambdatui.stages.load.prices import ASKED_FROM, DATE, Cost, at_most, money
from lambdatui.stages.load.run_writer import Writer
from lambdatui.stages.load.saved import SavedRuns
from lambdatui.stages.load.schedule import Load
from lambdatui.stages.load.stopping import Stopping
from lambdatui.stages.selector import WORDS, resolve
from lambdatui.stages.stage import (
    Change,
    Difference,
    Done,
    Event,
    Finished,
    FunctionName,
    Note,
    Plan,
    Progress,
    Result,
    Stage,
    Started,
    World,
)
from lambdatui.stages.strategy import Seconds

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
_MOST_CONTEXT = 3583
_PROGRESS_SECONDS = 0.1
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
        "init_ms": "The same of Lambda's Init Duration, or of a SnapStart's Restore Duration.",
        "lateness_ms": "The same of how late each was sent, where a rate sets its time.",
        "memory_mb": "The most memory that was used, and the size.",
        "warm_ups": "How many went before to warm up.",
        "retried": "How many were sent again after a throttle.",
        "sides": "The figures of A and of B, where two qualifiers are invoked side by side.",
        "results": "The file in which every result is kept.",
    }

    function: FunctionName
    qualifier: str | None = None
    """A version's selector or an alias's name; absent means $LATEST."""
    other_qualifier: str | None = None
    """Another one, invoked side by side under the same load: each run goes to both, with the same payload."""

    payload: Annotated[Any, Field(repr=False)] = None
    """The event, as JSON; absent means {}."""
    payload_file: str | None = None
    """A file that holds the event, s3://bucket/key, or an https:// address."""
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
    failures_of: str | None = None
    """A saved run, whose events these are: those of its invocations that were not ok, in turn."""
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
        if self.follow and (self.total is None or self.total > MOST_FOLLOWED):
            raise ValueError(f"follow is for at most {MOST_FOLLOWED:,} runs.")
        return self

    @property
    def count(self) -> int | None:
        """How many invocations are wanted of each qualifier; None where a duration limits them."""
        return self.runs if self.runs is not None or self.duration is not None else 1

    @property
    def at_once(self) -> int:
        """How many may be under way at once, for each qualifier."""
        return self.concurrency or (1 if self.rate is None else 1000)

    @property
    def sides(self) -> int:
        """How many qualifiers are invoked: one, or two side by side."""
        return 1 if self.other_qualifier is None else 2

    @property
    def load(self) -> Load:
        """When the invocations of each qualifier are sent."""
        return Load(self.count, self.duration, self.at_once, self.rate, self.ramp)

    @property
    def total(self) -> int | None:
        """How many invocations there will be of all qualifiers, without the warm-up; None where nobody knows."""
        total = self.load.total
        return None if total is None else total * self.sides

    @property
    def _is_dear(self) -> bool:
        """Whether there may be so many invocations that their price is to be told."""
        if self.invocation_type == "DryRun":
            return False
        return self.total is None or self.total + self.warm_up * self.sides > ASKED_FROM

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        events = self.events(world)
        wanted = [self.qualifier] if self.other_qualifier is None else [self.qualifier, self.other_qualifier]
        calls, changes, notes, costs, group = [], [], [], [], ""
        for side, chosen in zip(("A", "B") if len(wanted) == 2 else ("",), wanted, strict=True):
            qualifier, note = self._resolved(account, chosen)
            now = functions.configuration(account, self.function, qualifier)
            target = f"{self.function}:{qualifier}" if qualifier else self.function
            lines = (Difference("runs", None, self.load_words()), Difference("payload", None, events.preview()))
            changes.append(Change("Invoke", target, lines, {"InvocationType": self.invocation_type}))
            calls.append(self._call(qualifier, side, now))
            costs.append(self._cost(now, account.region))
            notes += [note] if note else []
            group = group or logs.log_group(now).name
        warnings = [self._price(costs)] if self._is_dear else []
        return Plan(
            f"Invoke {' and '.join(change.target for change in changes)}",
            place,
            tuple(changes),
            tuple(warnings),
            tuple(notes),
            {"calls": tuple(calls), "events": events, "log_group": group},
        )

    def events(self, world: World) -> Payloads:
        """The event of each run. Raises BadInput where it cannot be read or made, or is not JSON, or AwsError."""
        return payloads.opened(
            world,
            self.account(world),
            payload=self.payload,
            payload_file=self.payload_file,
            template=self.template,
            library_name=self.library,
            shape=self.shape,
            rows_file=self.rows,
            seed=self.seed,
            started=world.clock.now(),
            invocation_type=self.invocation_type,
            failures_of=self.failures_of,
        )

    def load_words(self) -> str:
        """The load in a few words, such as `200 × RequestResponse, 16 at once, 50/s`."""
        often = f"{self.invocation_type} for {self.duration:g} s" if self.count is None else ""
        words = [often or f"{self.count:,} × {self.invocation_type}"]
        words += [] if self.rate is not None and self.concurrency is None else [f"{self.at_once:,} at once"]
        words += [f"{self.rate:g}/s"] if self.rate is not None else []
        words += [f"grown to evenly in {self.ramp:g} s"] if self.ramp else []
        words += [f"{self.warm_up:,} before to warm up"] if self.warm_up else []
        return ", ".join(words)

    def carry_out(self, world: World, plan: Plan, run: str) -> Iterator[Event]:
        """Result events in the order in which the answers arrive, each with an Invocation, or with a Chunk of one.

        Each is handed to the saved run before it is told.
        """
        for index, change in enumerate(plan.changes):
            yield Started(index, change)
        stopping = Stopping(self.max_errors, self.max_error_rate, self.error_rate_after)
        figures, writer = Figures(), self._saved(world, plan)
        status, told_at = "cancelled", 0.0
        try:
            for result in self._results(world, plan, stopping):
                if isinstance(result, Invocation):
                    figures.add(result)
                    if writer is not None:
                        writer.add(result)
                yield result if isinstance(result, Note) else Result(result)
                if time.monotonic() - told_at >= _PROGRESS_SECONDS:
                    told_at = time.monotonic()
                    yield Progress("invoked", figures.count, self.total)
            yield Progress("invoked", figures.count, self.total)
            failure = self._failure(world, figures, stopping)
            status = "done" if failure is None else "cancelled" if isinstance(failure, Cancelled) else "failed"
        except Exception:
            status = "failed"
            raise
        finally:
            if writer is not None:
                writer.close(status, figures.outputs())
        if writer is not None and writer.problem:
            yield Note(writer.problem)
        if failure is not None:
            raise failure
        for index, change in enumerate(plan.changes):
            yield Done(index, change, {})
        yield Finished({**figures.outputs(), **({} if writer is None else {"results": str(writer.path)})})

    def _results(self, world: World, plan: Plan, stopping: Stopping) -> Iterator[Invocation | Chunk | Note]:
        account, facts = self.account(world), plan.facts
        calls: Sequence[Call] = facts["calls"]
        work = Work(calls, facts["events"].payload, self.load, self.warm_up, self.retry_throttled)
        engine = Engine(work, lambda tell: open_sender(account, calls[0], tell), stopping)
        handed_over = {}
        try:
            for batch in engine.results(world.clock):
                for result in batch:
                    if self.follow and isinstance(result, Invocation) and result.outcome == "ok" and not result.warm_up:
                        handed_over[result.request_id] = result
                    else:
                        yield result
        except LambdatuiError:
            raise
        except Exception as error:
            raise StageFailed(f"an invocation broke: {type(error).__name__}: {error}") from error
        if handed_over:
            yield Note(f"{len(handed_over):,} were handed over; {facts['log_group']} is read for what became of them.")
            longest = max(call.function_timeout for call in calls)
            yield from follow(account, facts["log_group"], handed_over, longest, world.clock)

    def _failure(self, world: World, figures: Figures, stopping: Stopping) -> LambdatuiError | None:
        """Why the run did not end well, or None."""
        if world.clock.cancelled and (
            self.total is None or figures.count < self.total or figures.outcomes["no answer"]
        ):
            of = "" if self.total is None else f" of {self.total}"
            return Cancelled(f"Stopped by the operator after {figures.count}{of} invocations.")
        if not stopping.reason and figures.success_rate >= self.success_rate:
            return None
        worst = figures.errors.most_common(1)
        detail = f" Most often: {worst[0].title}" if worst else ""
        missed = f"{figures.outcomes['ok']} of {figures.count} were ok, {self.success_rate:.1%} was asked for."
        return StageFailed(f"{stopping.reason or missed}{detail}")

    def _saved(self, world: World, plan: Plan) -> Writer | None:
        """The file that the results go to; None where nothing is kept, as without a journal."""
        if world.journal is None:
            return None
        return SavedRuns().begin(
            function=self.function,
            qualifier=self.qualifier or "",
            account=plan.place.account_id,
            region=plan.place.region,
            inputs=self.remembered(),
            started=world.clock.now(),
            events_from=plan.facts["events"].started,
            answers=self.keep == "all",
        )

    def _call(self, qualifier: str | None, side: str, configuration: Mapping[str, Any]) -> Call:
        return Call(
            self.function,
            qualifier,
            self.invocation_type,
            client_context=_header(self.client_context),
            tenant=self.tenant or "",
            function_timeout=configuration.get("Timeout", 900),
            side=side,
        )

    def _cost(self, configuration: Mapping[str, Any], region: str) -> Cost:
        """What one qualifier's invocations cost at most; where nobody knows how many, what their time costs."""
        timeout = configuration.get("Timeout", 900)
        total = self.load.total
        return at_most(
            self.at_once if total is None else total + self.warm_up,
            configuration.get("MemorySize", 128),
            timeout + (self.duration or 0.0) if total is None else timeout,
            region,
            (configuration.get("Architectures") or ["x86_64"])[0],
            starts=self.invocation_type != "DryRun",
        )

    def _price(self, costs: Sequence[Cost]) -> str:
        if self.total is not None:
            return f"This run costs {' and '.join(str(cost) for cost in costs)}."
        gb_seconds, usd = sum(cost.gb_seconds for cost in costs), sum(cost.usd or 0.0 for cost in costs)
        priced = "" if any(cost.usd is None for cost in costs) else f", which cost {money(usd)} (prices of {DATE})"
        return f"This run takes at most {gb_seconds:,.0f} GB-seconds{priced}, its requests besides."

    def _resolved(self, account: Account, wanted: str | None) -> tuple[str | None, str]:
        """The qualifier as AWS takes it, and a note where a selector stood."""
        if wanted is None:
            return None, ""
        aliases = aws.list_aliases(account, self.function)
        if any(entry.name == wanted for entry in aliases):
            return wanted, ""
        try:
            number = resolve(wanted, self.function, aws.list_versions(account, self.function), aliases)
        except ValueError:
            names = [entry.name for entry in aliases]
            raise BadInput(
                f"{self.function} has no alias '{wanted}' (it has: {', '.join(names) or 'none'}), "
                f"and it names no version.{near_match(wanted, (*names, *WORDS))}"
            ) from None
        return number, "" if number == wanted else f"{wanted} is version {number}"


def _header(client_context: Any) -> str:
    """A client context as its header carries it. Raises BadInput where it is no object, or too long."""
    if client_context is None:
        return ""
    if not isinstance(client_context, Mapping):
        raise BadInput("client_context: a JSON object was expected.")
    text = base64.b64encode(json.dumps(client_context).encode()).decode()
    if len(text) > _MOST_CONTEXT:
        raise BadInput(f"client_context: has {len(text):,} bytes in base64, and Lambda takes {_MOST_CONTEXT:,}.")
    return text
