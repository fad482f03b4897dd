"""What the answer to a probe must be. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from lambdatui.aws.invocations import Invocation
from lambdatui.stages.strategy import Part

_NOTHING = object()
_LONGEST = 120


def _a_regular_expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"a regular expression was expected, and '{text}' is none: {error}.") from None
    return text


def _an_expression(text: str) -> str:
    import jmespath

    try:
        jmespath.compile(text)
    except jmespath.exceptions.JMESPathError as error:
        words = " ".join(str(error).split("\n")[0].split())
        raise ValueError(f"a JMESPath expression was expected, and '{text}' is none: {words}.") from None
    return text


class Expect(Part):
    """What must hold of an answer; all that is said must. A function error is never taken."""

    of: Literal["answer", "body", "body_or_answer"] = "answer"
    """What equals, contains, jmespath and matches look at: the whole answer, or its `body`, which API Gateway wants
    as text; JSON in that is read. `body_or_answer` takes the body where there is one."""
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    """The `statusCode` in the answer, or, where it has none, the HTTP status of the invocation."""
    equals: Any = None
    """JSON that it must be, member by member, whatever the order of the members."""
    contains: Any = None
    """JSON that it must hold: of an object these members at least, of a list these elements at least, in any order,
    of a text this part."""
    jmespath: Annotated[str, AfterValidator(_an_expression)] | None = None
    """A JMESPath expression that must be true of it, such as `total > `0` && currency == 'EUR'`."""
    matches: Annotated[str, AfterValidator(_a_regular_expression)] | None = None
    """A regular expression that must be found in it."""
    max_duration_ms: Annotated[float, Field(gt=0)] | None = None
    """Lambda's Duration in ms must not be more; where the log does not tell it, what the caller waited."""

    def failures(self, invocation: Invocation) -> tuple[str, ...]:
        """Why an answer is not what was expected, one sentence a reason; empty where it is."""
        if invocation.outcome != "ok":
            return (f"{invocation.outcome}: {invocation.error}",)
        answer = _json_or_text(invocation.payload)
        found = [*self._of_status(invocation, answer), *self._of_time(invocation)]
        looked_at: Any = answer
        has_body = isinstance(answer, Mapping) and "body" in answer
        if self.of == "body" or (self.of == "body_or_answer" and has_body):
            looked_at = answer.get("body", _NOTHING) if isinstance(answer, Mapping) else _NOTHING
            if looked_at is _NOTHING:
                return (*found, f"there is no body in {_shown(answer)}.")
            if isinstance(looked_at, str):
                looked_at = _json_or_text(looked_at.encode())
        return (*found, *self._of_content(looked_at))

    def _of_status(self, invocation: Invocation, answer: Any) -> list[str]:
        code = answer.get("statusCode") if isinstance(answer, Mapping) else None
        status = code if isinstance(code, int) else invocation.status
        return [f"status {self.status} was expected, not {status}."] if self.status not in (None, status) else []

    def _of_time(self, invocation: Invocation) -> list[str]:
        took = invocation.report.duration if invocation.report.duration is not None else invocation.latency
        if self.max_duration_ms is None or took <= self.max_duration_ms:
            return []
        return [f"at most {self.max_duration_ms:g} ms were expected, and it took {took:.1f} ms."]

    def _of_content(self, value: Any) -> list[str]:
        found = []
        if "equals" in self.model_fields_set and not same(self.equals, value):
            found.append(f"{_shown(self.equals)} was expected, not {_shown(value)}.")
        if "contains" in self.model_fields_set and not holds(value, self.contains):
            found.append(f"{_shown(self.contains)} is not in {_shown(value)}.")
        if self.jmespath is not None and not self._true_of(value):
            found.append(f"`{self.jmespath}` is not true of {_shown(value)}.")
        if self.matches is not None:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            if re.search(self.matches, text) is None:
                found.append(f"/{self.matches}/ is not found in {_shown(value)}.")
        return found

    def _true_of(self, value: Any) -> bool:
        import jmespath

        try:
            found = jmespath.search(self.jmespath, value)
        except jmespath.exceptions.JMESPathError:
            # such as length() of a number: the answer is of another kind than was expected
            return False
        # JMESPath's own truth: 0 is true, an empty list is not
        return found is not None and found is not False and found not in ("", [], {})


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal. `1` and `1.0` are, `1` and `true` are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def holds(value: Any, part: Any) -> bool:
    """Whether a JSON value contains another, as `Expect.contains` says it."""
    if isinstance(part, Mapping):
        return isinstance(value, Mapping) and all(k in value and holds(value[k], item) for k, item in part.items())
    if isinstance(part, list):
        return isinstance(value, list) and all(any(holds(there, item) for there in value) for item in part)
    if isinstance(part, str) and isinstance(value, str):
        return part in value
    return same(value, part)


def _json_or_text(payload: bytes) -> Any:
    text = payload.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
