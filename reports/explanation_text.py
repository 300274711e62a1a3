"""An explanation for a terminal: a ledger that adds up before the reader's eyes."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadgrade.engine.decision import points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation_json import Occasion
from leadgrade.reports.explanation_words import LineWords, Words
from leadgrade.reports.values import signed
from leadgrade.reports.wording import say

MOST_MISSES = 5
MOST_QUESTIONS = 5


def explanation_text(occasion: Occasion, explanation: Explanation, lang: str) -> RenderableType:
    """Return the whole explanation as something a console prints."""
    return Group(*_parts(Words(occasion, explanation, lang)))


def _parts(words: Words) -> Iterator[RenderableType]:
    yield Text(words.title(), style="bold")
    yield Text(words.grade())
    if words.could_be():
        yield Text(words.could_be())
    yield Text(words.origin(), style="dim")
    reasons = words.seen.reasons
    for title, found in (("reasons-for", reasons.good), ("reasons-against", reasons.bad)):
        if found:
            sentences = [Text(f"• {words.reason(each)}") for each in found]
            yield _section(say(f"answers.{title}", words.lang), Group(*sentences))
    yield _section(words.say("explain-ledger"), _ledger(words))
    misses = words.seen.near_misses[:MOST_MISSES]
    for name, lines in (
        ("knock-outs", [Text(each) for each in words.caps()]),
        ("near-misses", [Text(words.near_miss(each)) for each in misses]),
        ("questions", list(question_lines(words, MOST_QUESTIONS))),
        ("classes", [Text(each) for each in words.classes()]),
        ("next-steps", [Text(f"• {each}") for each in words.steps()]),
    ):
        if lines:
            yield _section(words.say(f"explain-{name}"), Group(*lines))


def _section(title: str, body: RenderableType) -> RenderableType:
    return Group(Text(), Text(title, style="bold"), Padding(body, (0, 0, 0, 2)))


def _ledger(words: Words) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, show_header=False, pad_edge=False, show_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for criterion in words.book.criteria.values():
        total = points_text(words.decision.criteria[criterion.id])
        range_text = words.say(
            "explain-range", low=points_text(criterion.low), high=points_text(criterion.high)
        )
        heading = Text(criterion.label.say(words.lang), style="bold")
        table.add_row(Text(total, style="bold"), heading, Text(range_text, style="dim"))
        for line in words.lines(criterion.id):
            table.add_row(*_row(line))
    table.add_section()
    score = Text(points_text(words.decision.score), style="bold")
    table.add_row(score, Text(words.say("score"), style="bold"), "")
    lead = words.seen.lead
    if lead.file is None:
        return table
    source = say("answers.facts-from", words.lang, file=lead.file, line=lead.line)
    return Group(table, Text(source, style="dim"))


def _row(line: LineWords) -> tuple[Text, Text, Text]:
    reason = Text(line.reason)
    if line.tests:
        reason.append(f" [{line.tests}]", style="dim")
    return Text(signed(line.points)), Text(f"  {line.name}"), reason


def question_lines(words: Words, most: int) -> Iterator[Text]:
    """Yield the questions about a lead, at most so many, and how many there are more."""
    asked = words.seen.asked
    for question in asked.questions[:most]:
        yield Text(words.question(question))
    more = len(asked.questions) - most
    if more > 0:
        yield Text(words.more_questions(more), style="dim")
    for facts in asked.together:
        yield Text(words.together(facts), style="dim")
