"""The errors an operator meets, each with the exit status of the command line that it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class LambdatuiError(Exception):
    """One clear sentence for the operator, and what to do about it.

    `message` says what and where; `hint`, if any, says what to do. `exit_code` is the status of a command that ends
    with it: 1 the stage failed, 2 bad input, 3 AWS said no or is out of reach, 4 refused, 130 interrupted.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip() if self.hint else self.message


class StageFailed(LambdatuiError):
    """The act was carried out and its outcome is a failure: a function error, a gate, a rate that was missed."""

    exit_code = 1


class BadInput(LambdatuiError):
    """What was typed, or stands in a file, cannot be used."""

    exit_code = 2


class Refused(LambdatuiError):
    """lambdatui itself would not do it: read-only, protected, or not confirmed."""

    exit_code = 4


class Unrecorded(LambdatuiError):
    """A call was sent, and the journal could not be told how it ended."""


class Cancelled(LambdatuiError):
    """The operator stopped it."""

    exit_code = 130

    def __init__(self, message: str = "Stopped by the operator.", hint: str = "") -> None:
        super().__init__(message, hint)


def near_match(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` where one of `known` is close to `word`, else an empty string."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""
