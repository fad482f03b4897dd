"""The `lambdatui` command: what is global, and the commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import signal
import sys
from typing import Any

import click

from lambdatui import __version__
from lambdatui.cli import output, terminal
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import LambdatuiError, near_match

COMMANDS = {
    "demo": "the app on an embedded AWS, with functions to play with",
    "emulator": "the embedded AWS alone, for any client",
    "functions": "list the functions of every chosen account and region",
    "deploy": "create or update a function from a file",
    "update-code": "give a function other code",
    "download": "write a function's code and settings to a folder that deploy takes back",
    "package": "zip a folder as deploy would, and tell what is in it",
    "route": "point an alias at a version: at once, shared, after probes, or step by step",
    "invoke": "invoke a function, many times, at once",
    "invocations": "what invoke did: saved runs, their figures, their difference",
    "shapes": "events to invoke with: AWS's own shapes, and your library",
    "canary": "judge one version beside another: errors, durations, any metric",
    "logs": "read a function's log, and follow it",
    "prune": "delete old versions; what is in use stays",
    "delete": "delete versions, or a whole function",
    "restore": "publish a version again that was archived before it was deleted",
    "storage": "what functions take of the code storage, and what pruning would give back",
    "import-spinnaker": "make a pipeline of one that Spinnaker exports",
    "run": "run a pipeline: deploy, invoke, judge, route or delete, from one file",
    "check": "whether a pipeline's file could run, without AWS",
    "runs": "the runs of pipelines: how their stages stand, what they told",
    "history": "what was done from here",
    "resume": "go on with a pipeline or a rollout that stopped half-way",
    "undo": "take back what was done from here",
    "doctor": "look at terminal, settings, credentials, permissions, clock",
}
"""Each command in one line. It is the function of the same name in the module of the same name."""

EPILOG = """\b
Exit status:
  0    done
  1    the stage failed: a function error, a rate that was missed, a canary
       that is not as good
  2    bad input
  3    AWS said no, or could not be reached
  4    refused: read-only, protected, or not confirmed
  130  interrupted

Shell completion: eval "$(_LAMBDATUI_COMPLETE=bash_source lambdatui)", or zsh_source, fish_source."""


class LazyGroup(click.Group):
    """Knows its commands by name, and imports one when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"lambdatui.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command '{args[0]}'.{near_match(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Runs the command and ends the process with the documented status. No traceback reaches the operator."""
        extra["standalone_mode"] = False
        output.prepare()
        try:
            status = super().main(*args, **extra)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except LambdatuiError as error:
            output.word(f"lambdatui: {error}")
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            output.word("lambdatui: interrupted.")
            sys.exit(130)
        except output.ReaderLeft:
            # what a shell makes of a command that SIGPIPE ends
            sys.exit(128 + signal.SIGPIPE)
        except Exception as error:  # noqa: BLE001 - the last door: a sentence outside, the traceback in the log file
            output.word(f"lambdatui: {_unexpected(error)}")
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)


def _unexpected(error: Exception) -> str:
    from lambdatui import log

    try:
        return log.unexpected(error)
    except (LambdatuiError, OSError):
        return f"lambdatui itself failed: {type(error).__name__}: {error}. The log file could not be written."


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="lambdatui %(version)s")
@global_options
@click.pass_context
def cli(ctx: click.Context, context: Context) -> int | None:
    """The release cockpit for AWS Lambda, in a terminal.

    Without a command, the app. Every command takes the options below before or after its name; data goes to standard
    output, words go to standard error.
    """
    if ctx.invoked_subcommand is not None:
        return None
    settings = context.settings()
    terminal.needed()
    from lambdatui.tui.app import run

    return run(settings)
