"""Keys by the ids of actions: which ids there are, and what an operator's keymap gets wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from textual.binding import Binding

from lambdatui.errors import near_match


def bindings() -> Iterator[Binding]:
    """Every binding that has an id, over all screens and widgets of the app."""
    from textual.dom import DOMNode

    import lambdatui.tui.app
    import lambdatui.tui.screens.help

    modules = _with_screens(lambdatui.tui.app, lambdatui.tui.screens.help)
    seen: set[str] = set()
    for module in modules:
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, DOMNode) and thing.__module__.startswith("lambdatui."):
                for binding in thing.__dict__.get("BINDINGS", ()):
                    if isinstance(binding, Binding) and binding.id and binding.id not in seen:
                        seen.add(binding.id)
                        yield binding


def _with_screens(*first: object) -> Iterable[object]:
    import importlib
    import pkgutil

    from lambdatui.tui import screens, tabs, widgets

    yield from first
    for package in (screens, tabs, widgets):
        for info in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{info.name}")


def unknown(keymap: Mapping[str, str]) -> list[str]:
    """A sentence for each id of a keymap that no binding has."""
    ids = [binding.id or "" for binding in bindings()]
    return [f"keymap.{name}: there is no such action.{near_match(name, ids)}" for name in keymap if name not in ids]
