"""A form saved as a deploy file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lambdatui import documents
from lambdatui.aws.scope import Scope
from lambdatui.tui.form import files

TOKEN = {"statement_id": "alexa", "principal": "alexa-connectedhome.amazon.com", "event_source_token": "t0k3n"}
OPEN = {"statement_id": "bus", "principal": "events.amazonaws.com"}


def saved(tmp_path: Path, *, secrets: bool, **values: Any) -> tuple[str, dict[str, Any]]:
    text = files.text_of({"function": "f", **values}, tmp_path, Scope("prod", "eu-west-1"), secrets=secrets)
    return text, documents.parse(text, "f.yaml").value


def test_a_statement_with_a_token_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    text, value = saved(tmp_path, secrets=False, permissions=[TOKEN, OPEN])
    assert value["permissions"] == [OPEN]
    assert "t0k3n" not in text
    assert "# permissions: 1 with a secret event_source_token not saved\n" in text
    # an empty list would remove the statements that are there
    assert "permissions" not in saved(tmp_path, secrets=False, permissions=[TOKEN])[1]
    assert saved(tmp_path, secrets=True, permissions=[TOKEN])[1]["permissions"] == [TOKEN]


def test_values_of_the_environment_are_saved_only_when_asked(tmp_path: Path) -> None:
    text, value = saved(tmp_path, secrets=False, environment={"TOKEN": "s3cret"})
    assert "environment" not in value
    assert "TOKEN" in text
    assert "s3cret" not in text
    assert saved(tmp_path, secrets=True, environment={"TOKEN": "s3cret"})[1]["environment"] == {"TOKEN": "s3cret"}
