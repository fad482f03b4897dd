"""Which runs are watched on a screen of their own, rather than in the lines of the dialog that shows their plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdatui.journal import Run
    from lambdatui.stages.plan import Plan
    from lambdatui.stages.stage import Stage
    from lambdatui.tui.screens.run import RunScreen
    from lambdatui.tui.session import Session


def live_view(
    session: Session, stage: Stage, plan: Plan, folder: Path | None = None, anyway: bool = False
) -> RunScreen | None:
    """The screen for a rollout that moves in steps, or for probes before a switch; None for any other run."""
    if stage.is_rollout and "state" in plan.facts and getattr(stage, "how", "go on") == "go on":
        from lambdatui.tui.screens.rollout import RolloutScreen

        return RolloutScreen(session, stage, plan, folder, anyway)
    if getattr(getattr(stage, "strategy", None), "kind", "") == "blue_green":
        from lambdatui.tui.screens.probing import ProbingScreen

        return ProbingScreen(session, stage, plan, folder, anyway)
    return None


def is_rollout_run(run: Run) -> bool:
    """Whether a run of the journal moves, or moved, traffic in steps."""
    strategy = run.inputs.get("strategy")
    return run.kind == "resume" or (isinstance(strategy, dict) and strategy.get("kind") == "gradual")
