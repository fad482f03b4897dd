"""botocore sessions of profiles: for many threads, with logins, roles and MFA codes found where they are wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from lambdatui.aws import sso_tokens

AskMfa = Callable[[str], str]
"""From botocore's prompt, which names the device, to the code. Raises where there is none to be had."""

# what botocore itself calls to get credentials
_CREDENTIAL_SERVICES = ("sts", "sso", "sso-oidc", "signin")


def make(profile: str, *, endpoint_url: str | None, role_arn: str | None, ask_mfa: AskMfa, like: Any = None) -> Any:
    """A boto3 session of a profile, or (with an empty name) of botocore's default chain.

    `endpoint_url` is where credentials are asked for, too; `role_arn` is a role to assume on top of the profile's own
    credentials; `like` is a session made before, whose service models are read no second time. Calls nobody. Raises
    botocore's ProfileNotFound and the like.
    """
    import boto3
    import botocore.session

    _keep_sso_tokens()
    core = botocore.session.Session(profile=profile or None)
    if like is not None:
        core.register_component("data_loader", like._session.get_component("data_loader"))
    _create_one_client_at_a_time(core, endpoint_url)
    core.get_component("credential_provider").get_provider("assume-role")._prompter = ask_mfa
    if role_arn:
        _assume(core, role_arn, ask_mfa)
    return boto3.Session(botocore_session=core)


def oidc_client(session: Any, region: str) -> Any:
    """The client that logs in to SSO in a region. Its requests are not signed."""
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        region_name=region,
        signature_version=UNSIGNED,
        connect_timeout=10,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return session._session.create_client("sso-oidc", config=config)


def _keep_sso_tokens() -> None:
    """Has botocore look for tokens in the folder that holds ours: it settles on one when it is imported."""
    from botocore.credentials import SSOProvider
    from botocore.tokens import SSOTokenProvider

    SSOProvider._SSO_TOKEN_CACHE_DIR = SSOTokenProvider._SSO_TOKEN_CACHE_DIR = str(sso_tokens.folder())


def _create_one_client_at_a_time(core: Any, endpoint_url: str | None) -> None:
    """Makes a session fit for threads, and sends those who ask for credentials to the endpoint of every other call.

    Two clients made at once would each load credentials of their own: two assumed roles, and two MFA codes asked for.
    """
    create, lock = core.create_client, threading.RLock()

    def create_client(service_name: str, *args: Any, **values: Any) -> Any:
        if endpoint_url and service_name in _CREDENTIAL_SERVICES and values.get("endpoint_url") is None:
            values["endpoint_url"] = endpoint_url
        with lock:
            return create(service_name, *args, **values)

    core.create_client = create_client


class _Later:
    """A session's own credentials, looked for when they are wanted: that may run a program or ask a network."""

    def __init__(self, core: Any) -> None:
        self._load = core.get_component("credential_provider").load_credentials
        self._lock = threading.Lock()
        self._found: Any = None

    def get_frozen_credentials(self) -> Any:
        from botocore.exceptions import NoCredentialsError

        with self._lock:
            if self._found is None:
                self._found = self._load()
        if self._found is None:
            raise NoCredentialsError
        return self._found.get_frozen_credentials()


def _assume(core: Any, role_arn: str, ask_mfa: AskMfa) -> None:
    """Puts the credentials of a role in the place of the session's own."""
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
        create_mfa_serial_refresher,
    )

    extra = {"RoleSessionName": "lambdatui"}
    profile = core.get_scoped_config()
    # a device that stands beside plain keys is for the roles that are assumed with them
    serial = None if "role_arn" in profile else profile.get("mfa_serial")
    if serial:
        extra["SerialNumber"] = serial
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=core.create_client,
        source_credentials=_Later(core),
        role_arn=role_arn,
        extra_args=extra,
        mfa_prompter=ask_mfa,
    )
    refresh = fetcher.fetch_credentials
    core._credentials = DeferredRefreshableCredentials(
        refresh_using=create_mfa_serial_refresher(refresh) if serial else refresh, method="assume-role"
    )
