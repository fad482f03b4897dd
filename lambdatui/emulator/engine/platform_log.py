"""The lines that Lambda itself writes around those of a handler, in its two formats.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from lambdatui.emulator.engine.program import Program

_LEVELS = ("DEBUG", "INFO", "WARN")


class PlatformLog:
    """Makes the platform's lines of one environment. A line that the system log level leaves out is None."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._json = program.log_format == "JSON"
        level = program.system_log_level or "INFO"
        self._level = _LEVELS.index(level) if level in _LEVELS else 1

    def init_start(self, now: float) -> str | None:
        """The first line of a new environment."""
        program = self._program
        digest = hashlib.sha256(program.runtime.encode()).hexdigest()
        arn = f"arn:aws:lambda:{program.region}::runtime:{digest}"
        version = f"{program.runtime.replace('python', 'python:')}.v1"
        if not self._json:
            return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}"
        record = {
            "initializationType": "provisioned-concurrency" if program.provisioned else "on-demand",
            "phase": "init",
            "runtimeVersion": version,
            "runtimeVersionArn": arn,
            "functionName": program.name,
            "functionVersion": program.version,
        }
        return self._event(now, "INFO", "platform.initStart", record)

    def init_report(self, now: float, milliseconds: float, status: str, error_type: str | None) -> str | None:
        """What is written where an environment could not be started."""
        if not self._json:
            tail = f"\tError Type: {error_type}" if error_type else ""
            return f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: init\tStatus: {status}{tail}"
        record = {
            "initializationType": "on-demand",
            "phase": "init",
            "status": status,
            "errorType": error_type,
            "metrics": {"durationMs": round(milliseconds, 3)},
        }
        return self._event(now, "WARN", "platform.initReport", record)

    def start(self, now: float, request_id: str) -> str | None:
        """The first line of an invocation."""
        if not self._json:
            return f"START RequestId: {request_id} Version: {self._program.version}"
        record = {"requestId": request_id, "version": self._program.version}
        return self._event(now, "INFO", "platform.start", record)

    def end(self, now: float, request_id: str, status: str) -> str | None:
        """The line that ends what a handler wrote."""
        if not self._json:
            return f"END RequestId: {request_id}"
        level = "DEBUG" if status == "success" else "WARN"
        return self._event(now, level, "platform.runtimeDone", {"requestId": request_id, "status": status})

    def report(
        self,
        now: float,
        request_id: str,
        *,
        duration_ms: float,
        billed_ms: int,
        memory_used_mb: int,
        init_ms: float | None,
        status: str,
        error_type: str | None,
    ) -> str | None:
        """The last line of an invocation, with what it took."""
        memory_mb = self._program.memory_mb
        if not self._json:
            parts = [
                f"REPORT RequestId: {request_id}",
                f"Duration: {duration_ms:.2f} ms",
                f"Billed Duration: {billed_ms} ms",
                f"Memory Size: {memory_mb} MB",
                f"Max Memory Used: {memory_used_mb} MB",
            ]
            if init_ms is not None:
                parts.append(f"Init Duration: {init_ms:.2f} ms")
            if status == "timeout" or (error_type or "").startswith("Runtime."):
                parts.append(f"Status: {status}")
                if status != "timeout":
                    parts.append(f"Error Type: {error_type}")
            return "\t".join(parts) + "\t"
        metrics: dict[str, Any] = {
            "durationMs": round(duration_ms, 3),
            "billedDurationMs": billed_ms,
            "memorySizeMB": memory_mb,
            "maxMemoryUsedMB": memory_used_mb,
        }
        if init_ms is not None:
            metrics["initDurationMs"] = round(init_ms, 3)
        record = {"requestId": request_id, "metrics": metrics, "status": status}
        if error_type is not None and status != "timeout":
            record["errorType"] = error_type
        return self._event(now, "INFO" if status == "success" else "WARN", "platform.report", record)

    def _event(self, now: float, level: str, kind: str, record: dict[str, Any]) -> str | None:
        if _LEVELS.index(level) < self._level:
            return None
        kept = {name: value for name, value in record.items() if value is not None}
        return json.dumps({"time": iso_time(now), "type": kind, "record": kept}, separators=(",", ":"))


def iso_time(now: float) -> str:
    """A time as Lambda's log lines have it: `2026-11-24T08:49:55.000Z`."""
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
