"""What becomes of a rollout that its operator has stopped: put back, or left for later."""

from __future__ import annotations

from lambdatui.cli import output, stage_run, terminal
from lambdatui.cli.options import Context
from lambdatui.errors import Cancelled, LambdatuiError
from lambdatui.stages.alias_standing import told
from lambdatui.stages.resume import Resume
from lambdatui.stages.rollout.stopped import stopped
from lambdatui.stages.route import Route
from lambdatui.stages.stage import World


def offer_way_back(context: Context, stage: Route, here: World, ended: Cancelled, at_once: bool) -> Cancelled:
    """Offers to put back what a rollout that was stopped has moved, or does so `at_once`; else says how to go on.

    Returns the error that the command ends with.
    """
    if here.journal is None:
        return ended
    found = next(
        (one for one in stopped(here.journal, function=stage.function) if one.state.alias == stage.alias), None
    )
    if found is None:
        return ended
    before = told(found.state.before)
    if at_once or (terminal.can_ask() and terminal.agrees(f"Put back {before}? Otherwise {found.target} stays so.")):
        # the operator has stopped the run, and its clock with it
        again = World(here.accounts, folder=here.folder, journal=here.journal, on_retry=here.on_retry)
        sure = Context({**context.given, "yes": True})
        try:
            stage_run.carry_out(sure, Resume.of(found, "put back"), again, show_outputs=False)
            return Cancelled(f"Stopped by the operator. Put back: {before}.")
        except LambdatuiError as error:
            output.word(f"It was not put back: {error}", fg="red")
    output.word(
        f"`lambdatui resume {found.run.id}` goes on with it; with --put-back, it puts back the routing from before.",
        fg="yellow",
    )
    return ended
