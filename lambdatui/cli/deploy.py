"""`lambdatui deploy`: a function's code and settings from a file."""

from __future__ import annotations

from pathlib import Path

import click

from lambdatui import documents
from lambdatui.cli import stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.stages.deploy import Deploy


@click.command()
@click.argument("file", metavar="FILE.yaml")
@global_options
def deploy(context: Context, file: str) -> None:
    """Creates or updates a function as FILE.yaml says, and publishes a version if it says so.

    What the file does not name is left alone; what it names as empty is removed. Paths in it start
    from its folder.

    \b
    function: checkout-api
    code: ./build                # a folder, a zip, s3://bucket/key, or an image's URI
    memory: 512                  # also: runtime, handler, role, timeout, environment, layers ...
    publish: true
    aliases: [beta]
    """
    stage = documents.check(documents.read(file), Deploy)
    with stage_run.world(context, Path(file).resolve().parent) as here:
        stage_run.carry_out(context, stage, here)
