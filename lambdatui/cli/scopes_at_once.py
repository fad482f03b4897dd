"""Several accounts and regions read at the same time, each in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from lambdatui.aws.scope import Scope
from lambdatui.errors import LambdatuiError

T = TypeVar("T")


def answers(
    scopes: Sequence[Scope], read: Callable[[Scope, Callable[[T], None]], None]
) -> Iterator[tuple[Scope, T | LambdatuiError]]:
    """What `read` tells of each scope, as it is told.

    `read` takes a scope and what to call with each answer. An error ends its scope: a LambdatuiError is that scope's
    last answer, any other is raised.
    """
    told: queue.SimpleQueue[tuple[Scope, T | BaseException | None]] = queue.SimpleQueue()

    def work(scope: Scope) -> None:
        try:
            read(scope, lambda answer: told.put((scope, answer)))
        except BaseException as error:  # noqa: BLE001 - told to the reader, which raises what nobody foresaw
            told.put((scope, error))
        finally:
            told.put((scope, None))

    for scope in scopes:
        threading.Thread(target=work, args=(scope,), daemon=True).start()
    reading = len(scopes)
    while reading:
        scope, answer = told.get()
        if answer is None:
            reading -= 1
        elif isinstance(answer, LambdatuiError) or not isinstance(answer, BaseException):
            yield scope, answer
        else:
            raise answer
