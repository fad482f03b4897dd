"""How Lambda writes its calls into CloudTrail: their names, what is left out, and which resources they refer to.

The names are those of https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html; an operation that is
not among them is written under its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdatui.emulator.cloudtrail.events import Resource
from lambdatui.emulator.lambda_.names import Target, function_arn

SOURCE = "lambda.amazonaws.com"
DATA_EVENTS = frozenset({"Invoke", "InvokeAsync", "InvokeWithResponseStream"})
"""Calls that are no management events: the event history does not have them."""

_OF_2015 = (
    "CreateAlias CreateEventSourceMapping CreateFunction DeleteAlias DeleteEventSourceMapping DeleteFunction GetAlias "
    "GetEventSourceMapping ListAliases ListEventSourceMappings ListFunctions ListVersionsByFunction PublishVersion "
    "UpdateAlias UpdateEventSourceMapping"
)
_OF_2015_V2 = (
    "AddPermission GetFunction GetFunctionConfiguration GetPolicy RemovePermission UpdateFunctionCode "
    "UpdateFunctionConfiguration"
)
_OF_2018 = (
    "AddLayerVersionPermission DeleteLayerVersion GetLayerVersion GetLayerVersionByArn GetLayerVersionPolicy "
    "ListLayerVersions ListLayers PublishLayerVersion RemoveLayerVersionPermission"
)
_NAMES = {
    **{name: f"{name}20150331" for name in _OF_2015.split()},
    **{name: f"{name}20150331v2" for name in _OF_2015_V2.split()},
    **{name: f"{name}20181031" for name in _OF_2018.split()},
    **{name: f"{name}20171031" for name in ("PutFunctionConcurrency", "DeleteFunctionConcurrency")},
    **{name: f"{name}20170331v2" for name in ("TagResource", "UntagResource")},
    "ListTags": "ListTags20170331",
}
_WITH_RESPONSE = frozenset(
    {
        "AddLayerVersionPermission",
        "AddPermission",
        "CreateEventSourceMapping",
        "CreateFunction",
        "CreateFunctionUrlConfig",
        "DeleteEventSourceMapping",
        "PublishLayerVersion",
        "PublishVersion",
        "UpdateEventSourceMapping",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "UpdateFunctionUrlConfig",
    }
)
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "CreateFunction": {"Publish": False},
    "UpdateFunctionCode": {"Publish": False, "DryRun": False},
}
# their event names the function even where the call failed
_NAMES_THE_FUNCTION = frozenset(
    {
        "AddPermission",
        "DeleteFunctionConcurrency",
        "PutFunctionConcurrency",
        "PutFunctionEventInvokeConfig",
        "RemovePermission",
    }
)
_NAMES_THE_FUNCTION_IF_DONE = frozenset(
    {"CreateFunction", "DeleteFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"}
)


def event_name(operation: str) -> str:
    """The eventName of an operation, such as `UpdateFunctionCode20150331v2`."""
    return _NAMES.get(operation, operation)


def reads(operation: str) -> bool:
    """Whether an operation's event is read-only."""
    return operation.startswith(("Get", "List"))


def parameters(operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A call's parameters without what CloudTrail leaves out: environment values, and the code that was uploaded."""
    shown = {**_DEFAULTS.get(operation, {}), **params}
    return _without_secrets(shown)


def response(operation: str, result: Mapping[str, Any]) -> dict[str, Any] | None:
    """What CloudTrail keeps of an answer; None for the operations of which it keeps nothing."""
    return _without_secrets(result) if operation in _WITH_RESPONSE else None


def _without_secrets(members: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in members.items() if name != "ZipFile" and value is not None}
    if "Environment" in shown:
        shown["Environment"] = {}
    for name in ("Code", "Content"):
        if isinstance(shown.get(name), Mapping):
            shown[name] = {part: value for part, value in shown[name].items() if part != "ZipFile"}
    return shown


def resources(operation: str, params: Mapping[str, Any], meant: Target | None, failed: bool) -> tuple[Resource, ...]:
    """The resources by which an event can be looked up. `meant` is the function that FunctionName names.

    A publication refers to none, and a change of an alias to the alias alone: whoever looks a function up by its name
    does not find them.
    """
    if operation in ("TagResource", "UntagResource"):
        return () if failed else (Resource("", str(params.get("Resource", ""))),)
    if meant is None:
        return ()
    function = Resource("AWS::Lambda::Function", meant.name)
    if operation in _NAMES_THE_FUNCTION or (operation in _NAMES_THE_FUNCTION_IF_DONE and not failed):
        return (function,)
    alias = str(params.get("Name", ""))
    if operation in ("CreateAlias", "UpdateAlias") and not failed:
        arn = function_arn(meant.account, meant.region, meant.name, alias)
        return (Resource("AWS::Lambda::Alias", arn),)
    if operation == "DeleteAlias" and not failed:
        return (Resource("AWS::Lambda::Alias", alias), function)
    return ()
