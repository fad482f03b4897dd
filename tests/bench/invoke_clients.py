"""Invokes a local server: `python -m tests.bench.invoke_clients boto3|ours|stage PORT AT_ONCE COUNT [RATE]`.

`ours` is the sender with its engine; `stage` the whole of `lambdatui invoke`, with figures and a file of the results.
Prints one line of JSON: calls a second, CPU in µs a call, p50 and p99 of the latency and of the lateness in ms.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Sequence

EVENT = b'{"id": 1290, "currency": "EUR", "lines": [1, 2, 3]}'


def percentile(values: Sequence[float], point: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(point / 100 * len(ordered)))] if ordered else 0.0


def boto3_threads(port: int, at_once: int, count: int) -> dict[str, float]:
    """Plain boto3: one client, so many threads, the connections kept."""
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=at_once, retries={"total_max_attempts": 1})
    client = boto3.client("lambda", endpoint_url=f"http://127.0.0.1:{port}", config=config)
    numbers, latencies = itertools.count(), list[float]()

    def invoke() -> None:
        begun = time.perf_counter()
        client.invoke(FunctionName="f", Payload=EVENT, LogType="Tail")["Payload"].read()
        latencies.append((time.perf_counter() - begun) * 1000)

    def work() -> None:
        # next() of a count is atomic
        while next(numbers) < count:
            invoke()

    invoke()
    latencies.clear()
    threads = [threading.Thread(target=work) for _ in range(at_once)]
    cpu, begun = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return {"rate": count / seconds, "cpu": cpu / count * 1e6, **points("latency", latencies)}


def ours(port: int, at_once: int, count: int, rate: float | None) -> dict[str, float]:
    """The engine, with every answer read into an Invocation."""
    from lambdatui.aws.accounts import Accounts
    from lambdatui.aws.invocations import Call, Invocation
    from lambdatui.aws.invoke_senders import open_sender
    from lambdatui.clock import Clock
    from lambdatui.settings import Settings
    from lambdatui.stages.load.engine import Engine, Work
    from lambdatui.stages.load.schedule import Load
    from lambdatui.stages.load.stopping import Stopping

    account = Accounts(Settings(endpoint_url=f"http://127.0.0.1:{port}")).open()
    call = Call("f", function_timeout=3)
    sender = open_sender(account, call)
    engine = Engine(
        Work([call], lambda _: EVENT, Load(count, at_once=at_once, rate=rate)), lambda _: sender, Stopping()
    )
    results: list[Invocation] = []
    cpu, begun = time.process_time(), time.perf_counter()
    for batch in engine.results(Clock()):
        results += [one for one in batch if isinstance(one, Invocation)]
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    assert len(results) == count
    assert all(one.outcome == "ok" and one.report.duration for one in results)
    return {
        "rate": count / seconds,
        "cpu": cpu / count * 1e6,
        **points("latency", [one.latency for one in results]),
        **points("lateness", [one.lateness for one in results]),
    }


def stage(port: int, at_once: int, count: int) -> dict[str, float]:
    """The whole stage, without a screen."""
    from lambdatui.aws.accounts import Accounts
    from lambdatui.journal import Journal
    from lambdatui.settings import Settings, private, state_folder
    from lambdatui.stages.invoke import Invoke
    from lambdatui.stages.stage import Finished, Result, World

    journal = Journal(private(state_folder()) / "journal.sqlite")
    world = World(Accounts(Settings(endpoint_url=f"http://127.0.0.1:{port}"), journal), journal=journal)
    invoke = Invoke(function="f", payload=json.loads(EVENT), runs=count, concurrency=at_once)
    plan, latencies = invoke.plan(world), list[float]()
    event: object = None
    cpu, begun = time.process_time(), time.perf_counter()
    for event in invoke.run(world, plan):
        if isinstance(event, Result):
            latencies.append(event.value.latency)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    assert isinstance(event, Finished), event
    assert len(latencies) == count
    journal.close()
    return {"rate": count / seconds, "cpu": cpu / count * 1e6, **points("latency", latencies)}


def points(what: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{what}_p{point}": percentile(values, point) for point in (50, 99)}


if __name__ == "__main__":
    which, port, at_once, count, *rest = sys.argv[1:]
    os.environ.update(AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="x" * 40, AWS_DEFAULT_REGION="eu-west-1")
    if which == "boto3":
        told = boto3_threads(int(port), int(at_once), int(count))
    elif which == "stage":
        told = stage(int(port), int(at_once), int(count))
    else:
        told = ours(int(port), int(at_once), int(count), float(rest[0]) if rest else None)
    print(json.dumps(told))
