"""Runs the examples of a book: expected against got."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from leadgrade.engine.asking import Asking
from leadgrade.engine.backends.base import Backend, make_backend
from leadgrade.engine.decision import Decision, points_text
from leadgrade.engine.in_force import DEFAULT_DAY, in_force
from leadgrade.engine.ranks import with_ranks
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, Example


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise. Both sides are ready to print, points as written."""

    what: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What became of one example; no differences mean that it holds."""

    example: Example
    decision: Decision
    differences: tuple[Difference, ...]


def example_lead(book: Book, example: Example) -> Lead:
    """Return the lead of an example: alone in its list, so first in every ranking."""
    alone = [Lead(example.name, example.given)]
    return with_ranks(book, alone, example.as_of or DEFAULT_DAY)[0]


def differences(
    example: Example, decision: Decision, ask: Callable[[], Sequence[str]]
) -> Iterator[Difference]:
    """Yield what the decision has otherwise than the example expects.

    ``ask`` gives the facts to find out, the weightiest first; it is called only where they matter.
    """
    want = example.expect
    if want.grade is not None and want.grade != decision.grade:
        yield Difference("grade", want.grade, decision.grade)
    if want.qualified is not None and want.qualified != decision.qualified:
        yield Difference("qualified", _truth(want.qualified), _truth(decision.qualified))
    if want.score is not None and want.score != decision.score:
        yield Difference("score", points_text(want.score), points_text(decision.score))
    for name, points in want.criteria.items():
        if points != decision.criteria[name]:
            yield Difference(name, points_text(points), points_text(decision.criteria[name]))
    yield from _rule_differences(example, decision)
    for name, label in want.classes.items():
        if label != decision.classes[name]:
            yield Difference(name, label, decision.classes[name])
    if want.next_steps is not None and want.next_steps != decision.next_steps:
        yield Difference("next_steps", _names(want.next_steps), _names(decision.next_steps))
    if want.ask is not None:
        yield from _ask_differences(want.ask, tuple(ask()))


def _ask_differences(wanted: tuple[str, ...], asked: tuple[str, ...]) -> Iterator[Difference]:
    if asked[: len(wanted)] != wanted or (asked and not wanted):
        yield Difference("ask", _names(wanted), _names(asked))


def _rule_differences(example: Example, decision: Decision) -> Iterator[Difference]:
    want = example.expect
    fired = _names(decision.fired)
    missing = [rule for rule in want.fired if rule not in decision.fired]
    if missing:
        yield Difference("fired", _names(missing), fired)
    unwanted = [rule for rule in want.not_fired if rule in decision.fired]
    if unwanted:
        yield Difference("not_fired", _names(unwanted), fired)
    if want.limits is not None and set(want.limits) != set(decision.limits):
        yield Difference("limits", _names(want.limits), _names(decision.limits))
    if want.knock_outs is not None and set(want.knock_outs) != set(decision.knock_outs):
        yield Difference("knock_outs", _names(want.knock_outs), _names(decision.knock_outs))


def _names(ids: Sequence[str]) -> str:
    return "[" + ", ".join(ids) + "]"


def _truth(value: bool) -> str:  # noqa: FBT001 - it is the value itself
    return "true" if value else "false"


class Runner:
    """Decides examples of one book by one engine, as of the day that each names."""

    def __init__(self, book: Book, engine: str) -> None:
        self._book = book
        self._engine = engine
        self._backends: dict[date, Backend] = {}
        self._asking: dict[date, Asking] = {}

    def run(self, example: Example) -> ExampleResult:
        """Decide one example.

        Raises:
            EngineUnavailableError: the engine cannot run here.
        """
        day = example.as_of or DEFAULT_DAY
        if day not in self._backends:
            self._backends[day] = make_backend(self._engine, self._book, day)
        lead = example_lead(self._book, example)
        decision = self._backends[day].decide(lead)
        found = differences(example, decision, lambda: self._ask(lead, decision, day))
        return ExampleResult(example, decision, tuple(found))

    def _ask(self, lead: Lead, decision: Decision, day: date) -> list[str]:
        if day not in self._asking:
            self._asking[day] = Asking(in_force(self._book, day), day)
        return [each.fact for each in self._asking[day].ask(lead, decision).questions]


def run_examples(book: Book, engine: str) -> list[ExampleResult]:
    """Decide every example of a book by one engine.

    Raises:
        EngineUnavailableError: the engine cannot run here.
    """
    runner = Runner(book, engine)
    return [runner.run(example) for example in book.examples]
