"""What a person at the terminal types while a rollout runs: a letter and enter."""

from __future__ import annotations

import os
import select
import sys
import threading
from types import TracebackType

from lambdatui.cli import output, terminal
from lambdatui.stages.controls import Controls
from lambdatui.stages.stage import AtStep, Event

HELP = "g go on · p pause · b one step back · a put back and end, each with enter; ctrl-c leaves the alias as it is"
_LOOK_SECONDS = 0.2


class Typing:
    """Sends what is typed to the controls of a rollout, from its first step to the end of the `with`.

    Where there is no terminal, a rollout that waits for a person is put back: nobody would ever answer.
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._stop = threading.Event()
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Typing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._reader is not None:
            self._reader.join()

    def take(self, event: Event) -> None:
        """Hears of the rollout's events."""
        if not isinstance(event, AtStep):
            return
        if terminal.can_ask():
            # not before: until it runs, it is the command that asks
            if self._reader is None:
                output.word(f"  {HELP}", dim=True)
                self._reader = threading.Thread(target=self._read, name="rollout-keys", daemon=True)
                self._reader.start()
        elif event.phase in ("paused", "asking"):
            output.word("  There is no terminal to ask on: it is put back.", fg="yellow")
            self._controls.abort()

    def _read(self) -> None:
        controls = self._controls
        wishes = {"g": controls.go_on, "p": controls.pause, "b": controls.step_back, "a": controls.abort}
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
                wish = wishes.get(line.strip().lower())
                if wish is None:
                    output.word(f"  {HELP}", dim=True)
                else:
                    wish()
