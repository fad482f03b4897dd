"""Deploy files as they are written: read again they hold what was meant, whatever is in the texts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lambdatui import documents
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.deploy_file import entries, written

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    description=texts,
    environment=st.dictionaries(texts, texts, max_size=3),
    comment=texts,
    aside=texts,
    heading=texts,
)
def test_what_is_written_is_read_again(
    description: str, environment: dict[str, str], comment: str, aside: str, heading: str
) -> None:
    values = {"function": "f", "description": description, "environment": environment}
    text = written(values, heading=[heading], comments={"description": comment}, aside={"environment": [aside]})
    assert documents.parse(text, "deploy.yaml").value == values
    assert text.replace("\n", "").isprintable()


patterns = st.recursive(
    st.none() | st.booleans() | st.integers() | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)
)


@given(filters=patterns)
def test_what_is_nested_is_read_again(filters: Any) -> None:
    same = {"filters": [filters]}
    values = {"event_sources": [same, same]}
    assert documents.parse(written(values), "deploy.yaml").value == values


def test_every_field_has_its_place_and_says_what_it_is() -> None:
    text = written(dict.fromkeys(Deploy.model_fields, "x"))
    assert documents.parse(text, "").value == dict.fromkeys(Deploy.model_fields, "x")
    assert text.startswith("function: x ")
    assert text.count("# ") == len(Deploy.model_fields)


def test_an_entry_in_a_comment_becomes_one_when_the_comment_is_taken_away() -> None:
    permissions = [{"statement_id": "a"}, {"statement_id": "b", "qualifier": "live"}]
    aside = {"permissions": entries("permissions", permissions[1:], among_others=True)}
    text = written({"function": "f", "permissions": permissions[:1]}, aside=aside)
    assert documents.parse(text, "").value["permissions"] == permissions[:1]
    uncommented = text.replace("\n# ", "\n")
    assert documents.parse(uncommented, "").value["permissions"] == permissions
