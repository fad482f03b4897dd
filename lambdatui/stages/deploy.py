"""Deploy: create a function or update it, code and settings, then publish a version and point aliases at it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws.account import Account
from lambdatui.aws.functions import Function
from lambdatui.errors import BadInput
from lambdatui.stages import known_calls
from lambdatui.stages.around.surroundings import Surroundings
from lambdatui.stages.guarded_run import known_outputs
from lambdatui.stages.packages.code import Code, check_handler, gather, is_image_uri
from lambdatui.stages.packages.code_keeping import CodeKeeping, Keeping
from lambdatui.stages.publishing import alias_warnings
from lambdatui.stages.settings import attached_settings as attached
from lambdatui.stages.settings import configuration, setting_checks
from lambdatui.stages.settings.function_settings import FunctionSettings
from lambdatui.stages.stage import Change, Difference, FunctionName, Place, Plan, World, differences
from lambdatui.stages.undoing.foreseen_undo import foreseen
from lambdatui.stages.update_code import code_changes


class Deploy(FunctionSettings, CodeKeeping, Surroundings):
    """Creates a function, or brings it to these settings. What is absent is left alone; what is empty is removed."""

    kind: ClassVar[str] = "deploy"

    function: FunctionName
    code: Annotated[str, Field(min_length=1, title="Code")] | None = None
    """A folder, a zip file, s3://bucket/key, or an image's URI."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        now = functions.find(account, self.function)
        self._check(place, now)
        code = gather(self.code, world, account, self.upload_to) if self.code else None
        if code is not None:
            check_handler(code, now, self.runtime, self.handler, self.layers)
        keeping = self.keeping(place, code, now)
        image = code.is_image if code else _is_image(now)
        warnings = [
            *setting_checks.runtime_warnings(self, dt.datetime.fromtimestamp(world.clock.now(), dt.UTC).date()),
            *known_calls.runtime_warning(account, self.runtime),
        ]
        if now is None:
            changes = self._creation(code, keeping)
        else:
            self._check_architecture(now)
            changes = code_changes(self.function, now, code, keeping, self.architecture) if code else []
            if update := configuration.updated(self, self.function, now):
                changes.append(update)
            changes = foreseen(account, self.function, now, changes)
            changes, noticed = self.exposed(world, now, changes)
            warnings += noticed
            changes = attached.code_signing(account, self, self.function) + changes
        beside = self._beside(account, now)
        publishing, known = self.publication(world, now, bool(changes), image)
        around = self.around(world, place, now, (*changes, *beside), publishing)
        every = (*changes, *beside, *publishing, *around.changes)
        known_calls.check_known(account, every)
        outputs = {"created": now is None, **known_outputs(now), **known, **around.known}
        if now is not None:
            outputs["function_arn"] = now.configuration["FunctionArn"]
            outputs["sha256"] = now.configuration.get("CodeSha256", "")
        return Plan(
            f"{'Create' if now is None else 'Update'} {self.function}",
            place,
            every,
            (*warnings, *attached.reserved_warnings(beside), *alias_warnings(publishing), *around.warnings),
            around.notes,
            facts={"outputs": outputs},
        )

    def _check(self, place: Place, now: Function | None) -> None:
        setting_checks.check(
            self,
            self.function,
            None if now is None else now.configuration,
            image=is_image_uri(self.code) if self.code and now is None else _is_image(now),
            partition=place.arn.split(":")[1],
            region=place.region,
        )

    def _creation(self, code: Code | None, keeping: Keeping) -> list[Change]:
        if code is None:
            raise BadInput(f"code: {self.function} does not exist yet, so its code is needed.")
        needed: dict[str, Any] = {"role": self.role}
        if not code.is_image and self.custom_runtime is None:
            needed |= {"runtime": self.runtime, "handler": self.handler}
        for name, value in needed.items():
            if value is None:
                raise BadInput(f"{name}: {self.function} does not exist yet, so its {name} is needed.")
        settings, lines = configuration.created(self, self.function)
        kept = differences({}, keeping.after)
        beside = self._given_at_creation()
        request = {
            "FunctionName": self.function,
            "Code": {**code.request, **keeping.request},
            "PackageType": "Image" if code.is_image else "Zip",
            **settings,
            **{member: value for member, (value, _) in beside.items()},
        }
        creation = Change(
            "CreateFunction",
            self.function,
            (
                Difference("code", None, code.label),
                *kept,
                *lines,
                *(line for _, more in beside.values() for line in more),
            ),
            request,
            undo="delete the function",
            back=(Change("DeleteFunction", self.function, (), {"FunctionName": self.function}),),
        )
        return [*code.upload_changes(), creation]

    def _given_at_creation(self) -> dict[str, tuple[Any, list[Difference]]]:
        """What CreateFunction takes and UpdateFunctionConfiguration does not, with its lines, by AWS's name."""
        given: dict[str, tuple[Any, list[Difference]]] = {}
        if self.architecture:
            given["Architectures"] = [self.architecture], [Difference("architecture", None, self.architecture)]
        if self.code_signing:
            given["CodeSigningConfigArn"] = self.code_signing, [Difference("code signing", None, self.code_signing)]
        if self.tags:
            given["Tags"] = dict(self.tags), [Difference(f"tag {key}", None, text) for key, text in self.tags.items()]
        return given

    def _beside(self, account: Account, now: Function | None) -> list[Change]:
        """The changes of settings that have calls of their own, and need the function to be there."""
        exists = now is not None
        return [
            *attached.runtime_management(account, self, self.function, exists),
            *attached.recursion(account, self, self.function, exists),
            *attached.reserved_concurrency(account, self, self.function, now),
            *(attached.tagging(self, self.function, now) if now is not None else []),
        ]

    def _check_architecture(self, now: Function) -> None:
        current = (now.configuration.get("Architectures") or ["x86_64"])[0]
        if self.architecture not in (None, current) and not self.code:
            raise BadInput(
                f"architecture: {self.function} is {current}, and another takes code that was built for it: name the "
                "code, too."
            )


def _is_image(now: Function | None) -> bool:
    return now is not None and now.configuration.get("PackageType") == "Image"
