"""The environments that there are: kept warm, used again, and let go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

from lambdatui.emulator.engine.environment import INIT_LIMIT, Environment
from lambdatui.emulator.engine.program import Event, Outcome, Program
from lambdatui.emulator.engine.unpacking import UnpackedPackages


class Engine:
    """Runs programs. Calls may come from any number of threads; each has an environment to itself meanwhile.

    At most `most` environments exist; who finds them all busy waits. Idle ones are kept for `idle_seconds`, and at
    most `most_idle` of them; those that were not used for the longest time go first.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        *,
        most: int = 96,
        most_idle: int = 32,
        idle_seconds: float = 300.0,
        init_limit: float = INIT_LIMIT,
    ) -> None:
        self._now = now
        self._most = most
        self._most_idle = most_idle
        self._idle_seconds = idle_seconds
        self._init_limit = init_limit
        self._changed = threading.Condition()
        self._idle: dict[str, list[Environment]] = {}
        self._busy: set[Environment] = set()
        self._starting = 0
        self._packages: UnpackedPackages | None = None
        self._closed = threading.Event()

    def invoke(self, program: Program, event: Event) -> Outcome:
        """Runs a program once and returns what came of it."""
        stream = self.stream(program, event)
        while True:
            try:
                next(stream)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome

    def stream(self, program: Program, event: Event) -> Generator[bytes, None, Outcome]:
        """Runs a program once; yields the parts of its answer where it streams, and returns what came of it."""
        environment = self._take(program)
        try:
            outcome = yield from environment.run(event)
        finally:
            self._give_back(environment)
        if self._closed.is_set():
            raise EngineClosed
        return outcome

    def prewarm(self, program: Program, count: int) -> None:
        """Starts idle environments until there are `count`."""
        while True:
            with self._changed:
                if self._closed.is_set() or len(self._idle.get(program.key, ())) >= count:
                    return
            try:
                self._give_back(self._started(program))
            except EngineClosed:
                return

    def discard(self, arn: str) -> None:
        """Lets go of the environments of a function (all its versions) or of one version."""
        with self._changed:
            gone = [
                environment
                for key, idle in self._idle.items()
                if key.startswith((f"{arn}:", f"{arn}@"))
                for environment in idle
            ]
            self._forget(gone)
        for environment in gone:
            environment.close()

    def counts(self) -> tuple[int, int]:
        """How many environments are busy, and how many idle."""
        with self._changed:
            return len(self._busy) + self._starting, sum(map(len, self._idle.values()))

    def close(self) -> None:
        """Ends every environment, the busy ones too, and leaves nothing on the disk."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._starting == 0)
            idle = [environment for kept in self._idle.values() for environment in kept]
            self._idle.clear()
            for environment in self._busy:
                environment.interrupt()  # the thread that waits for it closes it
            self._changed.wait_for(lambda: not self._busy, timeout=2.0)
            packages, self._packages = self._packages, None
        for environment in idle:
            environment.close()
        if packages is not None:
            packages.remove()

    def _take(self, program: Program) -> Environment:
        while True:
            with self._changed:
                idle = self._idle.get(program.key)
                if not idle:
                    break
                environment = idle[-1]
                self._forget([environment])
                self._busy.add(environment)
            if environment.alive:
                return environment
            environment.broken = True  # it ended while nothing was asked of it
            self._give_back(environment)
        return self._started(program)

    def _started(self, program: Program) -> Environment:
        with self._changed:
            while len(self._busy) + self._starting >= self._most and not self._closed.is_set():
                self._changed.wait()
            if self._closed.is_set():
                raise EngineClosed
            self._starting += 1
            if self._packages is None:
                self._packages = UnpackedPackages()
                threading.Thread(target=self._reap, name="engine-reaper", daemon=True).start()
            packages = self._packages
            gone = self._surplus(len(self._busy) + self._starting)
        for environment in gone:
            environment.close()
        try:
            environment = Environment(program, packages, self._now, self._init_limit)
        except BaseException:
            with self._changed:
                self._starting -= 1
                self._changed.notify_all()
            raise
        with self._changed:
            self._starting -= 1
            self._busy.add(environment)
            closed = self._closed.is_set()
            self._changed.notify_all()
        if closed:
            self._give_back(environment)
            raise EngineClosed
        environment.start()
        return environment

    def _give_back(self, environment: Environment) -> None:
        with self._changed:
            self._busy.discard(environment)
            keep = not environment.broken and not self._closed.is_set()
            if keep:
                self._idle.setdefault(environment.program.key, []).append(environment)
            gone = self._surplus(len(self._busy) + self._starting)
            self._changed.notify_all()
        if not keep:
            environment.close()
        for surplus in gone:
            surplus.close()

    def _surplus(self, in_use: int) -> list[Environment]:
        """Takes out the idle environments that are too many beside `in_use` others, those longest unused first."""
        idle = sorted((e for kept in self._idle.values() for e in kept), key=lambda e: e.last_used)
        room = max(0, min(self._most_idle, self._most - in_use))
        gone = idle[: max(0, len(idle) - room)]
        self._forget(gone)
        return gone

    def _forget(self, environments: list[Environment]) -> None:
        for environment in environments:
            kept = self._idle[environment.program.key]
            kept.remove(environment)
            if not kept:
                del self._idle[environment.program.key]

    def _reap(self) -> None:
        while not self._closed.wait(min(15.0, self._idle_seconds)):
            limit = time.monotonic() - self._idle_seconds
            with self._changed:
                gone = [e for kept in self._idle.values() for e in kept if e.last_used < limit]
                self._forget(gone)
            for environment in gone:
                environment.close()


class EngineClosed(Exception):
    """The emulator is ending; nothing is started any more."""
