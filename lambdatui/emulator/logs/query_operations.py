"""Operations on Logs Insights queries. A query is carried out when it is started, and told to be Running once."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lambdatui.emulator.logs.insights.discovered_fields import Record, record
from lambdatui.emulator.logs.insights.evaluation import Result, carry_out, check
from lambdatui.emulator.logs.insights.parser import parse_query
from lambdatui.emulator.logs.insights.syntax_tree import Command, Limit, QueryMistake
from lambdatui.emulator.logs.log_store import Group, LogRegion, LogStore, position
from lambdatui.emulator.logs.lookup import find_group, invalid
from lambdatui.emulator.service import ApiError, Call

_KEPT_QUERIES = 100
_KEPT_ROWS = 20_000
_MOST_GROUPS = 50


@dataclass(slots=True)
class _Query:
    id: str
    account: str
    region: str
    text: str
    group: str
    started: int
    result: Result
    scanned: int
    scanned_bytes: int
    status: str = "Running"


class QueryOperations:
    """StartQuery, GetQueryResults, StopQuery, DescribeQueries."""

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, _Query] = OrderedDict()

    def start_query(
        self,
        call: Call,
        startTime: int,
        endTime: int,
        queryString: str,
        logGroupName: str | None = None,
        logGroupNames: Sequence[str] | None = None,
        logGroupIdentifiers: Sequence[str] | None = None,
        limit: int | None = None,
        queryLanguage: str | None = None,
    ) -> dict[str, Any]:
        if queryLanguage not in (None, "CWLI"):
            raise invalid(f"{queryLanguage}: the embedded AWS has the query language CWLI only.")
        if startTime > endTime:
            raise invalid("startTime must be before or equal to endTime.")
        commands = _commands(queryString)
        if limit is not None and not any(isinstance(command, Limit) for command in commands):
            commands.append(Limit(limit))
        given = [
            names for names in ([logGroupName] if logGroupName else None, logGroupNames, logGroupIdentifiers) if names
        ]
        if len(given) != 1 or len(given[0]) > _MOST_GROUPS:
            raise invalid(
                "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified, with at most "
                f"{_MOST_GROUPS} log groups."
            )
        region = self._store.region(call.account, call.region)
        with region.lock:
            groups = [find_group(region, None, identifier) for identifier in given[0]]
            # seconds, as in no other operation of Logs; milliseconds are taken, too
            records = list(_records(region, groups, _seconds(startTime), _seconds(endTime), self._store.now_ms()))
        size = sum(len(str(found["@message"])) for found in records)
        query = _Query(
            id=str(uuid.uuid4()),
            account=call.account,
            region=call.region,
            text=queryString,
            group=groups[0].name,
            started=self._store.now_ms(),
            scanned=len(records),
            scanned_bytes=size,
            result=carry_out(commands, records),
        )
        with self._lock:
            self._queries[query.id] = query
            while len(self._queries) > 1 and self._is_full():
                self._queries.popitem(last=False)
        return {"queryId": query.id}

    def get_query_results(
        self, call: Call, queryId: str, nextToken: str | None = None, maxItems: int | None = None
    ) -> dict[str, Any]:
        query = self._find(call, queryId)
        status = query.status
        if status == "Running":
            query.status = "Complete"
        is_complete = status == "Complete"
        rows = query.result.rows if is_complete else []
        return {
            "queryLanguage": "CWLI",
            "results": rows if maxItems is None else rows[:maxItems],
            "statistics": {
                "recordsMatched": float(query.result.matched) if is_complete else 0.0,
                "recordsScanned": float(query.scanned) if is_complete else 0.0,
                "bytesScanned": float(query.scanned_bytes) if is_complete else 0.0,
                "logGroupsScanned": 1.0,
            },
            "status": status,
        }

    def stop_query(self, call: Call, queryId: str) -> dict[str, Any]:
        query = self._find(call, queryId)
        if query.status != "Running":
            raise invalid("The specified query is not running.")
        query.status = "Cancelled"
        return {"success": True}

    def describe_queries(
        self,
        call: Call,
        logGroupName: str | None = None,
        status: str | None = None,
        maxResults: int | None = None,
        nextToken: str | None = None,
        queryLanguage: str | None = None,
    ) -> dict[str, Any]:
        with self._lock:
            mine = [
                query
                for query in self._queries.values()
                if (query.account, query.region) == (call.account, call.region)
            ]
        return {
            "queries": [
                {
                    "queryLanguage": "CWLI",
                    "queryId": query.id,
                    "queryString": query.text,
                    "status": query.status,
                    "createTime": query.started,
                    "logGroupName": query.group,
                }
                for query in reversed(mine)
                if logGroupName in (None, query.group) and status in (None, query.status)
            ]
        }

    def _is_full(self) -> bool:
        kept = self._queries.values()
        return len(kept) > _KEPT_QUERIES or sum(len(query.result.rows) for query in kept) > _KEPT_ROWS

    def _find(self, call: Call, identifier: str) -> _Query:
        with self._lock:
            query = self._queries.get(identifier)
        if query is None or (query.account, query.region) != (call.account, call.region):
            raise ApiError("ResourceNotFoundException", f"Query {identifier} not found", 400)
        return query


def _commands(text: str) -> list[Command]:
    try:
        commands = parse_query(text)
        check(commands)
    except QueryMistake as mistake:
        raise ApiError(
            "MalformedQueryException",
            str(mistake),
            400,
            queryCompileError={
                "location": {"startCharOffset": mistake.start, "endCharOffset": mistake.end},
                "message": str(mistake),
            },
        ) from None
    return commands


def _seconds(time: int) -> int:
    return time // 1000 if time > 100_000_000_000 else time


def _records(region: LogRegion, groups: Sequence[Group], start: int, end: int, now: int) -> Iterator[Record]:
    """The records of events from `start` to `end`, both included, in epoch seconds."""
    found = []
    for group in groups:
        first = position(max(start * 1000, group.since(now)))
        streams = list(group.streams.values())
        events = group.between(streams, first, position(end * 1000 + 1))
        found += [(event, stream, group) for stream, event in events]
    found.sort(key=lambda item: item[0])
    return (record(region.account, group, stream, event) for event, stream, group in found)
