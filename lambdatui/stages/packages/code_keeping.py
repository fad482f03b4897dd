"""How Lambda keeps a package: under which key, and whether as a copy or as a reference to the object in S3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lambdatui.aws.functions import Function
from lambdatui.errors import BadInput
from lambdatui.stages.packages.code import Code
from lambdatui.stages.settings.arn_fields import KMS_KEY, arn_of, misplaced
from lambdatui.stages.stage import Place


@dataclass(frozen=True, slots=True)
class Keeping:
    """Members of FunctionCode and UpdateFunctionCode, and what stands there and will, by a word each."""

    request: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    changes: bool = False
    """Whether something that was asked for is not so yet."""


class CodeKeeping(BaseModel):
    """The two settings of a package that are said with the code, in CreateFunction and UpdateFunctionCode."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    code_kms_key: Annotated[str, Field(title="Code's KMS key"), arn_of(KMS_KEY, or_empty=True)] | None = None
    """ARN of the key that encrypts the zip that Lambda keeps; empty for AWS's own."""
    code_storage: Annotated[Literal["COPY", "REFERENCE"], Field(title="Code storage")] | None = None
    """COPY keeps a copy of an object in S3, REFERENCE reads the object itself."""

    def keeping(self, place: Place, code: Code | None, now: Function | None) -> Keeping:
        """How the code is to be kept. What is not said stays as it is: AWS would forget it with the next package.

        Raises BadInput where the code cannot be kept so.
        """
        if self.code_kms_key and (why := misplaced(self.code_kms_key, KMS_KEY, place.arn.split(":")[1], place.region)):
            raise BadInput(f"code_kms_key: {why}")
        there = {} if now is None else now.code
        key_before, key = str(there.get("SourceKMSKeyArn") or ""), self.code_kms_key
        mode_before = "REFERENCE" if there.get("ResolvedS3Object") else "COPY"
        asked = {"code_kms_key": (self.code_kms_key, key_before), "code_storage": (self.code_storage, mode_before)}
        others = [name for name, (wanted, stands) in asked.items() if wanted not in (None, stands)]
        _check(others, code, self.code_storage)
        if code is None or code.is_image:
            return Keeping()
        from_s3 = "S3Bucket" in code.named
        mode = self.code_storage or (mode_before if from_s3 else "COPY")
        key = key_before if key is None else key
        request = ({"SourceKMSKeyArn": key} if key else {}) | ({"S3ObjectStorageMode": mode} if mode != "COPY" else {})
        return Keeping(request, _words(key_before, mode_before), _words(key, mode), bool(others))


def _check(others: Sequence[str], code: Code | None, storage: str | None) -> None:
    """Raises BadInput where the fields that are to be otherwise cannot be, or the storage is not one for this code."""
    for name in others:
        if code is None:
            raise BadInput(f"{name}: it is changed with the code alone: name the code, too.")
        if code.is_image:
            raise BadInput(f"{name}: the code is a container image, which Lambda keeps in its own way.")
    if storage == "REFERENCE" and code is not None and "S3Bucket" not in code.named:
        raise BadInput("code_storage: REFERENCE needs the code to be an object in S3 (s3://bucket/key).")


def _words(key: str, mode: str) -> dict[str, str]:
    return ({"code's KMS key": key} if key else {}) | ({"code storage": mode} if mode != "COPY" else {})
