"""`lambdatui restore`: an archived version is published again."""

from __future__ import annotations

from pathlib import Path

import click

from lambdatui.aws.account import Account
from lambdatui.aws.functions import plain_name
from lambdatui.cli import output, stage_run
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.stages.pruning import archive_places, version_archive
from lambdatui.stages.pruning.version_archive import Archived
from lambdatui.stages.restore import Restore
from lambdatui.text import size


@click.command()
@click.argument("function")
@click.argument("archived", required=False, metavar="[VERSION|ARCHIVE]")
@click.option(
    "--from", "root", metavar="FOLDER", help="Where archives were put with --archive-to; else lambdatui's own."
)
@click.option("--upload-to", metavar="s3://BUCKET/PREFIX", help="Where a package of more than 50 MB goes on its way.")
@global_options
def restore(context: Context, function: str, archived: str | None, root: str | None, upload_to: str | None) -> None:
    """Publishes a version of FUNCTION again that was archived before it was deleted, under a new number.

    It is named by the VERSION it was, whose newest archive is taken, or by the ARCHIVE itself: a
    folder, or s3://BUCKET/PREFIX as the deletion told it. Without either, the archives are listed.
    The code and settings of $LATEST are those of the archive for a moment, and then what they were.
    A function that is gone is made again.

    \b
    lambdatui restore checkout-api
    lambdatui restore checkout-api 38 --plan
    """
    with stage_run.world(context) as here:
        address = archived
        if archived is None or archived.isdigit() or archived in ("latest", "$LATEST"):
            account = here.accounts.open()
            where = Path(root or archive_places.default_root()).expanduser()
            found = _archives(account, function, where)
            if archived is None:
                _tell(context, found, where)
                return
            wanted = "$LATEST" if archived == "latest" else archived
            address = next((str(one.place) for one in found if one.version == wanted), None)
            if address is None:
                there = ", ".join(dict.fromkeys(one.version for one in found))
                raise BadInput(
                    f"There is no archive of version {wanted} of {function} here"
                    f"{f' (there are those of {there})' if there else ''}.",
                    "--from names another folder; one in S3 is named by its own address.",
                )
        stage = stage_run.build(
            Restore, {"upload_to": "--upload-to"}, function=function, archived=address, upload_to=upload_to
        )
        stage_run.carry_out(context, stage, here)


def _archives(account: Account, function: str, root: Path) -> list[Archived]:
    """The archives of a function on this machine, the newest first. What cannot be read is told."""
    found = []
    for path in archive_places.folders(root, account.identity().account_id, account.region, plain_name(function)):
        try:
            found.append(version_archive.read(archive_places.Folder(path), account))
        except LambdatuiError as error:
            output.word(str(error), fg="red")
    return found


def _tell(context: Context, found: list[Archived], where: Path) -> None:
    if context.as_json:
        for one in found:
            output.data_json(
                {
                    "function": one.function,
                    "version": one.version,
                    "at": one.at,
                    "sha256": one.sha256,
                    "code_size": one.code_size,
                    "description": one.description,
                    "archive": str(one.place),
                }
            )
        return
    rows = [
        [one.version, one.at, one.sha256[:8], one.image or size(one.code_size), one.description, str(one.place)]
        for one in found
    ]
    if rows:
        output.table(["VERSION", "ARCHIVED", "SHA-256", "CODE", "DESCRIPTION", "ARCHIVE"], rows)
    output.word(f"{len(rows)} archived in {archive_places.told(str(where))}.", dim=True)
