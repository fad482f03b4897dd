"""What a person at the terminal types while a pipeline runs: an answer to what is asked, or a letter, and enter."""

from __future__ import annotations

import os
import sys
import termios
import threading
from contextlib import suppress
from types import TracebackType

from lambdatui.cli import output, terminal
from lambdatui.cli.typed_lines import TypedLines
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineEvent, StageEnded, StageEvent
from lambdatui.stages.event import Asked, AtStep

ROLLOUT_HELP = "g go on · p pause · b one step back · a put back and end, each with enter"


class Answering:
    """Sends what is typed to the stage that asks, or to the rollout that runs, to the end of the `with`.

    Where there is no terminal, what `ahead` has not answered is answered by no: nobody would ever come.
    """

    def __init__(self, controls: PipelineControls, ahead: dict[str, str | None]) -> None:
        self._controls = controls
        self._ahead = ahead
        self._lock = threading.Lock()
        self._asking: dict[str, Asked] = {}
        self._rolling: list[str] = []
        self._lines = TypedLines("pipeline-keys", self.typed)

    def __enter__(self) -> Answering:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()

    def take(self, event: PipelineEvent) -> None:
        """Hears of the run's events."""
        match event:
            case StageEvent(stage, Asked() as asked):
                self._asked(stage, asked)
            case StageEvent(stage, AtStep(phase=phase)):
                self._at_step(stage, phase)
            case StageEnded(stage):
                with self._lock:
                    self._asking.pop(stage, None)
                    if stage in self._rolling:
                        self._rolling.remove(stage)
            case _:
                pass

    def _asked(self, stage: str, asked: Asked) -> None:
        if stage in self._ahead:
            self._controls.approve(stage, self._ahead.pop(stage), by="--approve")
        elif terminal.can_ask():
            with self._lock:
                self._asking[stage] = asked
            self._listen()
        else:
            output.word(f"  {stage}: there is no terminal to ask on; say --approve {stage}.", fg="yellow")
            self._controls.reject(stage)

    def _at_step(self, stage: str, phase: str) -> None:
        with self._lock:
            first = stage not in self._rolling
            if first:
                self._rolling.append(stage)
        if phase == "asking" and stage in self._ahead:
            self._controls.of(stage).go_on()
        elif terminal.can_ask():
            if first:
                output.word(f"  {ROLLOUT_HELP}", dim=True)
            self._listen()
        elif phase in ("paused", "asking"):
            output.word(f"  {stage}: there is no terminal to ask on; it is put back.", fg="yellow")
            self._controls.reject(stage)

    def _listen(self) -> None:
        if not self._lines.listens:
            # what was typed before anything was asked is no answer
            with suppress(OSError, termios.error):
                termios.tcflush(sys.stdin, termios.TCIFLUSH)
            self._lines.listen()

    def typed(self, words: str) -> None:
        """Takes one line."""
        with self._lock:
            stage, asked = next(iter(self._asking.items()), ("", None))
            rolling = self._rolling[0] if self._rolling else ""
        word = words.lower()
        if asked is not None:
            choice = next((one for one in asked.choices if one.lower() == word), None)
            if choice is not None or (not asked.choices and word in ("y", "yes")):
                self._answered(stage)
                self._controls.approve(stage, choice, by=os.environ.get("USER", ""))
                return
            if word in ("n", "no"):
                self._answered(stage)
                self._controls.reject(stage)
                return
            if not rolling:
                answers = ", ".join(asked.choices) or "y"
                output.word(f"  {stage} waits for {answers}, or n for no.", dim=True)
                return
        if not rolling:
            return
        controls = self._controls.of(rolling)
        wishes = {"g": controls.go_on, "p": controls.pause, "b": controls.step_back, "a": controls.abort}
        if word in wishes:
            wishes[word]()
        else:
            output.word(f"  {ROLLOUT_HELP}", dim=True)

    def _answered(self, stage: str) -> None:
        with self._lock:
            self._asking.pop(stage, None)
