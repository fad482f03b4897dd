"""The last line of a screen: the keys that act now. A click on one does what the key does."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget


class KeyBar(Widget):
    """Shows the screen's bindings in their order, as many as fit, and always the last one."""

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $bar; color: $bar-text; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        pairs: dict[str, tuple[str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and active.enabled:
                pairs.setdefault(binding.action, (self.app.get_key_display(binding), binding.description))
        # the app's own come last
        items = [(key, word, action) for action, (key, word) in pairs.items()]
        room = self.size.width - 2
        last = items[-1:]
        chosen: list[tuple[str, str, str]] = []
        used = sum(len(key) + len(word) + 1 for key, word, _ in last)
        for key, word, action in items[:-1]:
            length = len(key) + len(word) + 3
            if used + length > room:
                break
            chosen.append((key, word, action))
            used += length
        parts: list[str | tuple[str, str]] = [" "]
        self._spans = []
        at = 1
        for key, word, action in chosen + last:
            parts += [(key, "bold $accent"), f" {word}  "]
            self._spans.append((at, at + len(key) + len(word) + 1, action))
            at += len(key) + len(word) + 3
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        for start, end, action in self._spans:
            if start <= event.x < end:
                focused = self.screen.focused or self.screen
                for node in focused.ancestors_with_self:
                    if await self.app.run_action(action, node):
                        return
