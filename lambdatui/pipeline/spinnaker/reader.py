"""Reads the members of one stage of Spinnaker's JSON: forgiving of its spellings, and forgetting nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdatui.documents import Document, FieldPath
from lambdatui.pipeline.spinnaker import translation
from lambdatui.pipeline.spinnaker.counterparts import quoted
from lambdatui.pipeline.spinnaker.graph_names import Scope
from lambdatui.pipeline.spinnaker.spel import NotSpel
from lambdatui.pipeline.spinnaker.translation import Untranslatable

UNREAD = frozenset(
    {
        "type",
        "name",
        "refId",
        "requisiteStageRefIds",
        "credentials",
        "cloudProvider",
        "cloudProviderType",
        "operation",
        "vpcId",
        "functionUid",
        "stackName",
        "detailName",
        "describeName",
        "isNew",
        "comments",
        "stageEnabled",
        "failPipeline",
        "continuePipeline",
        "completeOtherBranchesThenFail",
        "failOnFailedExpressions",
        "stageTimeoutMs",
        "overrideTimeout",
        "restrictExecutionDuringTimeWindow",
        "restrictedExecutionWindow",
        "skipWindowText",
        "sendNotifications",
        "notifications",
        "expectedArtifacts",
        "inputArtifacts",
        "selectedStageRoles",
        "alias",
    }
)
"""Members that name nothing of AWS's, or that are read with the graph."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was carried over otherwise than it stood, or not at all."""

    place: str
    """`FILE:LINE`, and the member's path."""
    words: str
    lost: bool = False
    """Whether it was not carried over: the stage fails with these words when it is reached."""

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


@dataclass(slots=True)
class Reader:
    """One stage's JSON. Every member that is asked for counts as read; `left_over` tells the others."""

    members: Mapping[str, Any]
    path: FieldPath
    document: Document
    scope: Scope
    remarks: list[Remark] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)

    def place(self, *path: str | int) -> str:
        """Where a member stands."""
        whole = (*self.path, *path)
        return f"{self.document.place(whole)} {'.'.join(map(str, whole))}"

    def remark(self, name: str, words: str, lost: bool = False) -> None:
        self.remarks.append(Remark(self.place(name) if name else self.place(), words, lost))

    def raw(self, name: str) -> Any:
        """A member as it stands; None where it is absent or blank."""
        self._read.add(name)
        value = self.members.get(name)
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, name: str) -> str | None:
        """A member as text, with our expressions in it."""
        value = self.raw(name)
        return None if value is None else self.said(value, name)

    def number(self, name: str) -> int | float | str | None:
        """A member as a number, also where it is written as text; an expression stays one."""
        value = self.raw(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        said = self.said(value, name)
        try:
            return int(said)
        except ValueError:
            try:
                return float(said)
            except ValueError:
                if "${{" not in said:
                    self.remark(name, f"a number was expected, not '{said}'.", lost=True)
                    return None
                return said

    def flag(self, name: str) -> bool | str | None:
        """A member as yes or no, also where it is written as text."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return value
        said = self.said(value, name)
        return {"true": True, "false": False}.get(said.lower(), said)

    def texts(self, name: str) -> list[str]:
        """A member as a list of texts; one text alone is a list of one, and blanks do not count."""
        value = self.raw(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        return [self.said(item, name, index) for index, item in enumerate(items) if str(item or "").strip()]

    def mapping(self, name: str) -> dict[str, Any]:
        """A member as a mapping, with our expressions in its texts."""
        value = self.raw(name)
        if not isinstance(value, Mapping):
            if value is not None:
                self.remark(name, "a mapping was expected.", lost=True)
            return {}
        return {str(key): self.value(item, name, str(key)) for key, item in value.items()}

    def value(self, value: Any, *path: str | int) -> Any:
        """A value of JSON with our expressions in all its texts."""
        if isinstance(value, Mapping):
            return {str(key): self.value(item, *path, str(key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, *path, index) for index, item in enumerate(value)]
        return self.said(value, *path) if isinstance(value, str) else value

    def said(self, value: Any, *path: str | int) -> str:
        """One text with our expressions in it. What has no counterpart fails with its place when it is reached."""
        source = str(value).strip()
        try:
            return translation.text(source, self.scope)
        except (NotSpel, Untranslatable) as error:
            return self._lost(error, source, *path)

    def condition(self, value: Any, *path: str | int) -> str:
        """A condition as one of our expressions, without braces."""
        source = str(value).strip()
        try:
            return translation.condition(source, self.scope)
        except (NotSpel, Untranslatable) as error:
            return self._lost(error, source, *path)[3:-2].strip()

    def _lost(self, error: NotSpel | Untranslatable, source: str, *path: str | int) -> str:
        words = f"{source}: column {error.at + 1}: {error.words}"
        self.remarks.append(Remark(self.place(*path), words, lost=True))
        return f"${{{{ {lost(f'{self.place(*path)}: {error.words}')} }}}}"

    def left_over(self) -> dict[str, Any]:
        """The members that nobody asked for, but for those that are blank or say nothing of AWS's."""
        return {
            name: value
            for name, value in self.members.items()
            if name not in self._read and name not in UNREAD and value not in (None, "", [], {})
        }

    def first(self, names: Sequence[str]) -> tuple[str, str | None]:
        """The first of several spellings that is not blank: its name, and its text."""
        found = [(name, self.text(name)) for name in names]
        return next(((name, value) for name, value in found if value is not None), (names[0], None))


def lost(words: str) -> str:
    """An expression that fails with these words when it is reached."""
    return f"fail({quoted(words)})"
