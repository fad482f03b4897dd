"""`lambdatui resume`: pipelines and rollouts that stopped half-way."""

from __future__ import annotations

from typing import Any

import click

from lambdatui.cli import output, pipeline_run, stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.journal import Journal, PipelineRuns
from lambdatui.moments import clock_words
from lambdatui.pipeline import taking_up_run
from lambdatui.stages.alias_standing import told
from lambdatui.stages.resume import Resume, leave
from lambdatui.stages.rollout.stopped import Stopped, stopped


@click.command()
@click.argument("run", required=False)
@click.option("--put-back", is_flag=True, help="Put back the routing from before the rollout.")
@click.option("--leave", "leaves", is_flag=True, help="Leave the alias as it is, and offer it no more.")
@click.option("--from", "stage", metavar="STAGE", help="A pipeline: run it anew from this stage on.")
@click.option("--parameter", "-p", "texts", multiple=True, metavar="NAME=VALUE", help="A secret parameter, given anew.")
@click.option(
    "--approve",
    "approved",
    multiple=True,
    metavar="STAGE[=CHOICE]",
    help="Say yes, or one of its choices, where STAGE asks a person.",
)
@global_options
def resume(
    context: Context,
    run: str | None,
    put_back: bool,
    leaves: bool,
    stage: str | None,
    texts: tuple[str, ...],
    approved: tuple[str, ...],
) -> None:
    """Goes on with RUN: a pipeline, or a rollout from the step that its alias is at.

    A pipeline whose process is gone goes on with what was under way, and does nothing twice; one that failed or was
    stopped begins again at the stages that failed. What ended well keeps its outputs. A rollout may also be put back,
    or left; an alias that somebody else has changed since is not touched. Without RUN, all that stopped half-way is
    listed.

    \b
    lambdatui resume
    lambdatui resume 1b2f90ac77de
    lambdatui resume 1b2f90ac77de --put-back
    """
    if put_back and leaves:
        raise BadInput("resume: --put-back or --leave was expected, not both.")
    if run is None and (put_back or leaves):
        raise BadInput("resume: a RUN was expected.", "`lambdatui resume` lists them.")
    with stage_run.world(context, tell_stopped=False) as here:
        assert here.journal is not None
        if run is None:
            _list(context, here.journal)
        elif taking_up_run.found(here, run) is not None:
            if put_back or leaves:
                raise BadInput(
                    f"{run} is the run of a pipeline; its rollout has a run of its own to put back or leave."
                )
            secrets, answers = pipeline_run.given(texts), pipeline_run.approvals(approved)
            pipeline_run.taken_up(context, here, taking_up_run.prepared(here, run, stage), secrets, answers)
        elif stage or texts or approved:
            raise BadInput(f"There is no run '{run}' of a pipeline in the journal.", "`lambdatui runs` lists them.")
        elif leaves:
            left = leave(here.journal, run)
            output.word(f"{left.target} stays as it is: {told(left.state.stands)}.")
        else:
            found = next((one for one in stopped(here.journal) if one.run.id == run), None)
            if found is None:
                raise BadInput(f"There is no rollout '{run}' that stopped half-way.", "`lambdatui resume` lists them.")
            more = {"profile": context.given["profile"]} if context.given.get("profile") else {}
            stage_run.carry_out(context, Resume.of(found, "put back" if put_back else "go on", **more), here)


def _list(context: Context, journal: Journal) -> None:
    found = stopped(journal)
    pipelines = [one for one in PipelineRuns(journal).runs() if one.status == "unknown"]
    if context.as_json:
        for one in found:
            output.data_json(_as_data(one))
        for each in pipelines:
            output.data_json({"run": each.id, "pipeline": each.name, "started": each.started, "attempt": each.attempt})
        return
    for each in pipelines:
        output.data(f"{each.id}  A run of {each.name}, begun at {clock_words(each.started)}, lost its process.")
    for one in found:
        output.data(f"{one.run.id}  {one.sentence}  [{one.run.account_id} {one.run.profile} {one.run.region}]")
    if found:
        output.word("lambdatui resume RUN goes on, --put-back restores the routing from before, --leave leaves it.")
    elif pipelines:
        output.word("lambdatui resume RUN goes on.")
    else:
        output.word("Nothing stopped half-way.", dim=True)


def _as_data(one: Stopped) -> dict[str, Any]:
    return {
        "run": one.run.id,
        "function": one.run.function,
        "alias": one.state.alias,
        "account": one.run.account_id,
        "region": one.run.region,
        "profile": one.run.profile,
        "stopped": one.where,
        "at": one.at,
        "before": told(one.state.before),
        "stands": told(one.state.stands),
        "writing": told(one.state.writing) if one.state.writing is not None else None,
    }
