"""What a person may ask of a pipeline that runs, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lambdatui.stages.controls import Controls


class PipelineControls:
    """Takes wishes from any thread; the runner heeds them at once.

    `shared` takes the place of the controls of every stage: what a pipeline within a pipeline gets.
    """

    def __init__(self, shared: Controls | None = None) -> None:
        self._lock = threading.Lock()
        self._stages: dict[str, Controls] = {}
        self._shared = shared
        self._paused = False
        self._put_back = False
        self._cancelled = False
        self._wake: Callable[[], None] = lambda: None

    def pause(self) -> None:
        """Begin no further stage. Those that run go on; a rollout is paused through `of`."""
        self._paused = True
        self._wake()

    def go_on(self) -> None:
        """End a pause."""
        self._paused = False
        self._wake()

    def cancel(self, *, put_back: bool = False) -> None:
        """End the run: stages that are under way stop at their next safe point.

        A rollout leaves its alias at the step it is at, to be resumed; with `put_back`, it puts it back.
        """
        self._cancelled, self._put_back = True, put_back
        self._wake()

    def approve(self, stage: str, choice: str | None = None, by: str = "") -> None:
        """Say yes where a stage asks a person, with one of its choices where it has some."""
        self.of(stage).answer(choice, by)

    def reject(self, stage: str) -> None:
        """Say no where a stage asks a person. A rollout is put back."""
        self.of(stage).abort()

    def skip(self, stage: str) -> None:
        """End a wait."""
        self.of(stage).go_on()

    def of(self, stage: str) -> Controls:
        """The controls of one stage, by its id: those of its rollout, or of what it asks."""
        if self._shared is not None:
            return self._shared
        with self._lock:
            return self._stages.setdefault(stage, Controls())

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    @property
    def put_back(self) -> bool:
        """Whether rollouts that are under way are to be put back by the cancel."""
        return self._put_back

    def wakes(self, wake: Callable[[], None]) -> None:
        """Has `wake` called after each wish: for the runner."""
        self._wake = wake
