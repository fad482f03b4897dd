"""What was done, to what, with what before: the record that history, undo and resume read."""

from lambdatui.journal.busy import Busy
from lambdatui.journal.journal import Journal, within
from lambdatui.journal.pipeline_runs import EventRecord, PipelineRun, PipelineRuns, StageRecord
from lambdatui.journal.records import Entry, Run
from lambdatui.journal.rollout_state import Checkpoint, RolloutState, Routing

__all__ = [
    "Busy",
    "Checkpoint",
    "Entry",
    "EventRecord",
    "Journal",
    "PipelineRun",
    "PipelineRuns",
    "RolloutState",
    "Routing",
    "Run",
    "StageRecord",
    "within",
]
