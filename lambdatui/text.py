"""Text from outside made harmless for a terminal; sizes and times as people say them."""

from __future__ import annotations

import re

# CSI, OSC, DCS and friends, and two-character escapes: with their C0 (ESC) and C1 (8-bit) introducers
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
# what is left of the controls, the marks that turn the direction of text or are drawn as nothing, and halves of
# surrogate pairs, such as JSON's "\\ud800" gives: no terminal can be sent those
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without terminal escapes; other controls but newline and tab become a visible mark (`␀`, `␛` …)."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub(_visible, _SEQUENCES.sub("", text))


def one_line(text: str) -> str:
    """As `clean`, with every run of blanks, tabs and newlines as one space."""
    return " ".join(clean(text).split())


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


def size(count: float) -> str:
    """Bytes as `512 B`, `1.2 kB`, `61.0 MB`: powers of 1000 would differ from AWS's limits, so these are of 1024."""
    if count < 1024:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1024
        if count < 1024:
            return f"{count:.1f} {unit}"
    return f"{count / 1024:.1f} TB"


def ago(seconds: float) -> str:
    """A time span back from now as `just now`, `4 min ago`, `3 d ago`, `2 y ago`."""
    if seconds < 45:
        return "just now"
    for unit, length, limit in (("min", 60, 3600), ("h", 3600, 86400), ("d", 86400, 365 * 86400)):
        if seconds < limit:
            return f"{max(1, round(seconds / length))} {unit} ago"
    return f"{seconds / (365.25 * 86400):.0f} y ago"


def milliseconds(value: float | None) -> str:
    """A duration in ms as `3.1 ms`, `402 ms`, `1.24 s`; a dash for None."""
    if value is None:
        return "–"
    if value >= 10_000:
        return f"{value / 1000:.1f} s"
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms"


# what a spreadsheet takes for a formula, https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_cell(text: str) -> str:
    """The text for a cell of a CSV file: one that a spreadsheet would calculate gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
