"""CloudTrail's events, as they are kept and as they are written.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import bisect
import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from typing import Any

VERSION = "1.11"
KEPT_SECONDS = 90 * 86_400
"""The event history goes back this far."""
_WRITES, _READS = 10_000, 2_000


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that an event refers to: its type, such as `AWS::Lambda::Function`, and its name or ARN."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One call, as CloudTrail has it. `time` is in whole seconds since the epoch.

    `caller_arn` is an assumed role's, a user's or an account's root. `parameters` and `response` are in CloudTrail's
    names, which begin in lower case; None is JSON's null.
    """

    time: int
    name: str
    source: str
    account: str
    region: str
    read_only: bool
    caller_arn: str
    access_key: str
    source_ip: str
    user_agent: str
    request_id: str
    parameters: Mapping[str, Any] | None = None
    response: Mapping[str, Any] | None = None
    error_code: str = ""
    error_message: str = ""
    resources: tuple[Resource, ...] = ()
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def username(self) -> str:
        """Who LookupEvents says it was: a user's name, or the name of a role's session."""
        return "root" if self.caller_arn.endswith(":root") else self.caller_arn.rpartition("/")[2]

    def document(self) -> str:
        """The event as JSON, in CloudTrail's order."""
        failure = {"errorCode": self.error_code, "errorMessage": self.error_message} if self.error_code else {}
        return json.dumps(
            {
                "eventVersion": VERSION,
                "userIdentity": self._identity(),
                "eventTime": _utc(self.time),
                "eventSource": self.source,
                "eventName": self.name,
                "awsRegion": self.region,
                "sourceIPAddress": self.source_ip,
                "userAgent": self.user_agent,
                **failure,
                "requestParameters": self.parameters,
                "responseElements": self.response,
                "requestID": self.request_id,
                "eventID": self.event_id,
                "readOnly": self.read_only,
                "eventType": "AwsApiCall",
                "managementEvent": True,
                "recipientAccountId": self.account,
                "eventCategory": "Management",
            },
            ensure_ascii=False,
        )

    def _identity(self) -> dict[str, Any]:
        kind, _, name = self.caller_arn.rpartition(":")[2].partition("/")
        common = {"arn": self.caller_arn, "accountId": self.account, "accessKeyId": self.access_key}
        if kind == "root":
            return {"type": "Root", "principalId": self.account, **common}
        if kind == "user":
            user = name.rpartition("/")[2]
            return {"type": "IAMUser", "principalId": _unique("AIDA", name), **common, "userName": user}
        role, _, session = name.partition("/")
        principal = _unique("AROA", role)
        return {
            "type": "AssumedRole",
            "principalId": f"{principal}:{session}",
            **common,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": principal,
                    "arn": f"arn:aws:iam::{self.account}:role/{role}",
                    "accountId": self.account,
                    "userName": role,
                },
                "attributes": {"creationDate": _utc(self.time // 3600 * 3600), "mfaAuthenticated": "false"},
            },
        }


class EventStore:
    """The events of every account and region, in the order of time. Old ones make room: reads sooner than writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, bool], list[tuple[int, int, TrailEvent]]] = {}
        self._count = 0

    def add(self, event: TrailEvent) -> None:
        """Keeps an event."""
        with self._lock:
            self._count += 1
            kept = self._kept.setdefault((event.account, event.region, event.read_only), [])
            bisect.insort(kept, (event.time, self._count, event))
            if len(kept) > (_READS if event.read_only else _WRITES):
                del kept[0]

    def newest_first(self, account: str, region: str) -> Iterator[tuple[int, TrailEvent]]:
        """An account's events in a region, each with its number. Numbers are in the order of arrival."""
        with self._lock:
            lists = [list(reversed(self._kept.get((account, region, read_only), ()))) for read_only in (True, False)]
        for _, number, event in merge(*lists, reverse=True):
            yield number, event


def _unique(prefix: str, name: str) -> str:
    """A unique identifier of IAM's, the same one for the same name."""
    return prefix + uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:17].upper()


def _utc(time: float) -> str:
    return f"{dt.datetime.fromtimestamp(time, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
