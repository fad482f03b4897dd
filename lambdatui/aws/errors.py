"""AWS's errors as one small tree, each with the operation, AWS's code and message, the request id and a hint."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any, Self

from lambdatui.errors import LambdatuiError


class AwsError(LambdatuiError):
    """AWS said no, or could not be reached.

    `operation` is such as `UpdateAlias`; `code` is AWS's own, such as `ResourceConflictException`, or the name of
    botocore's exception where no answer came; `status` is the HTTP status, 0 without an answer; `retries` is how many
    times it had been sent before.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        operation: str = "",
        code: str = "",
        request_id: str = "",
        status: int = 0,
        reason: str = "",
        retries: int = 0,
    ) -> None:
        super().__init__(message, hint)
        self.operation = operation
        self.code = code
        self.request_id = request_id
        self.status = status
        self.reason = reason
        self.retries = retries

    @classmethod
    def reworded(cls, error: AwsError, message: str, hint: str = "") -> Self:
        """AWS's answer that `error` stands for, as an error of this kind in other words.

        Its `retries` stay behind: who has better words has looked, and knows what the first sending did.
        """
        return cls(
            message,
            hint,
            operation=error.operation,
            code=error.code,
            request_id=error.request_id,
            status=error.status,
            reason=error.reason,
        )

    @property
    def perhaps_done(self) -> bool:
        """Whether AWS may have carried the call out all the same.

        No answer came, or one that tells of a failure; or it was sent again, and what it meets is perhaps its own work.
        """
        if self.retries and isinstance(self, Changed | Conflict | NotFound):
            return True
        return self.status >= 500 or not (self.status or isinstance(self, CredentialsError | Invalid))

    def __str__(self) -> str:
        where = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.message}{where}{' ' + self.hint if self.hint else ''}"


class CredentialsError(AwsError):
    """There are no credentials, or they cannot be used."""


class ExpiredCredentials(CredentialsError):
    """The credentials were good and are no more, or nobody has logged in yet: log in and try again."""


class InvalidKeys(CredentialsError):
    """AWS does not know the keys, or the signature that was made with them: they are wrong, deleted or switched off."""


class AccessDenied(AwsError):
    """The identity may not do this."""


class NotFound(AwsError):
    """What was named does not exist there."""


class Throttled(AwsError):
    """Too many requests: AWS's limit of requests, or of concurrency."""


class Conflict(AwsError):
    """Another change is in progress, or the thing exists already, or something still refers to it."""


class Changed(AwsError):
    """Someone else changed it since it was read (AWS's 412: the RevisionId no longer matches)."""


class Invalid(AwsError):
    """AWS would not take a parameter."""


class Unreachable(AwsError):
    """No answer: the network, the endpoint, a time-out."""


_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}
_INVALID_KEYS = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "AuthFailure",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
}
_CLOCK = {"RequestExpired", "RequestTimeTooSkewed"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "KMSAccessDeniedException", "Forbidden"}
_THROTTLED = {
    "TooManyRequestsException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "SlowDown",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
}
_NOT_FOUND = {"ResourceNotFoundException", "NoSuchKey", "NoSuchBucket", "NoSuchEntity", "404", "NotFound"}
_CONFLICT = {"ResourceConflictException", "ResourceInUseException", "ResourceNotReadyException", "ConflictException"}
_INVALID = {
    "InvalidParameterValueException",
    "ValidationException",
    "ValidationError",
    "InvalidRequestContentException",
    "InvalidRuntimeException",
    "CodeVerificationFailedException",
    "InvalidZipFileException",
    "RequestTooLargeException",
}

_CREDENTIALS_HINT = "Set a profile (--profile) or AWS_ACCESS_KEY_ID; `lambdatui doctor` shows what was found."
_CLOCK_HINT = "This machine's clock is off; `lambdatui doctor` tells by how much."
_CONFIG_HINT = "The profile stands in AWS's config file (~/.aws/config, or AWS_CONFIG_FILE)."
_HINTS: dict[type[AwsError], str] = {
    ExpiredCredentials: "Log in again (aws sso login, or what renews this profile), then retry.",
    InvalidKeys: "The profile's keys are wrong, deleted or switched off: give it others, then retry.",
    Changed: "Read it again and plan anew.",
}
# the calls that botocore makes by itself to get credentials for another
_GIVES_CREDENTIALS = {
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "GetRoleCredentials",
    "CreateToken",
    "CreateOAuth2Token",
}


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Turns botocore's exceptions, raised inside, into this tree."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        if error.operation_name in _GIVES_CREDENTIALS and error.operation_name != operation:
            raise _no_credentials_given(error.operation_name, error.response) from None
        raise from_answer(operation, error.response) from None
    except BotoCoreError as error:
        raise _without_answer(operation, error) from None
    except (FileNotFoundError, PermissionError, JSONDecodeError) as error:
        # no socket raises these: botocore lets through what goes wrong with a profile's credential_process
        words = f"{operation}: the profile's credential_process failed: {error}."
        raise CredentialsError(words, _CREDENTIALS_HINT, operation=operation, code=type(error).__name__) from None
    except (ResponseParserError, KeyError):
        # a KeyError is botocore's way to find something else in an XML answer
        raise not_aws(operation) from None
    except RuntimeError as error:
        # botocore's word for a source of credentials that gives old ones
        if "still expired" not in str(error):
            raise
        words = f"{operation}: what gives this profile its credentials gave some that have expired."
        hint = _HINTS[ExpiredCredentials]
        raise ExpiredCredentials(words, hint, operation=operation, code="StillExpired") from None
    except (OSError, socket.timeout) as error:  # noqa: UP041 - what a broken socket raises beneath urllib3
        raise Unreachable(f"{operation}: no answer: {error}.", operation=operation, code=type(error).__name__) from None


def not_aws(operation: str) -> AwsError:
    """The error for an answer that no AWS gives, such as a web page."""
    return Unreachable(
        f"{operation}: what answers there does not speak AWS's language.",
        "Check the endpoint, and what lies on the way to it.",
        operation=operation,
    )


def from_answer(operation: str, response: dict[str, Any]) -> AwsError:
    """The error for an answer of AWS's with an error status, in botocore's parsed form."""
    details = response.get("Error", {})
    meta = response.get("ResponseMetadata", {})
    code = str(details.get("Code") or "Unknown")
    message = str(details.get("Message") or response.get("message") or response.get("Message") or "").strip()
    status = int(meta.get("HTTPStatusCode") or 0)
    kind = _kind(code, status, message)
    said = f"{operation}: {message or 'AWS said no without a reason'}"
    if code not in said:
        said += f" [{code}]"
    return kind(
        said,
        _CLOCK_HINT if is_clock(code, message) else _HINTS.get(kind, ""),
        operation=operation,
        code=code,
        request_id=str(meta.get("RequestId") or ""),
        status=status,
        reason=str(response.get("Reason") or ""),
        retries=int(meta.get("RetryAttempts") or 0),
    )


def _no_credentials_given(operation: str, response: dict[str, Any]) -> AwsError:
    """The error for a call that was to give credentials for another: what AWS refuses there, no call can do."""
    error = from_answer(operation, response)
    if error.status >= 500 or isinstance(error, Throttled | CredentialsError):
        return error
    mfa = "MultiFactorAuthentication" in error.message
    return CredentialsError(
        error.message,
        "Take the code that the device shows now." if mfa else "No other call can be made under this profile.",
        operation=operation,
        code="MfaRefused" if mfa else error.code,
        request_id=error.request_id,
        status=error.status,
    )


def is_clock(code: str, message: str) -> bool:
    """Whether AWS refused a signature for its time, by its code and message."""
    return code in _CLOCK or "Signature expired" in message or "Signature not yet current" in message


def _kind(code: str, status: int, message: str) -> type[AwsError]:
    if code in _EXPIRED or "security token included in the request is expired" in message:
        return ExpiredCredentials
    if is_clock(code, message):
        return CredentialsError
    if code in _INVALID_KEYS:
        return InvalidKeys
    if code == "PreconditionFailedException" or status == 412:
        return Changed
    for codes, kind in (
        (_DENIED, AccessDenied),
        (_THROTTLED, Throttled),
        (_NOT_FOUND, NotFound),
        (_CONFLICT, Conflict),
        (_INVALID, Invalid),
    ):
        if code in codes:
            return kind
    by_status = {401: CredentialsError, 403: AccessDenied, 404: NotFound, 409: Conflict, 429: Throttled}
    return by_status.get(status, AwsError)


def _without_answer(operation: str, error: Exception) -> AwsError:
    from botocore import exceptions as boto

    code = type(error).__name__
    text = " ".join(str(error).split()).rstrip(".")
    # LoginError is younger than the oldest botocore that is taken
    logins = (boto.TokenRetrievalError, boto.SSOError, getattr(boto, "LoginError", boto.SSOError))
    if isinstance(error, logins):
        return ExpiredCredentials(f"{operation}: {text}.", _HINTS[ExpiredCredentials], operation=operation, code=code)
    if isinstance(error, boto.RefreshWithMFAUnsupportedError):
        words = f"{operation}: the role's credentials have expired, and new ones take an MFA code."
        return ExpiredCredentials(words, operation=operation, code=code)
    if isinstance(error, boto.MissingDependencyException):
        hint = "Profiles of `aws login` need: pip install 'botocore[crt]'"
        return CredentialsError(f"{operation}: {text}.", hint, operation=operation, code=code)
    if isinstance(error, boto.InvalidConfigError | boto.InfiniteLoopConfigError | boto.ConfigParseError):
        return CredentialsError(f"{operation}: {text}.", _CONFIG_HINT, operation=operation, code=code)
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError | boto.CredentialRetrievalError):
        return CredentialsError(
            f"{operation}: {text}.",
            _CREDENTIALS_HINT,
            operation=operation,
            code=code,
        )
    if isinstance(error, boto.ProfileNotFound):
        return CredentialsError(
            f"{text}.", "`aws configure list-profiles` shows those there are.", operation=operation, code=code
        )
    if isinstance(error, boto.NoRegionError):
        return CredentialsError(
            f"{operation}: no region is set.", "Give --region, or set AWS_REGION.", operation=operation, code=code
        )
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return Unreachable(f"{operation}: {text}.", operation=operation, code=code)
    if isinstance(error, boto.ParamValidationError):
        return Invalid(f"{operation}: {text}.", operation=operation, code=code)
    return AwsError(f"{operation}: {text}.", operation=operation, code=code)
