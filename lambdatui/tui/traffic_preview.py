"""What a fader would do to an alias, in a line or two: the call, each version's share, the way back. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from lambdatui.aws.versions import Alias, Version
from lambdatui.stages import traffic
from lambdatui.text import one_line
from lambdatui.tui import states


def preview(
    alias: Alias | None,
    name: str,
    wanted: tuple[str, Mapping[str, float]],
    versions: Mapping[str, Version],
    provisioned: bool,
) -> Content:
    """What becomes of an alias, or why AWS would refuse it. `alias` is None where one is yet to be made."""
    main, extra = wanted
    why = None
    if extra:
        why = traffic.why_not_weighted(versions.get(main), versions.get(next(iter(extra))), provisioned)
    if why:
        return Content.assemble((f" ▲ {one_line(why)}", "$warn"))
    if alias is None:
        words = traffic.in_words(main, extra)
        return Content.assemble((" + CreateAlias ", "bold $ok"), f"{one_line(name) or '…'}   {words}")
    if (alias.version, dict(alias.extra)) == (main, dict(extra)):
        return Content.assemble((" ✔ This is how it is now: ", "$muted"), traffic.in_words(main, extra))
    before, after = traffic.shares(alias.version, alias.extra), traffic.shares(main, extra)
    moves: list[str | tuple[str, str]] = []
    for version in sorted({*before, *after}, key=lambda one: (len(one), one)):
        old, new = before.get(version, "0 %"), after.get(version, "0 %")
        if old != new:
            moves += [(f"   {version}: ", "$muted"), f"{old} → ", (new, "bold")]
    back = traffic.in_words(alias.version, alias.extra).replace("all traffic to", "all traffic back to")
    return Content.assemble(
        (" ~ UpdateAlias ", "bold $busy"), one_line(alias.name), *moves, (f"     undo: {back}", "$muted")
    )


def described(version: Version | None, dated: bool = False) -> str:
    """A version beside its number: its description or the beginning of its hash, and how old it is."""
    if version is None:
        return ""
    description = f"“{one_line(version.description)}”" if version.description else f"sha {version.sha256[:6]}"
    age = f"  {states.modified(version.modified)}" if dated else ""
    return description + age
