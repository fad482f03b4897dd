"""`lambdatui deploy`: a function's code and settings from a file, from flags, or from both."""

from __future__ import annotations

from pathlib import Path

import click

from lambdatui import documents
from lambdatui.cli import output, stage_run
from lambdatui.cli.deploy_fields import deployment
from lambdatui.cli.options import Context, global_options, put_back_option
from lambdatui.errors import BadInput
from lambdatui.stages.deploy import Deploy


def _schema(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    schema = Deploy.model_json_schema() | {"title": "A deploy file of lambdatui"}
    output.data_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    context.exit()


@click.command()
@click.argument("file", metavar="[FILE.yaml]", required=False)
@click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="A field in place of the file's, such as memory=512, vpc.subnets=[subnet-1] or tags={}.",
)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_schema,
    help="Print the JSON Schema of the file, for an editor, and end.",
)
@put_back_option
@global_options
def deploy(context: Context, file: str | None, fields: tuple[str, ...], put_back: bool) -> None:
    """Creates or updates a function as FILE.yaml says, and publishes a version if it says so.

    What is not named is left alone; what is named as empty is removed. Paths in the file start from
    its folder. Without a file, --set says everything.

    \b
    function: checkout-api
    code: ./build                # a folder, a zip, s3://bucket/key, or an image's URI
    memory: 512                  # also: runtime, handler, role, timeout, environment, layers ...
    publish: true
    aliases: [beta]
    """
    if file is None and not fields:
        raise BadInput("FILE.yaml: a deploy file was expected, or --set function=NAME and what to set of it.")
    document = documents.read(file) if file else None
    stage = deployment(document, fields)
    try:
        with stage_run.world(context, Path(file).resolve().parent if file else None) as here:
            stage_run.carry_out(context, stage, here, put_back=put_back)
    except BadInput as error:
        if document is None or error.message.startswith(
            tuple(field.partition("=")[0].split(".")[0] for field in fields)
        ):
            raise
        raise documents.located(error, document) from None
