"""A run that is killed at any moment, or fails, is taken up again, and nothing is done twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lambdatui.aws.accounts import Accounts
from lambdatui.errors import BadInput, Refused
from lambdatui.journal import Journal, PipelineRuns
from lambdatui.pipeline import taking_up_run
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineEvent, StageBegan, StageEvent
from lambdatui.pipeline.status import Status
from lambdatui.pipeline.taking_up import AGAIN, ANSWERS, AS_DONE, FAIL
from lambdatui.settings import Settings
from lambdatui.stages.event import Asked, AtStep, Done
from lambdatui.stages.stage import World
from tests.conftest import Calls
from tests.pipeline.killed import killed, writes
from tests.pipeline.running import Told, ran
from tests.stages.acting import function_with_versions

RELEASE = """
name: release
stages:
  - id: create
    type: deploy
    function: {f}
    code: one
    runtime: python3.13
    handler: app.handler
    role: arn:aws:iam::{account}:role/service
    publish: true
    aliases: [live]
  - {{id: update, type: update_code, function: {f}, code: two, publish: true}}
  - id: share
    type: route
    function: {f}
    alias: live
    strategy: {{kind: weighted, stable: previous, canary: "${{{{ stages.update.outputs.version }}}}", percent: 20}}
  - {{id: move, type: route, function: {f}, alias: live, strategy: {{kind: simple, to: newest}}}}
  - {{id: prune, type: delete, function: {f}, versions: [oldest]}}
  - {{id: held, type: check, conditions: [{{that: "${{{{ stages.create.outputs.created }}}}"}}]}}
"""
ONCE = Counter(
    {
        "CreateFunction": 1,
        "PublishVersion": 2,
        "CreateAlias": 1,
        "UpdateFunctionCode": 1,
        "UpdateAlias": 2,
        "DeleteFunction": 1,
    }
)
"""What the release does, each as often as it does it when nobody kills it."""


class Releases:
    """Makes the folder of a release, runs it in a process that is killed, and takes it up here."""

    def __init__(
        self, folder: Path, account_id: str, client: Any, calls: Calls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._folder = folder
        self._account_id = account_id
        self._client = client
        self._calls = calls
        self._monkeypatch = monkeypatch

    def file(self, name: str, text: str = RELEASE) -> Path:
        """The file of a release of this function, with a journal of its own."""
        folder = self._folder / name
        for code, answer in (("one", 1), ("two", 2)):
            (folder / code).mkdir(parents=True)
            (folder / code / "app.py").write_text(f"def handler(event, context):\n    return {answer}\n")
        file = folder / "release.yaml"
        file.write_text(text.format(f=name, account=self._account_id))
        self._monkeypatch.setenv("LAMBDATUI_STATE_DIR", str(folder / "state"))
        self._calls.forget()
        return file

    def world(self, file: Path) -> World:
        (file.parent / "state").mkdir(exist_ok=True)
        journal = Journal(file.parent / "state" / "journal.sqlite")
        return World(Accounts(Settings(), journal), journal=journal)

    def released_once(self, name: str) -> None:
        """Asserts that the release is whole, and that nothing of it was done twice."""
        done = Counter(name for name in self._calls.changes() if name in ONCE)
        assert done == ONCE
        versions = self._client.list_versions_by_function(FunctionName=name)["Versions"]
        assert [one["Version"] for one in versions] == ["$LATEST", "2"]
        alias = self._client.get_alias(FunctionName=name, Name="live")
        assert (alias["FunctionVersion"], (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})) == (
            "2",
            {},
        )


@pytest.fixture
def releases(
    tmp_path: Path, account_id: str, connected: Any, aws: Any, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> Releases:
    return Releases(tmp_path, account_id, aws(), calls, monkeypatch)


def resumed(world: World, **more: Any) -> Told:
    """What a run tells that is taken up, the only one in the journal."""
    assert world.journal is not None
    (run,) = PipelineRuns(world.journal).runs()
    return Told(taking_up_run.runner(world, run.id, **more))


def killed_and_resumed(releases: Releases, name: str, moment: str) -> None:
    file = releases.file(name)
    killed(file, moment)
    world = releases.world(file)
    assert world.journal is not None
    if not PipelineRuns(world.journal).runs():
        # it was killed before it had begun anything
        assert moment == "1"
        return
    told = resumed(world)
    assert told.ended.status is Status.DONE, (moment, told.ended, told.statuses)
    releases.released_once(name)


@pytest.mark.slow
def test_a_release_that_is_killed_at_any_moment_goes_on_and_does_nothing_twice(releases: Releases) -> None:
    count = writes(releases.file("whole"))
    releases.released_once("whole")
    for at in range(1, count + 1):
        killed_and_resumed(releases, f"r{at}", str(at))


@pytest.mark.parametrize("moment", ["after:PublishVersion", "after:DeleteFunction"])
def test_a_release_that_is_killed_goes_on_and_does_nothing_twice(releases: Releases, moment: str) -> None:
    killed_and_resumed(releases, "f", moment)


ROLLOUT = """
name: rollout
stages:
  - id: roll
    type: route
    function: {f}
    alias: live
    strategy: {{kind: gradual, to: newest, schedule: {{kind: steps, percents: [25, 100], bake: 1}}}}
  - {{id: after, type: check, conditions: [{{that: "${{{{ stages.roll.outputs.version == '2' }}}}"}}]}}
"""


def test_a_rollout_that_was_under_way_goes_on_from_its_step(releases: Releases, aws: Any, calls: Calls) -> None:
    function_with_versions(aws(), 2)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    file = releases.file("f", ROLLOUT)
    killed(file, "after:UpdateAlias")
    # what `newest` stood for stays so, whoever publishes meanwhile
    aws().publish_version(FunctionName="f")
    aws().update_function_configuration(FunctionName="f", Description="new")
    assert aws().publish_version(FunctionName="f")["Version"] == "3"
    calls.forget()
    told = resumed(releases.world(file)).done()
    assert told.outputs("roll")["version"] == "2"
    assert [name for name in calls.changes() if name == "UpdateAlias"] == ["UpdateAlias"]


def test_a_pipeline_within_goes_on_where_it_was(releases: Releases, aws: Any, calls: Calls) -> None:
    function_with_versions(aws(), 2)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    outer = "name: outer\nstages: [{{id: sub, type: run, pipeline: inner.yaml, parameters: {{to: 2}}}}]\n"
    file = releases.file("f", outer)
    (file.parent / "inner.yaml").write_text(
        "name: inner\nparameters: {to: }\nstages:\n"
        "- {id: first, type: wait, duration: 0}\n"
        "- {id: move, type: route, function: f, alias: live, "
        "strategy: {kind: simple, to: '${{ parameters.to }}'}}\n"
    )
    killed(file, "after:UpdateAlias")
    calls.forget()
    told = resumed(releases.world(file)).done()
    assert told.outputs("sub")["stages"] == {"first": {"waited": 0.0}, "move": {"version": "2", "weights": {}}}
    assert calls.changes() == []


CALLS = """
name: calls
stages:
  - {{id: call, type: invoke, function: {f}, runs: 1}}
  - {{id: after, type: wait, duration: 0}}
"""


@pytest.mark.parametrize(
    ("answer", "invoked", "statuses"),
    [
        (AGAIN, 1, {"call": "done", "after": "done"}),
        (AS_DONE, 0, {"call": "done", "after": "done"}),
        (FAIL, 0, {"call": "failed"}),
    ],
)
def test_invocations_that_were_under_way_are_asked_about(
    world: World, journal: Journal, aws: Any, calls: Calls, answer: str, invoked: int, statuses: dict[str, str]
) -> None:
    function_with_versions(aws(), 1)
    name = left_under_way(world, journal, CALLS.format(f="f"), "call")
    calls.forget()
    controls = PipelineControls()

    def hear(event: PipelineEvent) -> None:
        if isinstance(event, StageEvent) and isinstance(event.event, Asked):
            assert event.event.choices == ANSWERS
            controls.approve("call", answer)

    told = Told(taking_up_run.runner(world, name, controls=controls), hear)
    assert told.statuses == statuses
    assert calls.changes().count("Invoke") == invoked


def left_under_way(world: World, journal: Journal, text: str, stage: str) -> str:
    """Runs a document to its end, and makes the journal say that its process died while this stage ran."""
    told = ran(world, text)
    with journal.writing() as db:
        db.execute("UPDATE pipeline_runs SET status='running', finished=NULL, pid=999999999, process='gone'")
        db.execute("DELETE FROM pipeline_stages WHERE stage!=?", (stage,))
        db.execute("UPDATE pipeline_stages SET status='running', finished=NULL, outputs=NULL")
        db.execute("UPDATE runs SET status='unknown', outputs=NULL WHERE stage=?", (stage,))
    return told.run


def test_a_wait_goes_on_for_what_is_left_of_it(world: World, journal: Journal) -> None:
    name = left_under_way(world, journal, "name: w\nstages: [{id: w, type: wait, duration: 0.2}]\n", "w")
    with journal.writing() as db:
        db.execute("UPDATE pipeline_stages SET started=started-100")
    told = Told(taking_up_run.runner(world, name)).done()
    assert told.outputs("w")["waited"] < 0.2


FLAKY = """
name: flaky
parameters: {function: {default: f}}
stages:
  - {id: first, type: wait, duration: 0}
  - {id: move, type: route, function: "${{ parameters.function }}", alias: live, strategy: {kind: simple, to: newest}}
  - {id: last, type: check, conditions: [{that: "${{ stages.first.outputs.waited >= 0 and run.attempt == 2 }}"}]}
"""


def test_a_run_begins_again_from_what_failed_and_keeps_what_did_not(
    world: World, journal: Journal, aws: Any, connected: Any, account_id: str
) -> None:
    function_with_versions(aws(), 2)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    fault = connected.cloud.faults.add("access-denied", operation="UpdateAlias", account=account_id)
    told = ran(world, FLAKY)
    assert told.statuses == {"first": "done", "move": "failed"}
    connected.cloud.faults.remove(fault)
    again = Told(taking_up_run.runner(world, told.run)).done()
    assert again.statuses == {"move": "done", "last": "done"}
    assert [event.id for event in again.events if isinstance(event, StageBegan)] == ["move", "last"]
    run = PipelineRuns(journal).run(told.run)
    assert run is not None
    assert (run.attempt, run.status) == (2, "done")
    with pytest.raises(Refused, match="this run ended well"):
        taking_up_run.runner(world, told.run)
    anew = Told(taking_up_run.runner(world, told.run, stage="move"))
    assert anew.statuses == {"move": "done", "last": "failed"}
    with pytest.raises(BadInput, match=r"has no stage 'mvoe'. Did you mean 'move'"):
        taking_up_run.runner(world, told.run, stage="mvoe")


def test_a_stopped_rollout_goes_on_when_its_run_does(world: World, aws: Any, calls: Calls) -> None:
    function_with_versions(aws(), 2)
    aws().create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    controls = PipelineControls()

    def hear(event: PipelineEvent) -> None:
        if isinstance(event, StageEvent) and isinstance(event.event, Done):
            controls.cancel()

    told = ran(world, ROLLOUT.format(f="f").replace("bake: 1", "bake: 600"), hear, controls=controls)
    assert told.statuses == {"roll": "cancelled"}
    assert aws().get_alias(FunctionName="f", Name="live")["RoutingConfig"]["AdditionalVersionWeights"] == {"2": 0.25}
    controls = PipelineControls()

    def put_back(event: PipelineEvent) -> None:
        if isinstance(event, StageEvent) and isinstance(event.event, AtStep) and event.event.phase == "baking":
            controls.cancel(put_back=True)

    again = Told(taking_up_run.runner(world, told.run, controls=controls), put_back)
    assert again.statuses == {"roll": "cancelled"}
    assert aws().get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"
    assert "Put back: all traffic to 1." in again.error("roll")


def test_a_run_takes_its_secrets_anew_and_nothing_else(world: World, journal: Journal) -> None:
    text = """
    name: s
    parameters: {key: {secret: true}, plain: {default: a}}
    stages:
      - {id: w, type: check, conditions: [{that: "${{ parameters.key == 'tea-tea' and parameters.plain == 'b' }}"}]}
    """
    told = ran(world, text, key="tea-tea")
    with pytest.raises(BadInput, match="the parameter 'key' is needed"):
        taking_up_run.runner(world, told.run)
    with pytest.raises(BadInput, match="plain: a run that is taken up keeps its parameters"):
        taking_up_run.runner(world, told.run, {"key": "tea-tea", "plain": "b"})
    again = Told(taking_up_run.runner(world, told.run, {"key": "tea-tea"}))
    assert again.statuses == {"w": "failed"}
