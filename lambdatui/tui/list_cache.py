"""The last function lists on disk, by account and region, so that the first frame has rows.

What is kept is what ListFunctions says of each function, without environment values; the folder is the owner's alone.
A list is found again by what led to it (profiles, regions, the variables that botocore reads), and is shown as stale
until AWS has answered under the same account.
"""

from __future__ import annotations

import json
import os
import re
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from lambdatui import atomic_files
from lambdatui.aws.listing import FunctionRecord
from lambdatui.aws.scope import Scope
from lambdatui.settings import Settings

FORMAT = 1
_VARIABLES = (
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_LAMBDA",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ROLE_ARN",
)


class Kept(NamedTuple):
    """The last list of one scope: whose it is, when it was read (epoch seconds), and its functions."""

    scope: Scope
    account_id: str
    arn: str
    at: float
    records: list[FunctionRecord]


class ListCache:
    """The lists that belong to some settings, in a folder."""

    def __init__(self, folder: Path, settings: Settings, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self._folder = folder
        led_by = [
            FORMAT,
            settings.profile,
            settings.region,
            settings.endpoint_url,
            settings.regions,
            {name: (profile.regions, profile.role_arn) for name, profile in settings.profiles.items()},
            [environ.get(name) for name in _VARIABLES],
        ]
        text = json.dumps(led_by, default=list, sort_keys=True).encode()
        # no secret and no attacker: hashlib would load OpenSSL before the first frame
        self._index = folder / f"scopes-{zlib.crc32(text):08x}{zlib.adler32(text):08x}.json"

    def load(self) -> list[Kept]:
        """The lists that were kept; none where there are none, or they cannot be read."""
        found = []
        for entry in _read(self._index) or ():
            try:
                scope, account_id, arn = Scope(*entry["scope"]), str(entry["account"]), str(entry["arn"])
                kept = _read(self._file(account_id, scope.region))
                if kept is not None and kept["format"] == FORMAT:
                    records = [FunctionRecord(scope, *row) for row in kept["rows"]]
                    found.append(Kept(scope, account_id, arn, float(kept["at"]), records))
            except (KeyError, TypeError, ValueError):
                continue
        return found

    def save(self, lists: Sequence[Kept]) -> None:
        """Keeps these lists in the place of what was kept for these settings. What cannot be written is let be."""
        for kept in lists:
            document = {"format": FORMAT, "at": kept.at, "rows": [record[1:] for record in kept.records]}
            _write(self._file(kept.account_id, kept.scope.region), document)
        _write(
            self._index,
            [{"scope": list(kept.scope), "account": kept.account_id, "arn": kept.arn} for kept in lists],
        )

    def _file(self, account_id: str, region: str) -> Path:
        return self._folder / f"functions-{_plain(account_id)}-{_plain(region)}.json"


def kept(scope: Scope, account_id: str, arn: str, records: Iterable[FunctionRecord]) -> Kept:
    """A list that was just read."""
    return Kept(scope, account_id, arn, time.time(), list(records))


def _plain(text: str) -> str:
    """A part of a file's name: what an account or a region may consist of, and nothing else."""
    return re.sub(r"[^A-Za-z0-9-]", "_", text)[:64]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write(path: Path, document: Any) -> None:
    """Writes a file whole or not at all, for the owner's eyes alone."""
    with suppress(OSError), atomic_files.written(path) as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
