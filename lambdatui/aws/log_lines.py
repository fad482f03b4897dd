"""One line of a function's log, understood: its level, the invocation it names, and what Lambda itself says in it.

Lambda's own lines have two formats, text and JSON:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html,
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html. How a handler's lines begin is up to its
runtime: `[INFO]⇥time⇥request id⇥` in Python, `time⇥request id⇥INFO⇥` in Node.js and .NET, `time request id INFO` in
Java; in JSON format they carry `level` and `requestId`. Whatever else stands in a line is kept as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from lambdatui.aws import tracebacks
from lambdatui.aws.invocation_report import Report, json_report, text_report
from lambdatui.aws.logs import LogEvent


class Level(IntEnum):
    """How grave a line is; NONE where it does not say."""

    NONE = 0
    TRACE = 1
    DEBUG = 2
    INFO = 3
    WARN = 4
    ERROR = 5
    FATAL = 6


@dataclass(frozen=True, slots=True)
class Start:
    """An invocation begins. `in_json` where the platform writes JSON."""

    version: str
    in_json: bool


@dataclass(frozen=True, slots=True)
class End:
    """The handler is done. `status` as in Report; empty in text."""

    status: str


@dataclass(frozen=True, slots=True)
class Init:
    """A new environment begins. `on_demand` is False where it was made ahead, for provisioned concurrency."""

    on_demand: bool


@dataclass(frozen=True, slots=True)
class InitReport:
    """An environment was set up, or was not."""

    status: str
    error_type: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The platform or the runtime says that the invocation failed. `words` is one line."""

    words: str
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Platform:
    """Lambda says something else, such as which extensions there are."""


Mark = Start | End | Report | Init | InitReport | Failure | Platform

IN_JSON = -1
"""The `at` of a line that is a JSON object."""


@dataclass(slots=True, eq=False)
class LogLine:
    """One line; a traceback that came in several events may be put together in one."""

    timestamp: int
    """Milliseconds since the epoch."""
    stream: str
    message: str
    """As it was written, terminal escapes and all."""
    id: str
    """The eventId; empty where Live Tail brought it."""
    level: Level = Level.NONE
    request_id: str = ""
    at: int = 0
    """Where in `message` the words begin, after what the runtime puts before them; IN_JSON for a JSON object."""
    mark: Mark | None = None
    """What the platform or the runtime says; None for a handler's own line."""
    is_trace: bool = False
    """Whether it is a traceback, so that what is indented after it belongs to it."""


_LEVELS = {
    "trace": Level.TRACE,
    "trce": Level.TRACE,
    "verbose": Level.TRACE,
    "debug": Level.DEBUG,
    "dbug": Level.DEBUG,
    "info": Level.INFO,
    "information": Level.INFO,
    "notice": Level.INFO,
    "warn": Level.WARN,
    "warning": Level.WARN,
    "err": Level.ERROR,
    "error": Level.ERROR,
    "fail": Level.ERROR,
    "severe": Level.ERROR,
    "crit": Level.FATAL,
    "critical": Level.FATAL,
    "fatal": Level.FATAL,
    "panic": Level.FATAL,
}

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
_OWN = re.compile(
    r"(START|END|REPORT) RequestId: (\S+)(?: Version: (\S+))?"
    r"|(INIT_START|RESTORE_START|INIT_REPORT|RESTORE_REPORT) "
    r"|(?:EXTENSION|TELEMETRY|LOGS)\t"
)
_PYTHON = re.compile(rf"\[([A-Z]+)\]\t{_TIME}\t(\S*)\t")
_PYTHON_FAILURE = re.compile(r"\[ERROR\] (\S[^\r\n]*)")
_TABBED = re.compile(rf"{_TIME}\t(\S+)\t([A-Za-z]+)\t")
_SPACED = re.compile(rf"{_TIME} ({_UUID}) +(?:([A-Z]+) +)?")
_TIMED_OUT = re.compile(r"Task timed out after [\d.]+ seconds")
_NAMED = re.compile(rf"RequestId: ({_UUID}) ")
_ENDED = re.compile(r"(?:Error: )?(Runtime exited|Process exited before|Runtime\.\w+)[^\r\n]*")
_NODE_FAILURE = re.compile(r"(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection|Init Error)\s*\t")
_JAVA_FAILURE = re.compile(r"[^\r\n]*: ([\w.$]+(?:Exception|Error))[\r\n]+\1")
_RUBY_FAILURE = re.compile(r"(?:Error raised from handler method|Critical exception from handler)")
_WORD = re.compile(
    r"(?<![A-Za-z])(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE|PANIC)(?![A-Za-z])"
    r"|\blevel=\"?([A-Za-z]+)"
)
_LOOKED_AT = 120
"""Characters of a line in which its level is looked for."""

LEVEL_KEYS = ("level", "log_level", "severity", "Level", "levelname", "lvl")
REQUEST_KEYS = ("requestId", "AWSRequestId", "awsRequestId", "aws_request_id", "function_request_id")
MESSAGE_KEYS = ("message", "msg", "Message", "event")
STACK_KEYS = ("stackTrace", "stack", "stack_trace", "exception")
"""Under which names loggers put these into their JSON."""


def parse(event: LogEvent) -> LogLine:
    """A log event as a line. Takes any text; what is no format that is known is a handler's own line."""
    message = event.message.rstrip("\r\n")
    line = LogLine(event.timestamp, event.stream, message, event.id)
    first = message[:1]
    if first == "{" and _parse_json(line):
        return line
    own = _OWN.match(message)
    if own is not None:
        _parse_own(line, own)
        return line
    if first == "[":
        _parse_python(line)
    elif first.isdigit():
        _parse_timed(line)
    elif first == "R" and (named := _NAMED.match(message)) is not None:
        line.request_id, line.at = named[1], named.end()
        if (ended := _ENDED.match(message, line.at)) is not None:
            line.mark, line.level = Failure(ended[0].removeprefix("Error: "), timed_out=False), Level.ERROR
    elif _RUBY_FAILURE.match(message) or _JAVA_FAILURE.match(message):
        line.mark, line.level = Failure(message.splitlines()[0], timed_out=False), Level.ERROR
    if line.level is Level.NONE:
        _look_for_level(line)
    if tracebacks.is_one(message):
        line.is_trace = True
        line.level = max(line.level, Level.ERROR)
    return line


# one object for many lines: the garbage collector walks all there are
_start = lru_cache(maxsize=256)(Start)
_end = lru_cache(maxsize=16)(End)


def _parse_own(line: LogLine, own: re.Match[str]) -> None:
    word, line.request_id = own[1], own[2] or ""
    if word == "START":
        line.mark = _start(own[3] or "", in_json=False)
    elif word == "END":
        line.mark = _end("")
    elif word == "REPORT":
        line.mark = text_report(line.message)
    elif own[4] in ("INIT_START", "RESTORE_START"):
        line.mark = Init(on_demand=True)
    elif own[4]:
        report = text_report(line.message)
        line.mark = InitReport(report.status, report.error_type)
    else:
        line.mark = Platform()


def _parse_python(line: LogLine) -> None:
    prefix = _PYTHON.match(line.message)
    if prefix is not None:
        line.level = _level(prefix[1])
        line.request_id, line.at = prefix[2], prefix.end()
    elif (failed := _PYTHON_FAILURE.match(line.message)) is not None:
        # Python's runtime writes the exception of a handler so, and a logger never does
        line.mark, line.level = Failure(failed[1].strip(), timed_out=False), Level.ERROR
        line.at = len("[ERROR] ")


def _parse_timed(line: LogLine) -> None:
    message = line.message
    prefix = _TABBED.match(message)
    if prefix is not None:
        # Node.js writes `undefined` before the first invocation
        line.request_id = "" if prefix[1] == "undefined" else prefix[1]
        line.level, line.at = _level(prefix[2]), prefix.end()
        failed = _NODE_FAILURE.match(message, line.at)
        if failed is not None:
            line.mark = Failure(_node_words(message[failed.end() :]), timed_out=False)
        return
    prefix = _SPACED.match(message)
    if prefix is None:
        return
    line.request_id, line.at = prefix[1], prefix.end()
    line.level = _level(prefix[2] or "")
    if line.level is Level.NONE:
        line.at = prefix.start(2) if prefix[2] else prefix.end()
    if (timed_out := _TIMED_OUT.match(message, line.at)) is not None:
        line.mark, line.level = Failure(timed_out[0], timed_out=True), Level.ERROR


def _node_words(text: str) -> str:
    try:
        error = json.loads(text)
    except (ValueError, RecursionError):
        return text.strip().split("\n", 1)[0]
    return error_words(error) if isinstance(error, Mapping) else str(error)


def error_words(error: Mapping[str, Any]) -> str:
    """`errorType: errorMessage` of a runtime's error, in one line."""
    words = ": ".join(str(error[key]) for key in ("errorType", "errorMessage") if error.get(key))
    return " ".join(words.split())


def _look_for_level(line: LogLine) -> None:
    found = _WORD.search(line.message, line.at, line.at + _LOOKED_AT)
    if found is not None:
        line.level = _level(found[1] or found[0])


def _level(word: str) -> Level:
    return _LEVELS.get(word.lower(), Level.NONE)


# JSON


def _parse_json(line: LogLine) -> bool:
    """Whether the line is a JSON object; it is understood then."""
    try:
        value = json.loads(line.message)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    line.at = IN_JSON
    kind = value.get("type")
    record = value.get("record")
    if isinstance(kind, str) and kind.startswith("platform.") and isinstance(record, Mapping):
        _parse_platform(line, kind, record)
        return True
    for key in REQUEST_KEYS:
        if isinstance(found := value.get(key), str):
            line.request_id = found
            break
    for key in LEVEL_KEYS:
        if key in value:
            line.level = _json_level(value[key])
            break
    if value.get("errorType") and "errorMessage" in value and not any(key in value for key in MESSAGE_KEYS):
        # what a runtime writes of a handler's exception: a logger's line has a message beside it
        line.mark, line.level = Failure(error_words(value), timed_out=False), Level.ERROR
    if any(key in value for key in STACK_KEYS):
        line.level = max(line.level, Level.ERROR)
    return True


def _parse_platform(line: LogLine, kind: str, record: Mapping[str, Any]) -> None:
    line.request_id = _text(record, "requestId")
    status, error_type = _text(record, "status"), _text(record, "errorType")
    if kind == "platform.start":
        line.mark = _start(_text(record, "version"), in_json=True)
    elif kind == "platform.runtimeDone":
        line.mark = _end(status)
    elif kind == "platform.report":
        line.mark = json_report(record)
    elif kind in ("platform.initStart", "platform.restoreStart"):
        line.mark = Init(on_demand=_text(record, "initializationType") in ("on-demand", "snap-start", ""))
    elif kind in ("platform.initReport", "platform.restoreReport"):
        line.mark = InitReport(status, error_type)
    else:
        line.mark = Platform()
        if kind in ("platform.logsDropped", "platform.fault"):
            line.level = Level.WARN


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _json_level(value: Any) -> Level:
    if isinstance(value, str):
        return _level(value)
    if isinstance(value, int) and not isinstance(value, bool):
        # pino and bunyan: 10 trace, 20 debug … 60 fatal
        return Level(min(max(value // 10, 0), 6)) if value >= 10 else Level.NONE
    return Level.NONE
