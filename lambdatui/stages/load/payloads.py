"""The event of each run: always the same one, or made for it from a template, a row and its number."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from lambdatui.aws.account import Account
from lambdatui.errors import BadInput
from lambdatui.stages import payload as given
from lambdatui.stages.load import library, rows, strict_json
from lambdatui.stages.load.rerun import event_numbers
from lambdatui.stages.load.sandbox import Moment
from lambdatui.stages.load.saved import SavedRuns
from lambdatui.stages.load.template import Template
from lambdatui.stages.world import World

_SHOWN = 400


class Payloads:
    """Gives each run its event, the same for the same number, as often as it is asked, in any thread.

    A template reads `n` (the run's number, from 1), `uuid` (another one at each use), `now` (when the whole run began),
    `row` (of the rows in turn), and calls `random(1, 9)` and `choice("a", "b")`.
    """

    def __init__(
        self,
        source: bytes | Template | None,
        *,
        seed: int = 0,
        started: float | None = None,
        table: Sequence[rows.Row] = (),
        limit: int = given.LIMITS["RequestResponse"],
        numbers: Sequence[int] = (),
    ) -> None:
        """`source` is the event itself, or a template of it; None takes each row as it is.

        `started` is what `now` tells, in seconds since the epoch; `limit` is in bytes. With
        `numbers`, the first run has the event of the first number, and so on.
        """
        self._numbers = numbers
        self._template = source if isinstance(source, Template) else None
        self._seed = seed
        self.started = time.time() if started is None else started
        """What `now` tells: a saved run has to begin with it, for its events to be made again."""
        self._now = Moment(self.started)
        self._table = table
        self._limit = limit
        self.constant: bytes | None = source if isinstance(source, bytes) else None
        """The event, where all runs have the same."""
        if self._template is not None and not self._template.varies:
            self.constant = self.payload(1)

    def payload(self, number: int) -> bytes:
        """The event of the run with this number, from 1, as JSON. Raises BadInput where the template gives none."""
        if self.constant is not None:
            return self.constant
        if self._numbers:
            number = self._numbers[(number - 1) % len(self._numbers)]
        row = self._table[(number - 1) % len(self._table)] if self._table else None
        value = row if self._template is None else self._template.render(self._variables(number, row))
        data = _as_text(value, number).encode()
        if len(data) > self._limit:
            raise BadInput(f"the payload of run {number:,} has {len(data):,} bytes, and Lambda takes {self._limit:,}.")
        return data

    def preview(self, number: int = 1) -> str:
        """The beginning of an event, for a plan, with a word where others differ."""
        text = given.preview(self.payload(number))
        return text if self.constant is not None else f"{text}, another for each run"

    def _variables(self, number: int, row: rows.Row | None) -> dict[str, Any]:
        chance = _Chance(f"{self._seed}:{number}")
        found = {
            "n": number,
            "uuid": _Uuid(chance),
            "now": self._now,
            "random": chance.number,
            "choice": chance.choice,
        }
        return found if row is None else found | {"row": row}


def opened(
    world: World,
    account: Account,
    *,
    payload: Any = None,
    payload_file: str | None = None,
    template: str | None = None,
    library_name: str | None = None,
    shape: str | None = None,
    rows_file: str | None = None,
    seed: int = 0,
    started: float | None = None,
    invocation_type: str = "RequestResponse",
    failures_of: str | None = None,
) -> Payloads:
    """The events of a run, from the fields of Invoke; the first is made at once, so that mistakes show before the run.

    With `failures_of`, a saved run, they are those that its failures had.

    Raises BadInput with the file and the line of what is wrong, or AwsError for a file in S3.
    """
    table = rows.read(world.path(rows_file), rows_file) if rows_file else ()
    limit = given.LIMITS.get(invocation_type, given.LIMITS["RequestResponse"])
    source: bytes | Template | None
    if template is not None:
        source = of_text(template)
    elif library_name is not None:
        source = library.template(library.folder(world.accounts.settings), library_name)
    elif shape is not None:
        source = library.shape(shape)
    elif rows_file is not None:
        source = None
    else:
        source = given.body(world, account, payload, payload_file, invocation_type)
    numbers: Sequence[int] = ()
    if failures_of is not None:
        with SavedRuns().read(failures_of) as reader:
            numbers, began = event_numbers(reader), reader.head.get("events_from")
        started = float(began) if isinstance(began, int | float) else started
    found = Payloads(source, seed=seed, started=started, table=table, limit=limit, numbers=numbers)
    found.payload(1)
    return found


def of_text(text: str, place: str = "template") -> Template:
    """A template from a text: where it is JSON, each string in it is one for itself, and quotes need no care."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise BadInput(f"{place}: is nested too deeply.") from None
    except ValueError:
        return Template(text, place)
    if isinstance(value, str):
        return Template(text, place)
    return Template(value, place, lambda path: _line_in(text, value, path))


def _line_in(text: str, value: Any, path: Sequence[str | int]) -> int:
    """The line of a JSON text on which a string in it begins, as far as the text tells."""
    for part in path:
        value = value[part]
    at = text.find(json.dumps(value, ensure_ascii=False)) if isinstance(value, str) else 0
    return text.count("\n", 0, max(0, at)) + 1


def _as_text(value: Any, number: int) -> str:
    if not isinstance(value, str):
        try:
            return json.dumps(value, allow_nan=False)
        except ValueError:
            raise BadInput(f"the payload of run {number:,} has a number in it that JSON does not have.") from None
    try:
        strict_json.loads(value)
    except ValueError as error:
        raise BadInput(
            f"the payload of run {number:,} is not JSON: {strict_json.why(error)}: {value[:_SHOWN]!r}",
            "In a text, put values in with {{ value|tojson }}.",
        ) from None
    return value


class _Chance:
    """Random values that are the same each time for the same start; the start costs nothing where none is asked for."""

    def __init__(self, start: str) -> None:
        self._start = start
        self._random: random.Random | None = None

    @property
    def _source(self) -> random.Random:
        if self._random is None:
            self._random = random.Random(self._start)  # noqa: S311 - events for tests, no secrets
        return self._random

    def number(self, low: float = 0.0, high: float = 1.0) -> float:
        """A whole number from `low` to `high`, both among them, where both are whole; else any number between them."""
        if isinstance(low, int) and isinstance(high, int):
            return self._source.randint(min(low, high), max(low, high))
        return self._source.uniform(low, high)

    def choice(self, *values: Any) -> Any:
        """One of the values, or of the list that is given alone."""
        options = values[0] if len(values) == 1 and isinstance(values[0], list | tuple | range | Mapping) else values
        return self._source.choice(list(options))

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self._source.getrandbits(128), version=4))


class _Uuid:
    """Another UUID each time that it is written."""

    def __init__(self, chance: _Chance) -> None:
        self._chance = chance

    def __str__(self) -> str:
        return self._chance.uuid()
