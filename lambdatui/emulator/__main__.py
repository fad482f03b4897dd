"""`python -m lambdatui.emulator`: the embedded AWS as a process of its own, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from lambdatui.emulator.accounts import DEFAULT_ACCOUNT, access_key_of
from lambdatui.emulator.cloud import Cloud
from lambdatui.emulator.server import Emulator

REGION = "eu-west-1"
DEMO_APPROVAL_SECONDS = 10.0
"""How long a login of the demo waits before it approves itself."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until a signal, or the end of its parent. Returns the exit status: 2 where the port cannot be had."""
    parser = argparse.ArgumentParser(prog="lambdatui emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=4599, help="0 takes a free one (default: 4599)")
    parser.add_argument("--world", choices=["empty", "demo"], default="empty", help="what is in it at first")
    parser.add_argument("--functions", type=int, default=0, metavar="N", help="so many functions more in the demo")
    parser.add_argument(
        "--profiles", type=Path, metavar="FOLDER", help="write config and credentials of the demo's accounts there"
    )
    options = parser.parse_args(argv)

    def furnish(emulator: Emulator) -> None:
        if options.world == "demo":
            from lambdatui.emulator.world.furnishing import furnish

            furnish(emulator.cloud, more_functions=options.functions)
        if options.profiles is not None:
            from lambdatui.emulator.world.profiles import write

            write(options.profiles, emulator.endpoint)

    # in a demo nobody need leave the terminal to log in
    approval = DEMO_APPROVAL_SECONDS if options.world == "demo" else None
    return serve(Emulator(Cloud(sso_approval_seconds=approval), port=options.port), furnish)


def serve(emulator: Emulator, furnish: Callable[[Emulator], None] | None = None) -> int:
    """Starts the emulator, lets `furnish` fill it, says how to reach it, and waits for the end.

    The variables to export go to stdout, a line each; words go to stderr.
    """
    ended = threading.Event()
    with _ended_by_signals(ended):
        try:
            emulator.start()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            sys.stderr.write(f"Port {emulator.wanted_port} of 127.0.0.1 cannot be had: {reason}. Try --port 0.\n")
            return 2
        try:
            _watch_parent(ended)
            if furnish is not None:
                furnish(emulator)
            for name, value in variables(emulator.endpoint).items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.flush()
            sys.stderr.write(
                f"The embedded AWS listens on {emulator.endpoint}, for this machine only; Ctrl-C ends it. Handlers run "
                "as you, without a sandbox.\n"
            )
            sys.stderr.flush()
            ended.wait()
        finally:
            emulator.stop()
    return 0


def variables(endpoint: str, account: str = DEFAULT_ACCOUNT, region: str = REGION) -> dict[str, str]:
    """The environment variables that lead an AWS client to an account of the emulator."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": access_key_of(account),
        "AWS_SECRET_ACCESS_KEY": "unchecked",
        "AWS_DEFAULT_REGION": region,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # a Live Tail would ask for the host stream-127.0.0.1
    }


@contextmanager
def _ended_by_signals(ended: threading.Event) -> Iterator[None]:
    def handle(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_parent(ended: threading.Event) -> None:
    """Ends with the parent, however it ends: its end of the pipe that is our stdin is closed then.

    A terminal or /dev/null is no pipe, so an emulator in the background of a shell goes on.
    """
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(0).st_mode)
    except OSError:
        return
    if not is_pipe:
        return

    def watch() -> None:
        while os.read(0, 1 << 16):
            pass
        ended.set()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
