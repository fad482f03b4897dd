"""Spinnaker's artifacts, as far as they hold an event: embedded, in S3, or behind an address."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from lambdatui.pipeline.spinnaker.reader import Reader, lost


def event(reader: Reader, *names: str) -> dict[str, Any]:
    """`payload` or `payload_file` of the first of these members that holds something; empty where none does."""
    name, artifact = _found(reader, names)
    if artifact is None:
        return {}
    content = _embedded(reader, name, artifact)
    if content is not None:
        return {"payload": content}
    reference = str(artifact.get("reference") or artifact.get("name") or "")
    if reference.startswith(("s3://", "http://", "https://")):
        return {"payload_file": reader.said(reference, name, "artifact", "reference")}
    return {"payload": _not_there(reader, name, artifact)}


def answer(reader: Reader, *names: str) -> tuple[bool, Any]:
    """Whether an answer is expected, and which: an artifact's content, read as JSON where it is JSON."""
    name, artifact = _found(reader, names)
    if artifact is None:
        return False, None
    content = _embedded(reader, name, artifact)
    return True, content if content is not None else _not_there(reader, name, artifact)


def _found(reader: Reader, names: tuple[str, ...]) -> tuple[str, Mapping[str, Any] | None]:
    for name in names:
        wrapper = reader.raw(name)
        if not isinstance(wrapper, Mapping):
            continue
        if isinstance(wrapper.get("artifact"), Mapping):
            return name, wrapper["artifact"]
        identity = wrapper.get("id")
        for expected in reader.scope.expected_artifacts:
            if identity and expected.get("id") == identity:
                if expected.get("useDefaultArtifact") and isinstance(expected.get("defaultArtifact"), Mapping):
                    reader.remark(name, "the pipeline's expected artifact: its default is taken.")
                    return name, expected["defaultArtifact"]
                if isinstance(expected.get("matchArtifact"), Mapping):
                    reader.remark(name, "the pipeline's expected artifact: what it must match is taken.")
                    return name, expected["matchArtifact"]
        if identity:
            reader.remark(name, f"there is no expected artifact '{identity}' in this pipeline.", lost=True)
    return names[0], None


def _embedded(reader: Reader, name: str, artifact: Mapping[str, Any]) -> Any:
    if artifact.get("type") != "embedded/base64":
        return None
    try:
        text = base64.b64decode(str(artifact.get("reference") or ""), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        reader.remark(name, "its reference is not base64 of a text.", lost=True)
        return f"${{{{ {lost(f'{reader.place(name)}: its reference is not base64 of a text.')} }}}}"
    try:
        return reader.value(json.loads(text), name)
    except ValueError:
        return reader.said(text, name)


def _not_there(reader: Reader, name: str, artifact: Mapping[str, Any]) -> str:
    words = f"an artifact of the type '{artifact.get('type')}' is not fetched; put its content here."
    reader.remark(name, words, lost=True)
    return f"${{{{ {lost(f'{reader.place(name)}: {words}')} }}}}"
