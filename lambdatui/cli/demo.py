"""`lambdatui demo`: the app on the embedded AWS, which runs in a process of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click

from lambdatui.cli import terminal
from lambdatui.cli.options import Context, global_options
from lambdatui.errors import BadInput, LambdatuiError
from lambdatui.settings import Settings

START_SECONDS = 60
STOP_SECONDS = 15
"""How long the child may take to end its functions and remove its files, on a machine that has much to do."""
PROFILES = ("prod", "staging")


class Demo:
    """The embedded AWS in a child process, and a private folder with the profiles that lead to it.

    The environment of this process is turned to it, so that nothing of the operator's own AWS settings is touched.
    """

    def __init__(self, settings: Settings, functions: int) -> None:
        self._settings = settings
        self._functions = functions
        self._folder: Path | None = None
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._is_ready = False

    def start(self) -> None:
        """Starts the child and returns at once; `ready` waits for it."""
        self._folder = Path(tempfile.mkdtemp(prefix="lambdatui-demo-"))
        for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
            del os.environ[name]
        os.environ |= {
            "AWS_CONFIG_FILE": str(self._folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._folder / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAMBDATUI_SSO_CACHE_DIR": str(self._folder / "sso"),
            "LAMBDATUI_STATE_DIR": str(self._folder / "state"),
            "LAMBDATUI_CACHE_DIR": str(self._folder / "cache"),
            "LAMBDATUI_DATA_DIR": str(self._folder / "data"),
        }
        furnish(self.pipelines)
        command = [sys.executable, "-m", "lambdatui.emulator", "--port", "0", "--world", "demo"]
        command += ["--functions", str(self._functions), "--profiles", str(self._folder)]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @property
    def pipelines(self) -> Path:
        """The folder of the demo's pipelines, and of the code that they deploy."""
        assert self._folder is not None
        return self._folder / "pipelines"

    def ready(self) -> Settings:
        """Waits until the embedded AWS answers. Raises LambdatuiError if it does not."""
        with self._lock:
            if not self._is_ready:
                self._wait()
                self._is_ready = True
        from lambdatui.settings import Profile

        profiles = {name: Profile(regions=("eu-west-1", "us-east-1", "ap-southeast-2")) for name in PROFILES}
        chosen = self._settings.profile if self._settings.profile in PROFILES else None
        return replace(self._settings, profiles=profiles, profile=chosen, endpoint_url=None)

    def stop(self) -> None:
        """Ends the child and removes the folder."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_SECONDS)
            if self._child.poll() is None:
                self._child.kill()
                self._child.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        assert self._child is not None
        assert self._child.stdout is not None
        # the child writes its first line when it listens and the profiles are there
        timer = threading.Timer(START_SECONDS, self._child.kill)
        timer.start()
        try:
            line = self._child.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            said = self._child.stderr.read().strip() if self._child.stderr else ""
            last = said.splitlines()[-1] if said else f"it did not answer within {START_SECONDS} s"
            raise LambdatuiError(f"The embedded AWS did not start: {last}.")
        # nothing reads what it says later: an undrained pipe would stop it
        for stream in (self._child.stdout, self._child.stderr):
            threading.Thread(target=_drain, args=(stream,), daemon=True).start()


def furnish(folder: Path) -> None:
    """Puts the pipelines there, and two versions of the code."""
    here = Path(__file__).parent
    shutil.copytree(here / "demo_pipelines", folder)
    for version in ("42", "43"):
        code = here.parent / "emulator" / "handlers" / "checkout_api" / version
        shutil.copytree(code, folder / "code" / version, ignore=shutil.ignore_patterns("__pycache__"))


def _drain(stream: object) -> None:
    for _ in stream:  # type: ignore[attr-defined]
        pass


@click.command()
@click.option("--functions", type=click.IntRange(0, 100_000), default=0, metavar="N", help="So many functions more.")
@global_options
def demo(context: Context, functions: int) -> int:
    """Opens the app on an embedded AWS with functions to play with. No AWS account is needed, and none is touched."""
    if importlib.util.find_spec("moto") is None:
        raise BadInput("The embedded AWS is not installed.", "pip install 'lambdatui[demo]'")
    settings = context.settings()
    terminal.needed()
    world = Demo(settings, functions)

    def ended(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        # until the app has its own: the child and the folder must not outlive this process
        signal.signal(number, ended)
    try:
        world.start()
        from lambdatui.tui.app import run

        return run(settings, world)
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP):
            # the app has put the default back, which would leave the child and the folder
            signal.signal(number, signal.SIG_IGN)
        world.stop()
