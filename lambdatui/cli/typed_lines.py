"""What a person types at the terminal while something runs, line by line, in a thread of its own."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable

_LOOK_SECONDS = 0.2


class TypedLines:
    """Gives each line to `hear`, without blanks around it, from `listen` on until `close`. `name` is the thread's."""

    def __init__(self, name: str, hear: Callable[[str], None]) -> None:
        self._name = name
        self._hear = hear
        self._stop = threading.Event()
        self._reader: threading.Thread | None = None

    @property
    def listens(self) -> bool:
        """Whether it has begun."""
        return self._reader is not None

    def listen(self) -> None:
        """Begins; does nothing where it has begun. Not to be called before: until then, it is the command that asks."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name=self._name, daemon=True)
            self._reader.start()

    def close(self) -> None:
        """Ends it, and waits for the line that is being heard."""
        self._stop.set()
        if self._reader is not None:
            self._reader.join()

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                if not select.select([sys.stdin], [], [], _LOOK_SECONDS)[0]:
                    continue
                text = os.read(sys.stdin.fileno(), 1024)
            except (OSError, ValueError):
                return
            if not text:
                return
            for line in text.decode("utf-8", "replace").splitlines():
                self._hear(line.strip())
