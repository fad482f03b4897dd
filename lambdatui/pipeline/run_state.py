"""What is known of a run of a pipeline at a moment: its facts, and how each stage stands. Safe to use from threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lambdatui.aws.masking import MASK
from lambdatui.errors import LambdatuiError
from lambdatui.pipeline.parameters import unsecret
from lambdatui.pipeline.pipeline_file import PipelineFile
from lambdatui.pipeline.status import Status
from lambdatui.settings import private

_SECRET_NAMES = ("password", "secret", "token", "credential", "key")


class RunState:
    """The facts of a run, and how its stages stand. `started` is in seconds since the epoch."""

    def __init__(
        self,
        file: PipelineFile,
        parameters: Mapping[str, Any],
        *,
        run: str,
        attempt: int,
        started: float,
        folder: Path,
    ) -> None:
        self.file = file
        self.parameters = dict(parameters)
        self.run = run
        self.attempt = attempt
        self.started = started
        self.folder = folder
        self._lock = threading.Lock()
        self._statuses = dict.fromkeys(file.graph.ids, Status.WAITING)
        self._outputs: dict[str, Mapping[str, Any]] = {name: {} for name in file.graph.ids}
        self._errors = dict.fromkeys(file.graph.ids, "")
        self._secrets = self._found_secrets()

    def _found_secrets(self) -> frozenset[str]:
        pipeline = self.file.pipeline
        found = [self.parameters.get(name) for name, one in pipeline.parameters.items() if one.secret]
        found += [os.environ.get(name) for name in pipeline.env if any(word in name.lower() for word in _SECRET_NAMES)]
        return frozenset(str(value) for value in found if value not in (None, "", MASK))

    def status(self, stage: str) -> Status:
        with self._lock:
            return self._statuses[stage]

    @property
    def statuses(self) -> dict[str, Status]:
        """How every stage stands."""
        with self._lock:
            return dict(self._statuses)

    def put(self, stage: str, status: Status, outputs: Mapping[str, Any] | None = None, error: str = "") -> None:
        """A stage stands otherwise now."""
        with self._lock:
            self._statuses[stage] = status
            if outputs is not None:
                self._outputs[stage] = dict(outputs)
            self._errors[stage] = error

    def outputs(self, stage: str) -> Mapping[str, Any]:
        with self._lock:
            return self._outputs[stage]

    def names(self) -> dict[str, Any]:
        """What expressions may read now."""
        with self._lock:
            stages = {
                name: {"status": str(status), "outputs": self._outputs[name], "error": self._errors[name]}
                for name, status in self._statuses.items()
            }
        return {
            "parameters": self.parameters,
            "stages": stages,
            "env": {name: os.environ[name] for name in self.file.pipeline.env if name in os.environ},
            "run": {
                "id": self.run,
                "started": self.started,
                "attempt": self.attempt,
                "folder": str(private(self.folder)),
                "pipeline": self.file.pipeline.name,
            },
        }

    def unsecret(self, value: Any) -> Any:
        """A copy of a value as it may be kept: the texts of secret parameters and variables are masked."""
        return unsecret(value, self._secrets) if self._secrets else value

    def mask_error(self, error: LambdatuiError) -> None:
        """Masks the texts of secrets in an error's words, before it is told."""
        error.message, error.hint = self.unsecret(error.message), self.unsecret(error.hint)
