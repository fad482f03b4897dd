"""The filter line's language: words, `field:value`, `/regular expressions/`, and `-` before what must not be there.

checkout api                 both words, in any order and case
runtime:python3.8 -region:us words and fields can be mixed; `-` or `!` negates
name:check*-api memory:>512  `*` stands for anything; numbers compare with <, <=, >, >=
state:failed alias:live tag:team=pay modified:<7d
/^checkout-(api|worker)$/    a regular expression on the name
"new tax"                    words that stand together
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from typing import TYPE_CHECKING

from lambdatui.aws import runtimes
from lambdatui.aws.listing import FunctionRecord, when
from lambdatui.errors import near_match

if TYPE_CHECKING:
    from lambdatui.aws.facts import Facts

Known = Callable[[FunctionRecord], "Facts | None"]
"""Gives the facts of a function, or None where they are not read yet."""

Term = Callable[[FunctionRecord], bool | None]
"""One condition: whether it holds; None where that cannot be told yet."""

TEXTS: dict[str, Callable[[FunctionRecord], str]] = {
    "name": lambda r: r.name,
    "account": lambda r: f"{r.scope.profile} {r.account_id}",
    "region": lambda r: r.scope.region,
    "runtime": lambda r: r.runtime or "image",
    "package": lambda r: r.package_type,
    "arch": lambda r: r.architecture,
    "handler": lambda r: r.handler,
    "role": lambda r: r.role,
    "description": lambda r: r.description,
    "arn": lambda r: r.arn,
}
NUMBERS: dict[str, Callable[[FunctionRecord], float]] = {
    "memory": lambda r: r.memory,
    "timeout": lambda r: r.timeout,
    "size": lambda r: r.code_size,
}
FACTS = ("state", "alias", "tag")
FIELDS = (*TEXTS, *NUMBERS, "modified", *FACTS)

_TOKEN = re.compile(r'[-!]?(?:[a-z]+:)?(?:/(?:[^/\\]|\\.)*/(?=\s|$)|"[^"]*"?|\S+)', re.IGNORECASE)
_COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "": operator.eq}
_NUMBER = re.compile(r"(>=|<=|>|<|)(\d+(?:\.\d+)?)(k|kb|m|mb|g|gb|)", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "kb": 1024, "m": 1024**2, "mb": 1024**2, "g": 1024**3, "gb": 1024**3}
_AGE = re.compile(r"(<|>)(\d+)(m|h|d|w|y)", re.IGNORECASE)
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter taken apart. `words` must all be in a record's text, none of `without`, and `terms` must all hold.

    `needs_facts` says that some term asks what only facts tell; `trouble` is a sentence about what makes no sense.
    """

    words: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    needs_facts: bool = False
    trouble: str = ""
    without: tuple[str, ...] = ()

    def judge(self, record: FunctionRecord) -> bool | None:
        """Whether all terms hold (the words aside); None where that depends on facts that are not read yet."""
        unknown = False
        for term in self.terms:
            holds = term(record)
            if holds is False:
                return False
            unknown = unknown or holds is None
        return None if unknown else True


def parse(text: str, facts: Known, now: dt.datetime) -> Filter:
    """Takes a filter apart. What makes no sense is looked for as a word, and told in `trouble`."""
    words: list[str] = []
    without: list[str] = []
    terms: list[Term] = []
    needs_facts, trouble = False, ""
    for match in _TOKEN.finditer(text):
        token = match.group()
        negated = token[0] in "-!" and len(token) > 1
        body = token[1:] if negated else token
        field, colon, value = body.partition(":")
        field = field.lower()
        term: Term | None = None
        if body.startswith("/") and body.endswith("/") and len(body) > 2:
            term, why = _regex("name", body[1:-1])
            term = _not(term) if term and negated else term
        elif colon and field in FIELDS:
            if not value:
                # the reader is still typing
                continue
            term, why = _field(field, value.strip('"'), facts, now)
            term = _not(term) if term and negated else term
            needs_facts = needs_facts or (term is not None and field in FACTS)
        else:
            why = ""
            if colon and field.isalpha() and not value.startswith(("/", ":")) and field != "arn":
                near = near_match(field, FIELDS)
                why = f"there is no field '{field}'.{near}" if near else ""
            word = body.strip('"').lower()
            if word:
                (without if negated else words).append(word)
        trouble = trouble or why
        if term is not None:
            terms.append(term)
    return Filter(tuple(words), tuple(terms), needs_facts, trouble, tuple(without))


def text_of(record: FunctionRecord) -> str:
    """What words are looked for in: name, description, runtime, region, profile and account."""
    profile, region = record.scope
    name, arn = record.name, record.arn
    # one sweep over tens of thousands: the account is cut out of the ARN, not parsed from it
    account = arn[-22 - len(name) : -10 - len(name)]
    return f"{name} {record.description} {record.runtime or 'image'} {region} {profile} {account}"


def _not(term: Term) -> Term:
    def opposite(record: FunctionRecord) -> bool | None:
        holds = term(record)
        return None if holds is None else not holds

    return opposite


def _field(field: str, value: str, facts: Known, now: dt.datetime) -> tuple[Term | None, str]:
    if field in NUMBERS:
        return _number(field, value)
    if field == "modified":
        return _modified(value, now)
    if field == "state":
        return _state(value.lower(), facts, now), ""
    if field == "alias":
        return _alias(value, facts), ""
    if field == "tag":
        return _tag(value, facts), ""
    if value.startswith("/") and value.endswith("/") and len(value) > 2:
        return _regex(field, value[1:-1])
    get = TEXTS[field]
    if "*" in value:
        pattern = re.compile(translate(value), re.IGNORECASE)
        return lambda record: pattern.match(get(record)) is not None, ""
    wanted = value.lower()
    return lambda record: wanted in get(record).lower(), ""


def _regex(field: str, pattern: str) -> tuple[Term | None, str]:
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        return None, f"/{pattern}/ is no regular expression: {error}."
    get = TEXTS[field]
    return lambda record: compiled.search(get(record)) is not None, ""


def _number(field: str, value: str) -> tuple[Term | None, str]:
    match = _NUMBER.fullmatch(value)
    if match is None:
        return None, f"{field}: a number was expected, such as {field}:>512."
    compare, number = _COMPARE[match[1]], float(match[2]) * _UNITS[match[3].lower()]
    get = NUMBERS[field]
    return lambda record: bool(compare(get(record), number)), ""


def _modified(value: str, now: dt.datetime) -> tuple[Term | None, str]:
    match = _AGE.fullmatch(value)
    if match is None:
        return None, "modified: an age was expected, such as modified:<7d or modified:>1y."
    limit = now - dt.timedelta(seconds=int(match[2]) * _SECONDS[match[3].lower()])
    younger = match[1] == "<"

    def holds(record: FunctionRecord) -> bool:
        moment = when(record.modified)
        return moment is not None and (moment > limit) == younger

    return holds, ""


def _state(value: str, facts: Known, now: dt.datetime) -> Term:
    def holds(record: FunctionRecord) -> bool | None:
        if "retired".startswith(value) and runtimes.deprecated(record.runtime, now.date()):
            return True
        known = facts(record)
        if known is None:
            return None
        words = [known.state.lower(), f"update {known.update_status.lower()}", known.update_status.lower()]
        if known.reserved_concurrency == 0:
            words.append("throttled")
        return any(value in word for word in words if word not in ("successful", "update successful"))

    return holds


def _alias(value: str, facts: Known) -> Term:
    name, _, version = value.partition("=")

    def holds(record: FunctionRecord) -> bool | None:
        known = facts(record)
        if known is None:
            return None
        if name.lower() == "none":
            return not known.aliases
        return any(
            alias.name.lower() == name.lower() and (not version or alias.serves(version)) for alias in known.aliases
        )

    return holds


def _tag(value: str, facts: Known) -> Term:
    key, equals, wanted = value.partition("=")

    def holds(record: FunctionRecord) -> bool | None:
        known = facts(record)
        if known is None:
            return None
        return any(
            name.lower() == key.lower() and (not equals or wanted.lower() in item.lower())
            for name, item in known.tags.items()
        )

    return holds
