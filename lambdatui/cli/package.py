"""`lambdatui package`: what a deployment package holds, and the package itself, without AWS."""

from __future__ import annotations

from pathlib import Path

import click

from lambdatui import atomic_files
from lambdatui.cli import output
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput
from lambdatui.stages.packages import package as packages
from lambdatui.stages.packages import package_cache
from lambdatui.stages.packages.package import Package
from lambdatui.text import size


@click.command()
@click.argument("source", metavar="FOLDER|ZIP")
@click.option("-o", "--output", "target", metavar="FILE", help="Write the zip there.")
@click.option("--list", "listing", is_flag=True, help="List every file, and what was ignored.")
@global_options
def package(context: Context, source: str, target: str | None, listing: bool) -> None:
    """Tells what `deploy` and `update-code` would send for a folder or a zip, and writes it if wanted.

    The same files always give the same zip, and so the same sha256, which is AWS's CodeSha256. What the
    folder's .lambdaignore names, in gitignore's syntax, stays out. Nothing is asked of AWS.

    \b
    lambdatui package ./build --list
    lambdatui package ./build -o build.zip
    """
    folder = Path(source).expanduser()
    if target is not None:
        _check_target(Path(target).expanduser(), folder)
    built = packages.build(folder, source, package_cache.folder())
    if target is not None:
        _write(built, Path(target).expanduser())
    if context.as_json:
        output.data_json(as_data(built, listing))
        return
    if listing:
        _list(built)
    for line in output.aligned(
        [
            ("files", f"{len(built.members):,}"),
            ("ignored", f"{len(built.ignored):,}"),
            ("unzipped", f"{size(built.unzipped)} of {size(packages.UNZIPPED_LIMIT)}"),
            ("zipped", f"{size(built.zipped)}{_way(built)}"),
            ("sha256", built.sha256),
        ]
    ):
        (output.word if listing else output.data)(line)


def as_data(built: Package, listing: bool) -> dict[str, object]:
    """The package as a JSON document, with its files where they are wanted; sizes are bytes."""
    document: dict[str, object] = {
        "source": built.source,
        "files": len(built.members),
        "unzipped": built.unzipped,
        "zipped": built.zipped,
        "sha256": built.sha256,
    }
    if listing:
        document["members"] = [
            {"name": one.name, "size": one.size, "zipped": one.zipped, "executable": one.executable}
            for one in built.members
        ]
        document["ignored"] = list(built.ignored)
    return document


def _way(built: Package) -> str:
    return ", through S3" if built.zipped > packages.DIRECT_LIMIT else ""


def _list(built: Package) -> None:
    rows = [(f"{one.size:,}", f"{one.zipped:,}", one.name + ("*" if one.executable else "")) for one in built.members]
    rows += [("ignored", "–", name) for name in built.ignored]
    widths = [max(len(row[column]) for row in [("BYTES", "ZIPPED", ""), *rows]) for column in (0, 1)]
    for first, second, name in [("BYTES", "ZIPPED", "NAME"), *rows]:
        output.data(f"{first:>{widths[0]}}  {second:>{widths[1]}}  {name}")


def _check_target(target: Path, folder: Path) -> None:
    if target.is_dir():
        raise BadInput(f"-o: {target} is a folder; the name of a file was expected.")
    if folder.is_dir() and target.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"-o: {target} lies in the folder itself, and would be in the next package.")


def _write(built: Package, target: Path) -> None:
    try:
        with atomic_files.written(target, private=False) as file:
            for chunk in built.archive.chunks():
                file.buffer.write(chunk)
    except OSError as error:
        raise BadInput(f"-o: {target} cannot be written: {error.strerror or error}.") from None
    output.word(f"{target} written.")
