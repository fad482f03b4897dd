"""`lambdatui logs`: a function's log, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import click

from lambdatui.aws import functions
from lambdatui.aws import logs as log_groups
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AccessDenied, NotFound
from lambdatui.aws.log_entries import Invoked
from lambdatui.aws.log_filter import Words
from lambdatui.aws.log_filter import parse as words
from lambdatui.aws.log_folding import Folding
from lambdatui.aws.log_lines import LogLine, parse
from lambdatui.aws.log_reading import Arrived, Following, LogReading, News, Waiting
from lambdatui.cli import output
from lambdatui.cli.interruption import cancelling
from lambdatui.cli.options import Context, global_options
from lambdatui.clock import Clock
from lambdatui.errors import BadInput
from lambdatui.moments import moment

KEPT = 20_000
"""Lines that are remembered to know which invocation a line belongs to."""


@click.command()
@click.argument("function")
@click.option("--since", metavar="AGE|TIME", default="15m", show_default=True, help="From when on: 15m, 2h, 09:30.")
@click.option("--until", metavar="AGE|TIME", help="To when; else to now.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what arrives, until interrupted.")
@click.option(
    "--filter", "typed", metavar="WORDS", default="", help="Only lines with these words: tax -health /E\\d+/."
)
@click.option("--request-id", metavar="ID", default="", help="Only the lines of this invocation.")
@global_options
def logs(
    context: Context, function: str, since: str, until: str | None, follow: bool, typed: str, request_id: str
) -> None:
    """Reads the log of FUNCTION, oldest first: from the log group that its configuration names.

    Each line has its time, the version and the request id of its invocation, its level, and what was
    written; with --json each is a line of JSON. --follow uses Live Tail where it may, which AWS
    charges by the minute, else it asks every few seconds.

    \b
    lambdatui logs checkout-api --since 1h --filter "error -health"
    lambdatui logs checkout-api --follow --json | jq -r .message
    """
    if follow and until:
        raise BadInput("--follow has no end: leave out --until.")
    wanted = words(typed)
    if wanted.trouble:
        raise BadInput(f"--filter: {wanted.trouble}")
    now = dt.datetime.now(dt.UTC)
    start, end = _ms("--since", since, now), _ms("--until", until, now) if until else int(now.timestamp() * 1000)
    if not follow and end <= start:
        raise BadInput("--until: it ends before it begins.")
    account = context.accounts().open()
    reading = LogReading(_group(account, function), start, None if follow else end)
    written = Written(wanted, request_id)

    def put(news: News) -> None:
        match news:
            case Arrived(events):
                for line, message, invocation in written.take([parse(event) for event in events]):
                    _tell(context, line, message, invocation)
            case Waiting(sentence, error) if error is not None and not follow:
                raise NotFound(sentence) if isinstance(error, NotFound) else error
            case Waiting(sentence):
                output.word(sentence, fg="yellow")
            case Following(live, why):
                output.word("Live Tail: lines appear as they arrive." if live else f"Asking every few seconds. {why}")

    clock = Clock()
    with cancelling(clock):
        reading.run(account, clock, put)


class Written:
    """Knows which invocation each line belongs to, and which lines are wanted."""

    def __init__(self, wanted: Words, request_id: str) -> None:
        self._wanted = wanted
        self._request_id = request_id
        self._folding = Folding(most_lines=KEPT)
        self._last: dict[str, Invoked | None] = {}

    def take(self, lines: Sequence[LogLine]) -> Iterator[tuple[LogLine, str, Invoked | None]]:
        """The wanted ones of some lines, each with its text, and its invocation if it has one."""
        # the folding puts a traceback that came in several lines together in its first
        told = [(line, line.message) for line in lines]
        changes = self._folding.add(lines)
        touched = {entry.number: entry for entry in [*changes.added, *changes.changed.values()]}
        entries = {id(line): entry for entry in touched.values() for line in entry.every_line}
        for line, message in told:
            entry = entries.get(id(line))
            owner = self._last.get(line.stream) if entry is None else entry if isinstance(entry, Invoked) else None
            self._last[line.stream] = owner
            if self._request_id and (owner is None or owner.request_id != self._request_id):
                continue
            if self._wanted.hold(message):
                yield line, message, owner
        self._folding.drop_oldest()


def _group(account: Account, function: str) -> str:
    try:
        return log_groups.log_group(functions.configuration(account, function)).name
    except AccessDenied as error:
        group = log_groups.default_group(function)
        output.word(f"{error.operation} is denied: the log group is taken to be {group}.", fg="yellow")
        return group


def _ms(option: str, text: str, now: dt.datetime) -> int:
    try:
        return int(moment(text, now).timestamp() * 1000)
    except BadInput as error:
        raise BadInput(f"{option}: {error}") from None


def _tell(context: Context, line: LogLine, message: str, invocation: Invoked | None) -> None:
    time = dt.datetime.fromtimestamp(line.timestamp / 1000, dt.UTC)
    request_id, version = (invocation.request_id, invocation.version) if invocation else ("", "")
    level = line.level.name if line.level else ""
    if context.as_json:
        output.data_json(
            {
                "time": time.isoformat(timespec="milliseconds"),
                "level": level,
                "request_id": request_id,
                "version": version,
                "stream": line.stream,
                "message": message,
            }
        )
        return
    here = f"{time.astimezone():%Y-%m-%d %H:%M:%S}.{line.timestamp % 1000:03d}"
    said = message.replace("\r\n", "\n").replace("\r", "\n")
    output.data(f"{here}  {version or '-':>7}  {request_id[:8] or '-':8}  {level or '-':5}  {said[max(line.at, 0) :]}")
