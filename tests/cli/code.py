"""Code to deploy."""

from __future__ import annotations

from pathlib import Path


def write_code(folder: Path, answer: object) -> Path:
    """A folder with a handler that answers with this."""
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(f"def handler(event, context):\n    return {answer!r}\n")
    return folder
