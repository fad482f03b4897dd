"""Logs Insights: StartQuery, GetQueryResults, StopQuery, and the query language.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.emulator.logs.insights.parser import parse_query
from lambdatui.emulator.logs.insights.syntax_tree import QueryMistake
from tests.emulator.expectations import refused
from tests.emulator.logs.conftest import NOW, Write

ONE, TWO = "6e0c0f7a-0000-4000-8000-000000000001", "6e0c0f7a-0000-4000-8000-000000000002"

LAMBDA = [
    f"START RequestId: {ONE} Version: 42",
    f"[INFO]\t2027-01-15T07:59:50.001Z\t{ONE}\ttotal is 12.50",
    f"END RequestId: {ONE}",
    f"REPORT RequestId: {ONE}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 64 MB\tInit Duration: 65.12 ms\t",
    f"START RequestId: {TWO} Version: 42",
    f"[ERROR]\t2027-01-15T07:59:50.101Z\t{TWO}\tKeyError: 'currency'",
    f"END RequestId: {TWO}",
    f"REPORT RequestId: {TWO}\tDuration: 112.00 ms\tBilled Duration: 112 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 70 MB\t",
]

ORDERS = [
    '{"level": "INFO", "order": {"id": 1, "total": 10.5}, "country": "DE", "tags": ["a", "b"]}',
    '{"level": "ERROR", "order": {"id": 2, "total": 99}, "country": "FR"}',
    '{"level": "INFO", "order": {"id": 3, "total": 20}, "country": "DE"}',
    'prefix {"level": "WARN", "order": {"id": 4}} rest',
    "plain text user=anna, method:GET, latency := 17",
]

Ask = Callable[..., Any]


@pytest.fixture
def ask(logs: Any) -> Ask:
    """Runs a query on the group `g` over the last hour. Gives each row as a mapping, without @ptr."""

    def ask(query: str, **more: Any) -> list[dict[str, str]]:
        members = {"logGroupName": "g", "startTime": NOW // 1000 - 3600, "endTime": NOW // 1000} | more
        started = logs.start_query(queryString=query, **members)
        answer = logs.get_query_results(queryId=started["queryId"])
        while answer["status"] == "Running":
            answer = logs.get_query_results(queryId=started["queryId"])
        rows = [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
        return [{name: value for name, value in row.items() if name != "@ptr"} for row in rows]

    return ask


def test_a_query_is_running_and_then_complete(logs: Any, write: Write) -> None:
    write(*LAMBDA)
    started = logs.start_query(
        logGroupName="g",
        startTime=NOW // 1000 - 60,
        endTime=NOW // 1000,
        queryString="fields @message | filter @type = 'REPORT' | limit 1",
    )
    first = logs.get_query_results(queryId=started["queryId"])
    assert (first["status"], first["results"]) == ("Running", [])
    second = logs.get_query_results(queryId=started["queryId"])
    assert (second["status"], len(second["results"])) == ("Complete", 1)
    statistics = second["statistics"]
    assert (statistics["recordsMatched"], statistics["recordsScanned"]) == (2.0, 8.0)
    assert second["results"][0][-1]["field"] == "@ptr"
    queries = logs.describe_queries(logGroupName="g")["queries"]
    assert [(query["queryId"], query["status"]) for query in queries] == [(started["queryId"], "Complete")]


def test_a_query_can_be_stopped_while_it_runs(logs: Any, write: Write) -> None:
    write("1")
    started = logs.start_query(logGroupName="g", startTime=0, endTime=NOW // 1000, queryString="fields @message")
    assert logs.stop_query(queryId=started["queryId"])["success"] is True
    assert logs.get_query_results(queryId=started["queryId"])["status"] == "Cancelled"
    with refused("InvalidParameterException", 400):
        logs.stop_query(queryId=started["queryId"])
    with refused("ResourceNotFoundException", 400):
        logs.get_query_results(queryId="none")


def test_without_fields_time_and_message_are_shown_the_latest_first(ask: Ask, write: Write) -> None:
    write("one", "two")
    assert ask("limit 5") == [
        {"@timestamp": "2027-01-15 07:59:50.001", "@message": "two"},
        {"@timestamp": "2027-01-15 07:59:50.000", "@message": "one"},
    ]


def test_lambdas_own_lines_have_fields(ask: Ask, write: Write) -> None:
    write(*LAMBDA)
    rows = ask(
        "fields @requestId, @duration, @billedDuration, @memorySize, @maxMemoryUsed, @initDuration "
        '| filter @type = "REPORT" | sort @duration desc'
    )
    assert rows == [
        {
            "@requestId": TWO,
            "@duration": "112",
            "@billedDuration": "112",
            "@memorySize": "512000000",
            "@maxMemoryUsed": "70000000",
        },
        {
            "@requestId": ONE,
            "@duration": "12.34",
            "@billedDuration": "13",
            "@memorySize": "512000000",
            "@maxMemoryUsed": "64000000",
            "@initDuration": "65.12",
        },
    ]
    assert len(ask(f'filter @requestId = "{ONE}"')) == 4


def test_reports_in_json_have_the_same_fields(ask: Ask, write: Write) -> None:
    write(
        '{"time":"2027-01-15T07:59:50Z","type":"platform.report","record":{"requestId":"' + ONE + '","metrics":'
        '{"durationMs":12.3,"billedDurationMs":13,"memorySizeMB":512,"maxMemoryUsedMB":64}}}'
    )
    assert ask("stats max(@duration) as d, max(@maxMemoryUsed) / 1000000 as mb by @type") == [
        {"@type": "REPORT", "d": "12.3", "mb": "64"}
    ]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("order.id = 2", [2]),
        ("order.id != 2 and ispresent(order.id)", [1, 3, 4]),
        ("order.total > 15", [2, 3]),
        ("order.total >= 20 and order.total <= 20", [3]),
        ("level = 'INFO' or level = \"WARN\"", [1, 3, 4]),
        ("not level = 'INFO' and order.id > 0", [2, 4]),
        ("country like /^D/", [1, 3]),
        ("country =~ /(?i)fr/", [2]),
        ("country like 'E'", [1, 3]),
        ("country not like 'E' and ispresent(country)", [2]),
        ("country in ['FR', 'IT']", [2]),
        ("country not in ['FR', 'IT'] and ispresent(country)", [1, 3]),
        ("order.id in [1, 4]", [1, 4]),
        ("tags.1 = 'b'", [1]),
        ("(order.id = 1 or order.id = 2) and level = 'ERROR'", [2]),
        ("order.id % 2 = 0", [2, 4]),
        ("order.id * 2 + 1 > 2 ^ 3 - 1", [4]),
        ("strlen(country) = 2 and tolower(country) = 'fr'", [2]),
        ("@message like 'prefix'", [4]),
        ("coalesce(country, 'none') = 'none' and ispresent(order.id)", [4]),
        ("strcontains(concat(level, '-', country), 'O-D')", [1, 3]),
    ],
)
def test_filter(ask: Ask, write: Write, condition: str, ids: list[int]) -> None:
    write(*ORDERS)
    rows = ask(f"fields order.id as id | filter {condition} | sort id asc")
    assert [int(row["id"]) for row in rows] == ids


def test_parse_takes_fields_out_of_a_text_by_a_glob_or_a_regular_expression(ask: Ask, write: Write) -> None:
    write(*ORDERS)
    rows = ask('parse @message "user=*, method:*, latency := *" as user, method, @latency | filter ispresent(user)')
    assert len(rows) == 1
    glob = ask(
        'parse @message "user=*, method:*, latency := *" as user, method, @latency '
        "| filter ispresent(user) | display user, method, @latency"
    )
    regex = ask(
        r"parse @message /user=(?<user>\w+), method:(?<method>\w+), latency := (?<ms>\d+)/ "
        "| filter ms > 16 | display user, method, ms as `@latency`"
    )
    assert glob == regex == [{"user": "anna", "method": "GET", "@latency": "17"}]


def test_stats_over_all_and_by_field(ask: Ask, write: Write) -> None:
    write(*ORDERS)
    assert ask("stats count(*) as n, count(country) as c, count_distinct(country) as d, sum(order.total) as s") == [
        {"n": "5", "c": "3", "d": "2", "s": "129.5"}
    ]
    assert ask("stats avg(order.total) as a, min(order.id), max(order.id) by country | sort country") == [
        {"country": "DE", "a": "15.25", "min(order.id)": "1", "max(order.id)": "3"},
        {"country": "FR", "a": "99", "min(order.id)": "2", "max(order.id)": "2"},
        {"min(order.id)": "4", "max(order.id)": "4"},
    ]
    assert ask("stats count(*) * 100 / 5 as share by level | filter level = 'INFO'") == [
        {"level": "INFO", "share": "40"}
    ]


def test_percentiles_and_bins(ask: Ask, write: Write) -> None:
    for minute in (2, 1):
        write(*(f'{{"ms": {value}}}' for value in range(1, 101)), at=minute * 60_000)
    rows = ask("stats count(*) as n, pct(ms, 95) as p95, median(ms) as m by bin(1m)")
    assert rows == [
        {"bin(1m)": "2027-01-15 07:59:00.000", "n": "100", "p95": "95", "m": "50"},
        {"bin(1m)": "2027-01-15 07:58:00.000", "n": "100", "p95": "95", "m": "50"},
    ]
    assert ask("stats count(*) by bin(5m) as slot, @logStream") == [
        {"slot": "2027-01-15 07:55:00.000", "@logStream": "s", "count(*)": "200"}
    ]


def test_sorting_puts_what_is_missing_last(ask: Ask, write: Write) -> None:
    write(*ORDERS)
    totals = [row.get("order.total") for row in ask("fields order.total | sort order.total desc")]
    assert totals == ["99", "20", "10.5", None, None]
    ids = [row.get("order.id") for row in ask("fields order.id | filter level = 'INFO' | sort country, order.id desc")]
    assert ids == ["3", "1"]


def test_the_usual_queries_on_functions(ask: Ask, write: Write) -> None:
    write(*LAMBDA)
    assert ask(
        "filter @type = 'REPORT'\n# how much memory is left over\n"
        "| stats max(@memorySize / 1000 / 1000) as provisioned, max(@maxMemoryUsed / 1000 / 1000) as used,\n"
        "  max(@memorySize / 1000 / 1000) - max(@maxMemoryUsed / 1000 / 1000) as over"
    ) == [{"provisioned": "512", "used": "70", "over": "442"}]
    assert ask("fields @timestamp, @message | filter @message like /KeyError/ | sort @timestamp desc | limit 20") == [
        {"@timestamp": "2027-01-15 07:59:50.005", "@message": LAMBDA[5]}
    ]
    assert ask("filter ispresent(@initDuration) | stats count(*) as cold, avg(@initDuration) as init by bin(5m)") == [
        {"bin(5m)": "2027-01-15 07:55:00.000", "cold": "1", "init": "65.12"}
    ]


def test_several_groups_are_asked_together(logs: Any, write: Write) -> None:
    write("one", group="g")
    write("two", group="h", at=5000)
    started = logs.start_query(
        logGroupNames=["g", "h"], startTime=NOW // 1000 - 60, endTime=NOW // 1000, queryString="fields @message, @log"
    )
    logs.get_query_results(queryId=started["queryId"])
    found = logs.get_query_results(queryId=started["queryId"])["results"]
    assert [row[0]["value"] for row in found] == ["two", "one"]
    assert found[0][1]["value"].endswith(":h")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "unexpected end of the query at line 1 and position 1"),
        ("select *", "'select' is no command of the embedded AWS"),
        ("fields", "unexpected end of the query"),
        ("fields @message |", "unexpected end of the query"),
        ("filter a =", "unexpected end of the query"),
        ("filter (a = 1", "')' was expected"),
        ("filter a like 5", "a text or a regular expression was expected"),
        ("filter a like /(/", "the regular expression is invalid"),
        ("filter a in 1", "'[' was expected"),
        ("fields nothing(a)", "'nothing' is no function"),
        ("fields abs(a, b)", "'abs' does not take 2 arguments"),
        ("stats a by b", "'a' in stats is no aggregate"),
        ("filter count(*) > 1", "'count' is an aggregate"),
        ("stats sum(count(*))", "'count' is an aggregate"),
        ("limit 0", "limit takes a whole number from 1 to 10000"),
        ('parse @message "a*b*" as x', "2 fields were expected"),
        ("parse @message /a/", "needs named groups"),
        ("fields a\n| filter b = ]", "unexpected symbol found ] at line 2 and position 14"),
        ("filter " + "(" * 99 + "a" + ")" * 99, "nested too deeply"),
        ("filter a = 1" + " or a = 1" * 400, "too complex"),
    ],
)
def test_a_malformed_query_is_refused_with_its_place(logs: Any, write: Write, query: str, sentence: str) -> None:
    write("1")
    with refused("MalformedQueryException", 400, sentence):
        logs.start_query(logGroupName="g", startTime=0, endTime=1, queryString=query)


def test_a_malformed_query_tells_where(logs: Any, write: Write) -> None:
    write("1")
    with pytest.raises(ClientError) as caught:
        logs.start_query(logGroupName="g", startTime=0, endTime=1, queryString="fields a | filtr b")
    location = caught.value.response["queryCompileError"]["location"]
    assert location == {"startCharOffset": 11, "endCharOffset": 16}


@given(st.text("fieldsortlimbypar @message|=<>'\"/()[],*0159.-", max_size=80))
def test_whatever_the_text_it_is_a_query_or_a_mistake(text: str) -> None:
    with suppress(QueryMistake):
        parse_query("filter " + text)
