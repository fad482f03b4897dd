"""Forms of what is one of several kinds: the steps of a rollout, its gates."""

from __future__ import annotations

from lambdatui.stages.rollout.gradual import Gradual
from lambdatui.tui.form import words
from lambdatui.tui.form.draft import Draft, parsed
from lambdatui.tui.form.fields import FormField, Kind, fields_of
from lambdatui.tui.form.rows import Rows
from lambdatui.tui.form.sections import Section

FIELDS = {field.name: field for field in fields_of(Gradual)}
STEPS = {"kind": "steps", "percents": [5, 25, 100], "bake": "10m"}


def draft(**values: object) -> Draft:
    return Draft(Gradual, {"to": "3", "schedule": STEPS, **values})


def labels(given: Draft, *open_: tuple[str | int, ...]) -> list[str]:
    members: list[FormField] = [FIELDS["schedule"], FIELDS["gates"]]
    rows = Rows([(Section("way", "Steps and gates", ("schedule", "gates")), members)], given)
    for path in open_:
        rows.unfold(path)
    return [row.label for row in rows.all()]


def test_a_group_of_several_kinds_shows_the_fields_of_its_own() -> None:
    assert dict(FIELDS["schedule"].shape.variants).keys() == {"linear", "canary", "steps"}
    assert labels(draft(), ("schedule",))[2:6] == ["Kind", "Percents", "Bake", "Final bake"]
    linear = draft(schedule={"kind": "linear", "step": 10, "interval": "5m"})
    assert labels(linear, ("schedule",))[2:6] == ["Kind", "Step", "Interval", "Final bake"]


def test_another_kind_keeps_what_both_have_and_says_what_is_missing() -> None:
    given = draft(gates=[{"kind": "probe", "probes": [{}], "timeout": 5}])
    given.put_kind(("schedule",), "canary")
    assert given.values["schedule"] == {"kind": "canary", "bake": "10m"}
    assert ("schedule", "percent") in given.missing
    given.put_kind(("gates", 0), "hook")
    assert given.values["gates"] == [{"kind": "hook", "timeout": 5}]


def test_what_a_member_says_of_itself_is_told_at_its_row() -> None:
    given = draft(gates=[{"kind": "metrics"}])
    assert given.troubles[("gates", 0)].startswith("one of max_error_rate")
    assert "metrics" in labels(given, ("gates",))


def test_a_payload_is_typed_as_json_and_shown_as_json() -> None:
    given = draft(gates=[{"kind": "probe", "probes": [{}]}])
    item = FIELDS["gates"].shape.item
    assert item is not None
    probes = next(field for field in item.fields if field.name == "probes")
    assert probes.shape.item is not None
    payload = next(field for field in probes.shape.item.fields if field.name == "payload")
    assert not payload.secret
    assert payload.shape.kind is Kind.TEXT
    given.put(("gates", 0, "probes", 0, "payload"), parsed(payload.shape, '{"order": "o-1"}'))
    assert given.values["gates"][0]["probes"] == [{"payload": {"order": "o-1"}}]
    assert words.told(payload, {"order": "o-1"}) == '{"order": "o-1"}'
