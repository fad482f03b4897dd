"""Invocations that were: drawn for a stretch of time, and told as metrics and logs that agree with each other."""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdatui.emulator.cloudwatch.aggregates import Aggregate, Columns
from lambdatui.emulator.engine.platform_log import PlatformLog, iso_time
from lambdatui.emulator.engine.program import Program
from lambdatui.emulator.world.tale import Pace, Tale
from lambdatui.emulator.world.voices import VOICES

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

MINUTE = 60
METRICS = (
    ("Invocations", "Count"),
    ("Errors", "Count"),
    ("Throttles", "Count"),
    ("Duration", "Milliseconds"),
    ("ConcurrentExecutions", "Count"),
)
_ENVIRONMENT_SECONDS = 1500.0


@dataclass(frozen=True, slots=True)
class Ran:
    """One invocation: when it began (epoch seconds), how long it took in milliseconds, and whether it failed.

    `init_ms` is given where it began in a new environment; `stream` is where it logged.
    """

    time: float
    duration_ms: float
    init_ms: float | None
    failed: bool
    version: str
    stream: str
    request_id: str


def drawn(chance: random.Random, pace: Pace, version: str, start: float, end: float) -> Iterator[Ran]:
    """The invocations between two times, at the pace of this time of day, in the order of time."""
    if pace.per_hour <= 0:
        return
    time = start
    environment_ends, stream = 0.0, ""
    red_from = end - pace.red_minutes * MINUTE
    while True:
        time += chance.expovariate(pace.per_hour / 3600)
        if time >= end:
            return
        init = None
        if time > environment_ends:
            init = pace.init_ms * chance.lognormvariate(0, 0.1)
            environment_ends = time + _ENVIRONMENT_SECONDS * chance.uniform(0.6, 1.4)
            stream = f"{iso_time(time)[:10].replace('-', '/')}/[{version}]{chance.getrandbits(128):032x}"
        errors = pace.errors if pace.errors_now is None or time < red_from else pace.errors_now
        yield Ran(
            time=time,
            duration_ms=chance.lognormvariate(math.log(pace.median_ms), pace.sigma),
            init_ms=init,
            failed=chance.random() < errors,
            version=version,
            stream=stream,
            request_id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        )


def measured(invocations: Iterable[Ran]) -> dict[str, Columns]:
    """Each metric of these invocations, by minute. They are counted when they end, as Lambda does."""
    minutes: dict[int, list[Ran]] = {}
    for ran in invocations:
        minutes.setdefault(int(ran.time + ran.duration_ms / 1000) // MINUTE * MINUTE, []).append(ran)
    columns = {name: Columns() for name, _ in METRICS}
    for minute, members in sorted(minutes.items()):
        for name, values in _values(members).items():
            aggregate = Aggregate()
            for value in values:
                aggregate.add(value)
            columns[name].merge(minute, aggregate)
    return columns


def _values(members: Sequence[Ran]) -> dict[str, list[float]]:
    busy = sum(ran.duration_ms for ran in members) / 60_000
    return {
        "Invocations": [1.0] * len(members),
        "Errors": [float(ran.failed) for ran in members],
        "Throttles": [0.0] * len(members),
        "Duration": [ran.duration_ms for ran in members],
        "ConcurrentExecutions": [1.0 + (number % 7 < busy) for number in range(len(members))],
    }


def log(cloud: Cloud, tale: Tale, pace: Pace, chance: random.Random, invocations: Iterable[Ran]) -> None:
    """Writes the log of these invocations, line by line as Lambda and the handler would have."""
    voice = VOICES[pace.voice]
    platforms: dict[str, PlatformLog] = {}
    streams: dict[str, list[tuple[int, str]]] = {}
    for ran in invocations:
        platform = platforms.get(ran.version)
        if platform is None:
            platform = platforms[ran.version] = PlatformLog(_program(tale, ran.version))
        lines = streams.setdefault(ran.stream, [])
        seconds = ran.duration_ms / 1000
        began = int(ran.time * 1000)
        ended = int((ran.time + seconds) * 1000)
        status = "error" if ran.failed else "success"
        texts: list[tuple[int, str | None]] = []
        if ran.init_ms is not None:
            texts.append((int(began - ran.init_ms), platform.init_start(ran.time - ran.init_ms / 1000)))
        texts.append((began, platform.start(ran.time, ran.request_id)))
        said = voice(chance, ran.request_id, ran.time + seconds * 0.9, ran.failed)
        texts += [(began + (ended - began) * (index + 1) // (len(said) + 1), text) for index, text in enumerate(said)]
        texts.append((ended, platform.end(ran.time + seconds, ran.request_id, status)))
        report = platform.report(
            ran.time + seconds,
            ran.request_id,
            duration_ms=ran.duration_ms,
            billed_ms=math.ceil(ran.duration_ms),
            memory_used_mb=pace.memory_mb,
            init_ms=ran.init_ms,
            status=status,
            error_type=None,
        )
        texts.append((ended, report))
        lines += [(at, text) for at, text in texts if text is not None]
    for stream, lines in streams.items():
        cloud.logs.put(tale.place.account, tale.place.region, tale.log_group, stream, lines)


def _program(tale: Tale, version: str) -> Program:
    """What the platform's lines tell of a version."""
    return Program(
        key="",
        name=tale.name,
        version=version,
        handler=tale.handler,
        code=b"",
        memory_mb=tale.memory,
        runtime=tale.runtime,
        region=tale.place.region,
        log_format=tale.log_format,
    )
