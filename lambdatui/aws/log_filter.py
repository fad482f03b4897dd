"""Which entries of a log are shown: by words, by level, by request id.

tax currency        both words, in any order and case, anywhere in an invocation's lines
-health "new tax"   `-` or `!` before what must not be there; words that stand together
/E\\d{4}/            a regular expression
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lambdatui.aws.log_entries import Entry, Invoked
from lambdatui.aws.log_lines import Level, LogLine

_TOKEN = re.compile(r'[-!]?(?:/(?:[^/\\]|\\.)+/(?=\s|$)|"[^"]*"?|\S+)')


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed, taken apart. `trouble` is a sentence about what makes no sense, and is left out."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = ()
    unwanted_patterns: tuple[re.Pattern[str], ...] = ()
    trouble: str = ""

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted or self.patterns or self.unwanted_patterns)

    @property
    def highlight(self) -> re.Pattern[str] | None:
        """What is looked for, as one expression; None where nothing is."""
        parts = [re.escape(word) for word in self.wanted] + [pattern.pattern for pattern in self.patterns]
        return re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE) if parts else None

    def hold(self, text: str) -> bool:
        """Whether a text has all that is wanted and nothing that is not."""
        low = text.lower()
        for word in self.wanted:
            if word not in low:
                return False
        for word in self.unwanted:
            if word in low:
                return False
        return all(pattern.search(text) for pattern in self.patterns) and not any(
            pattern.search(text) for pattern in self.unwanted_patterns
        )


def parse(text: str) -> Words:
    """Takes a filter line apart. Any text is one."""
    wanted: list[str] = []
    unwanted: list[str] = []
    patterns: list[re.Pattern[str]] = []
    unwanted_patterns: list[re.Pattern[str]] = []
    trouble = ""
    for match in _TOKEN.finditer(text):
        token = match.group()
        negated = token[0] in "-!" and len(token) > 1
        body = token[1:] if negated else token
        if len(body) > 2 and body[0] == body[-1] == "/":
            try:
                pattern = re.compile(body[1:-1], re.IGNORECASE)
            except re.error as error:
                trouble = f"{body} is no regular expression: {error}."
            else:
                (unwanted_patterns if negated else patterns).append(pattern)
        elif word := body.strip('"').lower():
            (unwanted if negated else wanted).append(word)
    return Words(tuple(wanted), tuple(unwanted), tuple(patterns), tuple(unwanted_patterns), trouble)


def graveness(level: Level) -> Level:
    """A level to compare with others: what a handler just prints counts as INFO."""
    return level or Level.INFO


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Conditions that must all hold. `level` hides lines below it, and invocations in which nothing is as grave."""

    words: Words = Words()
    level: Level = Level.NONE
    only_errors: bool = False
    """Only invocations that failed or wrote an error, and lines that are one."""
    request_id: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.level or self.only_errors or self.request_id)

    def passes(self, entry: Entry) -> bool:
        """Whether an entry is shown."""
        if self.request_id and not (isinstance(entry, Invoked) and entry.request_id == self.request_id):
            return False
        if self.only_errors and entry.level < Level.ERROR:
            return False
        if self.level and graveness(entry.level) < self.level:
            return False
        return not self.words or self.words.hold(_text(entry))

    def lines(self, entry: Entry) -> Sequence[LogLine]:
        """The lines of an entry that are shown beneath it."""
        if not self.level:
            return entry.lines
        return [line for line in entry.lines if graveness(line.level) >= self.level]

    def headline(self, entry: Entry) -> LogLine | None:
        """The line that an entry shows of itself: the first that has what is looked for, else its own choice."""
        words = self.words
        if (words.wanted or words.patterns) and len(entry.lines) > 1:
            for line in entry.lines:
                low = line.message.lower()
                if any(word in low for word in words.wanted) or any(p.search(line.message) for p in words.patterns):
                    return line
        return entry.headline


def _text(entry: Entry) -> str:
    """What words are looked for in."""
    if isinstance(entry, Invoked):
        failure = entry.failure.words if entry.failure else ""
        # an invocation that failed is found as such, whatever it wrote
        outcome = "error" if entry.failed else ""
        return "\n".join([entry.request_id, outcome, failure, *[line.message for line in entry.lines]])
    return entry.lines[0].message
