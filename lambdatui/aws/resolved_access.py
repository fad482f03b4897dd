"""Where a service's calls go and what signs them, as botocore resolves it, for those that are sent without botocore.

botocore is asked once: for credentials and their renewal, for the endpoint (with its FIPS, dual-stack and services
settings), the authorities to trust, the proxies. Whatever is not plain SigV4 over a direct connection is left to it.
"""

from __future__ import annotations

import os
import ssl
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambdatui.aws.account import Account
from lambdatui.aws.signing import Credentials, Signer

LOOK_SECONDS = 1.0
"""How often credentials that expire are asked whether they are to be renewed."""


class ResolvedAccess:
    """A direct way to a service, with credentials that are kept fresh."""

    def __init__(self, account: Account, url: str, credentials: Any, trust: ssl.SSLContext | None) -> None:
        """`url` is one that botocore has signed; `trust` is None for plain HTTP."""
        parts = urlsplit(url)
        scope = parse_qs(parts.query)["X-Amz-Credential"][0].split("/")
        self.session = account.session
        self.trust = trust
        self.hostname = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        is_usual = parts.port in (None, {"http": 80, "https": 443}[parts.scheme])
        host = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        self.host = host if is_usual else f"{host}:{self.port}"
        """The Host header."""
        self.base = f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        """The path of the URL that was given, percent-encoded."""
        self._region, self._service = scope[2], scope[3]
        self._credentials = credentials
        self._look_at = 0.0
        self._signer = self._made(credentials.get_frozen_credentials())

    @property
    def signer(self) -> Signer:
        """The signer in force: another one when the credentials were renewed."""
        return self._signer

    @property
    def is_stale(self) -> bool:
        """Whether `renew` is to be called before the next call, which may ask a network. Costs next to nothing."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_SECONDS
        needs = getattr(self._credentials, "refresh_needed", None)
        return needs is not None and bool(needs())

    def renew(self) -> None:
        """Has botocore renew the credentials, if it thinks so. Raises what botocore raises."""
        signer = self._made(self._credentials.get_frozen_credentials())
        if signer.credentials != self._signer.credentials:
            self._signer = signer

    def _made(self, frozen: Any) -> Signer:
        return Signer(
            Credentials(frozen.access_key, frozen.secret_key, frozen.token or None), self._service, self._region
        )


def resolve(account: Account, function_timeout: int) -> ResolvedAccess | None:
    """The direct way to Lambda's Invoke, or None where botocore must send. Raises AwsError without credentials."""
    from botocore.utils import get_environ_proxies

    with account.calling("Invoke"):
        client = account.invoke_client(function_timeout)
        config = client.meta.config
        # a dry run is read by nobody: the URL is not sent, only looked at
        url = client.generate_presigned_url("invoke", Params={"FunctionName": "f", "InvocationType": "DryRun"})
        credentials = account.session.get_credentials()
        if config.proxies or config.client_cert or get_environ_proxies(url) or credentials is None:
            return None
        parts = urlsplit(url)
        algorithm = parse_qs(parts.query).get("X-Amz-Algorithm")
        if algorithm != ["AWS4-HMAC-SHA256"] or parts.scheme not in ("http", "https") or parts.username:
            return None
        return ResolvedAccess(account, url, credentials, _trust(account) if parts.scheme == "https" else None)


def _trust(account: Account) -> ssl.SSLContext:
    """The authorities that botocore trusts for this session, in a context of its making."""
    from botocore.httpsession import create_urllib3_context, get_cert_path

    named = account.session._session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True
    context: ssl.SSLContext = create_urllib3_context()
    context.load_verify_locations(get_cert_path(named))
    return context
