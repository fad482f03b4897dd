"""Operations on log groups and log streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lambdatui.emulator.logs.log_store import Group, LogStore, Stream
from lambdatui.emulator.logs.lookup import find_group, find_stream, invalid, name_in, page
from lambdatui.emulator.service import ApiError, Call

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


class GroupOperations:
    """Creating, describing and deleting groups and streams; retention; tags."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def create_log_group(
        self,
        call: Call,
        logGroupName: str,
        kmsKeyId: str | None = None,
        tags: Mapping[str, str] | None = None,
        logGroupClass: str | None = None,
        deletionProtectionEnabled: bool | None = None,
    ) -> dict[str, Any]:
        region = self._store.region(call.account, call.region)
        with region.lock:
            if logGroupName in region.groups:
                raise ApiError("ResourceAlreadyExistsException", "The specified log group already exists", 400)
            group = region.create_group(logGroupName, self._store.now_ms())
            group.tags = dict(tags or {})
            members = {
                "kmsKeyId": kmsKeyId,
                "logGroupClass": logGroupClass,
                "deletionProtectionEnabled": deletionProtectionEnabled,
            }
            group.members = {name: value for name, value in members.items() if value is not None}
        return {}

    def delete_log_group(self, call: Call, logGroupName: str) -> dict[str, Any]:
        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName)
            del region.groups[group.name]
            self._store.removed(group.streams)
        return {}

    def describe_log_groups(
        self,
        call: Call,
        logGroupNamePrefix: str | None = None,
        logGroupNamePattern: str | None = None,
        nextToken: str | None = None,
        limit: int | None = None,
        logGroupClass: str | None = None,
        logGroupIdentifiers: Sequence[str] | None = None,
        accountIdentifiers: Sequence[str] | None = None,
        includeLinkedAccounts: bool | None = None,
    ) -> dict[str, Any]:
        if logGroupNamePrefix is not None and logGroupNamePattern is not None:
            raise invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        names = None if logGroupIdentifiers is None else {name_in(identifier) for identifier in logGroupIdentifiers}

        def matches(group: Group) -> bool:
            return (
                group.name.startswith(logGroupNamePrefix or "")
                and (logGroupNamePattern or "") in group.name
                and logGroupClass in (None, group.members.get("logGroupClass", "STANDARD"))
                and (names is None or group.name in names)
            )

        region = self._store.region(call.account, call.region)
        with region.lock:
            found = sorted((group for group in region.groups.values() if matches(group)), key=lambda group: group.name)
            shown, more = page(found, nextToken, limit)
            return {"logGroups": [_shown_group(group) for group in shown], "nextToken": more}

    def put_retention_policy(self, call: Call, logGroupName: str, retentionInDays: int) -> dict[str, Any]:
        if retentionInDays not in RETENTION_DAYS:
            allowed = ", ".join(map(str, RETENTION_DAYS))
            raise invalid(
                f"1 validation error detected: Value '{retentionInDays}' at 'retentionInDays' failed to satisfy "
                f"constraint: Member must satisfy enum value set: [{allowed}]"
            )
        return self._set_retention(call, logGroupName, retentionInDays)

    def delete_retention_policy(self, call: Call, logGroupName: str) -> dict[str, Any]:
        return self._set_retention(call, logGroupName, None)

    def _set_retention(self, call: Call, name: str, days: int | None) -> dict[str, Any]:
        region = self._store.region(call.account, call.region)
        with region.lock:
            find_group(region, name).retention_days = days
        return {}

    def create_log_stream(self, call: Call, logGroupName: str, logStreamName: str) -> dict[str, Any]:
        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName)
            if logStreamName in group.streams:
                raise ApiError("ResourceAlreadyExistsException", "The specified log stream already exists", 400)
            group.streams[logStreamName] = Stream(logStreamName, self._store.now_ms())
        return {}

    def delete_log_stream(self, call: Call, logGroupName: str, logStreamName: str) -> dict[str, Any]:
        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName)
            stream = find_stream(group, logStreamName)
            del group.streams[stream.name]
            self._store.removed({stream.name: stream})
        return {}

    def describe_log_streams(
        self,
        call: Call,
        logGroupName: str | None = None,
        logGroupIdentifier: str | None = None,
        logStreamNamePrefix: str | None = None,
        orderBy: str = "LogStreamName",
        descending: bool | None = None,
        nextToken: str | None = None,
        limit: int | None = None,
    ) -> dict[str, Any]:
        by_time = orderBy == "LastEventTime"
        if by_time and logStreamNamePrefix is not None:
            raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")

        def order(stream: Stream) -> tuple[int, str]:
            return (stream.events[-1].timestamp if by_time and stream.events else 0, stream.name)

        region = self._store.region(call.account, call.region)
        with region.lock:
            group = find_group(region, logGroupName, logGroupIdentifier)
            named = [s for s in group.streams.values() if s.name.startswith(logStreamNamePrefix or "")]
            shown, more = page(sorted(named, key=order, reverse=bool(descending)), nextToken, limit)
            return {"logStreams": [_shown_stream(group, stream) for stream in shown], "nextToken": more}

    def tag_resource(self, call: Call, resourceArn: str, tags: Mapping[str, str]) -> dict[str, Any]:
        self._tags(call, name_in(resourceArn)).update(tags)
        return {}

    def untag_resource(self, call: Call, resourceArn: str, tagKeys: Sequence[str]) -> dict[str, Any]:
        return self._untag(call, name_in(resourceArn), tagKeys)

    def list_tags_for_resource(self, call: Call, resourceArn: str) -> dict[str, Any]:
        return {"tags": self._tags(call, name_in(resourceArn))}

    def tag_log_group(self, call: Call, logGroupName: str, tags: Mapping[str, str]) -> dict[str, Any]:
        self._tags(call, logGroupName).update(tags)
        return {}

    def untag_log_group(self, call: Call, logGroupName: str, tags: Sequence[str]) -> dict[str, Any]:
        return self._untag(call, logGroupName, tags)

    def list_tags_log_group(self, call: Call, logGroupName: str) -> dict[str, Any]:
        return {"tags": self._tags(call, logGroupName)}

    def _tags(self, call: Call, name: str) -> dict[str, str]:
        region = self._store.region(call.account, call.region)
        with region.lock:
            return find_group(region, name).tags

    def _untag(self, call: Call, name: str, keys: Sequence[str]) -> dict[str, Any]:
        tags = self._tags(call, name)
        for key in keys:
            tags.pop(key, None)
        return {}


def _shown_group(group: Group) -> dict[str, Any]:
    return {
        "logGroupName": group.name,
        "creationTime": group.created,
        "retentionInDays": group.retention_days,
        "metricFilterCount": 0,
        "arn": f"{group.arn}:*",
        "logGroupArn": group.arn,
        "storedBytes": group.stored_bytes,
        "logGroupClass": "STANDARD",
        "deletionProtectionEnabled": False,
        **group.members,
    }


def _shown_stream(group: Group, stream: Stream) -> dict[str, Any]:
    events = stream.events
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created,
        "firstEventTimestamp": events[0].timestamp if events else None,
        "lastEventTimestamp": events[-1].timestamp if events else None,
        "lastIngestionTime": stream.last_ingested,
        "uploadSequenceToken": f"{stream.created:056}",
        "arn": f"{group.arn}:log-stream:{stream.name}",
        "storedBytes": 0,  # AWS gives no other number since 2019
    }
