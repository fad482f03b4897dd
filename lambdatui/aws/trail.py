"""CloudTrail's event history of a function: what was done to it in the last 90 days, by whom and from where.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdatui.aws import arns
from lambdatui.aws.account import Account
from lambdatui.aws.functions import plain_name
from lambdatui.aws.masking import masked
from lambdatui.clock import Clock

DAYS = 90
"""The event history goes back no further."""
EVENTS_A_PAGE = 50
CALL_SECONDS = 0.5
"""LookupEvents takes two calls a second from an account in a region."""

_VERSIONED = re.compile(r"(\w+?)(?:20\d{6}(?:v\d+)?)?")
_SUFFIX = ".amazonaws.com"
_CONSOLE = ("Mozilla/", "AWS Internal", f"console{_SUFFIX}", f"signin{_SUFFIX}", "S3Console/")
_NAMED_TOOLS = ("Terraform", "Pulumi", "OpenTofu", "CloudFormation", "aws-sam-cli", "aws-cdk")


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One call that changed something, or was refused. Secrets are masked in all of it."""

    event_id: str
    at: dt.datetime
    name: str
    """As the service writes it, such as `UpdateAlias20150331`."""
    service: str
    """Such as `lambda`."""
    who: str
    """A user's name, the name of a role's session, or a service of AWS's."""
    role: str
    """The role of the session; empty for who has none."""
    arn: str
    tool: str
    """What it was done with, in a word: `console`, `aws-cli 2.31.4`, `cloudformation`."""
    source_ip: str
    request_id: str
    error_code: str
    """Empty where AWS took it."""
    error_message: str
    parameters: Mapping[str, Any]
    """In CloudTrail's names, which begin in lower case: `functionVersion`."""
    response: Mapping[str, Any]
    document: Mapping[str, Any]
    """The whole event."""

    @property
    def operation(self) -> str:
        """AWS's name of the operation, such as `UpdateAlias`."""
        match = _VERSIONED.fullmatch(self.name)
        return match.group(1) if match else self.name


@dataclass(frozen=True, slots=True)
class Page:
    """What one call brought, newest first: events that no page before it had."""

    events: tuple[TrailEvent, ...]
    searched: int
    """How many of the searches have ended."""
    searches: int


@dataclass(slots=True)
class _Search:
    """A LookupEvents of its own, and how far it is."""

    key: str
    value: str
    token: str | None = None
    ended: bool = False
    reached: dt.datetime | None = None


@dataclass(slots=True)
class _Pace:
    """Lets a call through every so many seconds."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0

    def wait(self, clock: Clock) -> None:
        with self.lock:
            now = clock.now()
            at = max(now, self.next_at)
            self.next_at = at + CALL_SECONDS
        if at > now:
            clock.sleep(at - now)


_paces: dict[tuple[str, str], _Pace] = {}
_paces_lock = threading.Lock()


class TrailReader:
    """Reads the events of one function, page by page.

    LookupEvents takes one attribute a call, and Lambda's events do not all name the function: a change of an alias
    names the alias, a publication nothing. So several searches make up the history, and what is of other functions or
    services, or only reads, is left out. A reader is for one thread at a time.
    """

    def __init__(
        self, account: Account, function: str, aliases: Iterable[str], since: dt.datetime, clock: Clock | None = None
    ) -> None:
        self._account = account
        self._function = function
        self._since = since
        self._clock = clock or Clock()
        identity = account.identity()
        own = arns.parse(identity.arn)
        partition = own.partition if own else "aws"
        arn = f"arn:{partition}:lambda:{account.region}:{identity.account_id}:function:{function}"
        self._searches = [
            _Search("ResourceName", function),
            *(_Search("ResourceName", f"{arn}:{alias}") for alias in aliases),
            _Search("EventName", "PublishVersion20150331"),
            _Search("ResourceName", arn),
        ]
        self._seen: set[str] = set()
        with _paces_lock:
            self._pace = _paces.setdefault((identity.account_id, account.region), _Pace())

    @property
    def complete(self) -> bool:
        """Whether everything since the asked moment was read."""
        return all(search.ended for search in self._searches)

    @property
    def back_to(self) -> dt.datetime:
        """The moment since which every event was read."""
        unread = [search.reached for search in self._searches if not search.ended and search.reached is not None]
        return max([self._since, *unread])

    def read(self, pages: int) -> Iterator[Page]:
        """Reads up to so many pages more of each search, one after the other, at AWS's pace.

        Raises AwsError, and Cancelled when the clock is cancelled.
        """
        for search in self._searches:
            for _ in range(pages):
                if search.ended:
                    break
                self._clock.check()
                self._pace.wait(self._clock)
                yield self._page(search)

    def _page(self, search: _Search) -> Page:
        parameters: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": search.key, "AttributeValue": search.value}],
            "StartTime": self._since,
            "MaxResults": EVENTS_A_PAGE,
        }
        if search.token:
            parameters["NextToken"] = search.token
        answer = self._account.call("cloudtrail", "LookupEvents", parameters)
        found = []
        for listed in answer["Events"]:
            search.reached = listed["EventTime"]
            if listed["EventId"] not in self._seen and listed.get("ReadOnly") != "true":
                event = trail_event(listed)
                if _is_about(event, listed, self._function):
                    self._seen.add(event.event_id)
                    found.append(event)
        search.token = answer.get("NextToken")
        search.ended = not search.token
        return Page(tuple(found), sum(one.ended for one in self._searches), len(self._searches))


def trail_event(listed: Mapping[str, Any]) -> TrailEvent:
    """The event in one of LookupEvents's answers."""
    try:
        document = masked(json.loads(listed.get("CloudTrailEvent") or "{}"))
    except ValueError:
        document = {}
    identity = document.get("userIdentity") or {}
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    return TrailEvent(
        event_id=listed["EventId"],
        at=listed["EventTime"],
        name=listed.get("EventName", ""),
        service=str(listed.get("EventSource", "")).removesuffix(_SUFFIX),
        who=_who(identity) or str(listed.get("Username", "")),
        role=str(issuer.get("userName", "")) if issuer.get("type") == "Role" else "",
        arn=str(identity.get("arn", "")),
        tool=_tool(str(document.get("userAgent", "")), str(identity.get("invokedBy", ""))),
        source_ip=str(document.get("sourceIPAddress", "")),
        request_id=str(document.get("requestID", "")),
        error_code=str(document.get("errorCode", "")),
        error_message=str(document.get("errorMessage", "")),
        parameters=document.get("requestParameters") or {},
        response=document.get("responseElements") or {},
        document=document,
    )


def _who(identity: Mapping[str, Any]) -> str:
    kind = identity.get("type")
    if kind == "Root":
        return "root"
    if kind == "AWSService":
        return str(identity.get("invokedBy", "")).removesuffix(_SUFFIX)
    if kind == "IAMUser" and identity.get("userName"):
        return str(identity["userName"])
    return str(identity.get("arn", "")).rpartition("/")[2]


def _tool(agent: str, invoked_by: str) -> str:
    """What a call was made with, from its user agent, or the service that made it for somebody."""
    if invoked_by:
        return invoked_by.removesuffix(_SUFFIX)
    if agent.startswith(_CONSOLE):
        return "console"
    for token in agent.split():
        name, _, version = token.partition("/")
        if name in _NAMED_TOOLS:
            return f"{name} {version}".rstrip()
    name, _, version = agent.partition(" ")[0].partition("/")
    return f"{name.removesuffix(_SUFFIX)} {version}".rstrip()


def _is_about(event: TrailEvent, listed: Mapping[str, Any], function: str) -> bool:
    """Whether an event that a search found is about the function: other services' things may bear the same name."""
    named = event.parameters.get("functionName") or event.response.get("functionName")
    if named:
        return event.service == "lambda" and plain_name(str(named)) == function
    kinds = (str(resource.get("ResourceType", "")) for resource in listed.get("Resources") or ())
    return event.name != "PublishVersion20150331" and (
        event.service == "lambda" or any(kind.startswith("AWS::Lambda::") for kind in kinds)
    )
