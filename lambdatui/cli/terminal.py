"""The person at the terminal: whether there is one, and what is asked of them."""

from __future__ import annotations

import sys
import threading

import click

from lambdatui.cli import output
from lambdatui.errors import BadInput

_asking = threading.Lock()


def needed() -> None:
    """Raises BadInput where there is no terminal for the app to be drawn on."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput("The app needs a terminal.", "The commands need none: see `lambdatui --help`.")


def can_ask() -> bool:
    """Whether somebody could answer."""
    return sys.stdin.isatty()


def agrees(question: str) -> bool:
    """Asks, on standard error. No is the default, and the end of input means no. Ctrl-C raises KeyboardInterrupt."""
    output.words(f"{question} [y/N] ")
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        output.word("")
    return answer.strip().lower() in ("y", "yes")


def mfa_code(profile: str, prompt: str) -> str:
    """A code of the device that botocore's prompt names. Raises BadInput where nobody can be asked."""
    if not can_ask():
        raise BadInput(
            f"The profile {profile or 'in force'} asks for an MFA code, and there is no terminal to ask on.",
            "Use a session that is already logged in, such as one from `aws sso login`.",
        )
    with _asking:
        return str(click.prompt(prompt.rstrip(": "), err=True, hide_input=True))
