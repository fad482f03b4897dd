"""The text of a log's line as it is put on a screen: harmless, and in pieces of a width."""

from __future__ import annotations

import json

from rich.cells import cell_len, chop_cells

from lambdatui.aws.log_entries import Entry, Invoked
from lambdatui.aws.log_lines import IN_JSON, LogLine
from lambdatui.aws.log_words import words
from lambdatui.text import clean
from lambdatui.tui.widgets.cells import fit

MOST = 12
"""Lines of the screen that one line of a log takes at most; opened, it is shown whole."""

LOOKED_AT = 4000
"""Characters of a line that the list shows at most."""

MORE = "…  enter shows all of it"


def text(line: LogLine) -> str:
    """What the list shows of a line; it may have several lines."""
    # of one that is huge, the beginning as it stands: it is not taken apart for each frame
    said = line.message[:LOOKED_AT] if len(line.message) > 5 * LOOKED_AT else words(line)[:LOOKED_AT]
    return clean(said.replace("\r\n", "\n").replace("\r", "\n")).replace("\t", "  ").strip("\n")


def first_line(line: LogLine) -> str:
    """A line in one line of the screen, with how many more it has."""
    said = text(line)
    head, newline, rest = said.partition("\n")
    if not newline:
        return head
    count = rest.count("\n") + 1
    return f"{head}  (+{count} line{'' if count == 1 else 's'})"


def pieces(said: str, width: int, wrap: bool) -> list[str]:
    """A text in at most MOST lines of the screen, of at most `width` cells each: wrapped, or cut with an ellipsis."""
    width = max(1, width)
    found: list[str] = []
    for part in said.split("\n"):
        if not wrap:
            found.append(fit(part, width).rstrip() if cell_len(part) > width else part)
        elif part.isascii():
            found += [part[at : at + width] for at in range(0, len(part), width)] or [""]
        else:
            found += chop_cells(part, width) or [""]
        if len(found) > MOST:
            return [*found[: MOST - 1], fit(MORE, width).rstrip()]
    return found


def whole(line: LogLine) -> str:
    """A line as it was written; a JSON object indented."""
    message = line.message
    if line.at == IN_JSON:
        try:
            return json.dumps(json.loads(message), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    return message.replace("\r\n", "\n").replace("\r", "\n")


def whole_entry(entry: Entry) -> str:
    """All that the log has of an entry, the platform's lines too."""
    if isinstance(entry, Invoked):
        return "\n".join(line.message for line in entry.every_line)
    return whole(entry.lines[0])
