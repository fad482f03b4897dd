"""What the services of the embedded AWS share."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

from lambdatui.emulator.calls import CallLog
from lambdatui.emulator.clock import Clock
from lambdatui.emulator.content import ContentLinks
from lambdatui.emulator.faults import Faults
from lambdatui.emulator.moto_behind import MotoBehind
from lambdatui.emulator.service import Service


class Cloud:
    """One AWS: any number of accounts and regions, each with its own state.

    `seed` makes everything that is left to chance (weighted aliases, faults with a probability) repeatable.
    `stopped` is set when the server ends; whoever waits for longer waits on it. `endpoint` is where the server listens,
    once it does.
    """

    def __init__(self, *, clock: Clock | None = None, seed: int | None = None) -> None:
        self.clock = clock or Clock()
        self.random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self.faults = Faults(random.Random(seed))  # noqa: S311
        self.calls = CallLog()
        self.content = ContentLinks(self.clock)
        self.moto = MotoBehind(lambda: self.endpoint)
        self.stopped = threading.Event()
        self.endpoint = "http://127.0.0.1"
        self.services: Sequence[Service] = ()
