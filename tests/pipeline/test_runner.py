"""A pipeline as it runs, against the embedded AWS: order, outputs, failures, what a person asks of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lambdatui.errors import BadInput, StageFailed
from lambdatui.journal import Journal, PipelineRuns
from lambdatui.pipeline.controls import PipelineControls
from lambdatui.pipeline.events import PipelineEvent, PipelinePaused, PipelineWentOn, StageBegan, StageEnded, StageEvent
from lambdatui.pipeline.planning import planned
from lambdatui.pipeline.status import Status
from lambdatui.stages.change import Danger
from lambdatui.stages.event import Asked, Done, Note
from lambdatui.stages.stage import World
from tests.conftest import Calls
from tests.deadlines import wait_for
from tests.pipeline.running import parsed, ran, runner
from tests.stages.acting import function_with_versions


@pytest.fixture
def client(connected: Any, aws: Any) -> Any:
    """`f` with two versions, and `live` on 1."""
    client = aws()
    function_with_versions(client, 2)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


def test_outputs_flow_from_stage_to_stage_with_their_types(world: World, client: Any, journal: Journal) -> None:
    told = ran(
        world,
        """
        name: release
        parameters:
          function: {default: f}
          runs: {type: number, default: 3}
        stages:
          - id: call
            type: invoke
            function: ${{ parameters.function }}
            qualifier: "2"
            runs: ${{ parameters.runs }}
          - id: shift
            type: route
            function: ${{ parameters.function }}
            alias: live
            strategy: {kind: weighted, stable: 1, canary: "${{ stages.call.outputs.versions | first }}", percent: 10}
            when: ${{ stages.call.outputs.count == 3 }}
          - id: enough
            type: check
            conditions: [{that: "${{ stages.shift.outputs.weights['2'] == 0.1 }}"}]
        """,
    ).done()
    assert told.outputs("call")["count"] == 3
    assert client.get_alias(FunctionName="f", Name="live")["RoutingConfig"]["AdditionalVersionWeights"] == {"2": 0.1}
    runs = PipelineRuns(journal)
    (run,) = runs.runs()
    assert (run.id, run.status, run.parameters) == (told.run, "done", {"function": "f", "runs": 3})
    stages = runs.stages(run.id)
    assert stages["call"].inputs["runs"] == 3
    assert stages["shift"].outputs["weights"] == {"2": 0.1}
    assert [one.event["event"] for one in runs.events(run.id) if one.stage == "enough"] == [
        "stage_began",
        "planned",
        "note",
        "stage_ended",
    ]
    (inner,) = journal.runs(pipeline=run.id, stage="shift")
    assert inner.kind == "route"


def test_independent_stages_run_side_by_side_up_to_the_limit(world: World, client: Any) -> None:
    text = """
    name: wide
    concurrency: 3
    stages:
    """ + "".join(f"  - {{id: s{n}, type: approve, needs: []}}\n    " for n in range(5))
    controls = PipelineControls()
    asked: list[str] = []
    most = 0

    def hear(event: PipelineEvent) -> None:
        nonlocal most
        if isinstance(event, StageBegan):
            begun.append(event.id)
        if isinstance(event, StageEvent) and isinstance(event.event, Asked):
            asked.append(event.id)
            most = max(most, len(asked))
        # none is answered before as many ask as may run at once, or as are left
        if len(asked) == 3 or len(begun) == 5:
            for one in asked:
                controls.approve(one)
            asked.clear()

    begun: list[str] = []
    told = ran(world, text, hear, controls=controls)
    assert told.ended.status is Status.DONE
    assert most == 3


FAILING = """
name: failing
stages:
  - {{id: bad, type: check, needs: [], conditions: [{{that: false, message: bad}}], on_failure: {policy}}}
  - {{id: after, type: wait, duration: 0, needs: [bad]}}
  - {{id: beside, type: wait, duration: {beside}, needs: []}}
  - {{id: join, type: wait, duration: 0, needs: [after, beside]}}
  - {{id: remove, type: wait, duration: 0, needs: []}}
"""


@pytest.mark.parametrize(
    ("policy", "beside", "statuses", "ended"),
    [
        ("halt", 60, {"bad": "failed", "beside": "cancelled"}, "failed"),
        ("halt_branch", 0, {"bad": "halted", "beside": "done"}, "done"),
        ("fail_at_end", 0, {"bad": "halted", "beside": "done"}, "failed"),
        ("ignore", 0, {"bad": "ignored", "after": "done", "beside": "done", "join": "done"}, "done"),
        ("{go_to: remove}", 0, {"bad": "halted", "beside": "done", "remove": "done"}, "failed"),
    ],
)
def test_what_a_failure_does(world: World, policy: str, beside: int, statuses: dict[str, str], ended: str) -> None:
    text = FAILING.format(policy=policy, beside=beside)
    # only who goes to it makes `remove` run
    text = text if "go_to" in policy else text[: text.index("  - {id: remove")]
    told = ran(world, text)
    assert told.statuses == statuses
    assert str(told.ended.status) == ended
    assert (told.ended.error is not None) == (policy != "ignore")


def test_what_is_gone_to_runs_only_then_and_sees_what_led_there(world: World) -> None:
    text = """
    name: both
    stages:
      - {id: judge, type: check, conditions: [{that: "${{ GOOD }}", message: bad}], on_failure: {go_to: remove}}
      - {id: remove, type: check, conditions: [{that: "${{ stages.judge.status == 'halted' }}"}]}
      - {id: move, type: wait, duration: 0}
    """
    good = ran(world, text.replace("GOOD", "true"))
    assert good.statuses == {"judge": "done", "move": "done"}
    assert good.ended.status is Status.DONE
    bad = ran(world, text.replace("GOOD", "false"))
    assert bad.statuses == {"judge": "halted", "remove": "done"}
    assert bad.ended.status is Status.FAILED


def test_a_stage_whose_when_is_false_is_skipped_and_what_needs_it_goes_on(world: World) -> None:
    told = ran(
        world,
        """
        name: when
        parameters: {loud: {type: boolean, default: false}}
        stages:
          - {id: shout, type: wait, duration: 60, when: parameters.loud}
          - {id: next, type: check, conditions: [{that: "${{ stages.shout.status == 'skipped' }}"}]}
        """,
    ).done()
    assert told.statuses == {"shout": "skipped", "next": "done"}


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ('{id: a, type: wait, duration: "${{ parameters.text }}"}', "release.yaml:5: a: duration: a length of time"),
        ('{id: a, type: wait, duration: 0, when: "${{ parameters.text }}"}', "when: true or false was expected"),
        (
            '{id: a, type: wait, duration: "${{ parameters.text + 1 }}"}',
            "release.yaml:5: a: duration: ${{ parameters.text",
        ),
    ],
)
def test_what_an_expression_gives_is_checked_when_it_is_known(world: World, stage: str, said: str) -> None:
    told = ran(world, f"name: x\nparameters: {{text: {{default: tea}}}}\n\nstages:\n  - {stage}\n")
    assert told.statuses == {"a": "failed"}
    assert said in told.error("a")


def test_a_pause_begins_nothing_until_it_ends(world: World) -> None:
    controls = PipelineControls()
    seen: list[str] = []

    def hear(event: PipelineEvent) -> None:
        seen.append(type(event).__name__ + str(getattr(event, "id", "")))
        if isinstance(event, StageBegan) and event.id == "a":
            controls.pause()
        if isinstance(event, StageEnded) and event.id == "a":
            # the pause is told at the latest now, and `b` has not begun
            threading.Timer(0.3, controls.go_on).start()

    told = ran(
        world,
        "name: p\nstages:\n  - {id: a, type: wait, duration: 0.5}\n  - {id: b, type: wait, duration: 0}\n",
        hear,
        controls=controls,
    ).done()
    assert any(isinstance(event, PipelinePaused) for event in told.events)
    assert seen.index("PipelineWentOn") < seen.index("StageBeganb")
    assert any(isinstance(event, PipelineWentOn) for event in told.events)


def test_a_cancel_ends_what_runs_and_begins_nothing(world: World) -> None:
    controls = PipelineControls()

    def hear(event: PipelineEvent) -> None:
        if isinstance(event, StageBegan):
            controls.cancel()

    text = "name: c\nstages:\n  - {id: a, type: wait, duration: 600}\n  - {id: b, type: wait, duration: 0}\n"
    told = ran(world, text, hear, controls=controls)
    assert told.statuses == {"a": "cancelled"}
    assert told.ended.status is Status.CANCELLED
    # the operator's own clock does the same
    world.clock.cancel()
    assert ran(world, text).ended.status is Status.CANCELLED


def test_a_person_is_asked_and_their_choice_is_an_output(world: World) -> None:
    controls = PipelineControls()

    def hear(event: PipelineEvent) -> None:
        if isinstance(event, StageEvent) and isinstance(event.event, Asked):
            assert event.event == Asked("Which?", ("small", "large"))
            controls.approve("ask", "huge" if "huge" not in said else "large", by="anna")
            said.append("huge")

    said: list[str] = []
    told = ran(
        world,
        """
        name: ask
        stages:
          - {id: ask, type: approve, message: "Which?", choices: [small, large]}
          - {id: took, type: check, conditions: [{that: "${{ stages.ask.outputs.choice == 'large' }}"}]}
        """,
        hear,
        controls=controls,
    ).done()
    assert told.outputs("ask")["by"] == "anna"


def test_a_person_who_says_no_fails_the_stage(world: World) -> None:
    controls = PipelineControls()
    controls.reject("ask")
    told = ran(world, "name: a\nstages: [{id: ask, type: approve}]\n", controls=controls)
    assert told.statuses == {"ask": "failed"}
    assert isinstance(told.ended.error, StageFailed)


def test_a_stage_that_takes_too_long_fails(world: World) -> None:
    told = ran(world, "name: t\nstages: [{id: ask, type: approve, stage_timeout: 0.3}]\n")
    assert told.statuses == {"ask": "failed"}
    assert "ask took longer than 0.3 s." in told.error("ask")


def test_a_retry_does_nothing_twice(
    world: World, connected: Any, client: Any, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatui.pipeline.execution.FIRST_PAUSE_SECONDS", 0.01)
    # the first deletion is made, the second is refused: `newest` must not be resolved anew
    function_with_versions(client, 3, name="g")
    fault = connected.cloud.faults.add("cut-before-work", operation="DeleteFunction", account=account_id, after=1)
    text = """
    name: prune
    stages: [{id: prune, type: delete, function: g, versions: [newest, previous], retries: 3}]
    """

    def hear(event: PipelineEvent) -> None:
        if isinstance(event, StageEvent) and isinstance(event.event, Note) and "tried again in" in event.event.text:
            connected.cloud.faults.remove(fault)

    told = ran(world, text, hear).done()
    left = [one["Version"] for one in client.list_versions_by_function(FunctionName="g")["Versions"]]
    assert left == ["$LATEST", "1"]
    assert told.outputs("prune")["deleted"] == [3, 2]


def test_a_pipeline_runs_another_and_knows_its_outputs(world: World, client: Any, journal: Journal) -> None:
    (world.folder / "inner.yaml").write_text(
        "name: inner\nparameters: {n: {type: number}}\n"
        "stages: [{id: call, type: invoke, function: f, runs: '${{ parameters.n }}'}]\n"
    )
    told = ran(
        world,
        """
        name: outer
        stages:
          - {id: sub, type: run, pipeline: inner.yaml, parameters: {n: 2}}
          - {id: seen, type: check, conditions: [{that: "${{ stages.sub.outputs.stages.call.count == 2 }}"}]}
        """,
    ).done()
    (outer,) = PipelineRuns(journal).runs()
    child = PipelineRuns(journal).child(outer.id, "sub")
    assert child is not None
    assert (child.id, child.status) == (told.outputs("sub")["run"], "done")


def test_two_hundred_stages_load_and_run(world: World) -> None:
    lines = ["name: long", "stages:"]
    for number in range(200):
        needs = f"needs: [s{number - 10}]" if number >= 10 else "needs: []"
        lines.append(f"  - {{id: s{number}, type: check, {needs}, conditions: [{{that: true}}]}}")
    told = ran(world, "\n".join(lines))
    assert set(told.statuses.values()) == {"done"}
    assert len(told.statuses) == 200


def test_a_run_without_what_it_needs_does_not_begin(world: World) -> None:
    text = """
    name: p
    parameters: {version: {description: which}}
    stages: [{id: a, type: wait, duration: 0, when: parameters.version == '1'}]
    """
    with pytest.raises(BadInput, match=r"the parameter 'version' is needed \(which\)"):
        runner(world, text)
    with pytest.raises(BadInput, match=r"no parameter 'versoin' .* Did you mean 'version'"):
        runner(world, text, versoin="1")


def test_secrets_are_in_no_journal(world: World, journal: Journal) -> None:
    told = ran(
        world,
        """
        name: s
        parameters: {key: {secret: true}}
        stages: [{id: ask, type: check, conditions: [{that: false, message: "key is ${{ parameters.key }}"}]}]
        """,
        key="hunter2-hunter2",
    )
    assert told.ended.status is Status.FAILED
    # what is told may be kept by a log
    assert "key is ••••••" in str(told.ended.error)
    journal.close()
    data = b"".join(path.read_bytes() for path in journal.path.parent.glob("journal.sqlite*"))
    assert b"hunter2" not in data


ROLLING = """
name: rolling
stages:
  - id: roll
    type: route
    needs: []
    function: f
    alias: live
    stage_timeout: {limit}
    strategy: {{kind: gradual, to: 2, schedule: {{kind: canary, percent: 10, bake: 600}}}}
  - {{id: beside, type: approve, needs: []}}
"""


def routing(client: Any) -> tuple[str, Any]:
    alias = client.get_alias(FunctionName="f", Name="live")
    return alias["FunctionVersion"], (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})


def test_a_halt_puts_back_the_rollout_of_another_branch(world: World, client: Any) -> None:
    controls = PipelineControls()

    def hear(event: PipelineEvent) -> None:
        # the index of what is put back is -1
        if isinstance(event, StageEvent) and isinstance(event.event, Done) and event.event.index == 0:
            assert routing(client) == ("1", {"2": 0.1})
            controls.reject("beside")

    told = ran(world, ROLLING.format(limit=3600), hear, controls=controls)
    assert told.statuses == {"beside": "failed", "roll": "cancelled"}
    assert routing(client) == ("1", {})


def test_a_halt_puts_back_the_rollout_of_a_pipeline_within(world: World, client: Any) -> None:
    inner = ROLLING[: ROLLING.index("  - {{id: beside")].format(limit=3600)
    (world.folder / "inner.yaml").write_text(inner)
    controls = PipelineControls()

    def say_no() -> None:
        wait_for(lambda: routing(client) == ("1", {"2": 0.1}), "the rollout within")
        controls.reject("beside")

    threading.Thread(target=say_no).start()
    told = ran(
        world,
        """
        name: outer
        stages:
          - {id: sub, type: run, pipeline: inner.yaml, needs: []}
          - {id: beside, type: approve, needs: []}
        """,
        controls=controls,
    )
    assert told.statuses == {"beside": "failed", "sub": "cancelled"}
    assert routing(client) == ("1", {})


def test_a_rollout_that_takes_too_long_is_put_back(world: World, client: Any) -> None:
    controls = PipelineControls()
    controls.approve("beside")
    told = ran(world, ROLLING.format(limit=1), controls=controls)
    assert told.statuses == {"beside": "done", "roll": "failed"}
    assert "roll took longer than 1 s." in told.error("roll")
    assert routing(client) == ("1", {})


def test_the_plan_says_what_waits_for_what(world: World, client: Any, calls: Calls) -> None:
    text = """
    name: plan
    parameters: {loud: {type: boolean, default: false}}
    stages:
      - {id: share, type: route, function: f, alias: live,
         strategy: {kind: weighted, stable: 1, canary: 2, percent: 10}}
      - {id: move, type: route, function: f, alias: live, strategy: {kind: simple, to: 2}}
      - {id: other, type: route, function: g, alias: live, strategy: {kind: simple, to: newest}, needs: []}
      - {id: later, type: delete, function: f, versions: ["${{ stages.move.outputs.version }}"], needs: move}
      - {id: shout, type: wait, duration: 1, when: parameters.loud}
      - {id: perhaps, type: wait, duration: 1, when: stages.share.status == 'done'}
    """
    file = parsed(text, world)
    calls.forget()
    plans = {one.entry.id: one for one in planned(world, file, {"loud": False}, world.folder / "run")}
    assert calls.changes() == []
    assert (plans["share"].plan is not None, plans["share"].after) == (True, ())
    assert (plans["move"].plan is not None, plans["move"].after) == (True, ("share",))
    assert plans["other"].error is not None
    assert (plans["later"].plan, plans["later"].after, plans["later"].danger) == (None, ("move",), Danger.DESTRUCTIVE)
    assert plans["shout"].skipped
    assert plans["perhaps"].when == "stages.share.status == 'done'"


def test_a_reader_who_leaves_ends_the_run(world: World) -> None:
    started = runner(world, "name: w\nstages: [{id: w, type: wait, duration: 600}]\n")
    events = started.events()
    while not isinstance(next(events), StageBegan):
        pass
    events.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "stage-w"]
