"""A function f with versions 1 to 3 and an alias live on the first, for what is done to it and undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stages.acting import function_with_versions


@pytest.fixture
def client(aws: Any) -> Any:
    """The test account's Lambda, in which the function is."""
    found = aws()
    function_with_versions(found, 3)
    found.create_alias(FunctionName="f", Name="live", FunctionVersion="1", Description="what callers use")
    return found
