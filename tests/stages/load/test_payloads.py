"""Each run's event: the same whenever it is asked for, valid JSON, and mistakes told before the run."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.errors import BadInput
from lambdatui.stages.load import library, payloads, rows
from lambdatui.stages.load.payloads import Payloads, of_text
from lambdatui.stages.load.saved import SavedRuns
from lambdatui.stages.stage import World
from tests.stages.load.made import invocation

SHAPES = [offer.name for offer in library.shapes()]


def made(text: str, number: int = 1, **options: Any) -> Any:
    return json.loads(Payloads(of_text(text), **options).payload(number))


@given(st.integers(1, 10**6), st.integers(0, 2**32 - 1))
def test_the_same_number_has_the_same_event_in_any_order(number: int, seed: int) -> None:
    text = (
        '{"n": "{{ n }}", "u": "{{ uuid }}", "v": "{{ uuid }}", "r": "{{ random(1, 9) }}", "c": "{{ choice(1, 2) }}"}'
    )
    first, second = Payloads(of_text(text), seed=seed, started=0), Payloads(of_text(text), seed=seed, started=0)
    second.payload(number + 1)
    assert first.payload(number) == second.payload(number) == first.payload(number)
    event = json.loads(first.payload(number))
    assert event["n"] == number
    assert event["u"] != event["v"]
    assert uuid.UUID(event["u"]).version == 4
    assert event["r"] in range(1, 10)
    assert first.payload(number) != first.payload(number + 1)


def test_another_seed_makes_other_events_and_threads_do_not_mix_them() -> None:
    text = '{"u": "{{ uuid }}", "f": "{{ random(0.5, 1.5) }}", "l": "{{ choice([1, 2, 3]) }}"}'
    source = Payloads(of_text(text), seed=1)
    alone = {number: source.payload(number) for number in range(1, 101)}
    assert Payloads(of_text(text), seed=2).payload(1) != alone[1]
    found: dict[int, bytes] = {}

    def make(first: int) -> None:
        for number in range(first, 101, 4):
            found[number] = source.payload(number)

    threads = [threading.Thread(target=make, args=(first,)) for first in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone


def test_now_is_when_the_run_began() -> None:
    assert made('{"at": "{{ now }}", "s": "{{ now.seconds }}"}', started=1e9) == {
        "at": "2001-09-09T01:46:40.000Z",
        "s": 1_000_000_000,
    }


def test_rows_come_in_turn_and_again_from_the_first() -> None:
    table = [{"id": "1"}, {"id": "2"}]
    source = Payloads(of_text('{"id": "{{ row.id }}", "n": "{{ n }}"}'), table=table)
    assert [json.loads(source.payload(number)) for number in (1, 2, 3)] == [
        {"id": "1", "n": 1},
        {"id": "2", "n": 2},
        {"id": "1", "n": 3},
    ]
    # without a template, the row is the event
    assert Payloads(None, table=table).payload(2) == b'{"id": "2"}'


def test_what_is_the_same_for_all_is_made_once() -> None:
    assert Payloads(b'{"a": 1}').constant == b'{"a": 1}'
    assert Payloads(of_text('{"a": 1}')).constant == b'{"a": 1}'
    varied = Payloads(of_text('{"a": "{{ n }}"}'))
    assert varied.constant is None
    assert varied.preview() == '{"a": 1}, another for each run'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": {{ n }}', r"the payload of run 3 is not JSON: Expecting ',' delimiter, line 1 column 8: '\{\"a\": 3'"),
        ("{{ 'nan'|float }}", "the payload of run 3 is not JSON: NaN is no JSON number|Expecting value"),
        ('{"a": "{{ \'inf\'|float }}"}', "has a number in it that JSON does not have"),
        ("{{ '[' * 200000 }}", "the payload of run 3 is not JSON: it is nested too deeply"),
        ("{{ ('\"' ~ 'a' * 7000000 ~ '\"') }}", "the payload of run 3 has 7,000,002 bytes, and Lambda takes 6,291,456"),
        ('{"id":\n"{{ nn }}"}', "template:2: there is no 'nn'"),
        ('{"id": "{{ choice() }}"}', "template:1: "),
    ],
)
def test_what_is_no_event_is_told_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Payloads(of_text(text)).payload(3)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_of_aws_is_a_valid_event_for_each_run(name: str) -> None:
    source = Payloads(library.shape(name), seed=1, started=1795537569.76)
    first, second = json.loads(source.payload(1)), json.loads(source.payload(2))
    assert b"{{" not in source.payload(1)
    assert first != second or name in ("scheduled", "cloudwatch-alarm")
    assert isinstance(first, dict)
    # what is shown of it is a template that makes the same
    assert json.loads(Payloads(of_text(library.shape_text(name)), seed=1, started=1795537569.76).payload(2)) == second


def test_shapes_hold_what_their_service_promises() -> None:
    def event(name: str) -> Any:
        return json.loads(Payloads(library.shape(name), started=1795537569.76).payload(7))

    message = event("sqs")["Records"][0]
    assert message["md5OfBody"] == hashlib.md5(message["body"].encode()).hexdigest()
    assert json.loads(message["body"])["id"] == 7
    assert message["attributes"]["SentTimestamp"] == "1795537569760"
    assert json.loads(base64.b64decode(event("kinesis")["Records"][0]["kinesis"]["data"]))["id"] == 7
    logs = json.loads(gzip.decompress(base64.b64decode(event("cloudwatch-logs")["awslogs"]["data"])))
    assert (logs["messageType"], logs["logEvents"][0]["timestamp"]) == ("DATA_MESSAGE", 1795537569760)
    assert event("apigw-v2")["requestContext"]["timeEpoch"] == 1795537569760
    assert event("apigw-v1")["requestContext"]["requestTime"] == "24/Nov/2026:16:26:09 +0000"
    assert [record["eventName"] for record in event("dynamodb")["Records"]] == ["INSERT", "MODIFY", "REMOVE"]
    assert event("scheduled")["time"] == "2026-11-24T16:26:09Z"
    assert {"sqs", "s3", "apigw-v1", "apigw-v2", "alb", "eventbridge", "sns", "dynamodb", "kinesis", "scheduled"} < set(
        SHAPES
    )


def test_a_shape_that_there_is_not_is_told_with_the_near_match() -> None:
    with pytest.raises(BadInput, match=r"there is no event shape 'sqz'\. Did you mean 'sqs'\?"):
        library.shape("sqz")


# rows


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("r.csv", 'id,name\n1,a\n2,"b,\nc"\n\n', [{"id": "1", "name": "a"}, {"id": "2", "name": "b,\nc"}]),
        ("r.csv", "\ufeffid;name\r\n1;a,b\r\n", [{"id": "1", "name": "a,b"}]),
        ("r.tsv", "id\tname\n1\ta\n", [{"id": "1", "name": "a"}]),
        ("r.jsonl", '{"id": 1}\n\n{"id": "\u2028"}\n', [{"id": 1}, {"id": "\u2028"}]),
    ],
)
def test_rows_are_read(tmp_path: Path, name: str, text: str, found: list[Any]) -> None:
    (tmp_path / name).write_bytes(text.encode())
    assert rows.read(tmp_path / name, name) == found


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("r.csv", b"id,name\n1,a\n2\n", r"r\.csv:3: 2 cells were expected as in the first line, not 1\."),
        ("r.csv", b"id,id\n1,2\n", r"r\.csv:1: two columns have the name 'id'\."),
        ("r.csv", b"id,\n1,2\n", r"r\.csv:1: column 2 has no name\."),
        ("r.csv", b'id\n"a" b\n', r"r\.csv:2: is not CSV: "),
        ("r.csv", b"id\n", r"r\.csv: has no rows\."),
        ("r.csv", b"", r"r\.csv: has no rows\."),
        ("r.csv", b"id\n1\n\xff\n", r"r\.csv:3: is not UTF-8 text\."),
        ("r.csv", b"id\n" + b"x" * 200_000, r"r\.csv:2: is not CSV: field larger than field limit"),
        ("r.jsonl", b'{"id": 1}\n[1]\n', r"r\.jsonl:2: an object was expected, such as \{\"id\": 7\}\."),
        ("r.jsonl", b'{"id": 1}\n{"id": NaN}\n', r"r\.jsonl:2: is not JSON: NaN is no JSON number\."),
        ("r.jsonl", b'{"id": 1}\n{"id"}\n', r"r\.jsonl:2: is not JSON: "),
        ("r.jsonl", b"[" * 100_000, r"r\.jsonl:1: is not JSON: it is nested too deeply\."),
    ],
)
def test_a_row_that_is_none_is_told_with_file_and_line(tmp_path: Path, name: str, text: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(text)
    with pytest.raises(BadInput, match=words):
        rows.read(tmp_path / name, name)


def test_more_rows_than_are_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r.csv").write_text("id\n" + "1\n" * 11)
    monkeypatch.setattr(rows, "MOST", 10)
    with pytest.raises(BadInput, match="has more than 10 rows"):
        rows.read(tmp_path / "r.csv", "r.csv")
    monkeypatch.setattr(rows, "MOST_BYTES", 10)
    with pytest.raises(BadInput, match="which is more than is read"):
        rows.read(tmp_path / "r.csv", "r.csv")
    with pytest.raises(BadInput, match=r"no\.csv: cannot be read: No such file"):
        rows.read(tmp_path / "no.csv", "no.csv")


# the library of one's own


@pytest.fixture
def shelf(home: Path) -> Path:
    folder = home / "config" / "payloads"
    folder.mkdir(parents=True)
    return folder


def test_an_event_of_ones_own_is_a_value_or_a_text(shelf: Path) -> None:
    (shelf / "order.yaml").write_text('description: An order.\npayload:\n  id: "{{ n }}"\n  lines: [{sku: a}]\n')
    (shelf / "many.yml").write_text(
        "payload: |\n  [{% for i in range(n) %}{{ i }}{{ ',' if not loop.last }}{% endfor %}]\n"
    )
    (shelf / "notes.txt").write_text("not an event")
    assert [(one.name, one.description, one.problem) for one in library.offers(shelf)] == [
        ("many", "", ""),
        ("order", "An order.", ""),
    ]
    assert json.loads(Payloads(library.template(shelf, "order")).payload(7)) == {"id": 7, "lines": [{"sku": "a"}]}
    assert json.loads(Payloads(library.template(shelf, "many")).payload(3)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("payload: {id: 2026-11-24}", r"order\.yaml:1: '2026-11-24' is no JSON value; put it in quotes\."),
        ("payloda: {}", r"order\.yaml:1: 'payload' was expected"),
        ("payload: {}\ndescripton: x", r"order\.yaml:2: there is no field 'descripton'\. Did you mean 'description'\?"),
        ("payload:\n  a: 1\n  id: '{{ nn }}'", r"order\.yaml:3: there is no 'nn'"),
        ("payload:\n  a: 1\n  id: '{{ n'", r"order\.yaml:3: unexpected end of template"),
        ("payload: {a: 1, a: 2}", r"order\.yaml:1: 'a' stands here a second time"),
        ("- 1", r"order\.yaml:1: 'payload' was expected"),
        ("payload: &a [*a]", r"order\.yaml: is nested too deeply, or refers to itself\."),
    ],
)
def test_a_mistake_in_the_library_is_told_with_file_and_line(shelf: Path, text: str, words: str) -> None:
    (shelf / "order.yaml").write_text(text)
    with pytest.raises(BadInput, match=words):
        Payloads(library.template(shelf, "order")).payload(1)


def test_an_event_that_is_not_in_the_library_is_told(shelf: Path) -> None:
    with pytest.raises(BadInput, match=r"there is no 'order' in .*payloads\. It is empty\."):
        library.template(shelf, "order")
    (shelf / "order.yaml").write_text("payload: {}")
    with pytest.raises(BadInput, match=r"there is no 'odrer' in .*\. Did you mean 'order'\?"):
        library.template(shelf, "odrer")
    (shelf / "bad.yaml").write_text("payload: [")
    assert [bool(one.problem) for one in library.offers(shelf)] == [True, False]


# what the stage opens


def test_the_fields_of_invoke_lead_to_events(world: World, shelf: Path, tmp_path: Path) -> None:
    account = world.accounts.open(None, None)
    (tmp_path / "rows.csv").write_text("id\n5\n6\n")
    (tmp_path / "order.json").write_text('{"id": 1}')
    (shelf / "order.yaml").write_text("payload: {id: '{{ n }}'}")

    def opened(**fields: Any) -> bytes:
        return payloads.opened(world, account, **fields).payload(2)

    assert opened() == b"{}"
    assert opened(payload=[1]) == b"[1]"
    assert opened(payload_file="order.json") == b'{"id": 1}'
    assert opened(rows_file="rows.csv") == b'{"id": "6"}'
    assert opened(template='{"id": {{ row.id }}}', rows_file="rows.csv") == b'{"id": 6}'
    assert opened(library_name="order") == b'{"id": 2}'
    assert json.loads(opened(shape="sqs"))["Records"]
    with pytest.raises(BadInput, match="Lambda takes 1,048,576"):
        opened(template="\"{{ 'a' * 2000000 }}\"", invocation_type="Event")


def test_a_run_of_failures_has_the_events_that_failed(world: World, home: Path) -> None:
    text = '{"n": "{{ n }}", "u": "{{ uuid }}", "at": "{{ now }}"}'
    account = world.accounts.open(None, None)
    first = payloads.opened(world, account, template=text, seed=4)

    def failed(source: Payloads, count: int, numbers: tuple[int, ...], inputs: dict[str, str]) -> str:
        writer = SavedRuns().begin(
            function="f",
            qualifier="",
            account="1",
            region="r",
            inputs=inputs,
            started=first.started + 60,
            events_from=source.started,
        )
        for number in range(1, count + 1):
            writer.add(invocation(number=number, outcome="throttled" if number in numbers else "ok"))
        writer.close("failed", {})
        return str(writer.path)

    run = failed(first, 9, (3, 8), {})
    again = payloads.opened(world, account, template=text, seed=4, failures_of=run)
    assert [again.payload(1), again.payload(2)] == [first.payload(3), first.payload(8)]
    # and what fails in that run has the event that it had in the first
    once_more = failed(again, 2, (2,), {"failures_of": run})
    third = payloads.opened(world, account, template=text, seed=4, failures_of=once_more)
    assert third.payload(1) == first.payload(8)
