"""What the app remembers of the last time, in the state folder: choices of a view, never data of AWS's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lambdatui import atomic_files
from lambdatui.errors import BadInput
from lambdatui.settings import state_folder

NAME = "view.json"


def get(name: str, default: Any = None) -> Any:
    """What was remembered under a name, or the default where nothing was, or it cannot be read."""
    try:
        return _all(state_folder() / NAME).get(name, default)
    except BadInput:
        return default


def put(name: str, value: Any) -> None:
    """Remembers a value that JSON can hold. What cannot be written is let be."""
    try:
        path = state_folder() / NAME
        known = _all(path) | {name: value}
        with atomic_files.written(path) as file:
            json.dump(known, file, indent=2)
    except (BadInput, OSError):
        pass


def _all(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
