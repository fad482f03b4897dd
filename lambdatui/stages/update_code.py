"""Update code: other code for a function that is there, its settings left alone."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from lambdatui.aws import functions
from lambdatui.aws.functions import Function
from lambdatui.errors import BadInput
from lambdatui.stages.guarded_run import known_outputs
from lambdatui.stages.packages.code import Code, check_handler, gather, same
from lambdatui.stages.packages.code_keeping import CodeKeeping, Keeping
from lambdatui.stages.publishing import Publishing, alias_warnings
from lambdatui.stages.stage import Change, FromRun, FunctionName, Plan, World, differences
from lambdatui.stages.undoing.foreseen_undo import foreseen


class UpdateCode(CodeKeeping, Publishing):
    """Gives a function other code, and leaves its settings as they are."""

    kind: ClassVar[str] = "update_code"

    function: FunctionName
    code: Annotated[str, Field(min_length=1)]
    """A folder, a zip file, s3://bucket/key, or an image's URI."""

    def plan(self, world: World) -> Plan:
        account, place = self.account(world), self.place(world)
        now = functions.get(account, self.function)
        code = gather(self.code, world, account, self.upload_to)
        check_handler(code, now)
        keeping = self.keeping(place, code, now)
        replaced = foreseen(account, self.function, now, code_changes(self.function, now, code, keeping))
        changes, warnings = self.exposed(world, now, replaced)
        notes = () if changes else (f"this code is deployed already (sha256 {short(code.sha256) or code.label})",)
        more, known = self.publication(world, now, bool(changes), code.is_image)
        outputs = {
            "function_arn": now.configuration["FunctionArn"],
            "sha256": now.configuration.get("CodeSha256", ""),
            "created": False,
            **known_outputs(now),
            **known,
        }
        return Plan(
            f"Update the code of {self.function}",
            place,
            (*changes, *more),
            (*warnings, *alias_warnings(more)),
            notes,
            {"outputs": outputs},
        )


def code_changes(
    function: str, now: Function, code: Code, keeping: Keeping, architecture: str | None = None
) -> list[Change]:
    """The changes that give a function other code; none where it runs this code already, kept in this way."""
    current = (now.configuration.get("Architectures") or ["x86_64"])[0]
    moved = architecture is not None and architecture != current
    if same(code, now.configuration, now.code) and not moved and not keeping.changes:
        return []
    if code.is_image != (now.configuration.get("PackageType") == "Image"):
        raise BadInput(
            f"code: {function} is a {now.configuration.get('PackageType', 'Zip')} function; AWS keeps it so."
        )
    before = {**keeping.before, "code": f"sha256 {short(now.configuration.get('CodeSha256', ''))}"}
    after = {"code": f"sha256 {short(code.sha256)}  {code.label}" if code.sha256 else code.label, **keeping.after}
    request: dict[str, Any] = {"FunctionName": function, **code.request, **keeping.request}
    request["RevisionId"] = FromRun("revision")
    if moved:
        before["architecture"], after["architecture"] = current, str(architecture)
        request["Architectures"] = [architecture]
    return [
        *code.upload_changes(),
        Change(
            "UpdateFunctionCode",
            function,
            differences(before, after),
            request,
            before=_stood(now, moved),
        ),
    ]


def _stood(now: Function, moved: bool) -> dict[str, Any]:
    """What is known of the code that is replaced: by it, it can be put back."""
    stood: dict[str, Any] = {"CodeSha256": now.configuration.get("CodeSha256", "")}
    if "ImageUri" in now.code:
        stood["ImageUri"] = now.code["ImageUri"]
    if moved:
        stood["Architectures"] = now.configuration.get("Architectures", ["x86_64"])
    return stood


def short(sha256: str) -> str:
    """The first digits of a CodeSha256 as people compare them."""
    return sha256[:8]
