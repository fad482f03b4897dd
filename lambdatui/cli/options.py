"""The options that every command takes, before or after its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lambdatui import settings as settings_module
from lambdatui.settings import Settings

if TYPE_CHECKING:
    from lambdatui.aws.accounts import Accounts
    from lambdatui.aws.clients import Retry
    from lambdatui.aws.guard import Recorder

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = ("profile", "region", "endpoint_url", "read_only", "config", "as_json", "yes", "plan_only", "anyway")


@dataclass
class Context:
    """What was given of the global options, wherever on the line it stood."""

    given: dict[str, Any] = field(default_factory=dict)

    @property
    def as_json(self) -> bool:
        """Data as JSON: one document, or a line each where there are many."""
        return bool(self.given.get("as_json"))

    @property
    def yes(self) -> bool:
        """Do not ask."""
        return bool(self.given.get("yes"))

    @property
    def plan_only(self) -> bool:
        """Show the plan and do nothing."""
        return bool(self.given.get("plan_only"))

    @property
    def anyway(self) -> bool:
        """Do it though somebody else is at it, or has changed what is to be undone."""
        return bool(self.given.get("anyway"))

    def settings(self) -> Settings:
        """The settings in force. Raises BadInput."""
        names = ("profile", "region", "endpoint_url", "read_only")
        return settings_module.load(self.given.get("config"), **{name: self.given.get(name) for name in names})

    def accounts(self, recorder: Recorder | None = None) -> Accounts:
        """The accounts of these settings. Retries are told, and an MFA code is asked for, on the terminal.

        Raises BadInput.
        """
        from lambdatui.aws.accounts import Accounts
        from lambdatui.cli import output, terminal

        def retried(retry: Retry) -> None:
            output.word(f"  {retry}", fg="yellow")

        return Accounts(self.settings(), recorder, retried, terminal.mfa_code)


def global_options(function: F) -> F:
    """Adds the global options to a command; it gets them, merged with those before its name, as `context`."""

    def wrapped(*args: Any, **values: Any) -> Any:
        given = {name: values.pop(name) for name in _NAMES}
        found = click.get_current_context().find_object(Context)
        context = found if found is not None else Context()
        context.given |= {name: value for name, value in given.items() if value is not None}
        click.get_current_context().obj = context
        return function(*args, context=context, **values)

    update_wrapper(wrapped, function)
    for option in reversed(
        [
            click.option("--profile", metavar="NAME", help="AWS profile to act under."),
            click.option("--region", metavar="REGION", help="AWS region to act in."),
            click.option("--endpoint-url", metavar="URL", help="Another endpoint that speaks AWS's API."),
            click.option("--read-only", is_flag=True, default=None, help="Refuse every change, beneath all else."),
            click.option("--config", metavar="FILE", help="Settings file."),
            click.option("--json", "as_json", is_flag=True, default=None, help="Data as JSON."),
            click.option("--yes", "-y", is_flag=True, default=None, help="Do not ask before a change."),
            click.option("--plan", "plan_only", is_flag=True, default=None, help="Show the plan and do nothing."),
            click.option(
                "--anyway",
                is_flag=True,
                default=None,
                help="Do it though another lambdatui is changing the same, or somebody has changed it since.",
            ),
        ]
    ):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]


def put_back_option(function: F) -> F:
    """Adds `--put-back` to a command whose runs can be taken back where they fail part-way."""
    words = "Where it fails part-way, put back what was there."
    return click.option("--put-back", is_flag=True, help=words)(function)
