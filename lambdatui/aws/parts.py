"""Reading something in parts: one that AWS refuses is told in its place, and the others are there all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lambdatui.aws.errors import AwsError, CredentialsError, Throttled, Unreachable

T = TypeVar("T")


def permitted(read: Callable[[], T]) -> T | AwsError:
    """What `read` returns, or AWS's refusal of it.

    Raises what is wrong with more than this part: the credentials, the connection, too many calls.
    """
    try:
        return read()
    except (CredentialsError, Unreachable, Throttled):
        raise
    except AwsError as error:
        return error
