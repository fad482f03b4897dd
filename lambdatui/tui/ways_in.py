"""What somebody whose credentials do not work can do about it, by the way in which the profile signs in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from lambdatui.aws.profiles import ProfileEntry


@dataclass(frozen=True, slots=True)
class WayIn:
    """How to get credentials that work: sentences, and the AWS CLI's command for it where it has one that is here."""

    sentences: tuple[str, ...]
    command: tuple[str, ...] = ()


def of(entry: ProfileEntry) -> WayIn:
    """The way in of a profile, other than the login on a device, which SSO profiles have besides."""
    through = f" through {entry.builds_on}" if entry.builds_on else ""
    named = ("--profile", entry.name) if entry.name else ()
    match entry.way:
        case "sso":
            return WayIn((), _aws("sso", "login", *named))
        case "login":
            command = _aws("login", *named)
            do = "w runs it here." if command else "The AWS CLI (2.32 or later) is not on this machine's PATH."
            return WayIn((f"This profile signs in{through} with `aws login`.", do), command)
        case "keys":
            return WayIn(
                (
                    f"This profile signs in{through} with keys that stand in AWS's credentials or config file.",
                    "Put keys there that work (for a session of a few hours: all three parts of it), then retry.",
                )
            )
        case "process":
            return WayIn(
                (
                    f"This profile gets its credentials{through} from a program: {entry.program}",
                    "See what it says in a shell, log in with whatever it asks, then retry.",
                )
            )
        case "environment":
            return WayIn(
                (
                    "The credentials come from variables of the shell that lambdatui was started in.",
                    "They cannot be changed from here: quit, export new ones, and start again. "
                    "Or choose a profile with the accounts (a).",
                )
            )
        case "web identity":
            return WayIn(
                (
                    f"This profile signs in{through} with a web identity token, kept in a file by whatever runs it.",
                    "Have it renewed there, then retry.",
                )
            )
        case "credential source":
            return WayIn(
                (
                    f"This profile's role is assumed{through} with what the machine itself has: "
                    "its instance, container or environment.",
                    "See that the machine may assume it, then retry.",
                )
            )
        case _:
            return WayIn(
                (
                    "Nothing in AWS's files says how this profile signs in.",
                    "`aws configure sso` or `aws configure` sets it up in a shell; or choose another one with the "
                    "accounts (a).",
                )
            )


def _aws(*words: str) -> tuple[str, ...]:
    return ("aws", *words) if shutil.which("aws") else ()
