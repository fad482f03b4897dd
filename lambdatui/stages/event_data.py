"""What a run tells, as JSON objects: for `--json`, and for the journal of pipelines."""

from __future__ import annotations

from typing import Any

from lambdatui.stages.event import Asked, AtStep, Done, Event, Note, Result, Started
from lambdatui.stages.rollout.probes import Probed
from lambdatui.stages.rollout.verdict import Verdict


def as_data(event: Event) -> dict[str, Any]:
    """An event as a JSON object with `event`; an empty one for what comes too often to be kept, such as Progress."""
    match event:
        case AtStep():
            step = {"step": event.index + 1, "steps": len(event.percents), "percent": event.percent}
            return {"event": "step", "phase": event.phase, **step, "words": event.words}
        case Started(_, change):
            return {"event": "started", "operation": change.operation, "target": change.target}
        case Done(_, change):
            return {"event": "done", "operation": change.operation, "target": change.target}
        case Note(text):
            return {"event": "note", "text": text}
        case Asked(question, choices):
            return {"event": "asked", "question": question, "choices": list(choices)}
        case Result(Verdict() as verdict):
            return {
                "event": "verdict",
                "gate": verdict.gate,
                "outcome": verdict.outcome,
                "words": verdict.words,
                "figures": dict(verdict.figures),
            }
        case Result(Probed() as probed):
            return _probe(probed)
        case _:
            return {}


def _probe(probed: Probed) -> dict[str, Any]:
    found = probed.invocation
    return {
        "event": "probe",
        "probe": probed.probe,
        "number": found.number,
        "passed": not probed.failures,
        "failures": list(probed.failures),
        "outcome": found.outcome,
        "version": found.version,
        "latency_ms": round(found.latency, 3),
        "duration_ms": found.report.duration,
        "request_id": found.request_id,
        "log": found.log,
    }
