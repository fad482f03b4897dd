"""What a run of a pipeline tells, as JSON objects: for `--json`, and for the journal."""

from __future__ import annotations

from typing import Any

from lambdatui.aws.masking import masked
from lambdatui.pipeline.events import (
    PipelineBegan,
    PipelineEnded,
    PipelineEvent,
    PipelinePaused,
    PipelineWentOn,
    StageBegan,
    StageEnded,
    StageEvent,
    StagePlanned,
)
from lambdatui.stages import event_data


def as_data(event: PipelineEvent) -> dict[str, Any]:
    """An event as a JSON object with `event`, and `stage` where it is one's; an empty one for what is not kept."""
    match event:
        case PipelineBegan(run, attempt, parameters, _):
            return {"event": "pipeline_began", "run": run, "attempt": attempt, "parameters": dict(parameters)}
        case StageBegan(id):
            return {"event": "stage_began", "stage": id}
        case StagePlanned(id, plan):
            changes = [{"operation": change.operation, "target": change.target} for change in plan.changes]
            return {"event": "planned", "stage": id, "title": plan.title, "changes": changes}
        case StageEvent(id, inner):
            data = event_data.as_data(inner)
            return {**data, "stage": id} if data else {}
        case StageEnded(id, status, outputs, error):
            told = {"event": "stage_ended", "stage": id, "status": str(status), "outputs": masked(dict(outputs))}
            return {**told, "error": str(error) if error else ""}
        case PipelinePaused():
            return {"event": "paused"}
        case PipelineWentOn():
            return {"event": "went_on"}
        case PipelineEnded(status, error):
            return {"event": "pipeline_ended", "status": str(status), "error": str(error) if error else ""}
