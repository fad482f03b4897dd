"""What a form takes over and gives: the settings of another function, deploy files, variables of a `.env` file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdatui import documents
from lambdatui.aws import functions, listing
from lambdatui.aws.account import Account
from lambdatui.errors import BadInput
from lambdatui.stages.settings.setting_values import values_of
from lambdatui.tui.form import dotenv, files
from lambdatui.tui.form.draft import Path as FieldPath
from lambdatui.tui.reading import Read, Reading
from lambdatui.tui.screens.ask_path import AskPath
from lambdatui.tui.screens.choose import ChooseScreen, Option
from lambdatui.tui.screens.pick import PickScreen

if TYPE_CHECKING:
    from lambdatui.tui.screens.form_screen import FormScreen

MOST_WRONG = 8
"""How many bad lines of a file are told at once."""


class FormExchange:
    """Asks what is to be taken over, or where to. Made when its screen is mounted, closed when that is unmounted."""

    def __init__(self, screen: FormScreen) -> None:
        self._screen = screen
        self._copied = ""
        self._copying = Reading(
            screen, screen.session, screen.scope, self._read_other, self._take_other, screen.show_error
        )

    def close(self) -> None:
        """Drops what is still under way."""
        self._copying.close()

    # taking over

    def start_from(self) -> None:
        """Takes over the settings of another function, or what a file says."""
        options = [
            Option("function", "another function", "its settings; not its code, its triggers and who may invoke it"),
            Option("file", "a deploy file", "what lambdatui deploy takes"),
        ]

        def chosen(values: tuple[str, ...] | None) -> None:
            if values == ("function",):
                self._ask_for_function()
            elif values == ("file",):
                question = "The deploy file whose values are taken over:"
                screen = AskPath("Start from a file", question, "", files.values_in, endings=(".yaml", ".yml"))
                self._screen.app.push_screen(screen, self._start_from)

        hint = "What was chosen in the form so far is replaced."
        self._screen.app.push_screen(ChooseScreen("Start from", options, hint=hint), chosen)

    def _ask_for_function(self) -> None:
        def picked(values: tuple[str, ...] | None) -> None:
            if values:
                self._copied = values[0]
                self._copying.start()

        title, what = "Start from a function", "functions"
        self._screen.app.push_screen(
            PickScreen(self._screen.session, self._screen.scope, title, _functions, what=what, free=True), picked
        )

    def _read_other(self, account: Account) -> dict[str, Any]:
        other = functions.get(account, self._copied)
        found = {**values_of(other.configuration), "tags": other.tags}
        return {name: value for name, value in found.items() if value not in ("", [], {})}

    def _take_other(self, read: Read[dict[str, Any]]) -> None:
        self._start_from(read.value)

    def _start_from(self, values: Mapping[str, Any] | None) -> None:
        if values is None:
            return
        known = {name: value for name, value in values.items() if name in self._screen.MODEL.model_fields}
        # what the form is about stays
        fixed = {"function": self._screen.function} if self._screen.function else {}
        self._screen.form.start_from({**self._screen.first_values(), **known, **fixed})
        self._screen.notify(f"{len(known)} fields are set.", markup=False)

    def import_variables(self, field: FieldPath) -> None:
        """Takes variables from a `.env` file into the mapping at a path."""

        def imported(variables: Mapping[str, str] | None) -> None:
            if variables is not None:
                self._screen.form.merge(field, variables)
                self._screen.notify(f"{len(variables)} variables were imported.", markup=False)

        question = "The file with the variables, one NAME=value a line:"
        self._screen.app.push_screen(
            AskPath("Import variables", question, ".env", _variables_in, endings=("",)), imported
        )

    # giving

    def save(self) -> None:
        """Writes what is chosen into a deploy file; values of the environment only where that is wanted."""
        if not self._screen.draft.get(("environment",)):
            self._ask_where(secrets=False)
            return
        options = [
            Option("without", "without the values", "the variables' names stand in a comment, and are left alone"),
            Option("with", "with the values of the environment", "whoever can read the file can read them"),
        ]

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self._ask_where(secrets=values == ("with",))

        self._screen.app.push_screen(ChooseScreen("Save the environment", options), chosen)

    def _ask_where(self, secrets: bool) -> None:
        warned_of: list[Path] = []

        def write(path: Path) -> Path:
            if path.exists() and path not in warned_of:
                warned_of.append(path)
                raise BadInput(f"{path} is there already.", "Enter replaces it, another name leaves it alone.")
            text = files.text_of(self._screen.draft.values, path.absolute().parent, self._screen.scope, secrets=secrets)
            files.write(path, text, private=secrets)
            return path

        def written(path: Path | None) -> None:
            if path is not None:
                self._screen.notify(f"Written to {path.absolute()}.", markup=False)

        name = f"{self._screen.draft.get(('function',)) or 'deploy'}.yaml"
        question = "The file to write; lambdatui deploy takes it."
        self._screen.app.push_screen(
            AskPath("Save as a deploy file", question, name, write, endings=(".yaml",)), written
        )


def _functions(account: Account) -> list[Option]:
    return [
        Option(record.name, record.name, record.description)
        for page in listing.pages(account)
        for record in page.records
    ]


def _variables_in(path: Path) -> dict[str, str]:
    """The variables in a `.env` file. Raises BadInput with a sentence for each line that is none."""
    variables, wrong = dotenv.parse(documents.text_in(path))
    if wrong:
        raise BadInput(f"{path}: nothing was imported.", "\n".join(wrong[:MOST_WRONG]))
    if not variables:
        raise BadInput(f"{path}: there is no variable in it.")
    return variables
