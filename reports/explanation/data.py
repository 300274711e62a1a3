"""An explanation as the documented JSON: of ``explain --json`` and of the JSON lines export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from leadgrade.engine.amending import Amended
from leadgrade.engine.asking import Question
from leadgrade.engine.bounds import roots_of_fact
from leadgrade.engine.decision import Line, LineKind
from leadgrade.engine.evidence import Evidence
from leadgrade.engine.explain import Explanation
from leadgrade.engine.places import ends_of, value_at
from leadgrade.engine.reached import Reached
from leadgrade.engine.reasons import Reason, ReasonKind
from leadgrade.engine.searching import Cell
from leadgrade.reports.next_steps import due_date
from leadgrade.rules.lead import plain
from leadgrade.rules.model import Book, Fact
from leadgrade.storage.records import StoredOverride


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and by what a lead was decided. ``run`` is None for a decision that is not stored.

    ``overrides`` are those that hold today, by lead: they stand beside what the machine decided.
    """

    book: Book
    as_of: date
    engine: str
    run: int | None = None
    overrides: Mapping[str, StoredOverride] = field(default_factory=dict)


def number(hundredths: int) -> int | float:
    """Return points as a JSON number with at most two decimals."""
    whole, rest = divmod(hundredths, 100)
    return whole if not rest else hundredths / 100


def explanation_json(occasion: Occasion, explanation: Explanation, lang: str) -> dict[str, Any]:
    """Return the whole answer as plain JSON values; wordings are in ``lang``."""
    decision, book = explanation.decision, occasion.book
    possible = decision.possible
    return {
        "lead": explanation.lead.id,
        "run": occasion.run,
        "as_of": occasion.as_of.isoformat(),
        "book": {"id": book.id, "sha256": book.sha256},
        "engine": occasion.engine,
        "facts": {name: plain(value) for name, value in explanation.values.items()},
        "unknown": list(explanation.unknown),
        "qualified": decision.qualified,
        "grade": decision.grade,
        "earned": decision.earned,
        "override": brief_override(occasion.overrides.get(explanation.lead.id)),
        "score": number(decision.score),
        "possible": {
            "score": [number(possible.low), number(possible.high)],
            "grade": [possible.worst, possible.best],
        },
        "criteria": {name: number(points) for name, points in decision.criteria.items()},
        "ledger": [_line(line, explanation, book) for line in decision.ledger],
        "knock_outs": [
            {"id": each, "because": _because(explanation.evidence[each], explanation, book)}
            for each in decision.knock_outs
        ],
        "limits": [
            {"id": each, "because": _because(explanation.evidence[each], explanation, book)}
            for each in decision.limits
        ],
        "reasons": {
            "for": [_reason(each, explanation, book) for each in explanation.reasons.good],
            "against": [_reason(each, explanation, book) for each in explanation.reasons.bad],
        },
        "classes": decision.classes,
        "classes_because": {
            name: _reached(each, explanation, book) for name, each in explanation.reached.items()
        },
        "open": list(decision.open),
        "open_because": {name: list(facts) for name, facts in explanation.waiting.items()},
        "amended": [_amended(each) for each in explanation.amended],
        "near_misses": [
            {
                "rule": miss.rule,
                "points": number(miss.points),
                "because": _because((miss.evidence,), explanation, book),
            }
            for miss in explanation.near_misses
        ],
        "next_steps": list(_steps(occasion, explanation, lang)),
        "ask": list(_questions(explanation, book, lang)),
    }


def _amended(each: Amended) -> dict[str, Any]:
    found: dict[str, Any] = {"fact": each.fact, "how": each.how.value}
    if each.value is not None:
        found["value"] = plain(each.value)
    if each.dated is not None:
        found["dated"] = each.dated.isoformat()
    if each.divisor is not None:
        found["divisor"] = each.divisor
    return found


def brief_override(override: StoredOverride | None) -> dict[str, str] | None:
    """Return what a person says of the grade, beside the machine's; None where nobody does."""
    if override is None:
        return None
    return {
        "grade": override.grade,
        "by": override.by,
        "reason": override.reason,
        "since": override.since.isoformat(),
        "until": override.until.isoformat(),
    }


def _reached(reached: Reached, explanation: Explanation, book: Book) -> dict[str, Any]:
    place = reached.rank
    return {
        "way": reached.way.value,
        **({"position": place.position, "of": place.of} if place else {}),
        "because": _because(reached.because, explanation, book),
    }


def _line(line: Line, explanation: Explanation, book: Book) -> dict[str, Any]:
    head: dict[str, Any] = {"criterion": line.criterion}
    if line.kind is not LineKind.RULE or line.rule is None:
        return {**head, line.kind.value: True, "points": number(line.points)}
    evidence = _because(explanation.evidence[line.rule], explanation, book)
    return {**head, "rule": line.rule, "points": number(line.points), "because": evidence}


def _reason(reason: Reason, explanation: Explanation, book: Book) -> dict[str, Any]:
    found: dict[str, Any] = {"id": reason.id, "kind": reason.kind.value}
    if reason.kind is not ReasonKind.CAPPED:
        found |= {"points": number(reason.points), "of": number(reason.most)}
    evidence = reason.evidence or explanation.evidence.get(reason.id, ())
    return {**found, "because": _because(evidence, explanation, book)}


def _because(
    evidence: tuple[Evidence, ...], explanation: Explanation, book: Book
) -> list[dict[str, Any]]:
    """Return tests, each with where its fact came from.

    The record keeps file and line of the row, not the column and the text of the cell.
    """
    lead = explanation.lead
    found = []
    for each in evidence:
        test = _test(each, book)
        if each.subject in book.derived:
            test["derived_from"] = [
                fact for fact in book.facts if fact in roots_of_fact(book, each.subject)
            ]
        if each.value is not None and each.subject in book.all_facts and lead.file is not None:
            test["source"] = {"file": lead.file, "line": lead.line}
        found.append(test)
    return found


def _test(evidence: Evidence, book: Book) -> dict[str, Any]:
    is_points = evidence.subject == "score" or evidence.subject in book.criteria
    found: dict[str, Any] = {
        "fact": evidence.subject,
        "value": _value(evidence.value, is_points=is_points),
        "test": evidence.test,
        "holds": evidence.holds,
    }
    if evidence.short_by is not None:
        short_by = evidence.short_by
        found["short_by"] = number(int(short_by)) if is_points else plain(short_by)
    return found


def _value(value: Any, *, is_points: bool) -> Any:
    if value is None:
        return None
    if isinstance(value, frozenset):
        return sorted(value)
    return number(value) if is_points else plain(value)


def _steps(occasion: Occasion, explanation: Explanation, lang: str) -> Iterator[dict[str, Any]]:
    chosen = explanation.decision.next_steps
    for step in (each for each in occasion.book.next_steps if each.id in chosen):
        due = due_date(step, occasion.as_of)
        words = {
            "do": step.do,
            "owner": step.owner,
            "channel": step.channel,
            "product": step.product,
        }
        yield {
            "id": step.id,
            **{name: phrase.say(lang) for name, phrase in words.items() if phrase},
            **({"due": due.isoformat()} if due else {}),
            **({"basis": step.basis} if step.basis else {}),
            **({"source": step.source} if step.source else {}),
        }


def _questions(explanation: Explanation, book: Book, lang: str) -> Iterator[dict[str, Any]]:
    for question in explanation.asked.questions:
        yield question_json(question, book, lang)


def question_json(question: Question, book: Book, lang: str) -> dict[str, Any]:
    """Return what knowing one fact could bring, answer by answer."""
    how = book.facts[question.fact].ask
    possible = question.possible
    return {
        "fact": question.fact,
        **({"how": how.say(lang)} if how else {}),
        "could_reach": possible.best,
        "could_fall_to": possible.worst,
        "score": [number(possible.low), number(possible.high)],
        "exact": question.exact,
        "settles": question.settles,
        "answers": [
            {
                "grade": answer.grade,
                "score": [number(answer.low), number(answer.high)],
                "values": [cell_json(book.facts[question.fact], cell) for cell in answer.cells],
            }
            for answer in question.answers
        ],
    }


def cell_json(fact: Fact, cell: Cell) -> Any:
    """Return the values of a cell: one value, ``{from, to}`` with both ends in it, or a text.

    An end beyond which the fact has no value is left out.
    """
    if cell.low is None or cell.high is None:
        return {"contains": list(cell.holds)}
    if cell.low == cell.high:
        return plain(cell.value)
    first, last = (value_at(fact, place) for place in ends_of(fact))
    return {
        **({"from": plain(cell.low)} if cell.low != first else {}),
        **({"to": plain(cell.high)} if cell.high != last else {}),
    }
