"""The log file in the state folder: where tracebacks go, so that no operator meets one."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from lambdatui.settings import state_folder

NAME = "lambdatui.log"
LARGEST = 1_000_000
"""Bytes, after which a new file is begun; one old one is kept."""


class _PrivateFile(RotatingFileHandler):
    """A log that its owner alone can read."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return TextIOWrapper(open(self.baseFilename, "ab", opener=private), encoding=self.encoding)


def unexpected(error: BaseException) -> str:
    """Writes an error that nobody foresaw to the log file, and returns the sentence for the operator."""
    path = start()
    logging.getLogger("lambdatui").error("unexpected", exc_info=error)
    return f"lambdatui itself failed: {type(error).__name__}: {error}. The details are in {path}."


def start() -> Path:
    """Sends lambdatui's log to its file, once, and returns the path."""
    logger = logging.getLogger("lambdatui")
    path = state_folder() / NAME
    if not logger.handlers:
        handler = _PrivateFile(path, maxBytes=LARGEST, backupCount=1, delay=True, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    return path
