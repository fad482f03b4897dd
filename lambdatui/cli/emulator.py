"""`lambdatui emulator`: the embedded AWS alone, for any client."""

from __future__ import annotations

import click

from lambdatui.cli.options import Context, global_options


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=4599, show_default=True, help="0 takes a free one.")
@click.option(
    "--world", type=click.Choice(["empty", "demo"]), default="empty", show_default=True, help="What is in it."
)
@global_options
def emulator(context: Context, port: int, world: str) -> int:
    """Runs the embedded AWS on this machine until Ctrl-C, and prints the variables that lead a client to it.

    It answers for Lambda, CloudWatch, Logs and more, on loopback alone. Handlers run as you, without a sandbox.
    """
    try:
        from lambdatui.emulator.__main__ import main
    except ImportError as error:
        from lambdatui.errors import BadInput

        raise BadInput(f"The embedded AWS is not installed ({error.name}).", "pip install 'lambdatui[demo]'") from None
    return main(["--port", str(port), "--world", world])
