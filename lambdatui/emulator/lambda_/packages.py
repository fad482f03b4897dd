"""Deployment packages: the zip of a function or layer, or an image that is only named."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import cached_property

from lambdatui.emulator.service import ApiError

ZIPPED_LIMIT = 52_428_800
UNZIPPED_LIMIT = 262_144_000
"""Bytes, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class ZipPackage:
    """A zip file. Functions that were given the same bytes share one."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @property
    def size(self) -> int:
        """CodeSize: the zip's length in bytes."""
        return len(self.data)

    @cached_property
    def sha256(self) -> str:
        """The zip's SHA-256 in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def code_sha256(self) -> str:
        """CodeSha256: the zip's SHA-256 in base64."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


class ImagePackage:
    """A container image that is named by its URI. Nothing of it is here, so nothing of it runs."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    @property
    def size(self) -> int:
        """CodeSize, which AWS gives as 0 for images."""
        return 0

    @cached_property
    def code_sha256(self) -> str:
        """CodeSha256: the image's digest in hexadecimal; made up from the URI where that has none."""
        _, _, digest = self.uri.partition("@sha256:")
        return digest or hashlib.sha256(self.uri.encode()).hexdigest()

    @property
    def resolved_uri(self) -> str:
        """The URI by digest instead of by tag."""
        repository = self.uri.partition("@")[0]
        head, slash, tail = repository.rpartition("/")
        return f"{head}{slash}{tail.partition(':')[0]}@sha256:{self.code_sha256}"


Package = ZipPackage | ImagePackage


def checked_zip(data: bytes) -> ZipPackage:
    """A zip package of these bytes. Raises InvalidParameterValueException where AWS would not take them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise ApiError(
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ) from None
    if not infos:
        raise ApiError("InvalidParameterValueException", "Uploaded file must be a non-empty zip")
    if sum(info.file_size for info in infos) >= UNZIPPED_LIMIT:
        raise ApiError("InvalidParameterValueException", f"Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes")
    return ZipPackage(data)


def check_upload(data: bytes) -> None:
    """Raises RequestEntityTooLargeException where a zip is too large to be sent within a request."""
    if len(data) > ZIPPED_LIMIT:
        raise ApiError("RequestEntityTooLargeException", f"Zipped size must be smaller than {ZIPPED_LIMIT} bytes", 413)
