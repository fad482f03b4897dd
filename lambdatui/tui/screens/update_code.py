"""Update code: other code for a function, a version of it, and the aliases that are pointed at that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lambdatui.aws.scope import Scope
from lambdatui.stages.update_code import UpdateCode
from lambdatui.tui.form.sections import UPDATE_CODE
from lambdatui.tui.screens.form_screen import FormScreen
from lambdatui.tui.session import Session


class UpdateCodeScreen(FormScreen):
    """The form of the stage: it begins with the path of the code."""

    CSS_PATH: ClassVar[str] = "form_screen.tcss"
    MODEL = UpdateCode
    SECTIONS = UPDATE_CODE

    def __init__(self, session: Session, scope: Scope, function: str) -> None:
        super().__init__(session, scope, function, "Update code")

    def first_values(self) -> dict[str, Any]:
        return {**super().first_values(), "publish": True}

    def on_mount(self) -> None:
        self.form.rows.open_all(True)
        self.form.show()
        self.call_after_refresh(self.form.edit, ("code",))

    def _done(self, outputs: Mapping[str, Any] | None) -> None:
        if outputs is not None and not self.draft.troubles:
            self.dismiss(self.changed)
