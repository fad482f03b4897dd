"""`lambdatui undo`: takes back what was done from here."""

from __future__ import annotations

import click

from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.stages.undo import Undo


@click.command()
@click.argument("entry", required=False)
@click.option("--function", metavar="NAME", help="The newest run on this function.")
@global_options
def undo(context: Context, entry: str | None, function: str | None) -> None:
    """Takes back the newest run that is not undone yet, or ENTRY: the id of a run or of a call in the history.

    It first reads what stands there now. What somebody has changed since is told and left, unless --anyway is given.
    Versions that a run published stay; a call that published one is undone by its own id.

    \b
    lambdatui undo --plan
    lambdatui undo --function checkout-api
    lambdatui undo 1b2f90ac77de
    """
    if entry is not None and function is not None:
        raise BadInput("undo: an entry or --function was expected, not both.")
    with stage_run.world(context) as here:
        assert here.journal is not None
        more = {"anyway": context.anyway}
        if context.given.get("profile"):
            more["profile"] = context.given["profile"]
        if entry is not None:
            stage = Undo.named(here.journal, entry, **more)
        else:
            stage = Undo.last(here.journal, function, **more)
        stage_run.carry_out(context, stage, here)
