"""Tracebacks in a log: what is one, and what still belongs to it. Those of Python, of a JVM, of Node.js and of Go.

A runtime writes a handler's exception in one event; what a handler prints frame by frame arrives as an event each.
"""

from __future__ import annotations

import re

_WITHIN = 2000
"""Characters in which the first frame is looked for."""

_BEGINS = ("Traceback (most recent", "Exception in thread")
_FRAME = re.compile(r"\s+at (?:\S+ ?\(|\S+:\d+)")
_FRAMES = re.compile(r"Traceback \(most recent call last\)|[\r\n]+\s+at |Exception in thread|[\r\n]+goroutine ")
_CHAINED = ("Caused by: ", "Traceback (most recent", "During handling of the above", "The above exception was", "... ")
_LAST_LINE = re.compile(r"[A-Za-z_][\w.]*(?:: |$)")


def is_one(message: str) -> bool:
    """Whether a message is a traceback, or the beginning of one."""
    if "\n" in message or "\r" in message:
        return _FRAMES.search(message, 0, _WITHIN) is not None
    return message.startswith(_BEGINS) or _FRAME.match(message) is not None


def continues(traceback: str, message: str) -> bool:
    """Whether a message that follows a traceback belongs to it.

    What is indented does, and what another exception led to. The last line of Python's, `KeyError: 'x'`, is not
    indented: it is known by the indented one before it.
    """
    if not message or message[0].isspace() or message.startswith(_CHAINED):
        return True
    last = traceback[traceback.rfind("\n") + 1 :]
    return last[:1].isspace() and _LAST_LINE.match(message) is not None
