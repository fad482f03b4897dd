"""One invocation with a deadline of the caller's, which a slow function cannot move."""

from __future__ import annotations

import queue
import threading

from lambdatui.aws import invocations
from lambdatui.aws.account import Account
from lambdatui.aws.invocations import Invocation
from lambdatui.errors import LambdatuiError, StageFailed
from lambdatui.stages.stage import World

_LOOK_SECONDS = 0.05


def invoked(
    world: World,
    account: Account,
    function: str,
    payload: bytes,
    *,
    deadline: float,
    number: int = 1,
    qualifier: str | None = None,
    function_timeout: int = 900,
) -> Invocation | None:
    """Invokes once, and returns what came of it; None where nothing has come by `deadline` (epoch seconds).

    A call that is not waited for any longer goes on at AWS. Raises Refused by the guard, Cancelled.
    """
    answers: queue.SimpleQueue[Invocation | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(
                invocations.invoke(
                    account, function, payload, number=number, qualifier=qualifier, function_timeout=function_timeout
                )
            )
        except BaseException as error:  # noqa: BLE001 - told to who waits, who raises it
            answers.put(error)

    threading.Thread(target=work, name="timed-invocation", daemon=True).start()
    while True:
        try:
            answer = answers.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            world.clock.check()
            if world.clock.now() >= deadline:
                return None
            continue
        if isinstance(answer, LambdatuiError):
            raise answer
        if isinstance(answer, BaseException):
            raise StageFailed(f"an invocation broke: {type(answer).__name__}: {answer}") from answer
        return answer
