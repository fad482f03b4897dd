"""What a person at the terminal types while a rollout runs: a letter and enter."""

from __future__ import annotations

from types import TracebackType

from lambdatui.cli import output, terminal
from lambdatui.cli.typed_lines import TypedLines
from lambdatui.stages.controls import Controls
from lambdatui.stages.stage import AtStep, Event

HELP = "g go on · p pause · b one step back · a put back and end, each with enter; ctrl-c leaves the alias as it is"


class Typing:
    """Sends what is typed to the controls of a rollout, from its first step to the end of the `with`.

    Where there is no terminal, a rollout that waits for a person is put back: nobody would ever answer.
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._lines = TypedLines("rollout-keys", self._typed)

    def __enter__(self) -> Typing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()

    def take(self, event: Event) -> None:
        """Hears of the rollout's events."""
        if not isinstance(event, AtStep):
            return
        if terminal.can_ask():
            if not self._lines.listens:
                output.word(f"  {HELP}", dim=True)
                self._lines.listen()
        elif event.phase in ("paused", "asking"):
            output.word("  There is no terminal to ask on: it is put back.", fg="yellow")
            self._controls.abort()

    def _typed(self, line: str) -> None:
        controls = self._controls
        wishes = {"g": controls.go_on, "p": controls.pause, "b": controls.step_back, "a": controls.abort}
        wish = wishes.get(line.lower())
        if wish is None:
            output.word(f"  {HELP}", dim=True)
        else:
            wish()
