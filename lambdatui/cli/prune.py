"""`lambdatui prune`: old versions go, what is in use stays."""

from __future__ import annotations

import click

from lambdatui.cli import age, output, stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import LambdatuiError, StageFailed
from lambdatui.stages.delete import Delete


@click.command()
@click.argument("functions", nargs=-1, required=True, metavar="FUNCTION...")
@click.option("--keep", type=int, default=3, show_default=True, metavar="N", help="Keep the newest N versions.")
@click.option("--older-than", metavar="AGE", help="Delete only what is older, such as 30d, 6w or 1y.")
@global_options
def prune(context: Context, functions: tuple[str, ...], keep: int, older_than: str | None) -> None:
    """Deletes published versions of each FUNCTION, but the newest N and those that are in use.

    In use is a version that an alias serves, at whatever weight, and one with provisioned
    concurrency. One that AWS refuses to delete does not stop the rest.

    \b
    lambdatui prune checkout-api checkout-worker --keep 5 --older-than 30d --plan
    """
    days = age.days(older_than, "--older-than") if older_than else None
    flags = {"keep": "--keep", "older_than_days": "--older-than"}
    stages = [
        stage_run.build(Delete, flags, function=function, keep=keep, older_than_days=days) for function in functions
    ]
    failed: list[LambdatuiError] = []
    with stage_run.world(context) as here:
        for stage in stages:
            try:
                stage_run.carry_out(context, stage, here)
            except LambdatuiError as error:
                if len(stages) == 1 or error.exit_code in (4, 130):
                    raise
                output.word(f"{stage.function}: {error}", fg="red")
                failed.append(error)
    if failed:
        end = StageFailed(f"{len(failed)} of {len(stages)} functions were not pruned to the end.")
        end.exit_code = max(error.exit_code for error in failed)
        raise end
