"""`lambdatui delete`: versions by name, or a whole function."""

from __future__ import annotations

import click

from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.stages.delete import Delete


@click.command()
@click.argument("function")
@click.option("--version", "versions", multiple=True, metavar="VERSIONS", help="What to delete; may be repeated.")
@click.option("--archive", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="What is archived before it is deleted; auto: the last copy of each code.")  # fmt: skip
@click.option("--archive-to", metavar="PLACE", help="A folder or s3://BUCKET/PREFIX; else a folder of lambdatui's own.")
@click.option("--with-mappings", is_flag=True, help="Delete the function's event source mappings, too.")
@click.option("--with-log-group", is_flag=True, help="Delete the function's log group, too, with all that is in it.")
@click.option("--on-missing", type=click.Choice(["succeed", "fail", "skip"]), default="succeed", show_default=True,
              help="What it means where there is nothing to delete.")  # fmt: skip
@click.option("--fail-if-missing", is_flag=True, help="As --on-missing fail.")
@global_options
def delete(
    context: Context,
    function: str,
    versions: tuple[str, ...],
    archive: str,
    archive_to: str | None,
    with_mappings: bool,
    with_log_group: bool,
    on_missing: str,
    fail_if_missing: bool,
) -> None:
    """Deletes versions of FUNCTION, or, without --version, FUNCTION itself with all versions and aliases.

    A version that is in use is not deleted. VERSIONS is newest, previous, previous(2), oldest, a
    number, a range such as 3-9, older(SELECTOR), alias(NAME), description(TEXT), tag(WORD) or
    sha(PREFIX); the numbers are shown before anything is done.

    \b
    lambdatui delete checkout-api --version 3-9 --version oldest
    lambdatui delete checkout-legacy --with-log-group --plan
    """
    for flag, given in (("--with-mappings", with_mappings), ("--with-log-group", with_log_group)):
        if versions and given:
            raise BadInput(f"{flag}: goes with a whole function, and --version was given.")
    stage = stage_run.build(
        Delete,
        {"versions": "--version", "archive_to": "--archive-to"},
        function=function,
        versions=list(versions) or None,
        whole_function=not versions,
        archive=archive,
        archive_to=archive_to,
        with_mappings=with_mappings,
        with_log_group=with_log_group,
        on_missing="fail" if fail_if_missing else on_missing,
    )
    with stage_run.world(context) as here:
        stage_run.carry_out(context, stage, here)
