"""What a test expects of AWS: a refusal, or something that happens after a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


class refused:
    """Expects a ClientError: `with refused("ResourceNotFoundException", 404, "text")`."""

    def __init__(self, code: str, status: int, text: str = "") -> None:
        self.code, self.status, self.text = code, status, text
        self.response: Any = None

    def __enter__(self) -> refused:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        assert isinstance(error, ClientError), f"{self.code} was expected, there was {error!r}"
        self.response = error.response
        found = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        assert found == (self.code, self.status), error
        assert self.text in error.response["Error"]["Message"]
        return True


def eventually(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Waits until a condition is true and returns what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
