"""`lambdatui delete`: versions by name, or a whole function."""

from __future__ import annotations

import click

from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.stages.delete import Delete


@click.command()
@click.argument("function")
@click.option("--version", "versions", multiple=True, metavar="SELECTOR", help="A version to delete; may be repeated.")
@click.option("--fail-if-missing", is_flag=True, help="End with an error where there is nothing to delete.")
@global_options
def delete(context: Context, function: str, versions: tuple[str, ...], fail_if_missing: bool) -> None:
    """Deletes versions of FUNCTION, or, without --version, FUNCTION itself with all versions and aliases.

    A version that an alias serves is not deleted. A SELECTOR is newest, previous, previous(2),
    oldest, a number, alias(NAME), description(TEXT), tag(WORD) or sha(PREFIX); its number is shown
    before anything is done.

    \b
    lambdatui delete checkout-api --version 38 --version oldest
    lambdatui delete checkout-legacy --plan
    """
    stage = stage_run.build(
        Delete,
        {"versions": "--version"},
        function=function,
        versions=list(versions) or None,
        whole_function=not versions,
        on_missing="fail" if fail_if_missing else "succeed",
    )
    with stage_run.world(context) as here:
        stage_run.carry_out(context, stage, here)
