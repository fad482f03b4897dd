"""Published versions: snapshots of $LATEST that do not change."""

from __future__ import annotations

import copy
from typing import Any

from lambdatui.emulator.lambda_.operations import (
    LambdaOperations,
    check_not_in_transition,
    check_revision,
    configuration,
)
from lambdatui.emulator.lambda_.paging import page
from lambdatui.emulator.lambda_.records import Function, Version, new_revision
from lambdatui.emulator.service import ApiError, Call


def publish(function: Function, now: float, active_at: float, description: str | None = None) -> Version:
    """A new version of the function's $LATEST, or the last one if nothing has changed since.

    What the description of the version is does not count as a change. Publishing gives $LATEST a new RevisionId.
    """
    latest = function.latest
    last = function.versions.get(function.next_number - 1)
    if last is not None and _same(last, latest):
        return last
    settings = copy.deepcopy(latest.settings)
    published_from = settings["Description"]
    if description is not None:
        settings["Description"] = description
    snap_start = settings["SnapStart"]
    if snap_start["ApplyOn"] == "PublishedVersions":
        settings["SnapStart"] = {**snap_start, "OptimizationStatus": "On"}
    version = Version(
        function.next_number,
        settings,
        latest.package,
        modified=now,
        active_at=active_at,
        stand_in=latest.stand_in,
        code_source=latest.code_source,
        failure=latest.failure,
        settled_revision=new_revision() if active_at > now else "",
        published_description=published_from,
    )
    function.versions[version.number] = version
    function.next_number += 1
    latest.revise(now)
    return version


def publish_latest(function: Function, now: float, active_at: float, description: str | None = None) -> Version:
    """The function's $LATEST as its $LATEST.PUBLISHED. Raises AWS's error for one that is not on managed instances."""
    latest = function.latest
    if not latest.settings.get("CapacityProviderConfig"):
        raise ApiError("InvalidParameterValueException", "PublishTo isn't supported for Lambda Default functions.")
    if function.latest_published is not None and _same(function.latest_published, latest):
        return function.latest_published
    settings = copy.deepcopy(latest.settings)
    published_from = settings["Description"]
    if description is not None:
        settings["Description"] = description
    function.latest_published = Version(
        -1,
        settings,
        latest.package,
        modified=now,
        active_at=active_at,
        code_source=latest.code_source,
        settled_revision=new_revision() if active_at > now else "",
        published_description=published_from,
    )
    latest.revise(now)
    return function.latest_published


def _same(version: Version, latest: Version) -> bool:
    ours = {**version.settings, "Description": version.published_description, "SnapStart": None}
    return version.package.code_sha256 == latest.package.code_sha256 and ours == {**latest.settings, "SnapStart": None}


class VersionOperations(LambdaOperations):
    """PublishVersion and ListVersionsByFunction."""

    def publish_version(
        self,
        call: Call,
        FunctionName: str,
        CodeSha256: str | None = None,
        Description: str | None = None,
        RevisionId: str | None = None,
        PublishTo: str | None = None,
    ) -> dict[str, Any]:
        region, function, meant = self.find(call, FunctionName)
        with region.lock:
            now, latest = self.now(), function.latest
            check_revision(RevisionId, latest.revision_at(now))
            current = latest.package.code_sha256
            if CodeSha256 is not None and CodeSha256 != current:
                raise ApiError(
                    "InvalidParameterValueException",
                    f"CodeSHA256 ({CodeSha256}) is different from current CodeSHA256 in $LATEST ({current}). Please "
                    "try again with the CodeSHA256 in $LATEST.",
                )
            check_not_in_transition(latest, meant.arn, now)
            make = publish_latest if PublishTo else publish
            version = make(function, now, self.settles_at(now), Description)
            return configuration(region, function, version, version.qualifier, now)

    def list_versions_by_function(
        self, call: Call, FunctionName: str, Marker: str | None = None, MaxItems: int | None = None
    ) -> dict[str, Any]:
        region, function, _ = self.find(call, FunctionName)
        now = self.now()
        with region.lock:
            every = list(function.every_version())
        chosen, more = page(every, lambda version: version.number, Marker, MaxItems)
        shown = [configuration(region, function, v, v.qualifier, now, in_list=True) for v in chosen]
        return {"Versions": shown, "NextMarker": more}
