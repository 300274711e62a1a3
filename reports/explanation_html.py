"""An explanation as one HTML file: self-contained, no scripts, ready for print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from leadgrade.engine.decision import points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation_json import Occasion
from leadgrade.reports.explanation_words import Words
from leadgrade.reports.page_style import STYLE
from leadgrade.reports.values import show_fact, signed
from leadgrade.reports.waterfall import waterfall
from leadgrade.reports.wording import say

LANGUAGE = {"en": "en", "zh": "zh-Hans"}


def explanation_html(occasion: Occasion, explanation: Explanation, lang: str) -> str:
    """Return the whole page. Every value of the lead and the book is escaped."""
    words = Words(occasion, explanation, lang)
    body = "\n".join(part for part in _parts(words) if part)
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE[lang]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(words.title())}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def text(words: object) -> str:
    """Return words as HTML text; control characters, which HTML forbids, become ``�``."""
    plain = "".join("�" if ord(each) < 32 and each not in "\t\n" else each for each in str(words))
    return escape(plain.encode("utf-8", "replace").decode("utf-8"), quote=True)


def _parts(words: Words) -> Iterator[str]:
    yield _head(words)
    yield _reasons(words)
    yield _section(words, "answers.page-waterfall", waterfall(words))
    yield _section(words, "screens.explain-ledger", _ledger(words))
    misses = [words.near_miss(each) for each in words.seen.near_misses]
    asked = words.seen.asked
    questions = [words.question(each) for each in asked.questions]
    questions += [words.together(each) for each in asked.together]
    yield _list(words, "screens.explain-knock-outs", words.caps())
    yield _list(words, "screens.explain-next-steps", words.steps())
    yield _list(words, "screens.explain-near-misses", misses)
    yield _list(words, "screens.explain-questions", questions)
    yield _list(words, "screens.explain-classes", words.classes())
    yield _section(words, "answers.page-facts", _facts(words))
    yield f'<footer><p class="origin">{text(words.origin())}</p></footer>'


def _head(words: Words) -> str:
    decision = words.decision
    qualified = words.say("yes" if decision.qualified else "no")
    score = f"{points_text(decision.score)} <small>/ {points_text(words.most())}</small>"
    could_be = words.could_be()
    figures = [
        (
            say("screens.column-grade", words.lang),
            f'<strong class="grade">{text(decision.grade)}</strong>',
        ),
        (words.say("score"), f'<strong class="score">{score}</strong>'),
        (
            say("answers.is-qualified", words.lang),
            f'<strong class="yes-no">{text(qualified)}</strong>',
        ),
    ]
    shown = "".join(f"<div><dt>{text(name)}</dt><dd>{value}</dd></div>" for name, value in figures)
    return (
        f'<header>\n<h1>{text(words.title())}</h1>\n<dl class="figures">{shown}</dl>\n'
        + (f'<p class="meaning">{text(words.meaning())}</p>\n' if words.meaning() else "")
        + (f'<p class="possible">{text(could_be)}</p>\n' if could_be else "")
        + "</header>"
    )


def _reasons(words: Words) -> str:
    reasons = words.seen.reasons
    columns = [
        _column(kind, say(f"answers.{title}", words.lang), [words.reason(each) for each in found])
        for kind, title, found in (
            ("for", "reasons-for", reasons.good),
            ("against", "reasons-against", reasons.bad),
        )
        if found
    ]
    return f'<div class="reasons">{"".join(columns)}</div>' if columns else ""


def _column(kind: str, title: str, items: Iterable[str]) -> str:
    return f'<section class="{kind}"><h2>{text(title)}</h2>{_items(items)}</section>'


def _section(words: Words, title: str, body: str) -> str:
    return f"<section>\n<h2>{text(say(title, words.lang))}</h2>\n{body}\n</section>"


def _items(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{text(item)}</li>' for item in items)}</ul>"


def _list(words: Words, title: str, items: Iterable[str]) -> str:
    found = list(items)
    return _section(words, title, _items(found)) if found else ""


def _ledger(words: Words) -> str:
    heads = "".join(
        f'<th scope="col">{text(say(f"answers.page-{name}", words.lang))}</th>'
        for name in ("points", "line", "reason")
    )
    bodies = "".join(_criterion(words, each) for each in words.book.criteria)
    score = points_text(words.decision.score)
    lead = words.seen.lead
    source = ""
    if lead.file is not None:
        told = say("answers.facts-from", words.lang, file=lead.file, line=lead.line)
        source = f'\n<p class="note">{text(told)}</p>'
    return (
        f'<table class="ledger">\n<thead><tr>{heads}</tr></thead>\n{bodies}'
        f'<tfoot><tr><td class="points">{score}</td>'
        f'<th scope="row">{text(words.say("score"))}</th><td></td></tr></tfoot>\n</table>{source}'
    )


def _criterion(words: Words, name: str) -> str:
    criterion = words.book.criteria[name]
    ends = {"low": points_text(criterion.low), "high": points_text(criterion.high)}
    head = (
        f'<tr class="total"><td class="points">{points_text(words.decision.criteria[name])}</td>'
        f'<th scope="rowgroup">{text(criterion.label.say(words.lang))}</th>'
        f"<td>{text(words.say('explain-range', **ends))}</td></tr>"
    )
    rows = [head]
    for line in words.lines(name):
        tests = f' <span class="tests">[{text(line.tests)}]</span>' if line.tests else ""
        rows.append(
            f'<tr><td class="points">{signed(line.points)}</td>'
            f'<th scope="row">{text(line.name)}</th><td>{text(line.reason)}{tests}</td></tr>'
        )
    return f"<tbody>\n{''.join(f'{row}{chr(10)}' for row in rows)}</tbody>\n"


def _facts(words: Words) -> str:
    book, lang = words.book, words.lang
    heads = "".join(
        f'<th scope="col">{text(say(name, lang))}</th>'
        for name in ("answers.column-fact", "answers.page-value")
    )
    rows = "".join(
        f'<tr><th scope="row">{text(fact.label.say(lang))}</th>'
        f"<td>{text(show_fact(fact, words.seen.values[name], lang))}</td></tr>\n"
        for name, fact in book.all_facts.items()
        if name in words.seen.values
    )
    unknown = ("、" if lang == "zh" else ", ").join(
        book.facts[each].label.say(lang) for each in words.seen.unknown
    )
    note = say("answers.page-unknown", lang, facts=unknown)
    return (
        f'<table class="facts">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>'
        + (f'\n<p class="note">{text(note)}</p>' if unknown else "")
    )
