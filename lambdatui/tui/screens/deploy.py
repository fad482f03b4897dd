"""Deploy: the form of every setting of a function. What is left alone stays as it is; what is removed goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lambdatui.aws.scope import Scope
from lambdatui.stages.deploy import Deploy
from lambdatui.stages.packages.code import is_image_uri
from lambdatui.stages.settings import setting_checks
from lambdatui.tui.form.sections import DEPLOY
from lambdatui.tui.screens.form_screen import FormScreen
from lambdatui.tui.session import Session


class DeployScreen(FormScreen):
    """The form of the deploy stage. `function` is empty for a new one."""

    CSS_PATH: ClassVar[str] = "form_screen.tcss"
    MODEL = Deploy
    SECTIONS = DEPLOY

    def __init__(self, session: Session, scope: Scope, function: str) -> None:
        super().__init__(session, scope, function, "Deploy")

    def first_values(self) -> dict[str, Any]:
        return {**super().first_values(), "publish": True}

    def on_mount(self) -> None:
        if not self.function:
            self.form.rows.required = frozenset({"function", "code", "role"})
            self.form.show()

    def also(self, stage: Deploy) -> None:
        now = self.now
        if not self.partition:
            # who acts, and whether the function is there, is not known yet
            return
        is_image = now.is_image if now is not None else bool(stage.code) and is_image_uri(str(stage.code))
        setting_checks.check(
            stage,
            stage.function,
            None if now is None else now.function.configuration,
            image=is_image,
            partition=self.partition,
            region=self.scope.region,
        )

    def _done(self, outputs: Mapping[str, Any] | None) -> None:
        if outputs:
            self.function = self.function or str(self.draft.get(("function",)) or "")
