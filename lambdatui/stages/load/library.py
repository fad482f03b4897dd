"""Events to choose from: AWS's own shapes, which come with lambdatui, and the operator's, a folder of YAML files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from lambdatui import documents
from lambdatui.errors import BadInput, near_match
from lambdatui.settings import Settings, config_folder
from lambdatui.stages.load.template import Template


@dataclass(frozen=True, slots=True)
class Offer:
    """An event to choose: what it is called, what it is, and where it stands."""

    name: str
    description: str
    source: str
    """A file of the operator's, or `AWS` for a shape that comes with lambdatui."""
    problem: str = ""
    """One sentence where the file cannot be used."""


def shapes() -> list[Offer]:
    """AWS's event shapes, by name."""
    return [Offer(name, document["description"], "AWS") for name, document in sorted(_shapes().items())]


def shape(name: str) -> Template:
    """The template of one of AWS's event shapes. Raises BadInput with the near match."""
    known = _shapes()
    if name not in known:
        raise BadInput(f"shape: there is no event shape '{name}'.{near_match(name, known)}")
    return Template(known[name]["event"], f"shape {name}")


def shape_text(name: str) -> str:
    """An event shape as indented JSON with its expressions, to be changed by hand and used as a template."""
    known = _shapes()
    if name not in known:
        raise BadInput(f"shape: there is no event shape '{name}'.{near_match(name, known)}")
    return json.dumps(known[name]["event"], indent=2, ensure_ascii=False)


def folder(settings: Settings) -> Path:
    """Where the operator's events are: the setting `payload_library`, else `payloads` in the config folder."""
    if settings.payload_library:
        return Path(settings.payload_library).expanduser()
    return config_folder() / "payloads"


def offers(where: Path) -> list[Offer]:
    """The operator's events, by name; a file that cannot be used is told in its `problem`."""
    found = []
    for name, path in sorted(_files(where).items()):
        try:
            description = _entry(path).get("description", "")
        except BadInput as error:
            found.append(Offer(name, "", str(path), str(error)))
        else:
            found.append(Offer(name, str(description), str(path)))
    return found


def template(where: Path, name: str) -> Template:
    """The operator's event of that name: `payload` in its file, a value or a text. Raises BadInput."""
    files = _files(where)
    if name not in files:
        there = f" It has: {', '.join(sorted(files)[:12])}." if files else " It is empty."
        raise BadInput(f"library: there is no '{name}' in {where}.{near_match(name, files) or there}")
    path = files[name]
    document = documents.read(path)
    value = _entry(path, document)["payload"]
    return Template(value, str(path), lambda at: document.lines.get(("payload", *at), 1))


def _entry(path: Path, document: documents.Document | None = None) -> Mapping[str, Any]:
    document = document or documents.read(path)
    value = document.value
    if not isinstance(value, dict) or "payload" not in value:
        raise BadInput(f"{path}:1: 'payload' was expected, the event, and with it 'description' where you like.")
    for name in value:
        if name not in ("payload", "description"):
            known = ("payload", "description")
            raise BadInput(f"{document.place((name,))}: there is no field '{name}'.{near_match(str(name), known)}")
    try:
        _check(value["payload"], ("payload",), document)
    except RecursionError:
        raise BadInput(f"{path}: is nested too deeply, or refers to itself.") from None
    return value


def _check(value: Any, path: tuple[str | int, ...], document: documents.Document) -> None:
    """Raises BadInput where YAML has read what JSON does not have, such as a date."""
    if isinstance(value, dict):
        for key, item in value.items():
            _check(item, (*path, key), document)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, (*path, index), document)
    elif value is not None and not isinstance(value, str | int | float | bool):
        raise BadInput(f"{document.place(path)}: '{value}' is no JSON value; put it in quotes.")


def _files(where: Path) -> dict[str, Path]:
    try:
        return {path.stem: path for path in where.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadInput(f"{where}: cannot be read: {error.strerror}.") from None


def _shapes() -> dict[str, dict[str, Any]]:
    folder = resources.files("lambdatui.stages.load") / "shapes"
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    }
