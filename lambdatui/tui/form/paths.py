"""Completes what is typed for code: a folder or a zip file on this machine."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester


class PathSuggester(Suggester):
    """Suggests what a path may go on as: folders, and files with one of these endings."""

    def __init__(self, *endings: str) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings

    async def get_suggestion(self, value: str) -> str | None:
        if not value or "://" in value:
            return None
        return await asyncio.to_thread(completed, value, self._endings)


class CodeSuggester(PathSuggester):
    """Suggests folders and zip files."""

    def __init__(self) -> None:
        super().__init__(".zip")


def completed(text: str, endings: tuple[str, ...]) -> str | None:
    """The path that begins with `text`, the first by name; a folder ends with a slash. None where there is none."""
    head, _, start = text.rpartition("/")
    folder = Path(f"{head}/" if head or text.startswith("/") else ".").expanduser()
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return None
    for entry in entries:
        name = entry.name
        # what is hidden is meant only by who types its dot
        if not name.startswith(start) or name == start or (name.startswith(".") and not start):
            continue
        if entry.is_dir():
            return f"{text[: len(text) - len(start)]}{name}/"
        if name.endswith(endings):
            return f"{text[: len(text) - len(start)]}{name}"
    return None
