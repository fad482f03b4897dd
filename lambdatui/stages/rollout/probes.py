"""Probes: invocations of a version before, or while, it gets traffic, each judged by what was expected."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator

from lambdatui.aws.account import Account
from lambdatui.aws.invocations import Invocation
from lambdatui.stages import payload
from lambdatui.stages.rollout.expectations import Expect
from lambdatui.stages.rollout.timed_invocation import invoked
from lambdatui.stages.rollout.verdict import Verdict
from lambdatui.stages.stage import Event, Progress, Result, World
from lambdatui.stages.strategy import Part, Seconds

DEFAULT_SECONDS = 60.0


class Probe(Part):
    """One event, sent one or more times, and what its answers must be."""

    payload: Annotated[Any, Field(repr=False)] = None
    """The event, as JSON; absent means {}. A rollout's is in the journal as long as it can be gone on with."""
    payload_file: str | None = None
    """A file that holds the event, s3://bucket/key, or an https:// address."""
    runs: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many times it is sent, one after the other."""
    must_pass: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many of the answers must be as expected; absent means all."""
    expect: Expect = Expect()
    """What an answer must be; a function error is never taken."""

    @model_validator(mode="after")
    def _possible(self) -> Probe:
        if self.payload is not None and self.payload_file is not None:
            raise ValueError("payload and payload_file exclude each other.")
        if self.must_pass is not None and self.must_pass > self.runs:
            raise ValueError(f"must_pass: at most {self.runs}, the number of runs, was expected, not {self.must_pass}.")
        return self

    @property
    def wanted(self) -> int:
        """How many answers must be as expected."""
        return self.runs if self.must_pass is None else self.must_pass


class Probing(Part):
    """Probes with one deadline for all of them."""

    probes: Annotated[tuple[Probe, ...], Field(min_length=1, max_length=50)]
    """What is sent to the new version."""
    timeout: Annotated[Seconds, Field(gt=0, le=86_400)] = DEFAULT_SECONDS
    """How long all of it may take."""

    @property
    def runs(self) -> int:
        """How many invocations there are in all."""
        return sum(probe.runs for probe in self.probes)

    def bodies(self, world: World, account: Account) -> tuple[bytes, ...]:
        """What each probe sends. Raises BadInput where a file cannot be used, AwsError."""
        return tuple(payload.body(world, account, probe.payload, probe.payload_file) for probe in self.probes)


@dataclass(frozen=True, slots=True)
class Probed:
    """A probe's answer, with its log, and why it is not what was expected: empty where it is."""

    probe: int
    """Index of the probe."""
    invocation: Invocation
    failures: tuple[str, ...]


@dataclass(slots=True)
class _Count:
    """Of one probe: what passed, what could not be found out, and the first failure."""

    passed: int = 0
    unknown: int = 0
    answered: int = 0
    reason: str = ""


def probed(
    world: World,
    account: Account,
    function: str,
    version: str,
    probing: Probing,
    bodies: Sequence[bytes],
    function_timeout: int,
) -> Generator[Event, None, Verdict]:
    """Sends every probe to a version, tells each as a Result of Probed, and returns the verdict.

    It is `unsure` where what is missing was never answered, or was refused, throttled: that says nothing of the
    version. What is not answered by the deadline has failed. `function_timeout` is the function's, in seconds.
    """
    began = world.clock.now()
    deadline = began + probing.timeout
    counts = [_Count() for _ in probing.probes]
    number = 0
    for index, (probe, body) in enumerate(zip(probing.probes, bodies, strict=True)):
        count = counts[index]
        for _ in range(probe.runs):
            if world.clock.now() >= deadline:
                break
            world.clock.check()
            number += 1
            found = invoked(
                world,
                account,
                function,
                body,
                deadline=deadline,
                number=number,
                qualifier=version,
                function_timeout=function_timeout,
            )
            if found is None:
                break
            failures = probe.expect.failures(found)
            count.answered += 1
            count.passed += not failures
            count.unknown += found.outcome not in ("ok", "function error")
            count.reason = count.reason or (failures[0] if failures else "")
            yield Result(Probed(index, found, failures))
            yield Progress("probed", number, probing.runs)
    return _verdict(probing, counts)


def _verdict(probing: Probing, counts: Sequence[_Count]) -> Verdict:
    passed, answered = sum(count.passed for count in counts), sum(count.answered for count in counts)
    figures = {"passed": passed, "answered": answered, "runs": probing.runs}
    words = f"{passed} of {probing.runs} answers were as expected"
    pairs = list(zip(probing.probes, counts, strict=True))
    short = [(probe, count) for probe, count in pairs if count.passed < probe.wanted]
    if not short:
        return Verdict("probe", "pass", f"{words}.", figures)
    late = answered < probing.runs
    reason = next((count.reason for _, count in short if count.reason), "")
    words += f", {sum(probe.wanted for probe in probing.probes)} were wanted"
    if late:
        words += f"; only {answered} came within {probing.timeout:g} s"
    words += f". {reason}" if reason else "."
    unsure = not late and all(count.passed + count.unknown >= probe.wanted for probe, count in short)
    return Verdict("probe", "unsure" if unsure else "fail", words, figures)
