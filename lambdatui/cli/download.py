"""`lambdatui download`: a function's code and settings, to a folder that `deploy` takes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lambdatui.aws.functions import LATEST
from lambdatui.cli import output
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context, global_options
from lambdatui.clock import Clock
from lambdatui.stages import progress_words
from lambdatui.stages.deployed import Deployed
from lambdatui.stages.packages import downloading
from lambdatui.stages.stage import Progress
from lambdatui.text import size


@click.command()
@click.argument("function")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "-q",
    "--qualifier",
    default=LATEST,
    metavar="Q",
    help=f"A version's selector or an alias; else {LATEST}.",
)
@click.option("--with-environment", is_flag=True, help="Write the environment's values, too; else only its names.")
@global_options
def download(context: Context, function: str, folder: Path, qualifier: str, with_environment: bool) -> None:
    """Writes FUNCTION's code and settings to FOLDER, which must not be there yet, or be empty.

    It holds deploy.yaml, which says every setting and what is around the function; package.zip,
    byte for byte what AWS has; and package, the same unpacked. `lambdatui deploy FOLDER/deploy.yaml`
    takes it back unchanged. Of an image there is its URI.

    \b
    lambdatui download checkout-api ./checkout --qualifier live
    """
    clock = Clock()
    downloading.check_folder(folder)
    account = context.accounts().open()
    with cancelling(clock):
        found = downloading.find(account, function, qualifier)
        if context.plan_only:
            _tell(context, {"status": "planned", **_described(found), "folder": str(folder)})
            return
        progress = output.Progress()

        def told(now: Progress) -> None:
            progress.show(f"  {progress_words.told(now) if now.total else now.what}")

        try:
            done = downloading.download(
                account, found, folder, with_environment=with_environment, clock=clock, told=told
            )
        finally:
            progress.clear()
    for note in done.notes:
        output.word(f"  {note}", dim=True)
    _tell(
        context,
        {
            "status": "done",
            **_described(found),
            "folder": str(folder),
            "files": list(done.files),
            "notes": list(done.notes),
        },
    )


def _described(found: Deployed) -> dict[str, Any]:
    configuration = found.function.configuration
    return {
        "function": found.function.name,
        "version": found.version,
        "code": found.function.code.get("ImageUri", "") if found.is_image else size(configuration.get("CodeSize", 0)),
        "sha256": configuration.get("CodeSha256", ""),
    }


def _tell(context: Context, document: dict[str, Any]) -> None:
    if context.as_json:
        output.data_json(document)
        return
    told = [(name, value) for name, value in document.items() if name not in ("status", "notes")]
    for line in output.aligned(
        [(name, ", ".join(value) if isinstance(value, list) else value) for name, value in told]
    ):
        output.data(line)
