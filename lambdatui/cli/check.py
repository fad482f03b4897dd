"""`lambdatui check`: whether a pipeline's file could run, without AWS."""

from __future__ import annotations

from pathlib import Path

import click

from lambdatui import documents
from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.pipeline import pipeline_file, schema


def _schema(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        output.data(schema.text().rstrip())
        context.exit()


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_schema,
    help="Print the JSON Schema of a pipeline's file, for an editor, and end.",
)
@global_options
def check(context: Context, files: tuple[str, ...]) -> None:
    """Looks whether each FILE is a pipeline that could run: stages, their inputs, expressions, order.

    AWS is not asked. All that is wrong is told, each with its line; a warning alone is no failure.
    Ends with 2 where one of them could not run.
    """
    wrong = 0
    for name in files:
        text = documents.text_in(name)
        try:
            found = pipeline_file.examine(text, name, Path(name).resolve().parent)
        except BadInput as error:
            wrong += 1
            _tell(context, name, False, [(str(error), False)])
            continue
        wrong += found.file is None
        _tell(context, name, found.file is not None, [(words, problem.warning) for words, problem in found.told])
        if found.file is not None and not context.as_json:
            pipeline = found.file.pipeline
            many = len(pipeline.stages)
            output.word(f"✔ {name}: {pipeline.name}, {many} stage{'' if many == 1 else 's'}", fg="green")
    if wrong:
        raise BadInput(f"{wrong} of {len(files)} could not run." if len(files) > 1 else f"{files[0]} could not run.")


def _tell(context: Context, name: str, good: bool, told: list[tuple[str, bool]]) -> None:
    if context.as_json:
        errors = [words for words, warning in told if not warning]
        warnings = [words for words, warning in told if warning]
        output.data_json({"file": name, "valid": good, "errors": errors, "warnings": warnings})
        return
    for words, warning in told:
        output.word(f"{'▲' if warning else '✖'} {words}", fg="yellow" if warning else "red")
