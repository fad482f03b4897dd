"""`lambdatui` commands of one operator at an embedded AWS, each as a process of its own; see `process`."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambdatui.emulator.accounts import access_key_of
from lambdatui.emulator.cloudtrail.events import TrailEvent
from lambdatui.emulator.server import Emulator
from lambdatui.journal import Journal
from tests.emulator.clients import REGION, client_of

Death = tuple[str, int, int, int]
"""A moment, which of its kind, the signal, and how many times it comes."""


@dataclass(frozen=True)
class Ended:
    """A process that has ended. `status` is its exit status, negative for a signal; `moments` is its trace."""

    status: int
    out: str
    err: str
    moments: list[tuple[str, int, float]]

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """What the process said last."""
        return self.err.strip().rpartition("\n")[2]


class Starter:
    """The process that starts the commands, one after the other."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.sweeps.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        self._heard = b""

    def ask(self, asked: Mapping[str, Any]) -> int:
        """Starts a command, and gives the id of its process."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(asked).encode() + b"\n")
        self._child.stdin.flush()
        return self.hear(60)

    @property
    def has_word(self) -> bool:
        """Whether `hear` would not have to wait."""
        return b"\n" in self._heard or bool(select.select([self._child.stdout], [], [], 0)[0])

    def hear(self, seconds: float) -> int:
        """The next number that it answers with."""
        assert self._child.stdout is not None
        while b"\n" not in self._heard:
            readable, _, _ = select.select([self._child.stdout], [], [], seconds)
            assert readable, f"the process has not ended after {seconds} s"
            found = os.read(self._child.stdout.fileno(), 1024)
            assert found, "the process that starts the commands is gone"
            self._heard += found
        line, _, self._heard = self._heard.partition(b"\n")
        return int(line)

    def close(self) -> None:
        """Ends it."""
        self._child.kill()
        self._child.communicate()


@dataclass
class Running:
    """A process that runs."""

    starter: Starter
    pid: int
    home: Path
    trace: Path

    @property
    def said(self) -> str:
        """What it has said on standard error until now."""
        return (self.home / "err").read_text()

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return not self.starter.has_word

    def signal(self, number: int = signal.SIGINT) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    def wait(self, seconds: float = 120) -> Ended:
        """Its end."""
        try:
            status = self.starter.hear(seconds)
        except AssertionError:
            os.kill(self.pid, signal.SIGKILL)
            self.starter.hear(seconds)
            raise
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        moments = [(name, number, now) for name, number, now in map(json.loads, lines)]
        return Ended(status, (self.home / "out").read_text(), self.said, moments)


@dataclass
class Operator:
    """An account, and the home of somebody who acts there. `client` is what others act with."""

    emulator: Emulator
    account: str
    home: Path
    client: Any = field(init=False, repr=False)
    _starter: Starter = field(init=False, repr=False)
    _since: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.client = client_of(self.emulator, "lambda", self.account)
        self._starter = Starter()
        self.log_in()

    def close(self) -> None:
        """Ends the process that starts the commands."""
        self._starter.close()

    def log_in(self) -> None:
        """What a login does: the profile's keys are written anew."""
        keys = f"aws_access_key_id = {access_key_of(self.account)}\naws_secret_access_key = unchecked\n"
        (self.home / "credentials").write_text(f"[ops]\n{keys}")

    @property
    def state(self) -> Path:
        """The folder of the journal."""
        return self.home / "state"

    def journal(self) -> Journal:
        """The journal, opened as the next lambdatui would."""
        self.state.mkdir(exist_ok=True)
        return Journal(self.state / "journal.sqlite")

    def forget(self) -> None:
        """Forgets what was done until now: there is no journal, and `writes` begins here."""
        shutil.rmtree(self.state, ignore_errors=True)
        self._since = self._newest()

    def _newest(self) -> int:
        return max((number for number, _ in self._trail()), default=0)

    def _trail(self) -> list[tuple[int, TrailEvent]]:
        found = self.emulator.cloud.trail.store.newest_first(self.account, REGION)
        return [(number, event) for number, event in found if not event.read_only]

    def writes(self) -> list[TrailEvent]:
        """Each change that AWS was asked for since the last `forget`, oldest first."""
        return [event for number, event in sorted(self._trail(), key=lambda one: one[0]) if number > self._since]

    def start(
        self,
        *words: str,
        die: Death | None = None,
        env_keys: bool = False,
        read_timeout: float | None = None,
    ) -> Running:
        """Starts a command that dies as told. Its credentials are a profile's, or the environment's.

        It waits `read_timeout` seconds for an answer, or as long as it does by itself.
        """
        trace = self.home / "trace"
        trace.unlink(missing_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "AWS_ENDPOINT_URL": self.emulator.endpoint,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": str(self.home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAMBDATUI_STATE_DIR": str(self.state),
            "LAMBDATUI_CONFIG_DIR": str(self.home),
            "LAMBDATUI_CACHE_DIR": str(self.home),
        }
        if env_keys:
            keys = {"ACCESS_KEY_ID": access_key_of(self.account), "SECRET_ACCESS_KEY": "x", "SESSION_TOKEN": "an hour"}
            environment |= {f"AWS_{name}": value for name, value in keys.items()}
        else:
            environment["AWS_PROFILE"] = "ops"
        asked = {
            "words": words,
            "die": die,
            "read_timeout": read_timeout,
            "trace": str(trace),
            "environment": environment,
        }
        asked |= {name: str(self.home / name) for name in ("out", "err")}
        for name in ("out", "err"):
            (self.home / name).write_text("")
        return Running(self._starter, self._starter.ask(asked), self.home, trace)

    def run(self, *words: str, die: Death | None = None) -> Ended:
        """Runs a command to its end."""
        return self.start(*words, die=die).wait()
