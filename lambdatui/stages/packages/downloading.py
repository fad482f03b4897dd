"""A function on its way to a folder that `deploy` takes back: `deploy.yaml`, and its code.

The code stands there twice: `package.zip` is what AWS has, byte for byte, and `deploy.yaml` names it, so that deploying
what was downloaded finds the same CodeSha256 and changes nothing. A zip made of the unpacked files would hold the same
code in other bytes, whatever tool had made the first one. `package/` has the files, to be read and changed; whoever
wants those deployed says `code: package`, as a comment in the file tells. Of an image there is its URI.

What belongs to aliases, and to versions, stands in comments: it can be deployed only where those are there.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdatui.aws import packages, versions
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError
from lambdatui.aws.functions import LATEST
from lambdatui.clock import Clock
from lambdatui.errors import BadInput, near_match
from lambdatui.stages import deploy_file, deployed, selector, traffic
from lambdatui.stages.around.surrounding_values import SECRET
from lambdatui.stages.deployed import Deployed
from lambdatui.stages.packages import unpacking
from lambdatui.stages.packages.package import DIRECT_LIMIT, UNZIPPED_LIMIT
from lambdatui.stages.stage import Progress
from lambdatui.text import one_line

FILE, ZIP, UNPACKED = "deploy.yaml", "package.zip", "package"
"""What the folder holds; the last two only where the code is no image."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What was written into a folder. `notes` say what is not in it that may be looked for."""

    folder: Path
    function: str
    version: str
    files: tuple[str, ...]
    sha256: str
    """CodeSha256 as AWS gives it."""
    notes: tuple[str, ...]


def find(account: Account, function: str, which: str) -> Deployed:
    """The function as it stands, in the version that a selector, or the name of an alias, stands for.

    Raises BadInput or AwsError.
    """
    name, _, qualifier = function.rpartition("function:")[2].partition(":")
    if qualifier:
        raise BadInput(
            f"{function}: the name of a function was expected, or its ARN, without a version.",
            f"Give the version as a selector: {qualifier if qualifier.isdigit() else f'alias({qualifier})'}.",
        )
    if not re.fullmatch(r"[a-zA-Z0-9_-]+", name):
        raise BadInput(f"{function}: the name of a function was expected, or its ARN: letters, digits, - and _.")
    if which.strip() == LATEST:
        return deployed.read(account, function)
    published, aliases = versions.list_versions(account, function), versions.list_aliases(account, function)
    alias = next((entry for entry in aliases if entry.name == which), None)
    try:
        version = alias.version if alias else selector.resolve(which, name, published, aliases)
    except ValueError:
        names = [entry.name for entry in aliases]
        raise BadInput(
            f"{name} has no alias '{which}' (it has: {', '.join(names) or 'none'}), and it names no version."
            f"{near_match(which, (*names, *selector.WORDS))}"
        ) from None
    return deployed.read(account, function, version)


def check_folder(folder: Path) -> Path:
    """The folder with no symbolic link in its path. Raises BadInput unless it is not there yet, or is empty."""
    try:
        found = folder.expanduser().resolve()
        if found.is_dir():
            if any(found.iterdir()):
                raise BadInput(f"{folder}: is there already and not empty.", "Name a folder that is not there yet.")
            if found.samefile(Path.cwd()):
                raise BadInput(f"{folder}: is the folder you are in.", "Name one that is not there yet.")
        elif found.exists():
            raise BadInput(f"{folder}: is there already, and is no folder.")
        elif not found.parent.is_dir():
            raise BadInput(f"{folder}: there is no folder {found.parent} to make it in.")
    except (OSError, RuntimeError) as error:
        raise _unwritable(folder, error) from None
    return found


def download(
    account: Account,
    found: Deployed,
    folder: Path,
    *,
    with_environment: bool = False,
    clock: Clock,
    told: Callable[[Progress], None] = lambda _: None,
) -> Downloaded:
    """Writes a function into a folder that is not there yet, or is empty: all of it, or nothing.

    The values of the environment are written only `with_environment`; the file is the operator's alone then. `told`
    hears of the progress. Raises BadInput, AwsError or Cancelled; the folder is as it was before then.
    """
    target = check_folder(folder)
    if with_environment and "environment" not in found.values:
        error = found.function.configuration["Environment"]["Error"]
        raise AwsError(
            f"The environment cannot be read: {one_line(error.get('Message') or 'AWS gives no reason')}",
            "Without its values the rest can be downloaded.",
            operation="GetFunction",
            code=str(error.get("ErrorCode", "")),
        )
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as beside:
            # one that keeps to the umask, as what is moved there must
            made = Path(beside) / "made"
            made.mkdir()
            notes = [] if found.is_image else _fetch(account, found, made, clock, told)
            _write(made / FILE, _text(account, found, with_environment, clock), secret=with_environment)
            files = tuple(sorted(f"{path.name}{'/' if path.is_dir() else ''}" for path in made.iterdir()))
            clock.check()
            # never onto what came there meanwhile: a folder that is not empty is not replaced
            os.rename(made, target)
    except OSError as error:
        raise _unwritable(folder, error) from None
    configuration = found.function.configuration
    notes += [f"{name} could not be read: {error}" for name, error in found.refused.items()]
    notes += [f"{what} cannot be said in a deploy file." for what in found.unsaid]
    if not with_environment:
        notes += _left_out(found.values)
    return Downloaded(
        folder, found.function.name, found.version, files, str(configuration.get("CodeSha256", "")), tuple(notes)
    )


def _left_out(values: Mapping[str, Any]) -> list[str]:
    """Words on the secrets that were not asked for."""
    words = ["The environment's values were"] if values.get("environment") else []
    tokens = [entry["statement_id"] for entry in values.get("permissions", ()) if SECRET in entry]
    words += [f"The statement {name} of the resource policy, which holds a token, was" for name in tokens]
    return [f"{what} left out; --with-environment writes what is secret, too." for what in words]


def _fetch(
    account: Account, found: Deployed, folder: Path, clock: Clock, told: Callable[[Progress], None]
) -> list[str]:
    """Downloads the package and unpacks it; a word where that cannot be."""

    def came(count: int, total: int) -> None:
        told(Progress("downloading", count, total, " B"))

    packages.download(account, found.function, folder / ZIP, came, clock)
    told(Progress("unpacking", 0, None))
    try:
        unpacking.unpack(folder / ZIP, ZIP, folder / UNPACKED, UNZIPPED_LIMIT, clock)
    except BadInput as error:
        shutil.rmtree(folder / UNPACKED, ignore_errors=True)
        return [f"The package was not unpacked: {error}"]
    return []


def _write(path: Path, text: str, *, secret: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o666)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _text(account: Account, found: Deployed, with_environment: bool, clock: Clock) -> str:
    values = dict(found.values)
    names = values.get("environment")
    tokens: list[str] = []
    if not with_environment:
        values.pop("environment", None)
        tokens = _take_tokens(values)
    values, aside = _split(values)
    aside["permissions"] = [
        *(f"{name}: left out, for it holds a token (--with-environment writes it)" for name in tokens),
        *aside.get("permissions", []),
    ]
    comments: dict[str, str] = {}
    values["code"] = found.function.code.get("ImageUri", "") if found.is_image else ZIP
    if found.is_image:
        resolved = found.function.code.get("ResolvedImageUri", "")
        comments["code"] = f"This version runs {resolved}." if resolved else ""
    else:
        comments["code"] = f"What AWS has. To deploy what you change in {UNPACKED}/, say `code: {UNPACKED}`."
        if key := found.function.code.get("SourceKMSKeyArn"):
            values["code_kms_key"] = key
        if found.function.configuration.get("CodeSize", 0) > DIRECT_LIMIT:
            aside["upload_to"] = ["upload_to: s3://BUCKET   # where it goes on its way, being more than 50 MB"]
    if not with_environment:
        aside["environment"] = _names(names)
    aside |= {name: [f"{name}: it could not be read ({one_line(str(error))})"] for name, error in found.refused.items()}
    aside["publish"] = _release(found)
    text = deploy_file.written(values, heading=_heading(account, found, clock), comments=comments, aside=aside)
    if found.unsaid:
        text += "\n# What is there, too, and cannot be said here:\n"
        text += "".join(f"#   {one_line(what)}\n" for what in found.unsaid)
    return text


def _heading(account: Account, found: Deployed, clock: Clock) -> list[str]:
    what = found.function.name if found.version == LATEST else f"{found.function.name}, version {found.version},"
    where = f"account {account.identity().account_id}, {account.region}"
    when = dt.datetime.fromtimestamp(clock.now(), dt.UTC)
    return [
        f"{what} as it stood in {where}, on {when:%Y-%m-%d %H:%M} UTC.",
        f"`lambdatui deploy {FILE}` brings the function to this; look first with --plan.",
        "What is absent is left alone; what is empty is removed. What belongs to aliases or versions stands in",
        "comments: it can be deployed where they are there, or are named under aliases.",
    ]


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The values to be deployed, and what belongs to aliases and versions as lines of comment."""
    kept = dict(values)
    aside: dict[str, list[str]] = {}
    for name, value in values.items():
        if name == "provisioned_concurrency":
            del kept[name]
            aside[name] = deploy_file.entries(name, value, among_others=False)
        elif isinstance(value, list) and any(isinstance(entry, dict) and "qualifier" in entry for entry in value):
            own = [entry for entry in value if "qualifier" not in entry]
            others = [entry for entry in value if "qualifier" in entry]
            kept[name] = own
            if not own:
                del kept[name]
            aside[name] = deploy_file.entries(name, others, among_others=bool(own))
    return kept, aside


def _take_tokens(values: dict[str, Any]) -> list[str]:
    """Takes out the statements with a secret in them, and gives their names: without it they would be others."""
    permissions = values.pop("permissions", [])
    if kept := [entry for entry in permissions if SECRET not in entry]:
        values["permissions"] = kept
    return [entry["statement_id"] for entry in permissions if SECRET in entry]


def _names(environment: Mapping[str, str] | None) -> list[str]:
    if environment is None:
        return ["environment: AWS could not decrypt it, and it is left alone"]
    if not environment:
        return ["environment: there is none"]
    words = "environment: its values were not asked for, and are left alone; the names are"
    return [words, *(f"  {name}" for name in environment)]


def _release(found: Deployed) -> list[str]:
    lines = ["publish: true"]
    if found.version != LATEST:
        lines += deploy_file.entries(
            "publish_description", found.function.configuration.get("Description", ""), among_others=False
        )
    if found.aliases:
        names = ", ".join(alias.name for alias in found.aliases)
        leads = "; ".join(f"{alias.name}: {traffic.in_words(alias.version, alias.extra)}" for alias in found.aliases)
        lines += [f"aliases: [{names}]   # now {leads}"]
    return lines


def _unwritable(folder: Path, error: Exception) -> BadInput:
    return BadInput(f"{folder}: cannot be written: {getattr(error, 'strerror', None) or error}.")
