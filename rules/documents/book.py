"""The shape of a rule book's YAML, key by key. What it means is built in ``build_*``.

Each key says what it is for: the reference in the docs is written from here.
"""

from __future__ import annotations

from leadgrade.rules.documents.kinds import (
    Document,
    choices,
    condition,
    entry,
    many,
    named,
    one_or_many,
    phrase,
    points,
    record,
    scalar,
    text_or,
    trial,
    truth,
    word,
)
from leadgrade.rules.documents.sources import MergeDoc, SourceDoc
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.text.nodes import Node, Scalar

_POINTS_BY_NAME = named(points)


class ParameterDoc(Document):
    """A named threshold."""

    value: Scalar = entry(scalar, "the value, with its unit: `45 days`, `20%`, `500万`")
    label: Phrase | None = entry(phrase, "what it is called", default=None)


class FactDoc(Document):
    """Something that may be known about a lead."""

    type: Scalar = entry(scalar, "money, number, percent, days, date, choice, flag or text")
    label: Phrase | None = entry(phrase, "what people call it; rules may use it too", default=None)
    headers: list[str] = entry(one_or_many(word), "column titles it has in lists", default=())
    values: Node | None = entry(choices, "the choices: a list, or `id: label`", default=None)
    ordered: bool = entry(truth, "whether the choices rise from first to last", default=False)
    range: list[Scalar] | None = entry(many(scalar), "lowest and highest value", default=None)
    ask: Phrase | None = entry(phrase, "how to find it out", default=None)
    actionable: Scalar | None = entry(
        scalar,
        "whether it can be changed: `true`, `false`, or only `up` or `down` "
        "(default true, for a text false); for `improve`",
        default=None,
    )
    cost: int | None = entry(points, "what changing it takes, beside the other facts", default=None)
    on_unreadable: Scalar | None = entry(
        scalar, "`unknown` (default) or `reject` the row when a cell is unreadable", default=None
    )
    if_unknown: Scalar | None = entry(
        scalar,
        "`leave` it unknown (default), `reject` the row, or a value to assume: `value 0`",
        default=None,
    )
    max_age: Scalar | None = entry(scalar, "older than this it counts as unknown", default=None)
    dated_by: Scalar | None = entry(scalar, "the date fact that says how old it is", default=None)
    personal: bool = entry(
        truth, "whether it is a personal attribute, such as age, sex or belief", default=False
    )
    from_: Scalar | None = entry(scalar, "the joined file that it is gathered from", default=None)
    count: Node | None = entry(
        condition, "gathered: how many rows: `all`, or those that meet a condition", default=None
    )
    share: Node | None = entry(
        condition, "gathered: the share of the rows that meet a condition", default=None
    )
    sum: Scalar | None = entry(scalar, "gathered: the sum of a column", default=None)
    mean: Scalar | None = entry(scalar, "gathered: the mean of a column", default=None)
    max: Scalar | None = entry(scalar, "gathered: the highest value of a column", default=None)
    min: Scalar | None = entry(scalar, "gathered: the lowest value of a column", default=None)
    first: Scalar | None = entry(scalar, "gathered: the earliest date of a column", default=None)
    last: Scalar | None = entry(scalar, "gathered: the latest date of a column", default=None)
    where: Node | None = entry(condition, "gathered: only rows that meet a condition", default=None)
    window: Scalar | None = entry(
        scalar, "gathered: only rows so long before the decision: `12 months`", default=None
    )


class CaseDoc(Document):
    """A case of a derived fact."""

    when: Node = entry(condition, "the condition")
    value: Scalar = entry(scalar, "the formula when it is the first that is true")


class DerivedDoc(Document):
    """A fact that is calculated: by one `formula`, or by the first of several `cases`."""

    formula: Scalar | None = entry(
        scalar, "arithmetic on facts: `cash / current_liabilities`", default=None
    )
    cases: list[CaseDoc] | None = entry(
        many(record(CaseDoc)), "formulas by condition", default=None
    )
    otherwise: Scalar | None = entry(scalar, "the formula when no case is true", default=None)
    source: str | None = entry(word, "where the formula comes from", default=None)
    type: Scalar | None = entry(scalar, "number (default), money, percent or days", default=None)
    label: Phrase | None = entry(phrase, "what people call it", default=None)


class BandDoc(Document):
    """A band of values and what it is worth."""

    points: int = entry(points, "points for this band")
    from_: Scalar | None = entry(scalar, "the lowest value that belongs to it", default=None)
    to: Scalar | None = entry(scalar, "the first value above it", default=None)


class RuleDoc(Document):
    """A rule: `when` with `points`, or a `fact` with `bands` or `values`."""

    id: Scalar = entry(scalar, "the rule's name, unique in the book")
    label: Phrase | None = entry(phrase, "what people call it", default=None)
    when: Node | None = entry(condition, "the condition", default=None)
    points: int | None = entry(points, "points when the condition is true", default=None)
    fact: Scalar | None = entry(scalar, "the fact that bands or values look at", default=None)
    bands: list[BandDoc] | None = entry(many(record(BandDoc)), "points by band", default=None)
    values: list[tuple[Scalar, int]] | None = entry(
        _POINTS_BY_NAME, "points by choice, flag or text", default=None
    )
    half_life: Scalar | None = entry(
        scalar, "the points halve each time this passes: `30 days`", default=None
    )
    age_of: Scalar | None = entry(scalar, "the date fact whose age counts for it", default=None)
    why: Phrase | None = entry(
        phrase, "the reason in words, with {fact} for its value", default=None
    )
    source: str | None = entry(word, "where the rule comes from", default=None)
    valid_from: Scalar | None = entry(scalar, "the first day it is in force", default=None)
    valid_until: Scalar | None = entry(scalar, "the last day it is in force", default=None)
    justification: str | None = entry(
        word, "why a personal attribute may count for the score", default=None
    )


class CriterionDoc(Document):
    """A group of rules that add up within a range."""

    rules: list[RuleDoc] = entry(many(record(RuleDoc)), "the rules")
    range: list[int] = entry(many(points), "lowest and highest subtotal")
    label: Phrase | None = entry(phrase, "what people call it", default=None)
    start: int = entry(points, "points before any rule (default 0)", default=0)
    source: str | None = entry(word, "where the criterion comes from", default=None)


class KnockOutDoc(Document):
    """A condition that caps the grade whatever the score."""

    id: Scalar = entry(scalar, "its name, unique in the book")
    when: Node = entry(condition, "the condition")
    grade: Scalar = entry(scalar, "the best grade that such a lead may get")
    label: Phrase | None = entry(phrase, "what people call it", default=None)
    why: Phrase | None = entry(phrase, "the reason in words", default=None)
    source: str | None = entry(word, "where it comes from", default=None)
    valid_from: Scalar | None = entry(scalar, "the first day it is in force", default=None)
    valid_until: Scalar | None = entry(scalar, "the last day it is in force", default=None)
    justification: str | None = entry(word, "why a personal attribute may count here", default=None)


class LimitDoc(Document):
    """A ceiling (`at_most`) or a floor (`at_least`) of the grade."""

    id: Scalar = entry(scalar, "its name, unique in the book")
    when: Node = entry(condition, "the condition")
    at_most: Scalar | None = entry(scalar, "the best grade that such a lead may get", default=None)
    at_least: Scalar | None = entry(
        scalar, "the worst grade that such a lead may get", default=None
    )
    label: Phrase | None = entry(phrase, "what people call it", default=None)
    why: Phrase | None = entry(phrase, "the reason in words", default=None)
    source: str | None = entry(word, "where it comes from", default=None)
    valid_from: Scalar | None = entry(scalar, "the first day it is in force", default=None)
    valid_until: Scalar | None = entry(scalar, "the last day it is in force", default=None)
    justification: str | None = entry(word, "why a personal attribute may count here", default=None)


class GradeDoc(Document):
    """A step of the grade ladder."""

    from_: int | None = entry(points, "the lowest score", default=None)
    needs: Node | None = entry(condition, "conditions that must be true as well", default=None)
    label: Phrase | None = entry(phrase, "what the grade means", default=None)
    justification: str | None = entry(word, "why a personal attribute may count here", default=None)


class ClassCaseDoc(Document):
    """A case of a first-match classification."""

    when: Node = entry(condition, "the condition")
    class_: Scalar = entry(scalar, "the class when it is the first that is true")


class ClassBandDoc(Document):
    """A band of a value and its class."""

    class_: Scalar = entry(scalar, "the class of this band")
    from_: Scalar | None = entry(scalar, "the lowest value that belongs to it", default=None)
    to: Scalar | None = entry(scalar, "the first value above it", default=None)


class TreatmentDoc(Document):
    """What is done with the leads of a class."""

    do: Phrase = entry(phrase, "the action")
    owner: Phrase | None = entry(phrase, "who does it", default=None)
    channel: Phrase | None = entry(phrase, "by which channel", default=None)
    product: Phrase | None = entry(phrase, "what to offer", default=None)
    within: Scalar | None = entry(scalar, "how soon: `1 day`, `2 weeks`", default=None)
    basis: Scalar | None = entry(scalar, "`stated` by the source, or `proposed`", default=None)
    source: str | None = entry(word, "where it comes from", default=None)


class ClassDoc(Document):
    """A classification; each lead gets exactly one class of it.

    A matrix (`rows`, `columns`, `table`), an ordered `first_match`, `bands` on a fact, or a place
    in the list (`rank` with `top` shares, `quantiles` or `share_of_total`).
    """

    label: Phrase | None = entry(phrase, "what people call it", default=None)
    rows: Scalar | None = entry(
        scalar, "matrix: the choice fact or earlier class of the rows", default=None
    )
    columns: Scalar | None = entry(
        scalar, "matrix: the choice fact or earlier class of the columns", default=None
    )
    table: list[tuple[Scalar, list[tuple[Scalar, Scalar]]]] | None = entry(
        named(named(scalar)), "matrix: the class of each cell, `row: {column: class}`", default=None
    )
    rank: Scalar | None = entry(scalar, "ranking: the fact that leads are ordered by", default=None)
    top: list[tuple[Scalar, str]] | None = entry(
        named(word), "ranking: class by best share, `5%: gold`", default=None
    )
    quantiles: list[str] | None = entry(
        many(word), "ranking: classes of equal size, the best first", default=None
    )
    share_of_total: list[tuple[Scalar, str]] | None = entry(
        named(word), "ranking: class by share of the sum, `80%: key`", default=None
    )
    rest: str | None = entry(word, "ranking: the class of all others", default=None)
    first_match: list[ClassCaseDoc] | None = entry(
        many(record(ClassCaseDoc)), "cases; the first that is true wins", default=None
    )
    fact: Scalar | None = entry(
        scalar, "bands: the fact, criterion or score they are on", default=None
    )
    bands: list[ClassBandDoc] | None = entry(
        many(record(ClassBandDoc)), "class by band", default=None
    )
    otherwise: str | None = entry(word, "first match, bands: the class of all others", default=None)
    labels: list[tuple[Scalar, Phrase]] = entry(
        named(phrase), "what people call each class, by class", default=()
    )
    treatments: list[tuple[Scalar, TreatmentDoc]] = entry(
        named(record(TreatmentDoc)), "next step by class", default=()
    )
    applies_when: Node | None = entry(condition, "leads outside are `not applicable`", default=None)
    source: str | None = entry(word, "where it comes from", default=None)


class NextStepDoc(Document):
    """What to do with a lead."""

    id: Scalar = entry(scalar, "its name, unique in the book")
    do: Phrase = entry(phrase, "the action")
    when: Node | None = entry(
        condition, "the condition; without one it is always given", default=None
    )
    owner: Phrase | None = entry(phrase, "who does it", default=None)
    channel: Phrase | None = entry(phrase, "by which channel", default=None)
    product: Phrase | None = entry(phrase, "what to offer", default=None)
    within: Scalar | None = entry(scalar, "how soon: `1 day`, `2 weeks`", default=None)
    basis: Scalar | None = entry(scalar, "`stated` by the source, or `proposed`", default=None)
    source: str | None = entry(word, "where it comes from", default=None)


class ExpectDoc(Document):
    """What an example expects; only what is named is checked."""

    grade: Scalar | None = entry(scalar, "the grade", default=None)
    qualified: bool | None = entry(truth, "whether the lead is qualified", default=None)
    score: int | None = entry(points, "the score", default=None)
    criteria: list[tuple[Scalar, int]] = entry(named(points), "subtotals by criterion", default=())
    fired: list[Scalar] = entry(one_or_many(scalar), "rules that must fire", default=())
    not_fired: list[Scalar] = entry(one_or_many(scalar), "rules that must not", default=())
    knock_outs: list[Scalar] | None = entry(one_or_many(scalar), "exactly these", default=None)
    limits: list[Scalar] | None = entry(one_or_many(scalar), "exactly these", default=None)
    classes: list[tuple[Scalar, Scalar]] = entry(
        named(scalar), "class by classification", default=()
    )
    next_steps: list[Scalar] | None = entry(
        one_or_many(scalar), "exactly these, in order", default=None
    )
    ask: list[Scalar] | None = entry(
        one_or_many(scalar),
        "the facts to find out first, in this order; `[]` where nothing is to be asked",
        default=None,
    )


class ExampleDoc(Document):
    """A lead beside the rules, and what the book must say of it."""

    name: str = entry(word, "what it shows", default="")
    given: list[tuple[Scalar, Scalar]] = entry(
        named(scalar), "the facts; others are unknown", default=()
    )
    expect: ExpectDoc | None = entry(record(ExpectDoc), "what must come out", default=None)
    rows: Scalar | None = entry(
        scalar,
        "a table: a line of facts and expected results, then a lead in each line, with commas",
        default=None,
    )
    file: str | None = entry(
        word,
        "a file beside the book in place of all this: a table as `.csv`, or examples as `.yaml`",
        default=None,
    )
    as_of: Scalar | None = entry(
        scalar, "the day of the decision (default 2026-01-01)", default=None
    )


class BookDoc(Document):
    """A rule book."""

    book: Scalar = entry(scalar, "the book's name")
    facts: list[tuple[Scalar, FactDoc]] = entry(named(record(FactDoc)), "what may be known")
    criteria: list[tuple[Scalar, CriterionDoc]] = entry(
        named(record(CriterionDoc)), "what makes the score"
    )
    grades: list[tuple[Scalar, GradeDoc]] = entry(named(record(GradeDoc)), "the ladder, best first")
    include: list[str] = entry(
        one_or_many(word), "files or shipped books whose parts are brought in", default=()
    )
    extends: list[str] = entry(
        one_or_many(word), "the base that this book changes, part by part", default=()
    )
    remove: list[tuple[Scalar, list[str]]] = entry(
        named(one_or_many(word)), "what of the base is left out", default=()
    )
    title: Phrase | None = entry(phrase, "what people call it", default=None)
    about: Phrase | None = entry(phrase, "what it is for, and for whom", default=None)
    currency: str = entry(word, "of all money facts (default CNY)", default="CNY")
    lead_id: list[str] = entry(one_or_many(word), "column titles of the lead's id", default=())
    identity: list[list[Scalar]] = entry(
        one_or_many(one_or_many(scalar)),
        "what names a lead, the first that is known: `[tax_id, email, [company, phone]]`",
        default=(),
    )
    merge: MergeDoc | None = entry(
        record(MergeDoc), "how rows of one lead are merged", default=None
    )
    sources: list[tuple[Scalar, SourceDoc]] = entry(
        named(record(SourceDoc)), "files that may be joined", default=()
    )
    lead_name: Scalar | None = entry(
        scalar, "the text fact that names the lead for people: the company", default=None
    )
    unknown_values: list[str] = entry(one_or_many(word), "cell texts that mean unknown", default=())
    parameters: list[tuple[Scalar, Node]] = entry(
        named(text_or(ParameterDoc)), "named thresholds", default=()
    )
    lists: list[tuple[Scalar, list[Scalar]]] = entry(
        named(many(scalar)), "named lists: `industry in NAME`", default=()
    )
    conditions: list[tuple[Scalar, Node]] = entry(named(condition), "named conditions", default=())
    derived: list[tuple[Scalar, Node]] = entry(
        named(text_or(DerivedDoc)), "facts by formula", default=()
    )
    knock_outs: list[KnockOutDoc] = entry(
        many(record(KnockOutDoc)), "what caps the grade", default=()
    )
    limits: list[LimitDoc] = entry(
        many(record(LimitDoc)), "ceilings and floors of the grade", default=()
    )
    qualified: Node | None = entry(condition, "when a lead counts as qualified", default=None)
    classes: list[tuple[Scalar, ClassDoc]] = entry(
        named(record(ClassDoc)), "classifications", default=()
    )
    next_steps: list[NextStepDoc] = entry(many(record(NextStepDoc)), "what to do next", default=())
    examples: list[ExampleDoc] = entry(
        many(record(ExampleDoc)), "leads that test the book", default=()
    )
    properties: list[Node] = entry(
        many(trial),
        "what `leadgrade test` tries on generated leads: `monotone: FACT`, "
        "`knock-out always wins`, `range never exceeded`",
        default=(),
    )
