"""One ruleset of durable_rules, driven through its C module.

Its public API gives wrong answers and crashes; this way of driving it is sound:

- A lead is a *fact* (an event is consumed by the first rule that fires), asserted to the one state
  that lives as long as the ruleset, and retracted when the lead is decided.
- Rules match one fact each, so nothing is joined. A later stage gets a fact of its own, with what
  the stages before it found: the rule that ends a stage fires last, and derives that fact.
- Guards bound the stack on which the engine keeps its pending matches.
- After any failure the state is deleted; it fired once before, since deleting a state that never
  did kills the process.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.rete_facts import FactWriter
from leadgrade.engine.backends.rete_plan import ALTERNATIVES_A_GUARD, Goal, Stage
from leadgrade.rules.conditions import Op

RULES_A_NETWORK = 3900
"""The engine takes 4,096."""

GUARDS_A_NETWORK = 450
"""The engine loops without end at 512 conditions that stand first in a rule."""

_OPERATORS = {
    Op.EQ: "$eq",
    Op.NE: "$neq",
    Op.LT: "$lt",
    Op.LE: "$lte",
    Op.GT: "$gt",
    Op.GE: "$gte",
}
_STATE = "0"
"""The name of the state of facts that name none."""

_PRIME = '{"id":"prime","p":1}'
"""The fact that makes a state safe to delete: its rule surely fires."""

_PRIME_RULE = '"prime":{"all":[{"l":{"$gt":{"p":0}}}],"pri":65535}'
NAME_LENGTH = 5
"""Of the names of the engine's rules, so that a message tells its rule at a glance."""

_NAME = slice(2, 2 + NAME_LENGTH)
"""Where a message says the name of the rule that fired: ``{"00042":…``."""

_OK = (0, 1)
"""Codes of ``assert_fact``: matched, and matched by no rule."""


class Chain(Protocol):
    """What a network asks about the lead being decided."""

    @property
    def values(self) -> Mapping[str, Any]:
        """What is known so far."""

    def close(self, stage: int, fired: set[Goal]) -> None:
        """Take note that a stage has ended, and of the goals that came true in it."""


def why_unavailable() -> str | None:
    """Return why durable_rules cannot run here, None where it can."""
    try:
        importlib.import_module("durable_rules_engine")
    except ImportError as error:
        return f"durable_rules does not import: {error}"
    return None


def split(stages: Sequence[Stage]) -> list[list[tuple[int, Stage]]]:
    """Return the numbered stages in groups that fit into one ruleset each."""
    groups: list[list[tuple[int, Stage]]] = []
    rules = guards = 0
    for number, stage in enumerate(stages):
        more_rules, more_guards = len(stage.alternatives) + 1, _guards(stage) + 1
        if not groups or (
            rules + more_rules > RULES_A_NETWORK or guards + more_guards > GUARDS_A_NETWORK
        ):
            groups.append([])
            rules = guards = 0
        groups[-1].append((number, stage))
        rules, guards = rules + more_rules, guards + more_guards
    return groups


def _guards(stage: Stage) -> int:
    return -(-len(stage.alternatives) // ALTERNATIVES_A_GUARD)


class Network:
    """A ruleset with its stages and its one state."""

    def __init__(self, stages: Sequence[tuple[int, Stage]]) -> None:
        """Compile the numbered stages.

        Raises:
            EngineFault: the engine refuses them.
        """
        self._rete = importlib.import_module("durable_rules_engine")
        self._stages = [number for number, _ in stages]
        self._writers = [FactWriter(number, stage) for number, stage in stages]
        self._goals: dict[str, Goal | None] = {}
        """By the name of the engine's rule; None for the rule that ends a stage."""
        rules = [rule for number, stage in stages for rule in self._rules(number, stage)]
        try:
            self._handle = self._rete.create_ruleset(
                "book", f"{{{','.join((*rules, _PRIME_RULE))}}}"
            )
        except self._rete.error as error:
            raise EngineFault(f"durable_rules refuses the book: {error}") from None
        self._prime()

    def close(self) -> None:
        """Give the engine's memory back. The network cannot run any more."""
        if self._handle is not None:
            self._rete.delete_state(self._handle, _STATE)  # deleting a ruleset leaks its states
            self._rete.delete_ruleset(self._handle)
            self._handle = None

    def run(self, chain: Chain) -> None:
        """Run all stages on one lead.

        Raises:
            EngineFault: the engine failed. It was started afresh; the lead may be tried again.
            ValueError, TypeError, KeyError: a value is not what its type allows.
        """
        try:
            self._run(chain)
        except self._rete.error as error:
            self.reset()
            raise EngineFault(str(error)) from None
        except BaseException:  # also Ctrl-C: an action left open would silence the next leads
            self.reset()
            raise

    def reset(self) -> None:
        """Forget the state with everything in it, and make a new one."""
        self._rete.delete_state(self._handle, _STATE)
        self._prime()

    def _run(self, chain: Chain) -> None:
        goals, ended, fired = self._goals, 0, set[Goal]()
        offset = self._assert(self._writers[0].write(chain.values))
        for message in self._messages(offset):
            goal = goals[message[_NAME]]
            if goal is not None:
                fired.add(goal)
                continue
            chain.close(self._stages[ended], fired)
            ended, fired = ended + 1, set()
            if ended < len(self._stages):
                self._assert(self._writers[ended].write(chain.values))
        if ended != len(self._stages):
            raise EngineFault(f"durable_rules ended {ended} of {len(self._stages)} stages")
        for writer in self._writers:
            self._rete.retract_fact(self._handle, writer.id)

    def _messages(self, offset: int) -> Iterator[str]:
        """Return what the rules that fire say, one after the other, until none is left."""
        started = self._rete.start_action_for_state(self._handle, offset)
        if started is None:
            return iter(())
        following = partial(self._rete.complete_and_start_action, self._handle, offset)
        return itertools.chain((started[1],), iter(following, None))

    def _assert(self, fact: str) -> int:
        code, offset = self._rete.assert_fact(self._handle, fact)
        if code not in _OK:
            raise EngineFault(f"durable_rules answers {code} to a fact")
        return int(offset)

    def _prime(self) -> None:
        rete, handle = self._rete, self._handle
        offset = self._assert(_PRIME)
        started = rete.start_action_for_state(handle, offset)
        if started is None:
            raise EngineFault("durable_rules does not fire a rule that holds")
        while rete.complete_and_start_action(handle, offset) is not None:
            pass
        rete.retract_fact(handle, _PRIME)

    def _rules(self, number: int, stage: Stage) -> list[str]:
        """Return a stage's rules as JSON members. A guard stands first in each of them."""
        names = {column: f"a{place}" for place, column in enumerate(stage.columns)}
        rules = []
        for place, alternative in enumerate(stage.alternatives):
            guard = f'{{"$gt":{{"z{number}":{-1 - place // ALTERNATIVES_A_GUARD}}}}}'
            leaves = [
                f'{{"{_OPERATORS[leaf.op]}":{{"{names[leaf.column]}":{leaf.number}}}}}'
                for leaf in alternative.leaves
            ]
            name = self._named(alternative.goal)
            tests = ",".join((guard, *leaves))
            rules.append(f'"{name}":{{"all":[{{"l":{{"$and":[{tests}]}}}}],"pri":{2 * number}}}')
        last = f'{{"$gt":{{"z{number}":-999}}}}'
        end = self._named(None)
        rules.append(f'"{end}":{{"all":[{{"l":{last}}}],"pri":{2 * number + 1}}}')
        return rules

    def _named(self, goal: Goal | None) -> str:
        """Return the name of a new rule of the engine."""
        name = f"{len(self._goals):0{NAME_LENGTH}}"
        self._goals[name] = goal
        return name
