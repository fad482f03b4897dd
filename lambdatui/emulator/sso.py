"""IAM Identity Center's two services: the login on a device (sso-oidc), and the keys that a login leads to (sso)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from lambdatui.emulator.identity_center import INTERVAL, LOGIN_SECONDS, TOKEN_SECONDS, IdentityCenter
from lambdatui.emulator.service import ApiError, Call, Service

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH_GRANT = "refresh_token"
PAGE = "/_emulator/device"
"""Where a login is approved."""


class SsoOidcService(Service):
    """RegisterClient, StartDeviceAuthorization and CreateToken (RFC 8628). Their requests are not signed."""

    name: ClassVar[str] = "sso-oidc"
    unsigned: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("POST", "/client/register"), ("POST", "/device_authorization"), ("POST", "/token")}
    )

    def __init__(self, center: IdentityCenter) -> None:
        self._center = center

    def register_client(
        self, call: Call, clientName: str, clientType: str, scopes: Sequence[str] = (), **_: Any
    ) -> dict[str, Any]:
        if clientType != "public":
            raise _refusal("InvalidClientMetadataException", "invalid_client_metadata", "Only public clients exist.")
        client_id, client = self._center.register(list(scopes))
        return {
            "clientId": client_id,
            "clientSecret": client.secret,
            "clientSecretExpiresAt": int(client.expires),
        }

    def start_device_authorization(self, call: Call, clientId: str, clientSecret: str, startUrl: str) -> dict[str, Any]:
        if not startUrl.startswith(("http://", "https://")):
            raise _refusal("InvalidRequestException", "invalid_request", "The start URL is not one.")
        self._client(clientId, clientSecret)
        device_code, login = self._center.begin(clientId)
        page = f"{call.endpoint}{PAGE}"
        return {
            "deviceCode": device_code,
            "userCode": login.user_code,
            "verificationUri": page,
            "verificationUriComplete": f"{page}?user_code={login.user_code}",
            "expiresIn": LOGIN_SECONDS,
            "interval": INTERVAL,
        }

    def create_token(
        self,
        call: Call,
        clientId: str,
        clientSecret: str,
        grantType: str,
        deviceCode: str = "",
        refreshToken: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        can_refresh = self._client(clientId, clientSecret)
        if grantType == REFRESH_GRANT:
            if not self._center.take_refresh_token(refreshToken, clientId):
                raise _refusal("InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
        elif grantType == DEVICE_GRANT:
            self._check_login(deviceCode, clientId)
        else:
            raise _refusal("UnsupportedGrantTypeException", "unsupported_grant_type", "This grant is not supported.")
        access, refresh = self._center.give_token(clientId, can_refresh)
        return {
            "accessToken": access,
            "tokenType": "Bearer",
            "expiresIn": TOKEN_SECONDS,
            "refreshToken": refresh,
        }

    def _check_login(self, device_code: str, client_id: str) -> None:
        login = self._center.login(device_code)
        if login is None or login.client_id != client_id:
            raise _refusal("InvalidGrantException", "invalid_grant", "Invalid device code provided")
        if self._center.is_over(login):
            raise _refusal("ExpiredTokenException", "expired_token", "Invalid device code provided")
        if login.approved is False:
            raise _refusal("AccessDeniedException", "access_denied", "The authorization request was denied")
        if login.approved is None:
            if self._center.is_too_soon(login):
                raise _refusal("SlowDownException", "slow_down", "The client asks too often")
            raise _refusal("AuthorizationPendingException", "authorization_pending", "Nobody has approved yet")

    def _client(self, client_id: str, secret: str) -> bool:
        """Whether the client's tokens can be refreshed. Raises InvalidClientException where there is none."""
        client = self._center.client(client_id, secret)
        if client is None:
            raise _refusal("InvalidClientException", "invalid_client", "Invalid client provided")
        return client.can_refresh


class SsoService(Service):
    """GetRoleCredentials. Its requests carry a token in the place of a signature."""

    name: ClassVar[str] = "sso"
    unsigned: ClassVar[frozenset[tuple[str, str]]] = frozenset({("GET", "/federation/credentials")})

    def __init__(self, center: IdentityCenter) -> None:
        self._center = center

    def get_role_credentials(self, call: Call, roleName: str, accountId: str, accessToken: str) -> dict[str, Any]:
        keys = self._center.keys(accessToken, accountId, roleName)
        if keys is None:
            raise ApiError("UnauthorizedException", "Session token not found or invalid")
        return {
            "roleCredentials": {
                "accessKeyId": keys.access_key,
                "secretAccessKey": keys.secret,
                "sessionToken": keys.token,
                "expiration": int(keys.expires * 1000),
            }
        }


def _refusal(code: str, error: str, description: str) -> ApiError:
    """An error as RFC 6749 has it."""
    return ApiError(code, description, error=error, error_description=description)
