"""`python -m lambdatui.emulator`: the process, its end, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.emulator.clients import make_function
from tests.emulator.expectations import eventually


@contextmanager
def running(folder: Path, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """The process, with a temporary folder of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lambdatui.emulator", *arguments],
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
        **options,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def variables(process: subprocess.Popen[str]) -> dict[str, str]:
    """What it printed to be exported."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    assert all(line.startswith("export AWS_") for line in lines), lines
    return dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)


def client_from(exported: dict[str, str]) -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=exported["AWS_ENDPOINT_URL"],
        region_name=exported["AWS_DEFAULT_REGION"],
        aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
    )


def start_a_handler(exported: dict[str, str]) -> int:
    """Runs a handler that stays in its environment. Returns the environment's process id."""
    client = client_from(exported)
    make_function(client, source="import os\ndef handler(event, context):\n    return os.getpid()\n")
    client.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0.05, "MaxAttempts": 100})
    return int(client.invoke(FunctionName="f")["Payload"].read())


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:  # a zombie that nobody has waited for is gone too
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_its_children_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "--port", "0") as process:
        child = start_a_handler(variables(process))
        assert list(tmp_path.iterdir())
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "without a sandbox" in errors
    assert "Traceback" not in errors
    eventually(lambda: is_gone(child))
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_its_parent_ends_it_however_that_came(tmp_path: Path) -> None:
    """The parent is killed with SIGKILL, so it can do nothing about it."""
    parent_code = textwrap.dedent("""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-m", "lambdatui.emulator", "--port", "0"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        print(child.pid)
        for _ in range(4):
            print(child.stdout.readline(), end="", flush=True)
        child.wait()
    """)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    assert parent.stdout is not None
    emulator = int(parent.stdout.readline())
    handler = start_a_handler(variables(parent))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: is_gone(emulator) and is_gone(handler))
    assert list(tmp_path.iterdir()) == []


def test_its_own_violent_end_ends_its_handlers(tmp_path: Path) -> None:
    with running(tmp_path, "--port", "0") as process:
        child = start_a_handler(variables(process))
        process.kill()
        process.wait()
        eventually(lambda: is_gone(child))


def test_a_port_in_use_is_one_sentence_and_exit_two(tmp_path: Path, client: Callable[..., Any]) -> None:
    from urllib.parse import urlsplit

    port = urlsplit(client("lambda").meta.endpoint_url).port
    with running(tmp_path, "--port", str(port)) as process:
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert output == ""
    assert errors == f"Port {port} of 127.0.0.1 cannot be had: address already in use. Try --port 0.\n"
