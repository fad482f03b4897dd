"""Runs `lambdatui` commands, each as a process of its own that can die at a chosen moment.

`python -m tests.sweeps.process` reads one command a line, as JSON, forks for it, answers with the process's id, and
then with its exit status: a sweep starts a thousand processes, and most of what each would do is to import.

A moment lies before each thing that somebody outside the process can see: a write of the journal, a call of AWS (and
its answer), a wait. Nothing lies between two moments but thoughts. Waits are short, and the clock moves on by their
whole length; the time-outs of calls, and the pauses between their retries, are short, too.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

WAIT = "wait"
ANSWERED = " answered"
FUNCTION_TIMEOUT = 3
_JOURNAL = ("begin", "sent", "finished", "checkpoint", "settle", "end")


class Moments:
    """Counts the moments of this process, writes each down with the time by its clock, and dies at the chosen one.

    `die` is the moment, which of its kind from 1, the signal that the process sends to itself, and how many times.
    """

    def __init__(self, trace: str, die: tuple[str, int, int, int] | None) -> None:
        self._file = os.open(trace, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._die = die
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._last = ""
        self.slept = 0.0

    def come(self, name: str) -> None:
        """A moment is here."""
        with self._lock:
            # a bake is many waits, and one moment
            repeated, self._last = name == self._last == WAIT, name
            self._seen[name] += not repeated
            number = self._seen[name]
            os.write(self._file, (json.dumps([name, number, round(time.time() + self.slept, 3)]) + "\n").encode())
        if self._die is not None and not repeated and (name, number) == self._die[:2]:
            for _ in range(self._die[3]):
                os.kill(os.getpid(), self._die[2])

    def before(self, owner: Any, method: str) -> None:
        """Puts a moment before each call of a method of the journal."""
        original = getattr(owner, method)

        def called(this: Any, *args: Any, **more: Any) -> Any:
            self.come(f"journal {method}")
            return original(this, *args, **more)

        setattr(owner, method, called)


def watch(moments: Moments, read_timeout: float | None) -> None:
    """Has every moment of this process come to `moments`, and makes its waits short.

    So long, in seconds, it waits for an answer; None leaves that as it is.
    """
    from botocore import endpoint
    from botocore.retries import bucket
    from botocore.retries.standard import ExponentialBackoff

    from lambdatui.aws import clients
    from lambdatui.clock import Clock
    from lambdatui.journal import Journal

    for method in _JOURNAL:
        moments.before(Journal, method)

    exchange = endpoint.Endpoint._get_response

    def exchanged(this: Any, request: Any, model: Any, context: Any) -> Any:
        moments.come(model.name)
        answer = exchange(this, request, model, context)
        moments.come(model.name + ANSWERED)
        return answer

    now, sleep = Clock.now, Clock.sleep

    def slept(clock: Clock, seconds: float) -> None:
        moments.come(WAIT)
        sleep(clock, min(seconds, 0.002))
        moments.slept += seconds

    endpoint.Endpoint._get_response = exchanged
    Clock.sleep = slept  # type: ignore[method-assign]
    Clock.now = lambda clock: now(clock) + moments.slept  # type: ignore[method-assign]
    if read_timeout is not None:
        clients.READ_TIMEOUT = read_timeout  # type: ignore[assignment]
        # above the function's own time-out
        clients.INVOKE_MARGIN = read_timeout - FUNCTION_TIMEOUT  # type: ignore[assignment]
    ExponentialBackoff.delay_amount = lambda *_: 0.01
    # once it was throttled, botocore waits before each call
    bucket.TokenBucket.acquire = lambda *_, **__: None


def _become(asked: Mapping[str, Any]) -> None:
    """This process becomes the command that is asked for."""
    for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["lambdatui", *asked["words"]]
    watch(Moments(asked["trace"], tuple(asked["die"]) if asked["die"] else None), asked["read_timeout"])
    from lambdatui.__main__ import main

    main()


def serve() -> None:
    """Becomes each command of standard input in turn."""
    import boto3.session  # noqa: F401
    import botocore.handlers
    import botocore.httpsession
    import botocore.regions
    import botocore.retries.adaptive  # noqa: F401

    import lambdatui.cli.resume
    import lambdatui.cli.route
    import lambdatui.cli.undo  # noqa: F401

    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
            os._exit(0)
        print(pid, file=answers, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=answers, flush=True)


if __name__ == "__main__":
    serve()
