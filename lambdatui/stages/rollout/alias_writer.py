"""Writes a rollout's alias, and knows at any moment what AWS holds: each write is in the journal before and after.

What somebody else changes ends the rollout with what it was; nothing of theirs is overwritten. A network that is lost,
or credentials that expire, freeze it: reads are asked again until AWS answers, and a write is sent again only once a
read has shown that it did not arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TypeVar

from lambdatui.aws import versions as aws
from lambdatui.aws.account import Account
from lambdatui.aws.errors import AwsError, Changed, CredentialsError, NotFound, Throttled, Unreachable
from lambdatui.aws.guard import because
from lambdatui.aws.versions import Alias
from lambdatui.errors import Cancelled
from lambdatui.journal import RolloutState, Routing
from lambdatui.stages.alias_standing import request, routing_of, told
from lambdatui.stages.stage import AtStep, Change, Done, Event, Note, Phase, Started, World

T = TypeVar("T")

FREEZE_SECONDS = 5.0
"""How long to wait before AWS is asked again."""
NOT_IN_PLAN = -1
"""The index of a change that the plan does not have, such as a step back."""
# how often AWS may say that an alias has changed which reads as it was
_REFUSALS = 3


class AliasWriter:
    """The alias of one rollout. `state` is what the journal has of it; `run` is its run there."""

    def __init__(self, world: World, account: Account, function: str, state: RolloutState, run: str) -> None:
        self.state = state
        self.phase: Phase = "judging"
        self._world = world
        self._account = account
        self._function = function
        self._run = run

    @property
    def target(self) -> str:
        """Such as `checkout-api:live`."""
        return f"{self._function}:{self.state.alias}"

    def at(self, phase: Phase, words: str = "") -> AtStep:
        """Where the rollout stands, in a phase that begins."""
        self.phase = phase
        state = self.state
        percents = tuple(float(step["percent"]) for step in state.steps)
        share = aws.Alias("", state.stands.version, state.stands.weights, "", "").shares.get(state.more["new"], 0.0)
        return AtStep(state.step, percents, round(100 * share, 4), phase, words)

    def keep(self, settled: str = "", **members: object) -> None:
        """Writes down the state with these members, and what has become of the rollout by that, as `settle` does.

        Raises LambdatuiError where it cannot.
        """
        self.state = replace(self.state, **members)  # type: ignore[arg-type]
        if self._world.journal is not None and self._run:
            self._world.journal.checkpoint(self._run, self.state, {self._run: settled} if settled else None)

    def settle(self, how: str) -> None:
        """Says in the journal what became of a rollout that did not reach its last step."""
        if self._world.journal is not None and self._run:
            self._world.journal.settle(self._run, how)

    def asked(self, ask: Callable[[], T]) -> Generator[Event, None, T]:
        """What a call that only reads brings; frozen while AWS cannot be asked. Raises Cancelled, other AwsErrors."""
        began, before = 0.0, self.phase
        while True:
            try:
                found = ask()
            except AwsError as error:
                if not _passes(error):
                    raise
                if not began:
                    began = self._world.clock.now()
                    yield self.at("frozen", self._why_frozen(error))
                self._world.clock.sleep(FREEZE_SECONDS)
                continue
            if began:
                yield Note(f"AWS answers again, after {self._world.clock.now() - began:.0f} s.")
                yield self.at(before)
            return found

    def check(self) -> Generator[Event, None, None]:
        """Reads the alias. Raises Changed where somebody else has changed it."""
        yield from self._ours((yield from self._read()))

    def write(
        self, routing: Routing, step: int, change: Change, index: int, settled: str = ""
    ) -> Generator[Event, None, None]:
        """Gives the alias a routing, which is that of `step`. `index` is the change's place in the plan.

        `settled` is what becomes of the rollout by this, where it is its end. Raises Changed where somebody else has
        changed the alias, Cancelled, or another AwsError.
        """
        self._world.clock.check()
        self.keep(writing=routing, phase=self.phase)
        yield Started(index, change)
        revision = yield from self._sent(routing, step, change)
        began = self._world.clock.now()
        self.keep(
            settled, stands=routing, step=step, writing=None, revision=revision, bake_began=began, phase=self.phase
        )
        yield Done(index, change, {"RevisionId": revision})

    def _sent(self, routing: Routing, step: int, change: Change) -> Generator[Event, None, str]:
        """Sends a change until AWS has it, and returns the RevisionId that it has brought."""
        refusals = 0
        while True:
            self._check_not_cancelled()
            try:
                return self._update(routing, change)
            except Changed:
                found = yield from self._read()
                if routing_of(found) == routing:
                    yield Note(f"{self.target} has this routing already: an answer was lost, not the call.")
                    self._reconcile(True, found)
                    return found.revision
                yield from self._ours(found)
                self._reconcile(False, found)
                refusals += 1
                if refusals > _REFUSALS:
                    self.keep(writing=None)
                    raise
                self._world.clock.sleep(1.0)
            except AwsError as error:
                if not _passes(error):
                    # AWS said no, and that is known
                    self.keep(writing=None)
                    raise
                yield self.at("frozen", self._why_frozen(error))
                self._world.clock.sleep(FREEZE_SECONDS)
                found = yield from self._read()
                yield self.at("moving" if step > self.state.step else "putting back")
                made = found.revision != self.state.revision and routing_of(found) == routing
                if made:
                    self._reconcile(True, found)
                    return found.revision
                yield from self._ours(found)
                self._reconcile(False, found)

    def _check_not_cancelled(self) -> None:
        """Raises Cancelled, for a change that was not sent, or of which a read has shown that it did not arrive."""
        try:
            self._world.clock.check()
        except Cancelled:
            self.keep(writing=None)
            raise

    def _reconcile(self, made: bool, found: Alias) -> None:
        if self._world.journal is not None and self._run:
            self._world.journal.reconcile(self._run, made, {"RevisionId": found.revision})

    def _update(self, routing: Routing, change: Change) -> str:
        parameters = request(self._function, self.state.alias, routing, self.state.revision)
        before = {**change.before, "RevisionId": self.state.revision, "Description": self.state.more["description"]}
        with because(self._run, change.target, before, change.undo):
            return str(self._account.call("lambda", "UpdateAlias", parameters)["RevisionId"])

    def _read(self) -> Generator[Event, None, Alias]:
        wanted = {"FunctionName": self._function, "Name": self.state.alias}
        try:
            return aws.alias((yield from self.asked(lambda: self._account.call("lambda", "GetAlias", wanted))))
        except NotFound as error:
            raise self._by_others("is not there any more", error) from None

    def _ours(self, found: Alias) -> Generator[Event, None, None]:
        state = self.state
        if found.revision == state.revision:
            return
        was, now = told(state.stands), told(routing_of(found))
        if routing_of(found) != state.stands:
            raise self._by_others(f"was changed by somebody else: it was {was}, and is {now}")
        if found.description != state.more["description"]:
            raise self._by_others(
                "was changed by somebody else: its description was "
                f"'{state.more['description']}', and is '{found.description}'"
            )
        yield Note(f"{self.target} has another RevisionId, and the same routing.")
        self.keep(revision=found.revision)

    def _why_frozen(self, error: AwsError) -> str:
        if not isinstance(error, CredentialsError) or self._account.credential_source() != "env":
            return str(error)
        return (
            f"{error.message} The keys are the environment's, and nothing can renew them there: stop it, which leaves "
            "the alias as it is, and go on with `lambdatui resume` where the keys are good."
        )

    def _by_others(self, words: str, error: AwsError | None = None) -> Changed:
        self.settle("somebody else changed the alias")
        return Changed(
            f"{self.target} {words}. The rollout ends here, and leaves it so.",
            "Look at it, and plan anew.",
            operation="GetAlias",
            code=error.code if error else "",
            request_id=error.request_id if error else "",
            status=error.status if error else 412,
        )


def _passes(error: AwsError) -> bool:
    """Whether an error is one of those that time, or a login, ends."""
    return isinstance(error, CredentialsError | Throttled | Unreachable) or error.status >= 500
