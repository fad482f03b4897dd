"""`lambdatui shapes`: the events there are to choose from, AWS's and one's own."""

from __future__ import annotations

import click

from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.stages.load import library


@click.command()
@click.argument("name", required=False)
@global_options
def shapes(context: Context, name: str | None) -> None:
    """AWS's event shapes, and the events of your own library; with NAME, a shape as a template to change.

    Your library is a folder of YAML files with `payload`, and `description` where you like: the setting
    payload_library, else the folder payloads beside the settings.

    \b
    lambdatui shapes sqs > order.json
    lambdatui invoke checkout-worker --template order.json
    """
    if name is not None:
        output.data(library.shape_text(name))
        return
    own = library.offers(library.folder(context.settings()))
    if context.as_json:
        for one in [*library.shapes(), *own]:
            output.data_json(
                {"name": one.name, "description": one.description, "source": one.source, "problem": one.problem}
            )
        return
    rows = [(one.name, "--shape", one.description) for one in library.shapes()]
    rows += [(one.name, "--event", one.problem or one.description or one.source) for one in own]
    output.table(("NAME", "FLAG", "WHAT"), rows)
