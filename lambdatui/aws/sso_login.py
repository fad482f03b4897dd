"""Logs in to IAM Identity Center (SSO) by the device flow: a code on this screen, confirmed in any browser anywhere.

RFC 8628 through AWS's own API: RegisterClient, StartDeviceAuthorization, then CreateToken until somebody has answered.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from lambdatui.aws import sso_tokens
from lambdatui.aws.errors import AwsError, CredentialsError, translated
from lambdatui.aws.sso_tokens import SsoSession
from lambdatui.clock import Clock

CLIENT_NAME = "lambdatui"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
INTERVAL = 5
"""Seconds between two questions, where AWS does not say (RFC 8628, 3.2)."""
SLOW_DOWN = 5
"""Seconds by which the pause grows when AWS finds it too short (RFC 8628, 3.5)."""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person needs to log in."""

    user_code: str
    """To be compared with what the browser shows, or typed there."""
    url: str
    """The page that asks for the code."""
    complete_url: str
    """The same page with the code filled in."""
    expires: float
    """When the code is no longer taken, in epoch seconds."""


class LoginRefused(CredentialsError):
    """The login was denied in the browser, or nobody answered in time."""


class DeviceLogin:
    """One login. `client` is botocore's of `sso-oidc` in the session's region, unsigned. For worker threads."""

    def __init__(self, sso: SsoSession, client: Any) -> None:
        self.sso = sso
        self._client = client
        self._registration: dict[str, Any] = {}
        self._device_code = ""
        self._interval = float(INTERVAL)

    def begin(self) -> DeviceCode:
        """Asks for a code. Raises AwsError."""
        with translated("RegisterClient"):
            wanted: dict[str, Any] = {"clientName": CLIENT_NAME, "clientType": "public"}
            if self.sso.scopes:
                wanted["scopes"] = list(self.sso.scopes)
            self._registration = self._client.register_client(**wanted)
        with translated("StartDeviceAuthorization"):
            answer = self._client.start_device_authorization(
                clientId=self._registration["clientId"],
                clientSecret=self._registration["clientSecret"],
                startUrl=self.sso.start_url,
            )
        self._device_code = answer["deviceCode"]
        self._interval = float(answer.get("interval") or INTERVAL)
        url = answer["verificationUri"]
        return DeviceCode(
            answer["userCode"],
            url,
            answer.get("verificationUriComplete") or url,
            time.time() + answer["expiresIn"],
        )

    def finish(self, clock: Clock) -> None:
        """Waits until the code was confirmed, and keeps the token for every AWS tool of this user.

        Raises Cancelled, LoginRefused, or another AwsError; LambdatuiError where the token cannot be written.
        """
        pause = self._interval
        while True:
            clock.sleep(pause)
            asked = clock.now()
            try:
                answer = self._ask()
            except AwsError as error:
                if error.code == "SlowDownException":
                    pause += SLOW_DOWN
                elif error.code == "AccessDeniedException":
                    raise LoginRefused("The login was denied in the browser.", "Begin anew.", code=error.code) from None
                elif error.code == "ExpiredTokenException":
                    raise LoginRefused("Nobody confirmed the code in time.", "Begin anew.", code=error.code) from None
                elif error.code != "AuthorizationPendingException":
                    raise
            else:
                sso_tokens.save(self.sso, self._document(answer, asked))
                return

    def _ask(self) -> dict[str, Any]:
        with translated("CreateToken"):
            answer: dict[str, Any] = self._client.create_token(
                clientId=self._registration["clientId"],
                clientSecret=self._registration["clientSecret"],
                grantType=GRANT,
                deviceCode=self._device_code,
            )
        return answer

    def _document(self, answer: dict[str, Any], asked: float) -> dict[str, Any]:
        """The token as it is kept: what botocore needs to use and to renew it."""
        document = {
            "startUrl": self.sso.start_url,
            "region": self.sso.region,
            "accessToken": answer["accessToken"],
            "expiresAt": sso_tokens.written(asked + answer["expiresIn"]),
            "clientId": self._registration["clientId"],
            "clientSecret": self._registration["clientSecret"],
            "registrationExpiresAt": sso_tokens.written(self._registration["clientSecretExpiresAt"]),
        }
        if answer.get("refreshToken"):
            document["refreshToken"] = answer["refreshToken"]
        return document
