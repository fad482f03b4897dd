"""`lambdatui resume`: rollouts that stopped half-way."""

from __future__ import annotations

from typing import Any

import click

from lambdatui.cli import output, stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.journal import Journal
from lambdatui.stages.alias_standing import told
from lambdatui.stages.resume import Resume, leave
from lambdatui.stages.rollout.stopped import Stopped, stopped


@click.command()
@click.argument("run", required=False)
@click.option("--put-back", is_flag=True, help="Put back the routing from before the rollout.")
@click.option("--leave", "leaves", is_flag=True, help="Leave the alias as it is, and offer it no more.")
@global_options
def resume(context: Context, run: str | None, put_back: bool, leaves: bool) -> None:
    """Goes on with the rollout RUN from the step that its alias is at, puts it back, or leaves it.

    Without RUN, lists the rollouts that stopped half-way: whose process was ended, or that failed. It reads first
    what AWS says now; an alias that somebody else has changed since is not touched.

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
    if context.as_json:
        for one in found:
            output.data_json(_as_data(one))
        return
    for one in found:
        output.data(f"{one.run.id}  {one.sentence}  [{one.run.account_id} {one.run.profile} {one.run.region}]")
    if found:
        output.word("lambdatui resume RUN goes on, --put-back restores the routing from before, --leave leaves it.")
    else:
        output.word("No rollout stopped half-way.", dim=True)


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
