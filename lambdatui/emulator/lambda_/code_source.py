"""Where a deployment package comes from: the request itself, an object in S3, or a container registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdatui.emulator.lambda_.packages import ImagePackage, Package, ZipPackage, check_upload, checked_zip
from lambdatui.emulator.service import ApiError, Call

if TYPE_CHECKING:
    from lambdatui.emulator.moto_behind import MotoBehind

_ZIP_MEMBERS = ("S3Bucket", "S3Key", "S3ObjectVersion")


def read(moto: MotoBehind, call: Call, code: Mapping[str, Any], package_type: str) -> tuple[Package, dict[str, Any]]:
    """The package that the members of a Code name, and what GetFunction shows of where it came from.

    Raises AWS's errors where the members contradict one another or the package cannot be had or used.
    """
    shown: dict[str, Any] = {}
    if code.get("SourceKMSKeyArn"):
        shown["SourceKMSKeyArn"] = code["SourceKMSKeyArn"]
    if package_type == "Image":
        if not code.get("ImageUri"):
            raise _refusal("Please provide ImageUri when updating a function with packageType Image.")
        return ImagePackage(code["ImageUri"]), shown
    if code.get("ImageUri"):
        raise _refusal("Please don't provide ImageUri when updating a function with packageType Zip.")
    package, object_shown = read_zip(moto, call, code)
    if code.get("S3ObjectStorageMode") == "REFERENCE":
        shown["ResolvedS3Object"] = object_shown
    return package, shown


def read_zip(moto: MotoBehind, call: Call, code: Mapping[str, Any]) -> tuple[ZipPackage, dict[str, Any]]:
    """The zip in ZipFile or at S3Bucket and S3Key, and the object that was read."""
    data = code.get("ZipFile")
    if data is not None:
        if any(code.get(name) for name in _ZIP_MEMBERS):
            raise _refusal("Please do not provide other FunctionCode parameters when providing a ZipFile.")
        if not data:
            raise _refusal("Uploaded file must be a non-empty zip")
        check_upload(data)
        return checked_zip(data), {}
    if not code.get("S3Bucket") or not code.get("S3Key"):
        raise _refusal("Please provide a source for function code.")
    return _from_s3(moto, call, code)


def _from_s3(moto: MotoBehind, call: Call, code: Mapping[str, Any]) -> tuple[ZipPackage, dict[str, Any]]:
    bucket, key = code["S3Bucket"], code["S3Key"]
    wanted = {"Bucket": bucket, "Key": key}
    if code.get("S3ObjectVersion"):
        wanted["VersionId"] = code["S3ObjectVersion"]
    s3 = moto.client("s3", call.account, call.region)
    try:
        home = s3.get_bucket_location(Bucket=bucket).get("LocationConstraint") or "us-east-1"
        if home != call.region:
            raise _refusal(
                "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in "
                f"this region: {home}. Please use this region to retry the request"
            )
        found = s3.get_object(**wanted)
    except ClientError as error:
        reason = error.response["Error"]
        raise _refusal(
            f"Error occurred while GetObject. S3 Error Code: {reason['Code']}. S3 Error Message: {reason['Message']}"
        ) from None
    shown = {"S3Bucket": bucket, "S3Key": key, "S3ObjectVersion": found.get("VersionId")}
    return checked_zip(found["Body"].read()), shown


def _refusal(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
