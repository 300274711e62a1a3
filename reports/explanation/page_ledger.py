"""The ledger and the facts of an explanation as tables of its page."""

from __future__ import annotations

from leadgrade.engine.decision import points_text
from leadgrade.reports.explanation.words import LineWords, Words
from leadgrade.reports.markup import head_row, table, text
from leadgrade.reports.values import show_fact, signed
from leadgrade.reports.wording import list_name, say


def ledger_table(words: Words) -> str:
    """Return the ledger: a group of rows for each criterion, the score at the foot."""
    heads = head_row(
        say(f"answers.page-{name}", words.lang) for name in ("points", "line", "reason")
    )
    bodies = "".join(_criterion(words, each) for each in words.book.criteria)
    score = points_text(words.decision.score)
    return (
        f'<table class="ledger">\n{heads}\n{bodies}'
        f'<tfoot><tr><td class="points">{score}</td>'
        f'<th scope="row">{text(words.say("score"))}</th><td></td></tr></tfoot>\n</table>'
        + _source(words)
    )


def _source(words: Words) -> str:
    lead = words.seen.lead
    return _note(words, "facts-from", file=list_name(lead.file or "", words.lang), line=lead.line)


def _note(words: Words, name: str, **values: object) -> str:
    """Return a line below a table; nothing where one of its values is missing."""
    if not all(values.values()):
        return ""
    return f'\n<p class="note">{text(say(f"answers.{name}", words.lang, **values))}</p>'


def _criterion(words: Words, name: str) -> str:
    criterion = words.book.criteria[name]
    ends = {"low": points_text(criterion.low), "high": points_text(criterion.high)}
    head = (
        f'<tr class="total"><td class="points">{points_text(words.decision.criteria[name])}</td>'
        f'<th scope="rowgroup">{text(criterion.label.say(words.lang))}</th>'
        f"<td>{text(words.say('explain-range', **ends))}</td></tr>\n"
    )
    return f"<tbody>\n{head}{''.join(map(_row, words.lines(name)))}</tbody>\n"


def _row(line: LineWords) -> str:
    tests = f' <span class="quiet">[{text(line.tests)}]</span>' if line.tests else ""
    kind = "gain" if line.points > 0 else "loss" if line.points < 0 else ""
    return (
        f'<tr><td class="points {kind}">{signed(line.points)}</td>'
        f'<th scope="row">{text(line.name)}</th><td>{text(line.reason)}{tests}</td></tr>\n'
    )


def facts_table(words: Words) -> str:
    """Return what is known of the lead, and below it what is not."""
    book, lang = words.book, words.lang
    heads = [say(name, lang) for name in ("answers.column-fact", "answers.page-value")]
    rows = [
        (fact.label.say(lang), show_fact(fact, words.seen.values[name], lang))
        for name, fact in book.all_facts.items()
        if name in words.seen.values
    ]
    unknown = say("conditions.list", lang).join(
        book.facts[each].label.say(lang) for each in words.seen.unknown
    )
    return table("facts", heads, rows) + _note(words, "page-unknown", facts=unknown)
