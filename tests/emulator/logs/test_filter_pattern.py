"""The filter-pattern language.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.emulator.logs.patterns.filter_pattern import filter_pattern
from lambdatui.emulator.service import ApiError

LINES = ["ERROR WARN message", "ERROR message", "WARN message"]


def chosen(pattern: str, messages: list[str]) -> list[str]:
    return [message for message in messages if filter_pattern(pattern)(message)]


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("", [0, 1, 2]),
        ("   ", [0, 1, 2]),
        ('""', [0, 1, 2]),
        ("ERROR", [0, 1]),
        ("ERR", [0, 1]),
        ("error", []),
        ("ERROR WARN", [0]),
        ("?ERROR ?WARN", [0, 1, 2]),
        ("?nothing ?WARN", [0, 2]),
        ("ERROR -WARN", [1]),
        ('-"ERROR message"', [0, 2]),
        ('"ERROR message"', [1]),
        ("?nothing -ERROR", [2]),
        ("?nothing message -ERROR", [2]),  # an optional term counts for nothing beside others
        ("%^WARN%", [2]),
        ("%R (W|m)%", None),
        ("%R [Wm]%", [0, 1]),
        ("-%^WARN%", [0, 1]),
        ("?%^WARN% ?%RROR m%", [1, 2]),
    ],
)
def test_terms(pattern: str, matching: list[int] | None) -> None:
    if matching is None:
        with pytest.raises(ApiError):
            filter_pattern(pattern)
    else:
        assert chosen(pattern, LINES) == [LINES[index] for index in matching]


def test_a_phrase_may_have_quotation_marks_and_backslashes() -> None:
    messages = ['{"level":"ERROR"}', r"C:\temp"]
    assert chosen(r'"\"level\":\"ERROR\""', messages) == messages[:1]
    assert chosen(r'"C:\\temp"', messages) == messages[1:]


DOCUMENT = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
    "latency": 512.5,
    "status": 404,
    "code": "404",
    "detail-type": "Order placed",
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
    "dotted.name": "x",
}


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "UpdateTrail" }',
        "{ $.eventType = UpdateTrail }",
        "{$.eventType=Update*}",
        "{ $.eventType = *Trail }",
        '{ $.eventType = "*date*" }',
        "{ $.eventType = %^Up[a-z]+Trail$% }",
        "{ $.eventType != %^Down% }",
        "{ $.sourceIPAddress != 123.123.* }",
        "{ $.sourceIPAddress = 111.111.* }",
        '{ $.arrayKey[0] = "value" }',
        '{ $.arrayKey[*] = "another value" }',
        "{ $.objectList[1].id = 2 }",
        '{ $.objectList[*].name = "b" }',
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.SomeObject EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.ThisFlag = true }",
        "{ $.latency >= 500 }",
        "{ $.latency > +5.12e2 }",
        "{ $.latency = 512.5 }",
        "{ $.latency = * }",
        "{ $.status != 500 }",
        "{ $.status = 404.0 }",
        "{ $.status = 4* }",
        "{ $.code = 404 }",
        '{ $.detail-type = "Order placed" }',
        "{ $.['dotted.name'] = \"x\" }",
        '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
        '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
        "{ $.coordinates[2][0] = 7 }",
    ],
)
def test_json_conditions_that_hold(pattern: str) -> None:
    assert filter_pattern(pattern)(json.dumps(DOCUMENT))


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.eventType = updatetrail }",
        "{ $.eventType != UpdateTrail }",
        "{ $.eventType = Up*Trail }",  # an asterisk in the middle is one
        "{ $.arrayKey = value }",  # a selector that leads to an array compares with nothing
        "{ $.arrayKey != value }",
        "{ $.user = 1 }",
        "{ $.missing = 1 }",
        "{ $.missing != 1 }",
        "{ $.missing IS NULL }",
        "{ $.missing EXISTS }",
        "{ $.SomeObject NOT EXISTS }",
        "{ $.SomeObject = * }",
        "{ $.ThisFlag IS FALSE }",
        "{ $.eventType IS TRUE }",
        "{ $.latency < 500 }",
        "{ $.code > 400 }",  # a string is no number
        "{ $.ThisFlag >= 1 }",
        "{ $.arrayKey[7] = value }",
        '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }',
        '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
    ],
)
def test_json_conditions_that_do_not_hold(pattern: str) -> None:
    assert not filter_pattern(pattern)(json.dumps(DOCUMENT))


@pytest.mark.parametrize("message", ["plain text", "", "{not json", '"text"', "17", "[" * 20_000, "{}"])
def test_what_is_no_json_document_matches_no_condition(message: str) -> None:
    assert not filter_pattern("{ $.a = * }")(message)


ACCESS = [
    '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534',
    '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 500 5324',
    '127.0.0.1 - anna [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 403 80',
]


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("[ip, user, username, timestamp, request, status_code, bytes]", [0, 1, 2]),
        ("[ip, user, username, timestamp, request, status_code, bytes > 1000]", [0, 1]),
        ("[ip, user, username, timestamp, request, status_code = 200, bytes]", [0]),
        ("[ip, user, username, timestamp, request, status_code = 4*, bytes]", [2]),
        ("[ip, user, username, timestamp, request = *html*, status_code = 5*, bytes]", [1]),
        ("[..., status_code = 4* && status_code != 403, bytes]", []),
        ("[..., status_code = 4* || status_code = 5*, bytes]", [1, 2]),
        ("[..., (s = 4* || s = 5*) && s != 500, bytes]", [2]),
        ("[ip, user, ..., status_code, bytes < 100]", [2]),
        ("[ip, user, username = anna, ...]", [2]),
        ("[ip, user, username != anna, ...]", [0, 1]),
        ("[..., request=*.html*, status_code=5*,]", [1]),
        ("[..., request=%pb[.]gif%, status_code, bytes]", [0, 2]),
        ('[..., request="GET /index.html HTTP/1.0", status_code, bytes]', [1]),
        ("[ip, user]", []),
        ("[...]", [0, 1, 2]),
        ("[, , username = frank, ...]", [0, 1]),
    ],
)
def test_space_delimited_fields(pattern: str, matching: list[int]) -> None:
    assert chosen(pattern, ACCESS) == [ACCESS[index] for index in matching]


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [("[w1=ERROR, w2]", [1]), ("[w1=ERROR || w1=WARN, w2]", [1, 2]), ("[w1=ERROR, ...]", [0, 1])],
)
def test_the_number_of_fields_is_exact_without_an_ellipsis(pattern: str, matching: list[int]) -> None:
    assert chosen(pattern, LINES) == [LINES[index] for index in matching]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("Status: timeout", "Invalid character(s) in term ':'"),
        ("ORDER-ITEM", "Invalid character(s) in term '-'"),
        ('"no end', "Invalid character(s) in term '\"'"),
        ("?", "Invalid character(s) in term ''"),
        ("%a(b)%", "Invalid character(s) in term '('"),
        ("%a!%", "Invalid character(s) in term '!'"),
        ("%a[%", "Invalid filter pattern: invalid regular expression 'a['"),
        ('{ $.a = "x"', "If a filter pattern starts with '{' it must end with '}'"),
        ("[a, b", "If a filter pattern starts with '[' it must end with ']'"),
        ("{", "If a filter pattern starts with '{' it must end with '}'"),
        ("{ }", "Invalid filter pattern"),
        ("{ $.a }", "Invalid filter pattern"),
        ("{ $.a = }", "Invalid filter pattern"),
        ("{ $.a > x }", "Invalid filter pattern"),
        ("{ $.a IS MAYBE }", "Invalid filter pattern"),
        ("{ a = 1 }", "Invalid filter pattern"),
        ("{ $.a = 1 && }", "Invalid filter pattern"),
        ("{ ($.a = 1 }", "Invalid filter pattern"),
        ("{ $.a = 1 $.b = 2 }", "Invalid filter pattern"),
        ('{ $."sc-status" = 5* }', "Invalid filter pattern"),
        ("{ $.a = `x` }", "Invalid character(s) in term '`'"),
        ("[a, ..., b, ...]", "Invalid filter pattern"),
        ("[a = , b]", "Invalid filter pattern"),
        ("[a b]", "Invalid filter pattern"),
        ("[bytes > many]", "Invalid filter pattern"),
    ],
)
def test_a_bad_pattern_is_an_invalid_parameter(pattern: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        filter_pattern(pattern)
    assert (caught.value.code, caught.value.message) == ("InvalidParameterException", message)


words = st.text(st.sampled_from("abcXYZ019_"), min_size=1, max_size=6)


@given(st.lists(words, max_size=5), st.lists(words, max_size=3), st.text("abcXYZ019_ ", max_size=60))
def test_plain_and_excluded_terms_are_what_substrings_say(plain: list[str], excluded: list[str], message: str) -> None:
    pattern = " ".join([*plain, *(f"-{word}" for word in excluded)])
    expected = all(word in message for word in plain) and not any(word in message for word in excluded)
    assert filter_pattern(pattern)(message) is expected


@given(st.dictionaries(words, st.one_of(st.integers(), st.text(max_size=8), st.booleans()), min_size=1))
def test_a_value_equals_itself(document: dict[str, object]) -> None:
    for name, value in document.items():
        if isinstance(value, str) and value[:1] != "*" and value[-1:] != "*":
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            if "\n" not in escaped:
                assert filter_pattern(f'{{ $.{name} = "{escaped}" }}')(json.dumps(document))
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e15:
            assert filter_pattern(f"{{ $.{name} = {value} }}")(json.dumps(document))
            assert not filter_pattern(f"{{ $.{name} > {value} }}")(json.dumps(document))


@given(st.text("{}[]()$.=!<>&|*%\"'\\, abISNULEXT019-?", max_size=80), st.text(max_size=40))
def test_whatever_the_text_it_is_a_pattern_or_an_invalid_parameter(pattern: str, message: str) -> None:
    with suppress(ApiError):
        filter_pattern(pattern)(message)


def test_nested_parentheses_end_somewhere() -> None:
    with pytest.raises(ApiError):
        filter_pattern("{" + "(" * 500 + "$.a = 1" + ")" * 500 + "}")
