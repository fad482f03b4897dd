"""The filter line's language."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.aws.facts import Facts
from lambdatui.aws.listing import FunctionRecord
from lambdatui.aws.scope import Scope
from lambdatui.aws.versions import Alias
from lambdatui.tui import filters

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def record(name: str = "checkout-api", **members: object) -> FunctionRecord:
    values: dict[str, object] = {
        "scope": Scope("prod", "eu-west-1"),
        "arn": f"arn:aws:lambda:eu-west-1:123456789012:function:{name}",
        "runtime": "python3.13",
        "memory": 512,
        "timeout": 10,
        "package_type": "Zip",
        "architecture": "x86_64",
        "modified": "2026-11-22T12:00:00.000+0000",
        "code_size": 3 * 1024**2,
        "description": "Takes the money",
        "handler": "app.handler",
        "role": "arn:aws:iam::123456789012:role/checkout",
    }
    return FunctionRecord(name=name, **values | members)  # type: ignore[arg-type]


def facts(**members: object) -> Facts:
    values: dict[str, object] = {
        "state": "Active",
        "state_reason": "",
        "update_status": "Successful",
        "update_reason": "",
        "reserved_concurrency": None,
        "tags": {"team": "pay"},
        "aliases": (Alias("live", "41", {"42": 0.1}, "", "r"),),
        "environment": 0,
    }
    return Facts(**values | members)  # type: ignore[arg-type]


def passes(text: str, subject: FunctionRecord | None = None, known: Facts | None = None) -> bool | None:
    """Whether a record passes a filter: its words and its terms."""
    subject = subject or record()
    found = filters.parse(text, lambda _: known, NOW)
    if not all(word in filters.text_of(subject).lower() for word in found.words):
        return False
    if any(word in filters.text_of(subject).lower() for word in found.without):
        return False
    return found.judge(subject)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("CHECK api", True),
        ("check worker", False),
        ("-worker", True),
        ("-api", False),
        ("!api", False),
        ('"takes the"', True),
        ('"the takes"', False),
        ("name:checkout", True),
        ("name:checkout*", True),
        ("name:*out", False),
        ("name:*out*", True),
        ("runtime:python3.13", True),
        ("runtime:nodejs", False),
        ("-runtime:nodejs", True),
        ("account:prod", True),
        ("account:123456789012", True),
        ("region:eu-west", True),
        ("role:checkout", True),
        ("package:image", False),
        ("arch:x86", True),
        ("memory:512", True),
        ("memory:>512", False),
        ("memory:>=512", True),
        ("timeout:<11", True),
        ("size:>2mb", True),
        ("size:>4mb", False),
        ("modified:<7d", True),
        ("modified:>7d", False),
        ("modified:>1d", True),
        ("/^checkout-(api|worker)$/", True),
        ("/^worker/", False),
        ("-/^worker/", True),
        ("description:/mon.y/", True),
        ("runtime:", True),
        ("check -runtime:nodejs memory:>=128 /api$/", True),
    ],
)
def test_what_a_filter_lets_pass(text: str, expected: bool) -> None:
    assert passes(text) is expected


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("state:active", facts(), True),
        ("state:failed", facts(), False),
        ("state:failed", facts(state="Failed"), True),
        ("state:failed", facts(update_status="Failed"), True),
        ("state:throttled", facts(reserved_concurrency=0), True),
        ("state:succ", facts(), False),
        ("alias:live", facts(), True),
        ("alias:beta", facts(), False),
        ("alias:live=42", facts(), True),
        ("alias:live=40", facts(), False),
        ("alias:none", facts(aliases=()), True),
        ("tag:team", facts(), True),
        ("tag:team=pay", facts(), True),
        ("tag:team=ship", facts(), False),
        ("-tag:team=ship", facts(), True),
    ],
)
def test_what_only_facts_tell(text: str, known: Facts, expected: bool) -> None:
    assert passes(text, known=known) is expected
    assert passes(text) is None, "while the facts are not read, nobody knows"
    assert filters.parse(text, lambda _: None, NOW).needs_facts


def test_a_retired_runtime_needs_no_facts() -> None:
    assert passes("state:retired", record(runtime="python3.8")) is True


def test_what_is_false_anyway_does_not_wait_for_facts() -> None:
    assert passes("runtime:java state:failed") is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rntime:python", "Did you mean 'runtime'?"),
        ("memory:lots", "memory: a number was expected"),
        ("modified:yesterday", "modified: an age was expected"),
        ("/check(/", "is no regular expression"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, words: str) -> None:
    assert words in filters.parse(text, lambda _: None, NOW).trouble


def test_an_arn_is_no_field() -> None:
    found = filters.parse("arn:aws:lambda:eu-west-1:123456789012:function:checkout-api", lambda _: None, NOW)
    assert found.trouble == ""
    assert found.judge(record()) is True


@given(st.text(max_size=30))
def test_anything_can_be_typed(text: str) -> None:
    found = filters.parse(text, lambda _: None, NOW)
    assert found.judge(record()) in (True, False, None)
