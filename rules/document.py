"""The shape of a rule book's YAML, key by key. What it means is built in ``build_*``.

Each key says what it is for: the reference in the docs is written from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from leadgrade.rules.document_sources import MergeDoc, SourceDoc
from leadgrade.rules.kinds import (
    Document,
    anything,
    condition,
    many,
    named,
    one_or_many,
    phrase,
    points,
    record,
    scalar,
    truth,
    word,
)
from leadgrade.rules.nodes import Node, Scalar
from leadgrade.rules.phrase import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterDoc(Document):
    """A named threshold."""

    value: Annotated[Scalar, scalar, "the value, with its unit: `45 days`, `20%`, `500万`"]
    label: Annotated[Phrase | None, phrase, "what it is called"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FactDoc(Document):
    """Something that may be known about a lead."""

    type: Annotated[Scalar, scalar, "money, number, percent, days, date, choice, flag or text"]
    label: Annotated[Phrase | None, phrase, "what people call it; rules may use it too"] = None
    headers: Annotated[list[str], one_or_many(word), "column titles it has in lists"] = ()  # type: ignore[assignment]
    values: Annotated[Node | None, anything, "the choices: a list, or `id: label`"] = None
    ordered: Annotated[bool, truth, "whether the choices rise from first to last"] = False
    range: Annotated[list[Scalar] | None, many(scalar), "lowest and highest value"] = None
    ask: Annotated[Phrase | None, phrase, "how to find it out"] = None
    actionable: Annotated[
        Scalar | None,
        scalar,
        "whether it can be changed: `true`, `false`, or only `up` or `down` "
        "(default true, for a text false); for `improve`",
    ] = None
    cost: Annotated[int | None, points, "what changing it takes, beside the other facts"] = None
    on_unreadable: Annotated[
        Scalar | None, scalar, "`unknown` (default) or `reject` the row when a cell is unreadable"
    ] = None
    if_unknown: Annotated[
        Scalar | None,
        scalar,
        "`leave` it unknown (default), `reject` the row, or a value to assume: `value 0`",
    ] = None
    max_age: Annotated[Scalar | None, scalar, "older than this it counts as unknown"] = None
    dated_by: Annotated[Scalar | None, scalar, "the date fact that says how old it is"] = None
    personal: Annotated[
        bool, truth, "whether it is a personal attribute, such as age, sex or belief"
    ] = False
    from_: Annotated[Scalar | None, scalar, "the joined file that it is gathered from"] = None
    count: Annotated[
        Node | None, condition, "gathered: how many rows: `all`, or those that meet a condition"
    ] = None
    share: Annotated[
        Node | None, condition, "gathered: the share of the rows that meet a condition"
    ] = None
    sum: Annotated[Scalar | None, scalar, "gathered: the sum of a column"] = None
    mean: Annotated[Scalar | None, scalar, "gathered: the mean of a column"] = None
    max: Annotated[Scalar | None, scalar, "gathered: the highest value of a column"] = None
    min: Annotated[Scalar | None, scalar, "gathered: the lowest value of a column"] = None
    first: Annotated[Scalar | None, scalar, "gathered: the earliest date of a column"] = None
    last: Annotated[Scalar | None, scalar, "gathered: the latest date of a column"] = None
    where: Annotated[Node | None, condition, "gathered: only rows that meet a condition"] = None
    window: Annotated[
        Scalar | None, scalar, "gathered: only rows so long before the decision: `12 months`"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseDoc(Document):
    """A case of a derived fact."""

    when: Annotated[Node, condition, "the condition"]
    value: Annotated[Scalar, scalar, "the formula when it is the first that is true"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DerivedDoc(Document):
    """A fact that is calculated: by one `formula`, or by the first of several `cases`."""

    formula: Annotated[
        Scalar | None, scalar, "arithmetic on facts: `cash / current_liabilities`"
    ] = None
    cases: Annotated[list[CaseDoc] | None, many(record(CaseDoc)), "formulas by condition"] = None
    otherwise: Annotated[Scalar | None, scalar, "the formula when no case is true"] = None
    source: Annotated[str | None, word, "where the formula comes from"] = None
    type: Annotated[Scalar | None, scalar, "number (default), money, percent or days"] = None
    label: Annotated[Phrase | None, phrase, "what people call it"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BandDoc(Document):
    """A band of values and what it is worth."""

    points: Annotated[int, points, "points for this band"]
    from_: Annotated[Scalar | None, scalar, "the lowest value that belongs to it"] = None
    to: Annotated[Scalar | None, scalar, "the first value above it"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleDoc(Document):
    """A rule: `when` with `points`, or a `fact` with `bands` or `values`."""

    id: Annotated[Scalar, scalar, "the rule's name, unique in the book"]
    label: Annotated[Phrase | None, phrase, "what people call it"] = None
    when: Annotated[Node | None, condition, "the condition"] = None
    points: Annotated[int | None, points, "points when the condition is true"] = None
    fact: Annotated[Scalar | None, scalar, "the fact that bands or values look at"] = None
    bands: Annotated[list[BandDoc] | None, many(record(BandDoc)), "points by band"] = None
    values: Annotated[
        list[tuple[Scalar, int]] | None, named(points), "points by choice, flag or text"
    ] = None
    half_life: Annotated[
        Scalar | None, scalar, "the points halve each time this passes: `30 days`"
    ] = None
    age_of: Annotated[Scalar | None, scalar, "the date fact whose age counts for it"] = None
    why: Annotated[Phrase | None, phrase, "the reason in words, with {fact} for its value"] = None
    source: Annotated[str | None, word, "where the rule comes from"] = None
    valid_from: Annotated[Scalar | None, scalar, "the first day it is in force"] = None
    valid_until: Annotated[Scalar | None, scalar, "the last day it is in force"] = None
    justification: Annotated[
        str | None, word, "why a personal attribute may count for the score"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionDoc(Document):
    """A group of rules that add up within a range."""

    rules: Annotated[list[RuleDoc], many(record(RuleDoc)), "the rules"]
    range: Annotated[list[int], many(points), "lowest and highest subtotal"]
    label: Annotated[Phrase | None, phrase, "what people call it"] = None
    start: Annotated[int, points, "points before any rule (default 0)"] = 0
    source: Annotated[str | None, word, "where the criterion comes from"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnockOutDoc(Document):
    """A condition that caps the grade whatever the score."""

    id: Annotated[Scalar, scalar, "its name, unique in the book"]
    when: Annotated[Node, condition, "the condition"]
    grade: Annotated[Scalar, scalar, "the best grade that such a lead may get"]
    label: Annotated[Phrase | None, phrase, "what people call it"] = None
    why: Annotated[Phrase | None, phrase, "the reason in words"] = None
    source: Annotated[str | None, word, "where it comes from"] = None
    valid_from: Annotated[Scalar | None, scalar, "the first day it is in force"] = None
    valid_until: Annotated[Scalar | None, scalar, "the last day it is in force"] = None
    justification: Annotated[str | None, word, "why a personal attribute may count here"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitDoc(Document):
    """A ceiling (`at_most`) or a floor (`at_least`) of the grade."""

    id: Annotated[Scalar, scalar, "its name, unique in the book"]
    when: Annotated[Node, condition, "the condition"]
    at_most: Annotated[Scalar | None, scalar, "the best grade that such a lead may get"] = None
    at_least: Annotated[Scalar | None, scalar, "the worst grade that such a lead may get"] = None
    label: Annotated[Phrase | None, phrase, "what people call it"] = None
    why: Annotated[Phrase | None, phrase, "the reason in words"] = None
    source: Annotated[str | None, word, "where it comes from"] = None
    valid_from: Annotated[Scalar | None, scalar, "the first day it is in force"] = None
    valid_until: Annotated[Scalar | None, scalar, "the last day it is in force"] = None
    justification: Annotated[str | None, word, "why a personal attribute may count here"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeDoc(Document):
    """A step of the grade ladder."""

    from_: Annotated[int | None, points, "the lowest score"] = None
    needs: Annotated[Node | None, condition, "conditions that must be true as well"] = None
    label: Annotated[Phrase | None, phrase, "what the grade means"] = None
    justification: Annotated[str | None, word, "why a personal attribute may count here"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassCaseDoc(Document):
    """A case of a first-match classification."""

    when: Annotated[Node, condition, "the condition"]
    class_: Annotated[Scalar, scalar, "the class when it is the first that is true"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassBandDoc(Document):
    """A band of a value and its class."""

    class_: Annotated[Scalar, scalar, "the class of this band"]
    from_: Annotated[Scalar | None, scalar, "the lowest value that belongs to it"] = None
    to: Annotated[Scalar | None, scalar, "the first value above it"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TreatmentDoc(Document):
    """What is done with the leads of a class."""

    do: Annotated[Phrase, phrase, "the action"]
    owner: Annotated[Phrase | None, phrase, "who does it"] = None
    channel: Annotated[Phrase | None, phrase, "by which channel"] = None
    product: Annotated[Phrase | None, phrase, "what to offer"] = None
    within: Annotated[Scalar | None, scalar, "how soon: `1 day`, `2 weeks`"] = None
    basis: Annotated[Scalar | None, scalar, "`stated` by the source, or `proposed`"] = None
    source: Annotated[str | None, word, "where it comes from"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassDoc(Document):
    """A classification; each lead gets exactly one class of it.

    A matrix (`rows`, `columns`, `table`), an ordered `first_match`, `bands` on a fact, or a place
    in the list (`rank` with `top` shares, `quantiles` or `share_of_total`).
    """

    label: Annotated[Phrase | None, phrase, "what people call it"] = None
    rows: Annotated[
        Scalar | None, scalar, "matrix: the choice fact or earlier class of the rows"
    ] = None
    columns: Annotated[
        Scalar | None, scalar, "matrix: the choice fact or earlier class of the columns"
    ] = None
    table: Annotated[
        list[tuple[Scalar, list[tuple[Scalar, Scalar]]]] | None,
        named(named(scalar)),
        "matrix: the class of each cell, `row: {column: class}`",
    ] = None
    rank: Annotated[Scalar | None, scalar, "ranking: the fact that leads are ordered by"] = None
    top: Annotated[
        list[tuple[Scalar, str]] | None, named(word), "ranking: class by best share, `5%: gold`"
    ] = None
    quantiles: Annotated[
        list[str] | None, many(word), "ranking: classes of equal size, the best first"
    ] = None
    share_of_total: Annotated[
        list[tuple[Scalar, str]] | None,
        named(word),
        "ranking: class by share of the sum, `80%: key`",
    ] = None
    rest: Annotated[str | None, word, "ranking: the class of all others"] = None
    first_match: Annotated[
        list[ClassCaseDoc] | None, many(record(ClassCaseDoc)), "cases; the first that is true wins"
    ] = None
    fact: Annotated[Scalar | None, scalar, "bands: the fact, criterion or score they are on"] = None
    bands: Annotated[list[ClassBandDoc] | None, many(record(ClassBandDoc)), "class by band"] = None
    otherwise: Annotated[str | None, word, "first match, bands: the class of all others"] = None
    treatments: Annotated[
        list[tuple[Scalar, TreatmentDoc]], named(record(TreatmentDoc)), "next step by class"
    ] = ()  # type: ignore[assignment]
    applies_when: Annotated[Node | None, condition, "leads outside are `not applicable`"] = None
    source: Annotated[str | None, word, "where it comes from"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStepDoc(Document):
    """What to do with a lead."""

    id: Annotated[Scalar, scalar, "its name, unique in the book"]
    do: Annotated[Phrase, phrase, "the action"]
    when: Annotated[Node | None, condition, "the condition; without one it is always given"] = None
    owner: Annotated[Phrase | None, phrase, "who does it"] = None
    channel: Annotated[Phrase | None, phrase, "by which channel"] = None
    product: Annotated[Phrase | None, phrase, "what to offer"] = None
    within: Annotated[Scalar | None, scalar, "how soon: `1 day`, `2 weeks`"] = None
    basis: Annotated[Scalar | None, scalar, "`stated` by the source, or `proposed`"] = None
    source: Annotated[str | None, word, "where it comes from"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectDoc(Document):
    """What an example expects; only what is named is checked."""

    grade: Annotated[Scalar | None, scalar, "the grade"] = None
    qualified: Annotated[bool | None, truth, "whether the lead is qualified"] = None
    score: Annotated[int | None, points, "the score"] = None
    criteria: Annotated[list[tuple[Scalar, int]], named(points), "subtotals by criterion"] = ()  # type: ignore[assignment]
    fired: Annotated[list[Scalar], one_or_many(scalar), "rules that must fire"] = ()  # type: ignore[assignment]
    not_fired: Annotated[list[Scalar], one_or_many(scalar), "rules that must not"] = ()  # type: ignore[assignment]
    knock_outs: Annotated[list[Scalar] | None, one_or_many(scalar), "exactly these"] = None
    limits: Annotated[list[Scalar] | None, one_or_many(scalar), "exactly these"] = None
    classes: Annotated[list[tuple[Scalar, Scalar]], named(scalar), "class by classification"] = ()  # type: ignore[assignment]
    next_steps: Annotated[list[Scalar] | None, one_or_many(scalar), "exactly these, in order"] = (
        None
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleDoc(Document):
    """A lead beside the rules, and what the book must say of it."""

    name: Annotated[str, word, "what it shows"]
    given: Annotated[
        list[tuple[Scalar, Scalar]], named(scalar), "the facts; others are unknown"
    ] = ()  # type: ignore[assignment]
    expect: Annotated[ExpectDoc | None, record(ExpectDoc), "what must come out"] = None
    rows: Annotated[
        Scalar | None,
        scalar,
        "a table: a line of facts and expected results, then a lead in each line, with commas",
    ] = None
    as_of: Annotated[Scalar | None, scalar, "the day of the decision (default 2026-01-01)"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BookDoc(Document):
    """A rule book."""

    book: Annotated[Scalar, scalar, "the book's name"]
    facts: Annotated[list[tuple[Scalar, FactDoc]], named(record(FactDoc)), "what may be known"]
    criteria: Annotated[
        list[tuple[Scalar, CriterionDoc]], named(record(CriterionDoc)), "what makes the score"
    ]
    grades: Annotated[
        list[tuple[Scalar, GradeDoc]], named(record(GradeDoc)), "the ladder, best first"
    ]
    include: Annotated[
        list[str], one_or_many(word), "files or shipped books whose parts are brought in"
    ] = ()  # type: ignore[assignment]
    extends: Annotated[
        list[str], one_or_many(word), "the base that this book changes, part by part"
    ] = ()  # type: ignore[assignment]
    remove: Annotated[
        list[tuple[Scalar, list[str]]], named(one_or_many(word)), "what of the base is left out"
    ] = ()  # type: ignore[assignment]
    title: Annotated[Phrase | None, phrase, "what people call it"] = None
    about: Annotated[Phrase | None, phrase, "what it is for, and for whom"] = None
    currency: Annotated[str, word, "of all money facts (default CNY)"] = "CNY"
    lead_id: Annotated[list[str], one_or_many(word), "column titles of the lead's id"] = ()  # type: ignore[assignment]
    identity: Annotated[
        list[list[Scalar]],
        one_or_many(one_or_many(scalar)),
        "what names a lead, the first that is known: `[tax_id, email, [company, phone]]`",
    ] = ()  # type: ignore[assignment]
    merge: Annotated[MergeDoc | None, record(MergeDoc), "how rows of one lead are merged"] = None
    sources: Annotated[
        list[tuple[Scalar, SourceDoc]], named(record(SourceDoc)), "files that may be joined"
    ] = ()  # type: ignore[assignment]
    lead_name: Annotated[
        Scalar | None, scalar, "the text fact that names the lead for people: the company"
    ] = None
    unknown_values: Annotated[list[str], one_or_many(word), "cell texts that mean unknown"] = ()  # type: ignore[assignment]
    parameters: Annotated[list[tuple[Scalar, Node]], named(anything), "named thresholds"] = ()  # type: ignore[assignment]
    lists: Annotated[
        list[tuple[Scalar, list[Scalar]]], named(many(scalar)), "named lists: `industry in NAME`"
    ] = ()  # type: ignore[assignment]
    conditions: Annotated[list[tuple[Scalar, Node]], named(condition), "named conditions"] = ()  # type: ignore[assignment]
    derived: Annotated[list[tuple[Scalar, Node]], named(anything), "facts by formula"] = ()  # type: ignore[assignment]
    knock_outs: Annotated[list[KnockOutDoc], many(record(KnockOutDoc)), "what caps the grade"] = ()  # type: ignore[assignment]
    limits: Annotated[
        list[LimitDoc], many(record(LimitDoc)), "ceilings and floors of the grade"
    ] = ()  # type: ignore[assignment]
    qualified: Annotated[Node | None, condition, "when a lead counts as qualified"] = None
    classes: Annotated[
        list[tuple[Scalar, ClassDoc]], named(record(ClassDoc)), "classifications"
    ] = ()  # type: ignore[assignment]
    next_steps: Annotated[list[NextStepDoc], many(record(NextStepDoc)), "what to do next"] = ()  # type: ignore[assignment]
    examples: Annotated[list[ExampleDoc], many(record(ExampleDoc)), "leads that test the book"] = ()  # type: ignore[assignment]
    properties: Annotated[
        list[Node],
        many(anything),
        "what `leadgrade test` tries on generated leads: `monotone: FACT`, "
        "`knock-out always wins`, `range never exceeded`",
    ] = ()  # type: ignore[assignment]
