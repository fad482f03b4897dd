"""An account as lambdatui acts in it: one profile (or botocore's default chain) in one region, behind the guard."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lambdatui.aws import clients
from lambdatui.aws.errors import AwsError, not_aws, translated
from lambdatui.aws.guard import Guard, Recorder
from lambdatui.aws.scope import Scope
from lambdatui.errors import BadInput
from lambdatui.settings import Settings


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts, as STS says through the same credentials that will act."""

    account_id: str
    arn: str

    @property
    def principal(self) -> str:
        """The last part of the ARN as a person says it, such as `role/operator` or `user/anna`."""
        parts = self.arn.split(":", 5)[-1].split("/")
        if parts[0] == "assumed-role" and len(parts) > 1:
            return f"role/{parts[1]}"
        return "/".join(parts)


class Account:
    """Makes every client of one profile in one region, and sends every call.

    Safe to use from several threads.
    """

    def __init__(
        self,
        session: Any,
        scope: Scope,
        *,
        endpoint_url: str | None = None,
        read_only: bool = False,
        recorder: Recorder | None = None,
        on_retry: clients.Watcher | None = None,
    ) -> None:
        self.scope = scope
        self.read_only = read_only
        self.endpoint_url = endpoint_url
        self._session = session
        self._lock = threading.RLock()
        self._clients: dict[str, Any] = {}
        self._identity: Identity | None = None
        self._on_retry = on_retry
        self._local = threading.local()
        self._guard = Guard(scope.profile, scope.region, read_only, recorder, self.identity)

    @property
    def region(self) -> str:
        return self.scope.region

    @property
    def profile(self) -> str:
        return self.scope.profile

    def identity(self) -> Identity:
        """Who acts. Asks STS once. Raises AwsError."""
        with self._lock:
            if self._identity is None:
                answer = self.call("sts", "GetCallerIdentity")
                self._identity = Identity(answer["Account"], answer["Arn"])
            return self._identity

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None, /) -> dict[str, Any]:
        """Sends one call and returns AWS's answer, in AWS's names, without ResponseMetadata.

        `operation` is AWS's name, such as `UpdateAlias`. Raises AwsError, or Refused by the guard.
        """
        from botocore import xform_name

        with translated(operation):
            method = getattr(self.client(service), xform_name(operation))
            answer: dict[str, Any] = method(**(parameters or {}))
        meta = answer.pop("ResponseMetadata", {})
        if meta.get("HTTPHeaders", {}).get("content-type", "").startswith("text/html"):
            raise not_aws(operation)
        return answer

    def client(self, service: str) -> Any:
        """The boto3 client for a service, made once. Its retries are botocore's, told to whoever `watches`."""
        with self._lock:
            if service not in self._clients:
                client = clients.control_client(
                    self._session, service, self.scope.region, self.endpoint_url, self._told
                )
                self._guard.hang_on(client)
                self._clients[service] = client
            return self._clients[service]

    def invoke_client(self, function_timeout: int) -> Any:
        """The Lambda client for Invoke: one attempt, a read time-out above `function_timeout` (seconds)."""
        key = f"invoke {function_timeout}"
        with self._lock:
            if key not in self._clients:
                client = clients.invoke_client(self._session, self.scope.region, self.endpoint_url, function_timeout)
                self._guard.hang_on(client)
                self._clients[key] = client
            return self._clients[key]

    def live_tail_client(self) -> Any:
        """The Logs client for StartLiveTail: one attempt."""
        with self._lock:
            if "live tail" not in self._clients:
                # another endpoint has no second host beside it
                at_aws = (urlsplit(self.endpoint("logs")).hostname or "").startswith(("logs.", "logs-fips."))
                client = clients.live_tail_client(self._session, self.scope.region, self.endpoint_url, at_aws)
                self._guard.hang_on(client)
                self._clients["live tail"] = client
            return self._clients["live tail"]

    def credential_source(self) -> str | None:
        """Where botocore found the credentials, such as `shared-credentials-file` or `sso`; None without any."""
        with translated("look for credentials"):
            found = self._session.get_credentials()
        return None if found is None else str(found.method)

    def endpoint(self, service: str) -> str:
        """The URL that a service's calls go to."""
        return str(self.client(service).meta.endpoint_url)

    def watched(self, watcher: clients.Watcher | None) -> None:
        """Sends word of this thread's retries to `watcher` from now on; None ends it."""
        self._local.watcher = watcher

    def _told(self, retry: clients.Retry) -> None:
        watcher = getattr(self._local, "watcher", None) or self._on_retry
        if watcher is not None:
            watcher(retry)


class Accounts:
    """All the accounts of this run of lambdatui, made from botocore's own chain: profiles, SSO, roles, processes.

    `on_retry` hears of retries that nobody else watches; `ask_mfa` is asked for a code, with its prompt.
    """

    def __init__(
        self,
        settings: Settings,
        recorder: Recorder | None = None,
        on_retry: clients.Watcher | None = None,
        ask_mfa: Callable[[str], str] | None = None,
    ) -> None:
        self.settings = settings
        self._recorder = recorder
        self._on_retry = on_retry
        self._ask_mfa = ask_mfa
        self._lock = threading.RLock()
        self._sessions: dict[str, Any] = {}
        self._accounts: dict[Scope, Account] = {}

    def open(self, profile: str | None = None, region: str | None = None) -> Account:
        """The account of a profile and region; what is not given is what the settings, then botocore, say.

        Raises AwsError where the profile does not exist or no region is known.
        """
        name = profile or self.settings.profile or ""
        with self._lock, translated("open the account"):
            session = self._session(name)
            # botocore reads AWS_DEFAULT_REGION alone; every other SDK reads AWS_REGION, and before a profile's region
            where = region or self.settings.region or os.environ.get("AWS_REGION") or session.region_name
            if not where:
                from botocore.exceptions import NoRegionError

                raise NoRegionError
            if not session.region_name:
                # botocore assumes a profile's role in the session's region
                session._session.set_config_variable("region", where)
            scope = Scope(name, where)
            if scope not in self._accounts:
                self._accounts[scope] = Account(
                    session,
                    scope,
                    endpoint_url=self.settings.endpoint_url,
                    read_only=self.settings.protected(name or session.profile_name),
                    recorder=self._recorder,
                    on_retry=self._on_retry,
                )
            return self._accounts[scope]

    def scopes(self) -> list[Scope]:
        """Every profile and region that the settings name, for lists that span them.

        A profile that cannot be opened is among them, so that it is told where its own list should be.
        """
        settings = self.settings
        names = [settings.profile] if settings.profile else list(settings.profiles) or [""]
        found = []
        for name in names:
            profile = settings.profiles.get(name or "")
            regions = (settings.region,) if settings.region else (profile and profile.regions) or settings.regions
            found += [self._scope(name, region) for region in regions or ("",)]
        return list(dict.fromkeys(found))

    def _scope(self, profile: str, region: str) -> Scope:
        try:
            return self.open(profile, region).scope
        except AwsError:
            return Scope(profile, region)

    def profiles(self) -> list[str]:
        """The names of the profiles that botocore knows."""
        import botocore.session

        return list(botocore.session.Session().available_profiles)

    def _session(self, profile: str) -> Any:
        if profile not in self._sessions:
            import boto3
            import botocore.session

            core = botocore.session.Session(profile=profile or None)
            if self._sessions:
                # the service models are the same for every profile and slow to read: one loader serves all
                first = next(iter(self._sessions.values()))._session
                core.register_component("data_loader", first.get_component("data_loader"))
            known = self.settings.profiles.get(profile)
            self._prompt_with(core)
            if self.settings.endpoint_url:
                _assume_roles_at(core, self.settings.endpoint_url)
            if known and known.role_arn:
                _assume(core, known.role_arn)
            self._sessions[profile] = boto3.Session(botocore_session=core)
        return self._sessions[profile]

    def _prompt_with(self, core: Any) -> None:
        def ask(prompt: str) -> str:
            if self._ask_mfa is None:
                raise BadInput(
                    "This profile asks for an MFA code, and nobody is there to give one.",
                    "Use a session that is already logged in, such as one from `aws sso login`.",
                )
            return self._ask_mfa(prompt)

        provider = core.get_component("credential_provider").get_provider("assume-role")
        provider._prompter = ask


def _assume_roles_at(core: Any, endpoint_url: str) -> None:
    """Has the roles of profiles assumed at the endpoint that every other call goes to."""
    create = core.create_client

    def create_client(service_name: str, *args: Any, **values: Any) -> Any:
        if service_name == "sts" and values.get("endpoint_url") is None:
            values["endpoint_url"] = endpoint_url
        return create(service_name, *args, **values)

    core.create_client = create_client


def _assume(core: Any, role_arn: str) -> None:
    """Puts the credentials of a role in the place of the session's own."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=core.create_client,
        source_credentials=core.get_credentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": "lambdatui"},
    )
    core._credentials = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
