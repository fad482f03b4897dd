"""`lambdatui import-spinnaker`: a pipeline as Spinnaker exports it, as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from lambdatui import documents
from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, Refused, StageFailed
from lambdatui.pipeline.spinnaker import importing


@click.command("import-spinnaker")
@click.argument("file", metavar="FILE.json")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), metavar="OUT.yaml", help="Write it there.")
@click.option("--accounts", metavar="MAP.yaml", help="The AWS profile of each Spinnaker account: `account: profile`.")
@click.option("--pipeline", metavar="NAME", help="Which one, where the file holds several.")
@global_options
def import_spinnaker(
    context: Context, file: str, target: Path | None, accounts: str | None, pipeline: str | None
) -> None:
    """Writes the pipeline in FILE as one that `lambdatui run` takes, to standard output or to OUT.yaml.

    FILE is the JSON that Spinnaker shows under "Edit as JSON", one pipeline or a list of them. What
    is carried over otherwise than it stood, or not at all, stands in the output as a comment and on
    standard error, with its place. A stage or an expression that has no counterpart fails with that
    place when a run gets to it; then this command ends with 1.

    \b
    lambdatui import-spinnaker pipeline.json -o release.yaml --accounts accounts.yaml
    lambdatui check release.yaml
    """
    if target is not None and target.exists() and not context.yes:
        raise Refused(f"{target} is there already.", "Give --yes to write over it.")
    document = importing.read(documents.text_in(file), file)
    found = importing.imported(document, _profiles(accounts), pipeline)
    for remark in found.remarks:
        output.word(str(remark), fg="red" if remark.lost else "yellow")
    if context.as_json:
        remarks = [{"place": one.place, "words": one.words, "lost": one.lost} for one in found.remarks]
        output.data_json({"name": found.name, "pipeline": found.text, "remarks": remarks})
    elif target is None:
        output.data(found.text.rstrip("\n"))
    if target is not None:
        try:
            target.write_text(found.text, encoding="utf-8")
        except OSError as error:
            raise BadInput(f"{target}: cannot be written: {error.strerror}.") from None
        output.word(f"{found.name} → {target}", bold=True)
    if found.lost:
        count = len(found.lost)
        raise StageFailed(f"{count} {'thing was' if count == 1 else 'things were'} not carried over: see above.")


def _profiles(file: str | None) -> Mapping[str, str]:
    if file is None:
        return {}
    document = documents.read(file)
    if not isinstance(document.value, dict):
        raise BadInput(f"{document.place(())}: `account: profile`, one a line, was expected.")
    for account, profile in document.value.items():
        if not isinstance(profile, str):
            raise BadInput(f"{document.place((account,))}: the name of an AWS profile was expected for '{account}'.")
    return {str(account): profile for account, profile in document.value.items()}
