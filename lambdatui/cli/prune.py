"""`lambdatui prune`: old versions go, what is in use stays."""

from __future__ import annotations

import re

import click

from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.stages.delete import Delete

_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}


@click.command()
@click.argument("functions", nargs=-1, required=True, metavar="FUNCTION...")
@click.option("--keep", type=int, default=None, metavar="N", help="Keep the newest N versions.  [default: 3]")
@click.option("--older-than", metavar="AGE", help="Delete only what is older, such as 30d, 2w or 1y.")
@global_options
def prune(context: Context, functions: tuple[str, ...], keep: int | None, older_than: str | None) -> None:
    """Deletes published versions of each FUNCTION, but the newest N and those that an alias serves."""
    age = _days(older_than) if older_than else None
    stages = [
        stage_run.build(Delete, function=function, keep=3 if keep is None else keep, older_than_days=age)
        for function in functions
    ]
    failed: LambdatuiError | None = None
    with stage_run.world(context) as here:
        for stage in stages:
            try:
                stage_run.carry_out(context, stage, here)
            except LambdatuiError as error:
                if len(stages) == 1 or error.exit_code in (4, 130):
                    raise
                click.echo(f"lambdatui: {stage.function}: {error}", err=True)
                failed = error
    if failed is not None:
        raise failed


def _days(text: str) -> int:
    match = re.fullmatch(r"(\d+)([dwmy])", text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise BadInput(f"--older-than: an age such as 30d, 2w, 6m or 1y was expected, not '{text}'.")
    return int(match[1]) * _UNITS[match[2]]
