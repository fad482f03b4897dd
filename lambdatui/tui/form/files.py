"""A form's values from a deploy file and into one. What a file says of code is relative to its folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lambdatui import documents
from lambdatui.aws.masking import MASK
from lambdatui.aws.scope import Scope
from lambdatui.stages import deploy_file
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.packages.code import is_image_uri
from lambdatui.text import one_line
from lambdatui.tui.form.sections import HIDDEN

SECRETS = {"permissions": "event_source_token"}
"""Secret parts of entries, by the field that holds the entries."""


def values_in(path: Path) -> dict[str, Any]:
    """What a deploy file says, but where it is to be deployed. Raises BadInput."""
    document = documents.read(path)
    documents.check(document, Deploy)
    values = {name: value for name, value in document.value.items() if name not in HIDDEN}
    if is_local(values.get("code")):
        values["code"] = os.path.relpath(path.parent / Path(values["code"]).expanduser())
    return values


def text_of(values: Mapping[str, Any], folder: Path, scope: Scope, *, secrets: bool) -> str:
    """The deploy file that says what a form says, to stand in `folder`. Without `secrets`, no secret value is in it."""
    told = dict(values)
    if is_local(told.get("code")):
        there = os.path.relpath(Path(told["code"]).expanduser(), folder)
        told["code"] = there if there.startswith(".") else f"./{there}"
    aside: dict[str, list[str]] = {
        name: [f"{name}: {value}"] for name, value in (("profile", scope.profile), ("region", scope.region)) if value
    }
    if not secrets:
        variables = told.pop("environment", None)
        if variables:
            names = ", ".join(one_line(name) for name in variables)
            aside["environment"] = [f"environment: the values were not saved; the variables are {names}"]
        elif variables is not None:
            told["environment"] = variables
        for name, part in SECRETS.items():
            # without its secret part an entry would be another: a statement without its token lets in more
            held = [entry for entry in told.get(name) or () if isinstance(entry, Mapping) and part in entry]
            if held:
                told[name] = [entry for entry in told[name] if entry not in held]
                if not told[name]:
                    del told[name]
                aside[name] = [f"{name}: {len(held)} with a secret {part} not saved"]
    # the lines that say where to act are there to be used, not in force
    heading = ["lambdatui deploy FILE.yaml: what is not named is left alone, what is empty is removed."]
    return deploy_file.written(told, heading=heading, aside=aside)


def write(path: Path, text: str, *, private: bool) -> None:
    """Writes a file; a private one is for nobody else to read. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
    with open(descriptor, "w", encoding="utf-8") as file:
        if private:
            os.fchmod(file.fileno(), 0o600)
        file.write(text)


def preview_of(values: Mapping[str, Any]) -> str:
    """The deploy file for eyes: secret values are masked."""
    told = dict(values)
    if told.get("environment"):
        told["environment"] = dict.fromkeys(told["environment"], MASK)
    told = {name: _without(SECRETS.get(name, ""), value) for name, value in told.items()}
    return deploy_file.written(told, comments=dict.fromkeys(told, " "))


def is_local(code: Any) -> bool:
    """Whether code is a folder or a file here, rather than in S3 or ECR."""
    return isinstance(code, str) and bool(code) and "://" not in code and not is_image_uri(code)


def _without(part: str, value: Any) -> Any:
    if not part or not isinstance(value, list):
        return value
    return [
        {name: text for name, text in entry.items() if name != part} if isinstance(entry, Mapping) else entry
        for entry in value
    ]
