"""Asks which of a field's options it is to be, in a list of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lambdatui.tui.screens.choose import ChooseScreen, Option
from lambdatui.tui.widgets.stage_form import StageForm

_LEAVE, _REMOVE = "\0leave", "\0remove"
_NO_WORDS: Mapping[str, str] = MappingProxyType({})


def ask(
    form: StageForm, event: StageForm.Choosing, *, words: Mapping[str, str] = _NO_WORDS, left_alone: str = ""
) -> None:
    """Lists the options of the row that a form asks about, and has the form take the one that is chosen.

    `words` has a word on an option, `left_alone` what counts where none is chosen: without it, the field's default.
    """
    row, path = event.row, event.path
    is_new = row.kind == "add"
    shape = row.shape.item if is_new and row.shape.item is not None else row.shape
    names = [name for name, _ in shape.variants] or list(shape.options)
    options = [Option(name, name, words.get(name, "")) for name in names]
    field = row.field
    if row.kind == "field" and field is not None and not field.required:
        if field.removable:
            options.append(Option(_REMOVE, "⊘ removed", "nothing of it is kept"))
        options.append(Option(_LEAVE, "· left alone", left_alone or f"{field.default or ''}"))

    def chosen(values: tuple[str, ...] | None) -> None:
        if not values:
            return
        if values[0] == _LEAVE:
            form.draft.leave_alone(path)
            form.show()
        elif is_new and shape.variants:
            form.add_kind(path, values[0])
        elif is_new:
            form.append(path, values)
        else:
            form.choose(path, "" if values[0] == _REMOVE else values[0])

    current = form.draft.get(path)
    title = "What kind?" if is_new and shape.variants else row.label
    now = [current] if isinstance(current, str) else ()
    form.app.push_screen(ChooseScreen(title, options, chosen=now, hint=field.help if field is not None else ""), chosen)
