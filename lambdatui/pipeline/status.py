"""How a stage or a pipeline stands."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How a stage stands; a pipeline is `running`, `done`, `failed` or `cancelled`. In brackets Spinnaker's word."""

    WAITING = "waiting"
    """It has not begun (NOT_STARTED); at the end of a run: it was never reached."""
    RUNNING = "running"
    """It is under way (RUNNING)."""
    DONE = "done"
    """It ended well (SUCCEEDED)."""
    IGNORED = "ignored"
    """It failed, and the pipeline goes on as if it had not (FAILED_CONTINUE)."""
    SKIPPED = "skipped"
    """Its `when` was false; what needs it goes on (SKIPPED)."""
    FAILED = "failed"
    """It failed, and that ends the pipeline (TERMINAL)."""
    HALTED = "halted"
    """It failed, and that ends its branch (STOPPED)."""
    CANCELLED = "cancelled"
    """It was stopped by a person, or by the end of the pipeline (CANCELED)."""

    @property
    def lets_on(self) -> bool:
        """Whether what needs the stage may begin."""
        return self in (Status.DONE, Status.IGNORED, Status.SKIPPED)

    @property
    def over(self) -> bool:
        return self not in (Status.WAITING, Status.RUNNING)
