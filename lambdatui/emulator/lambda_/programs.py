"""What the engine is given to run a version."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lambdatui.emulator.engine.program import Program
from lambdatui.emulator.lambda_ import runtimes
from lambdatui.emulator.lambda_.names import function_arn
from lambdatui.emulator.lambda_.packages import ZipPackage
from lambdatui.emulator.lambda_.records import Function, Region, Version
from lambdatui.emulator.lambda_.settings import config_sha256
from lambdatui.emulator.service import ApiError

if TYPE_CHECKING:
    from lambdatui.emulator.lambda_.operations import LambdaState


def program_of(
    state: LambdaState,
    region: Region,
    function: Function,
    version: Version,
    *,
    provisioned: bool = False,
    tenant: str | None = None,
) -> Program:
    """The program of a version. `provisioned` environments and each tenant's are kept apart from the others.

    Raises InvalidRuntimeException where it cannot be run here: an image, or a runtime that is not Python.
    """
    variant = f"{'provisioned' if provisioned else ''}/{tenant or ''}"
    program = version.programs.get(variant)
    if program is None:
        program = version.programs[variant] = _made(state, region, function, version, provisioned, variant)
    return program


def _made(
    state: LambdaState, region: Region, function: Function, version: Version, provisioned: bool, variant: str
) -> Program:
    settings = version.settings
    runtime = settings.get("Runtime", "")
    package, handler = version.package, settings.get("Handler", "")
    if version.stand_in is not None:
        package, handler = version.stand_in.package, version.stand_in.handler
    elif not isinstance(package, ZipPackage):
        raise _unrunnable(f"{function.name} is a container image, and the embedded AWS runs no images.")
    elif not runtimes.is_python(runtime):
        raise _unrunnable(f"{function.name} is written for {runtime}, and the embedded AWS runs Python only.")
    arn = function_arn(region.account, region.name, function.name, version.qualifier)
    identity = f"{package.sha256} {config_sha256(settings)} {handler} {variant}"
    logging = settings["LoggingConfig"]
    return Program(
        key=f"{arn}@{hashlib.sha256(identity.encode()).hexdigest()[:24]}",
        name=function.name,
        version=version.qualifier,
        handler=handler,
        code=package.data,
        layers=tuple(_layer_zip(state, layer["Arn"]) for layer in settings.get("Layers", ())),
        variables={
            "AWS_ACCESS_KEY_ID": f"ASIA{region.account}ROLE",
            "AWS_SECRET_ACCESS_KEY": "unchecked",
            "AWS_SESSION_TOKEN": "unchecked",
            "AWS_ENDPOINT_URL": state.cloud.endpoint,
            **settings.get("Environment", {}).get("Variables", {}),
        },
        timeout=float(settings["Timeout"]),
        memory_mb=settings["MemorySize"],
        runtime=runtime,
        region=region.name,
        log_group=logging["LogGroup"],
        log_format=logging["LogFormat"],
        application_log_level=logging.get("ApplicationLogLevel", ""),
        system_log_level=logging.get("SystemLogLevel", "INFO"),
        provisioned=provisioned,
    )


def _layer_zip(state: LambdaState, arn: str) -> bytes:
    _, _, _, region, account, _, name, number = arn.split(":")
    layer = state.region(account, region).layers.get(name)
    version = layer.versions.get(int(number)) if layer else None
    if version is None:
        raise _unrunnable(f"The layer version {arn} was deleted, and the embedded AWS keeps no copy of it.")
    return version.package.data


def _unrunnable(sentence: str) -> ApiError:
    # 400, although the model says 502: a client would try a 502 again and again
    return ApiError("InvalidRuntimeException", sentence, 400)
