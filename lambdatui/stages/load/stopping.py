"""When a run stops by itself, because too much of it goes wrong. Pure."""

from __future__ import annotations

from lambdatui.aws.invocations import Invocation


class Stopping:
    """Counts what ends; warm-ups do not count. Whatever is not `ok` is an error."""

    def __init__(
        self, max_errors: int | None = None, max_error_rate: float | None = None, error_rate_after: int = 20
    ) -> None:
        """`max_error_rate` is a share, 0.0 to 1.0, that is looked at once `error_rate_after` have ended."""
        self._max_errors = max_errors
        self._max_rate = max_error_rate
        self._after = error_rate_after
        self._count = 0
        self._errors = 0
        self.reason = ""
        """Why the run is to stop, in a sentence; empty while it is not."""

    def add(self, invocation: Invocation) -> None:
        """Counts one."""
        if invocation.warm_up or self.reason:
            return
        self._count += 1
        self._errors += invocation.outcome != "ok"
        if self._max_errors is not None and self._errors >= self._max_errors:
            self.reason = f"Stopped at {self._errors} that were not ok, of {self._count}: max_errors."
        elif self._max_rate is not None and self._count >= self._after and self._errors > self._max_rate * self._count:
            share = self._errors / self._count
            self.reason = f"Stopped at {self._errors} of {self._count} that were not ok ({share:.1%}): max_error_rate."
