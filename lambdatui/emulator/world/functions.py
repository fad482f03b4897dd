"""Makes the functions of the story, with their versions and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdatui.emulator.lambda_.packages import ImagePackage, ZipPackage
from lambdatui.emulator.lambda_.records import Function, ProvisionedConcurrency, StandIn
from lambdatui.emulator.lambda_.seeding import FunctionSeed
from lambdatui.emulator.world.packages import foreign_package, package
from lambdatui.emulator.world.tale import Release, Tale

if TYPE_CHECKING:
    from lambdatui.emulator.cloud import Cloud

DAY = 86_400


def make(cloud: Cloud, tale: Tale, now: float) -> Function:
    """Makes a function as it is told. `now` is in epoch seconds."""
    seed = FunctionSeed(cloud.lambda_service.state, tale.place.account, tale.place.region)
    oldest = tale.releases[0] if tale.releases else None
    members = dict(tale.members)
    if tale.image is None:
        members |= {"Runtime": tale.runtime, "Handler": tale.handler}
    if tale.variables:
        members["Environment"] = {"Variables": dict(tale.variables)}
    stand_in = StandIn(package(tale.stand_in), "app.handler") if tale.stand_in else None
    function = seed.add(
        tale.name,
        _code(tale, oldest),
        modified=now - (oldest.age if oldest else tale.age) * DAY,
        failure=tale.failure,
        stand_in=stand_in,
        tags={"team": tale.team, "service": tale.service, "stage": _stage(tale), **tale.tags},
        Role=tale.place.role_arn(tale.service),
        Description=tale.description,
        MemorySize=tale.memory,
        Timeout=tale.timeout,
        **members,
    )
    for number, release in enumerate(tale.releases, tale.first_version):
        at = now - release.age * DAY
        seed.change(function, modified=at, code=_code(tale, release), stand_in=stand_in)
        seed.publish(function, modified=at, description=release.description, number=number)
    for alias, version in tale.aliases.items():
        seed.alias(function, alias, version)
    function.reserved_concurrency = tale.reserved
    function.latest.update_failure = tale.update_failure
    return function


def provision(function: Function, qualifier: str, number: int, at: float) -> None:
    """Gives an alias provisioned concurrency that has been READY since `at`."""
    function.provisioned[qualifier] = ProvisionedConcurrency(number, modified=at, started_at=at, ready_at=at)


def _code(tale: Tale, release: Release | None) -> ZipPackage | ImagePackage:
    if tale.image is not None:
        return ImagePackage(tale.image)
    note = f"{tale.name}: {release.description}" if release is not None and release.code is None else ""
    folder = tale.code if release is None or release.code is None else release.code
    return package(folder, note) if folder is not None else foreign_package(tale.name, tale.runtime, note)


def _stage(tale: Tale) -> str:
    return "staging" if tale.place.account.startswith("21") else "prod"
