"""`lambdatui update-code`: other code for a function, its settings left alone."""

from __future__ import annotations

import click

from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options, put_back_option
from lambdatui.stages.update_code import UpdateCode


@click.command("update-code")
@click.argument("function")
@click.argument("code")
@click.option(
    "--upload-to", metavar="S3://BUCKET", help="Where a package of more than 50 MB goes on its way to Lambda."
)
@click.option("--publish", is_flag=True, help="Publish a version of it.")
@click.option("--description", help="The published version's description; implies --publish.")
@click.option("--alias", "aliases", multiple=True, metavar="ALIAS", help="Point an alias at it; implies --publish.")
@click.option(
    "--alias-weights",
    type=click.Choice(["keep", "clear"]),
    help="Where an alias shares its traffic with a second version: keep that one's share, or clear it.",
)
@put_back_option
@global_options
def update_code(
    context: Context,
    function: str,
    code: str,
    upload_to: str | None,
    publish: bool,
    description: str | None,
    aliases: tuple[str, ...],
    alias_weights: str | None,
    put_back: bool,
) -> None:
    """Gives FUNCTION the code in CODE: a folder, a zip, s3://bucket/key, or an image's URI.

    A folder is zipped so that the same files always give the same zip; a .lambdaignore in it, in
    gitignore's syntax, says what stays out. Code that is deployed already is not sent again.

    \b
    lambdatui update-code checkout-api ./build --publish --description "new tax engine"
    """
    stage = stage_run.build(
        UpdateCode,
        {
            "upload_to": "--upload-to",
            "publish_description": "--description",
            "aliases": "--alias",
            "alias_weights": "--alias-weights",
        },
        function=function,
        code=code,
        upload_to=upload_to,
        publish=publish or bool(aliases) or description is not None,
        publish_description=description,
        aliases=list(aliases),
        alias_weights=alias_weights,
    )
    with stage_run.world(context) as here:
        stage_run.carry_out(context, stage, here, put_back=put_back)
