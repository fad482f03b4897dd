"""The threads of Textual's workers: one for each piece of work, and none that keeps the app from ending.

asyncio's own pool has a handful of threads and waits for all of them at the end. With an endpoint that hangs, a few
readings would take them all, nothing else would be read, and quitting would take as long as their time-outs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

GRACE_SECONDS = 3.0
"""How long the end waits for what is under way, such as the record of a call that was just sent."""


class WorkerThreads(ThreadPoolExecutor):
    """An executor for `loop.set_default_executor`, which takes nothing but ThreadPoolExecutor's own kind."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self._running: set[threading.Thread] = set()
        self._guard = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            try:
                if future.set_running_or_notify_cancel():
                    try:
                        result = fn(*args, **kwargs)
                    except BaseException as error:  # noqa: BLE001 - it comes out where it is awaited
                        future.set_exception(error)
                    else:
                        future.set_result(result)
            finally:
                with self._guard:
                    self._running.discard(thread)

        thread = threading.Thread(target=run, name="worker", daemon=True)
        with self._guard:
            self._running.add(thread)
        thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Waits at most GRACE_SECONDS for what is under way; what is not done then ends with the process."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        end = time.monotonic() + (GRACE_SECONDS if wait else 0.0)
        with self._guard:
            running = list(self._running)
        for thread in running:
            thread.join(max(0.0, end - time.monotonic()))
