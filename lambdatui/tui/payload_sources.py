"""Where a payload may come from: typed, a file, S3, the operator's library, AWS's event shapes. Its functions block."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.tui.screens.choose import Option
from lambdatui.tui.widgets.payload_editor import LONGEST

if TYPE_CHECKING:
    from lambdatui.settings import Settings

Kind = Literal["typed", "payload_file", "library"]
ROWS = (".csv", ".jsonl")
TYPED = "typed:"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the payload comes from. Only one that is typed is edited; `name` is that of a file or an entry."""

    kind: Kind = "typed"
    name: str = ""

    @property
    def title(self) -> str:
        """What stands over the payload."""
        words = {"typed": "payload", "payload_file": "payload from", "library": "payload from the library:"}[self.kind]
        return f"{words} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was picked: its source and the text to show; `rows` is a file of rows, which goes with any of them."""

    source: Source
    text: str | None = None
    """None leaves the text as it is."""
    rows: str | None = None


def options(settings: Settings) -> list[Option]:
    """What is offered; a path or s3:// that is typed comes beside it. Raises LambdatuiError."""
    from lambdatui.stages.load import library

    found = [Option(TYPED, "typed here", "what is in the editor")]
    try:
        for offer in library.offers(library.folder(settings)):
            word = f"✖ {offer.problem}" if offer.problem else offer.description
            found.append(Option(f"library:{offer.name}", f"library  {offer.name}", word))
    except LambdatuiError as error:
        found.append(Option(TYPED, "library", f"✖ {error}"))
    found += [Option(f"shape:{one.name}", f"AWS  {one.name}", one.description) for one in library.shapes()]
    return found


def load(settings: Settings, picked: str) -> Loaded:
    """What was picked, read. Raises LambdatuiError where that cannot be."""
    from lambdatui.stages.load import library

    kind, _, name = picked.partition(":")
    if picked == TYPED:
        return Loaded(Source())
    if kind == "shape":
        return Loaded(Source("typed", name), library.shape_text(name))
    if kind == "library":
        return Loaded(Source("library", name), Path(_library_file(settings, name)).read_text("utf-8", "replace"))
    if picked.startswith("s3://"):
        return Loaded(Source("payload_file", picked), "(read from S3 when it is invoked; f3 shows it)")
    return _load_file(picked)


def _library_file(settings: Settings, name: str) -> str:
    from lambdatui.stages.load import library

    offer = next((one for one in library.offers(library.folder(settings)) if one.name == name), None)
    if offer is None or offer.problem:
        raise BadInput(offer.problem if offer is not None else f"There is no '{name}' in the library any more.")
    return offer.source


def _load_file(typed: str) -> Loaded:
    path = Path(typed).expanduser()
    if path.suffix.lower() in ROWS:
        if not path.is_file():
            raise BadInput(f"{path}: there is no such file of rows.")
        return Loaded(Source(), rows=str(path))
    try:
        # in characters at most as many as in bytes
        data = path.read_bytes() if path.stat().st_size <= LONGEST else None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}.") from None
    if data is None:
        return Loaded(Source("payload_file", str(path)), f"({path.stat().st_size:,} bytes; f3 shows the beginning)")
    try:
        return Loaded(Source("typed", path.name), data.decode())
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is no text in UTF-8; a payload is JSON.") from None


def fields(source: Source, text: str, has_rows: bool) -> Mapping[str, Any]:
    """The fields of Invoke for a payload. `text` is what is typed, JSON or a template. Raises ValueError else."""
    if source.kind != "typed":
        return {source.kind: source.name}
    if "{{" in text or "{%" in text:
        return {"template": text}
    value = json.loads(text if text.strip() else "{}")
    # a file of rows without a template: each row is an event by itself
    return {} if has_rows and value == {} else {"payload": value}
