"""A deploy file written out: YAML with what each field is for beside it, and in comments what is not to be deployed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from lambdatui.stages.deploy import Deploy
from lambdatui.stages.publishing import Publishing
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.text import clean, one_line

_COMMENT_COLUMN = 40
_WIDTH = 120
_WHAT_AND_WHERE = ("function", "profile", "region", "code", "upload_to")


def written(
    values: Mapping[str, Any],
    *,
    heading: Sequence[str] = (),
    comments: Mapping[str, str] | None = None,
    aside: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The text of a deploy file. Read again it holds `values`, whatever is in their texts.

    `heading` are the first lines. `comments` stand beside fields, in place of what the model says of them. `aside` are
    lines of comment in a field's place, whether the field is there or not, such as `entries` gives. All of these are
    made harmless first.
    """
    parts = [[_comment(line) for line in heading]]
    for names in _groups():
        part: list[str] = []
        for name in names:
            if name in values:
                beside = (comments or {}).get(name) or Deploy.model_fields[name].description or ""
                part += _field(name, values[name], _printable(one_line(beside)))
            part += [_comment(line) for line in (aside or {}).get(name, ())]
        parts.append(part)
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def entries(name: str, value: Any, *, among_others: bool) -> list[str]:
    """A field as lines for `aside`: with its name, or `among_others` that stand above it, only its entries."""
    lines = _yaml({name: value})
    return lines[1:] if among_others else lines


def _groups() -> list[list[str]]:
    """The fields as they stand together in a file."""
    groups = [list(_WHAT_AND_WHERE), list(FunctionSettings.model_fields)]
    groups.append([name for name in Publishing.model_fields if name not in _WHAT_AND_WHERE])
    seen = {name for group in groups for name in group}
    return [*groups, [name for name in Deploy.model_fields if name not in seen]]


def _field(name: str, value: Any, comment: str) -> list[str]:
    lines = _yaml({name: value})
    if not comment:
        return lines
    beside = f"{lines[0]:<{_COMMENT_COLUMN - 2}}  # {comment}"
    if len(beside) > _WIDTH or not (len(lines) == 1 or lines[0] == f"{name}:"):
        # too long, or a text that goes on in the next line
        return [f"# {comment}", *lines]
    return [beside, *lines[1:]]


def _comment(line: str) -> str:
    return f"# {_printable(clean(line))}".rstrip()


def _printable(text: str) -> str:
    """With a mark for what YAML does not take, such as U+FFFF, and for ends of lines."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "�" for char in text)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(value: Any) -> list[str]:
    """As lines; what a terminal would act on is escaped."""
    text = _dumped(value, True)
    if not text.replace("\n", "").isprintable():
        text = _dumped(value, False)
    return text.rstrip("\n").split("\n")


def _dumped(value: Any, unicode: bool) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=unicode, width=10**9)
    return text
