"""Which fields of a stage stand together in its form, in which order, and what is special about them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lambdatui.tui.form.fields import FormField


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that fold together. `fields` are their names in order; those that a model lacks are passed over."""

    key: str
    title: str
    fields: tuple[str, ...]


DEPLOY: Sequence[Section] = (
    Section("basics", "Basics", ("function", "code", "runtime", "handler", "role", "memory", "timeout", "description")),
    Section(
        "release",
        "Publish and aliases",
        ("publish", "publish_description", "aliases", "alias_description", "alias_weights", "publish_to"),
    ),
    Section("environment", "Environment", ("environment", "kms_key")),
    Section(
        "code",
        "Code and runtime",
        (
            "layers",
            "architecture",
            "upload_to",
            "code_storage",
            "code_kms_key",
            "image",
            "snap_start",
            "runtime_management",
        ),
    ),
    Section("network", "Network and storage", ("vpc", "ephemeral_storage", "file_systems")),
    Section("observability", "Logs and traces", ("logging", "tracing")),
    Section("concurrency", "Concurrency", ("reserved_concurrency", "provisioned_concurrency", "recursion")),
    Section(
        "triggers",
        "Triggers and destinations",
        (
            "event_sources",
            "remove_other_event_sources",
            "function_urls",
            "async_invocation",
            "dead_letter",
            "target_groups",
            "edge",
        ),
    ),
    Section("permissions", "Permissions", ("permissions", "remove_other_permissions", "code_signing")),
    Section("tags", "Tags", ("tags",)),
    Section("advanced", "Advanced", ()),
)
"""The form of a deployment; the last one takes what no other names."""

UPDATE_CODE: Sequence[Section] = (
    Section("package", "Package", ("function", "code", "upload_to")),
    Section(
        "release",
        "Publish and aliases",
        ("publish", "publish_description", "aliases", "alias_description", "alias_weights", "publish_to"),
    ),
)
"""The form of new code."""

HIDDEN = ("profile", "region")
"""Fields that the place of the screen answers."""

MERGING = (
    "event_sources",
    "permissions",
    "function_urls",
    "async_invocation",
    "target_groups",
    "provisioned_concurrency",
)
"""Fields whose entries are each a thing of its own at AWS: what is not named stays."""


def laid_out(sections: Sequence[Section], fields: Sequence[FormField]) -> list[tuple[Section, list[FormField]]]:
    """The sections with their fields; what none of them names goes to the last."""
    known = {field.name: field for field in fields if field.name not in HIDDEN}
    named = {name for section in sections for name in section.fields}
    left = [field for name, field in known.items() if name not in named]
    placed = [(section, [known[name] for name in section.fields if name in known]) for section in sections]
    placed[-1] = (placed[-1][0], placed[-1][1] + left)
    return [(section, members) for section, members in placed if members]
