"""The changes that bring a function's event source mappings to what is wanted, matched by source and qualifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdatui.aws import event_sources
from lambdatui.aws.event_sources import EventSource
from lambdatui.errors import BadInput, Refused
from lambdatui.stages.around.event_source_mapping import KINDS, STARTING, EventSourceMapping
from lambdatui.stages.around.event_source_members import CREATION_ONLY, FIXED, NOTHING, TITLES, lines, members, plain
from lambdatui.stages.around.standing import Standing
from lambdatui.stages.stage import Change, Danger, Difference, FromAnswer, differences


def changes(
    standing: Standing,
    wanted: Sequence[EventSourceMapping] | None,
    *,
    remove_others: bool = False,
    among: Sequence[str] | None = None,
) -> list[Change]:
    """The calls that make, change and delete mappings.

    None leaves all alone. An empty list is empty and so removes all, at every alias and version. A list with entries
    makes or changes those, and leaves others alone unless `remove_others` is said: then whatever is not in the list
    goes. `among` are the qualifiers that this is about; without it, all are. Raises BadInput, Refused (for what AWS
    cannot change), or AwsError.
    """
    if wanted is None:
        return []
    for index, entry in enumerate(wanted):
        where = f"event_sources.{index}"
        standing.check(f"{where}.qualifier", entry.qualifier)
        standing.check_place(f"{where}.source", entry.source, regional=True)
        standing.check_place(f"{where}.kms_key", entry.kms_key, regional=True)
        standing.check_place(f"{where}.on_failure", entry.on_failure)
    removes = remove_others or not wanted
    qualifiers = dict.fromkeys(entry.qualifier or "" for entry in wanted if standing.exists(entry.qualifier))
    if removes:
        qualifiers |= dict.fromkeys(q for q in standing.qualifiers() if among is None or q in among)
    there: list[EventSource] = []
    if standing.now is not None and qualifiers:
        found = event_sources.list_of(standing.account, standing.function, [q for q in qualifiers if q])
        there = [one for one in found if one.state != "Deleting" and one.qualifier in qualifiers]
    taken: dict[str, int] = {}
    made: dict[tuple[Any, ...], int] = {}
    result: list[Change] = []
    for index, entry in enumerate(wanted):
        where = f"event_sources.{index}"
        now = _match(where, entry, there)
        if now is None:
            key = (entry.source, *(entry.bootstrap_servers or ()), entry.qualifier, entry.topic, entry.queue)
            if key in made:
                raise BadInput(f"{where}: event_sources.{made[key]} has the same source and qualifier.")
            made[key] = index
            result.append(_creation(standing, where, entry))
            continue
        if now.uuid in taken:
            raise BadInput(f"{where}: event_sources.{taken[now.uuid]} is about the same mapping, {now.source}.")
        taken[now.uuid] = index
        result += _update(standing, where, entry, now)
    gone = [deletion(standing, one) for one in there if one.uuid not in taken] if removes else []
    return [*gone, *result]


def _match(where: str, entry: EventSourceMapping, there: Sequence[EventSource]) -> EventSource | None:
    """The mapping that an entry is about; of a cluster or broker with several, that with its topic or queue."""
    found = [one for one in there if one.qualifier == (entry.qualifier or "") and _same_source(entry, one.mapping)]
    for given, member in ((entry.topic, "Topics"), (entry.queue, "Queues")):
        if given is not None:
            found = [one for one in found if (one.mapping.get(member) or [given]) == [given]]
    if len(found) > 1:
        word = "queue" if entry.kind == "mq" else "topic"
        raise BadInput(f"{where}: {len(found)} mappings read from {found[0].source}: say which {word} is meant.")
    return found[0] if found else None


def _same_source(entry: EventSourceMapping, mapping: Mapping[str, Any]) -> bool:
    if entry.source is not None:
        return bool(mapping.get("EventSourceArn") == entry.source)
    endpoints = (mapping.get("SelfManagedEventSource") or {}).get("Endpoints") or {}
    return set(endpoints.get("KAFKA_BOOTSTRAP_SERVERS") or ()) == set(entry.bootstrap_servers or ())


def _creation(standing: Standing, where: str, entry: EventSourceMapping) -> Change:
    given = members(entry, {})
    for why in _missing(entry):
        raise BadInput(f"{where}.{why}")
    _check_batches(where, entry, given)
    source: dict[str, Any] = {"EventSourceArn": entry.source}
    if entry.bootstrap_servers:
        endpoints = {"KAFKA_BOOTSTRAP_SERVERS": list(entry.bootstrap_servers)}
        source = {"SelfManagedEventSource": {"Endpoints": endpoints}}
    enabled = entry.enabled is not False
    settings = {
        name: value for name, value in given.items() if isinstance(value, int) or plain(name, value) is not None
    }
    request = {
        **source,
        "FunctionName": standing.target(entry.qualifier),
        "Enabled": enabled,
        **settings,
        **({"Tags": entry.tags} if entry.tags else {}),
    }
    after = {"enabled": "yes" if enabled else "no", **lines(settings)}
    after |= {f"tag {key}": value for key, value in (entry.tags or {}).items()}
    described = event_sources.event_source({**request, "UUID": "", "FunctionArn": standing.qualified_arn("")}).source
    target = f"{standing.target(entry.qualifier)} from {described}"
    gone = Change(
        "DeleteEventSourceMapping",
        target,
        differences(after, {}),
        {"UUID": FromAnswer("UUID")},
        danger=Danger.TRAFFIC,
    )
    return Change(
        "CreateEventSourceMapping",
        target,
        differences({}, after),
        request,
        danger=Danger.TRAFFIC if enabled else Danger.SAFE,
        undo="delete the mapping",
        back=(gone,),
    )


def _missing(entry: EventSourceMapping) -> list[str]:
    """What AWS wants to be told of a new mapping and was not."""
    word = KINDS[entry.kind]
    found = []
    if entry.kind in STARTING and entry.starting_position is None and entry.consumption_mode != "Queue":
        found.append(f"starting_position: a new mapping of {word} needs one: TRIM_HORIZON or LATEST.")
    if entry.kind in ("msk", "kafka") and entry.topic is None:
        found.append(f"topic: a new mapping of {word} needs one.")
    if entry.kind == "mq" and entry.queue is None:
        found.append(f"queue: a new mapping of {word} needs one.")
    if entry.kind == "mq" and not any(way.type == "BASIC_AUTH" for way in entry.source_access or ()):
        found.append(f"source_access: a new mapping of {word} needs the secret to log in with, as BASIC_AUTH.")
    if entry.kind == "documentdb" and (entry.document_db is None or entry.document_db.database is None):
        found.append(f"document_db.database: a new mapping of {word} needs one.")
    if entry.kind == "documentdb" and not any(way.type == "BASIC_AUTH" for way in entry.source_access or ()):
        found.append(f"source_access: a new mapping of {word} needs the secret to log in with, as BASIC_AUTH.")
    return found


def _check_batches(where: str, entry: EventSourceMapping, settings: Mapping[str, Any]) -> None:
    size, window = settings.get("BatchSize", 0), settings.get("MaximumBatchingWindowInSeconds", 0)
    if entry.kind == "sqs" and size > 10 and not window:
        raise BadInput(f"{where}.batching_window: batches of more than 10 ({size}) need a window of 1 s or more.")


def _update(standing: Standing, where: str, entry: EventSourceMapping, now: EventSource) -> list[Change]:
    there = now.mapping
    given = members(entry, there)
    _check_fixed(where, given, now)
    wanted = {
        name: value
        for name, value in given.items()
        if name not in CREATION_ONLY and plain(name, value) != plain(name, there.get(name))
    }
    if wanted.keys() & {"BatchSize", "MaximumBatchingWindowInSeconds"}:
        _check_batches(where, entry, {**there, **wanted})
    current: dict[str, Any] = {name: there.get(name) for name in wanted}
    is_enabled = now.state not in ("Disabled", "Disabling")
    if entry.enabled is not None and entry.enabled != is_enabled:
        wanted["Enabled"], current["Enabled"] = entry.enabled, is_enabled
    found = []
    target = f"{standing.target(entry.qualifier)} from {now.source}"
    if wanted:
        found.append(
            Change(
                "UpdateEventSourceMapping",
                target,
                differences(lines(current), lines(wanted)),
                {"UUID": now.uuid, **wanted},
                danger=Danger.TRAFFIC,
                undo="put the former settings back",
                before=current,
                back=(_former(now, target, wanted, current),),
            )
        )
    return found + _tagging(standing, target, entry, now)


def _former(now: EventSource, target: str, wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Change:
    """The change that gives a mapping the settings it had."""
    settings = {name: NOTHING.get(name) if value is None else value for name, value in there.items()}
    settings = {name: value for name, value in settings.items() if value is not None}
    return Change(
        "UpdateEventSourceMapping",
        target,
        differences(lines(wanted), lines(settings)),
        {"UUID": now.uuid, **settings},
        danger=Danger.TRAFFIC,
    )


def _check_fixed(where: str, given: Mapping[str, Any], now: EventSource) -> None:
    """Raises Refused for what only a new mapping can have. What AWS does not tell of the one there is let be."""
    pairs = [(TITLES[name], given.get(name), now.mapping.get(name), name) for name in CREATION_ONLY]
    for group, names in FIXED.items():
        before, after = now.mapping.get(group) or {}, given.get(group) or {}
        words = {"ConsumerGroupId": "consumer group", "ConsumptionMode": "consumption mode"}
        pairs += [(words[name], after.get(name), before.get(name), name) for name in names]
    for title, wanted, current, name in pairs:
        if wanted is not None and current is not None and plain(name, wanted) != plain(name, current):
            shown = [next(iter(lines({name: value}).values()), "") for value in (current, wanted)]
            raise Refused(
                f"{where}: {now.source} is read with the {title} {shown[0]}, and AWS cannot change it to {shown[1]}.",
                "Remove the mapping first; a new one has no memory of what was read.",
            )


def _tagging(standing: Standing, target: str, entry: EventSourceMapping, now: EventSource) -> list[Change]:
    if entry.tags is None:
        return []
    arn = now.mapping.get("EventSourceMappingArn") or standing.arn.replace(
        f":function:{standing.arn.rpartition(':')[2]}", f":event-source-mapping:{now.uuid}"
    )
    tags = standing.account.call("lambda", "ListTags", {"Resource": arn}).get("Tags") or {}
    there = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    added = {key: value for key, value in entry.tags.items() if there.get(key) != value}
    gone = [key for key in there if key not in entry.tags]
    found = []
    if added:
        former = {key: there[key] for key in added if key in there}
        new = [key for key in added if key not in there]
        back = [_tagged(target, arn, added, former)] if former else []
        back += [_untagged(target, arn, {key: added[key] for key in new})] if new else []
        found.append(_undone(_tagged(target, arn, there, added), {key: there.get(key) for key in added}, *back))
    if gone:
        former = {key: there[key] for key in gone}
        found.append(_undone(_untagged(target, arn, former), former, _tagged(target, arn, {}, former)))
    return found


def _tagged(target: str, arn: str, there: Mapping[str, str], tags: Mapping[str, str]) -> Change:
    shown = tuple(Difference(f"tag {key}", there.get(key), value) for key, value in tags.items())
    before = {key: there.get(key) for key in tags}
    return Change("TagResource", target, shown, {"Resource": arn, "Tags": dict(tags)}, before=before)


def _untagged(target: str, arn: str, tags: Mapping[str, str]) -> Change:
    shown = tuple(Difference(f"tag {key}", value, None) for key, value in tags.items())
    return Change("UntagResource", target, shown, {"Resource": arn, "TagKeys": list(tags)}, before=dict(tags))


def _undone(change: Change, before: Any, *back: Change) -> Change:
    return replace(change, undo="put the former tags back", before=before, back=back)


def deletion(standing: Standing, now: EventSource) -> Change:
    """The change that deletes a mapping, with what makes it again where it has no memory of what was read."""
    settings = {name: now.mapping[name] for name in TITLES if now.mapping.get(name) is not None and name != "Enabled"}
    # a stream's or topic's mapping takes along how far it had read
    remembers = "StartingPosition" in now.mapping
    target = f"{standing.target(now.qualifier)} from {now.source}"
    former = {name: value for name, value in settings.items() if plain(name, value) is not None}
    enabled = now.state not in ("Disabled", "Disabling")
    again = Change(
        "CreateEventSourceMapping",
        target,
        differences({}, {"enabled": "yes" if enabled else "no", **lines(former)}),
        {
            "EventSourceArn": now.source_arn,
            "FunctionName": standing.target(now.qualifier),
            "Enabled": enabled,
            **former,
        },
        danger=Danger.TRAFFIC,
    )
    return Change(
        "DeleteEventSourceMapping",
        target,
        differences({"state": now.state, **lines(settings)}, {}),
        {"UUID": now.uuid},
        danger=Danger.DESTRUCTIVE if remembers else Danger.TRAFFIC,
        undo="" if remembers else "make the mapping again",
        before={"EventSourceArn": now.source_arn, "FunctionArn": now.mapping.get("FunctionArn"), **settings},
        back=() if remembers or not now.source_arn else (again,),
    )
