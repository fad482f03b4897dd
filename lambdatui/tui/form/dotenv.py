"""Variables from a `.env` file, and one sentence for each line that is none. Pure."""

from __future__ import annotations

import re

_LINE = re.compile(r"^(?:export\s+)?(?P<name>[^=\s]+)\s*=\s*(?P<rest>.*)$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "$": "$"}


def parse(text: str) -> tuple[dict[str, str], list[str]]:
    """The variables in a text, the last of a name counting, and what is wrong, a sentence for each bad line.

    As shells and other readers of such files take it: `NAME=value`, `export` before it, `#` for comments, values in
    single quotes as they are and in double quotes with `\\n` and the like. A value is never repeated in a sentence.
    """
    variables: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = _LINE.match(stripped)
        if found is None:
            what = "a '=' was expected after the name" if "=" not in stripped else "a name was expected before the '='"
            wrong.append(f"line {number}: {what}, such as NAME=value.")
        elif not _NAME.fullmatch(found["name"]):
            wrong.append(f"line {number}: the name '{found['name']}' is not made of letters, digits and _.")
        else:
            value = _value(found["rest"].strip())
            if value is None:
                wrong.append(f"line {number}: the value of {found['name']} begins with a quote that is not closed.")
            else:
                variables[found["name"]] = value
    return variables, wrong


def _value(rest: str) -> str | None:
    """What stands for a value; None where its quote is not closed on the line."""
    if rest[:1] not in ("'", '"'):
        # a comment begins after a blank
        return re.split(r"(?:^|\s)#", rest, maxsplit=1)[0].strip()
    quote, inside = rest[0], rest[1:]
    if quote == "'":
        end = inside.find("'")
        return inside[:end] if end >= 0 else None
    value = ""
    index = 0
    while index < len(inside):
        letter = inside[index]
        if letter == '"':
            return value
        if letter == "\\" and index + 1 < len(inside):
            index += 1
            value += _ESCAPES.get(inside[index], f"\\{inside[index]}")
        else:
            value += letter
        index += 1
    return None
