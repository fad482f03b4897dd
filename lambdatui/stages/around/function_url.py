"""Function URLs: one for the function itself at most, and one for each alias, each with the statements it needs.

https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html: a URL with the authorization NONE answers only where the
resource policy lets everybody in, since October 2025 by two statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from lambdatui.aws import urls
from lambdatui.errors import BadInput
from lambdatui.stages.around.permission import Permission, content
from lambdatui.stages.around.standing import Qualifier, Standing
from lambdatui.stages.settings.setting_groups import Group
from lambdatui.stages.stage import Change, Danger, differences, shown

Method = Literal["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*"]


class Cors(Group):
    """What browsers are told of a URL. A part that is absent is left alone; an empty list removes it."""

    allow_origins: Annotated[list[Annotated[str, Field(max_length=253)]], Field(title="Origins", max_length=100)] | (
        None
    ) = None
    """Sites that may call the URL, such as https://shop.example.com, or *."""
    allow_methods: Annotated[list[Method], Field(title="Methods", max_length=6)] | None = None
    """HTTP methods that they may use, or *."""
    allow_headers: Annotated[list[Annotated[str, Field(max_length=1024)]], Field(title="Headers", max_length=100)] | (
        None
    ) = None
    """HTTP headers that they may send, or *."""
    expose_headers: (
        Annotated[list[Annotated[str, Field(max_length=1024)]], Field(title="Exposed headers", max_length=100)] | None
    ) = None
    """HTTP headers of the answer that they may read."""
    allow_credentials: Annotated[bool, Field(title="Credentials")] | None = None
    """Whether cookies and authorization go along."""
    max_age: Annotated[int, Field(title="Cached for", ge=0, le=86400)] | None = None
    """How long a browser keeps this, in seconds, 0 to 86400."""


class FunctionUrl(Group):
    """One URL. What is absent is left alone; an entry that names its qualifier at most removes that URL."""

    qualifier: Qualifier | None = None
    """The alias that the URL invokes; left out, the function itself ($LATEST)."""
    auth_type: Annotated[Literal["AWS_IAM", "NONE"], Field(title="Authorization")] | None = None
    """AWS_IAM: callers sign their calls. NONE: whoever knows the URL can call it."""
    invoke_mode: Annotated[Literal["BUFFERED", "RESPONSE_STREAM"], Field(title="Invoke mode")] | None = None
    """BUFFERED answers when the function is done, RESPONSE_STREAM as it goes."""
    cors: Annotated[Cors, Field(title="CORS")] | None = None
    """What browsers are told; an empty mapping removes it."""

    @property
    def removes(self) -> bool:
        """Whether it names its qualifier at most."""
        return not self.model_fields_set - {"qualifier"}


def public_statements(qualifier: str | None) -> tuple[Permission, Permission]:
    """The two statements that let everybody call a URL, under the names that AWS's console gives them."""
    return (
        Permission(
            statement_id="FunctionURLAllowPublicAccess",
            principal="*",
            action="lambda:InvokeFunctionUrl",
            function_url_auth_type="NONE",
            qualifier=qualifier,
        ),
        Permission(
            statement_id="FunctionURLInvokeAllowPublicAccess",
            principal="*",
            action="lambda:InvokeFunction",
            invoked_via_function_url=True,
            qualifier=qualifier,
        ),
    )


class UrlChanges:
    """What the wanted URLs come to: the calls, the statements they need, and those that are needed no more.

    None for `wanted` leaves all URLs alone; an empty list removes all. Raises BadInput or AwsError.
    """

    def __init__(self, standing: Standing, wanted: Sequence[FunctionUrl] | None) -> None:
        self.changes: list[Change] = []
        self.needed: list[Permission] = []
        self.unneeded: list[tuple[str, str]] = []
        self.known: dict[str, Any] = {}
        self._standing = standing
        if wanted is None:
            return
        _check(standing, wanted)
        there: dict[str, urls.FunctionUrl] = {}
        if standing.now is not None:
            there = {url.qualifier: url for url in urls.list_of(standing.account, standing.function)}
        if not wanted:
            for url in there.values():
                self._remove(url)
        for index, entry in enumerate(wanted):
            now = there.get(entry.qualifier or "")
            if entry.removes:
                if now is not None:
                    self._remove(now)
            elif now is None:
                self._create(index, entry)
            else:
                self._update(entry, now)

    def _place(self, qualifier: str | None) -> dict[str, Any]:
        return {"FunctionName": self._standing.function} | ({"Qualifier": qualifier} if qualifier else {})

    def _target(self, qualifier: str | None) -> str:
        return f"{self._standing.target(qualifier)} URL"

    def _create(self, index: int, entry: FunctionUrl) -> None:
        if entry.auth_type is None:
            raise BadInput(
                f"function_urls.{index}.auth_type: {self._standing.target(entry.qualifier)} has no URL yet, so its "
                "authorization is needed: AWS_IAM or NONE."
            )
        self._let_in(entry, entry.auth_type)
        request = {"AuthType": entry.auth_type, "InvokeMode": entry.invoke_mode or "BUFFERED"}
        cors = _cors(entry.cors, {})
        after = {**_shown(request), **_cors_shown(cors)}
        self.changes.append(
            Change(
                "CreateFunctionUrlConfig",
                self._target(entry.qualifier),
                differences({}, after),
                {**self._place(entry.qualifier), **request, **({"Cors": cors} if cors else {})},
                danger=Danger.TRAFFIC if entry.auth_type == "NONE" else Danger.SAFE,
                undo="delete the URL",
                back=(
                    Change(
                        "DeleteFunctionUrlConfig",
                        self._target(entry.qualifier),
                        differences(after, {}),
                        self._place(entry.qualifier),
                        danger=Danger.DESTRUCTIVE,
                    ),
                ),
            )
        )

    def _update(self, entry: FunctionUrl, now: urls.FunctionUrl) -> None:
        self.known = {"function_url": now.url}
        if entry.auth_type is not None:
            self._let_in(entry, entry.auth_type)
        current = {"AuthType": now.auth, "InvokeMode": now.invoke_mode}
        given = {"AuthType": entry.auth_type, "InvokeMode": entry.invoke_mode}
        request: dict[str, Any] = {k: v for k, v in given.items() if v is not None and v != current[k]}
        before, after = _shown({name: current[name] for name in request}), _shown(request)
        if entry.cors is not None:
            there = {name: value for name, value in now.cors.items() if value}
            cors = _cors(entry.cors, there)
            if cors != there:
                request["Cors"] = cors
                before |= _cors_shown(there)
                after |= _cors_shown(cors)
        if not request:
            return
        former = {name: {**current, "Cors": dict(now.cors)}[name] for name in request}
        self.changes.append(
            Change(
                "UpdateFunctionUrlConfig",
                self._target(entry.qualifier),
                differences(before, after),
                {**self._place(entry.qualifier), **request},
                danger=Danger.TRAFFIC,
                undo="put the former settings back",
                before={**current, "Cors": dict(now.cors)},
                back=(
                    Change(
                        "UpdateFunctionUrlConfig",
                        self._target(entry.qualifier),
                        differences(after, before),
                        {**self._place(entry.qualifier), **former},
                        danger=Danger.TRAFFIC,
                    ),
                ),
            )
        )

    def _let_in(self, entry: FunctionUrl, auth: str) -> None:
        """Everybody to a URL without authorization, and nobody more to one that has it."""
        if auth == "NONE":
            self.needed += public_statements(entry.qualifier)
        else:
            self._shut(entry.qualifier)

    def _shut(self, qualifier: str | None) -> None:
        public = [content(one.statement(self._standing.partition)) for one in public_statements(qualifier or None)]
        self.unneeded += [
            (qualifier or "", str(statement.get("Sid", "")))
            for statement in self._standing.policy(qualifier).statements
            if content(statement) in public
        ]

    def _remove(self, url: urls.FunctionUrl) -> None:
        self._shut(url.qualifier)
        before = {"AuthType": url.auth, "InvokeMode": url.invoke_mode}
        self.changes.append(
            Change(
                "DeleteFunctionUrlConfig",
                self._target(url.qualifier),
                differences({"URL": url.url, **_shown(before), **_cors_shown(url.cors)}, {}),
                self._place(url.qualifier),
                # another one would have another address
                danger=Danger.DESTRUCTIVE,
                before={**before, "Cors": dict(url.cors), "FunctionUrl": url.url},
            )
        )


def _check(standing: Standing, wanted: Sequence[FunctionUrl]) -> None:
    seen: dict[str, int] = {}
    for index, entry in enumerate(wanted):
        where = f"function_urls.{index}.qualifier"
        if entry.qualifier and entry.qualifier.isdigit():
            raise BadInput(f"{where}: an alias was expected, not {entry.qualifier}: AWS gives versions no URL.")
        standing.check(where, entry.qualifier)
        key = entry.qualifier or ""
        if key in seen:
            raise BadInput(f"{where}: function_urls.{seen[key]} is about the same one; AWS gives one URL to each.")
        seen[key] = index


CORS_MEMBERS = {
    "allow_origins": "AllowOrigins",
    "allow_methods": "AllowMethods",
    "allow_headers": "AllowHeaders",
    "expose_headers": "ExposeHeaders",
    "allow_credentials": "AllowCredentials",
    "max_age": "MaxAge",
}
"""Cors's fields, and what AWS calls them."""


def _cors(wanted: Cors | None, there: Mapping[str, Any]) -> dict[str, Any]:
    """AWS's Cors with what is wanted over what is there; without what is empty, as AWS shows it."""
    if wanted is None or wanted.removes:
        return {}
    given = {name: value for field, name in CORS_MEMBERS.items() if (value := getattr(wanted, field)) is not None}
    return {name: value for name, value in {**there, **given}.items() if value}


def _shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    titles = {"AuthType": "authorization", "InvokeMode": "invoke mode"}
    return {titles[name]: value for name, value in settings.items()}


def _cors_shown(cors: Mapping[str, Any]) -> dict[str, str | None]:
    return {f"CORS {word}": shown(value) for word, value in urls.cors_words(cors)}
