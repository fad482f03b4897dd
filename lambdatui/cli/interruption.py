"""Ctrl-C during a run: the first asks it to stop at its next safe point, the second ends at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from lambdatui.clock import Clock

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WORDS = b"\nStopping after the call that is under way; once more ends at once.\n"


@contextmanager
def cancelling(clock: Clock) -> Iterator[None]:
    """Inside, an interruption cancels the clock; a further one raises KeyboardInterrupt. So do SIGTERM and SIGHUP."""

    def interrupted(number: int, frame: FrameType | None) -> None:
        if clock.cancelled:
            raise KeyboardInterrupt
        clock.cancel()
        # not through sys.stderr: it may be in the middle of a line
        try:
            os.write(2, _WORDS)
        except OSError:
            pass

    before = {number: signal.signal(number, interrupted) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
