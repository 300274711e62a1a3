"""An explanation for a terminal: a ledger that adds up before the reader's eyes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadgrade.engine.decision import points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation.class_words import class_words
from leadgrade.reports.explanation.data import Occasion
from leadgrade.reports.explanation.words import LineWords, Words
from leadgrade.reports.next_steps import StepWords
from leadgrade.reports.values import signed
from leadgrade.reports.wording import list_name, say, say_count

MOST = 5
"""So many near misses, open rules and questions; the JSON and the page have all of them."""

GAIN, LOSS = "green", "red"


def explanation_text(occasion: Occasion, explanation: Explanation, lang: str) -> RenderableType:
    """Return the whole explanation as something a console prints."""
    return Group(*_parts(Words(occasion, explanation, lang)))


def _parts(words: Words) -> Iterator[RenderableType]:
    yield from _head(words)
    reasons = words.seen.reasons
    for kind, found in (("for", reasons.good), ("against", reasons.bad)):
        title = say(f"answers.reasons-{kind}", words.lang)
        yield from _section(title, _listed(Text(words.reason(each)) for each in found))
    yield from _section(words.say("explain-ledger"), [_ledger(words)])
    misses = [words.near_miss(each) for each in words.seen.near_misses]
    for name, lines in (
        ("knock-outs", _listed(Text(each) for each in words.caps())),
        ("amended", _listed(Text(each) for each in words.amended())),
        ("near-misses", _pairs(misses[:MOST])),
        ("open", [*_pairs(list(words.open())[:MOST]), *_more(words, len(words.seen.waiting))]),
        ("questions", _listed(question_lines(words, MOST))),
        ("classes", _classes(words)),
        ("next-steps", _listed(map(_step, words.plan()))),
    ):
        yield from _section(words.say(f"explain-{name}"), lines)


def _head(words: Words) -> Iterator[Text]:
    yield Text(words.title(), style="bold")
    yield Text(words.grade(), style="bold")
    for line in (words.meaning(), words.by_hand(), words.could_be()):
        if line:
            yield Text(line)
    yield Text(words.origin(), style="dim")


def _section(title: str, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Yield a heading and what is below it; nothing where nothing is."""
    found = list(parts)
    if found:
        yield Text()
        yield Text(title, style="bold")
        yield Padding(Group(*found), (0, 0, 0, 2))


def _grid(rows: Iterable[tuple[Text, ...]], *, right: bool = False) -> list[RenderableType]:
    """Return rows below each other; a text that is broken goes on below its beginning."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, justify="right" if right else "left")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return [table] if table.rows else []


def _listed(lines: Iterable[Text]) -> list[RenderableType]:
    return _grid((Text("•"), line) for line in lines)


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[RenderableType]:
    return _grid(((_points(name), Text(line)) for name, line in pairs), right=True)


def _more(words: Words, count: int) -> list[RenderableType]:
    if count <= MOST:
        return []
    return [Text(say_count("screens.explain-more-open", words.lang, count - MOST), style="dim")]


def _points(text: str) -> Text:
    style = {"+": GAIN, "-": LOSS}.get(text[:1], "") if "…" not in text else ""
    return Text(text, style=style)


def _classes(words: Words) -> list[RenderableType]:
    comma = say("conditions.list", words.lang)
    rows = []
    for each in class_words(words):
        names = comma.join(each.names)
        told = say("conditions.class", words.lang, names=names, label=each.label, how=each.how)
        line = Text(told)
        line.stylize("dim", len(told) - len(each.how))
        rows.append(line)
    return _listed(rows)


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
    source = say(
        "answers.facts-from", words.lang, file=list_name(lead.file, words.lang), line=lead.line
    )
    return Group(table, Text(source, style="dim"))


def _row(line: LineWords) -> tuple[Text, Text, Text]:
    reason = Text(line.reason)
    if line.tests:
        reason.append(f" [{line.tests}]", style="dim")
    return _points(signed(line.points)), Text(f"  {line.name}"), reason


def _step(step: StepWords) -> Text:
    line = Text(step.do)
    return line.append(f" ({step.details})", style="dim") if step.details else line


def question_lines(words: Words, most: int) -> Iterator[Text]:
    """Yield the questions about a lead, at most so many, and how many there are more."""
    asked = words.seen.asked
    for question in asked.questions[:most]:
        yield Text(words.question(question))
    more = len(asked.questions) - most
    if more > 0:
        yield Text(words.more_questions(more), style="dim")
    for facts in asked.together[:most]:
        yield Text(words.together(facts), style="dim")
