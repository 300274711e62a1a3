"""An explanation as one HTML file: self-contained, no scripts, both languages, ready for print."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.engine.decision import points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation.class_words import class_words
from leadgrade.reports.explanation.data import Occasion
from leadgrade.reports.explanation.page_ledger import facts_table, ledger_table
from leadgrade.reports.explanation.waterfall import waterfall
from leadgrade.reports.explanation.words import Words
from leadgrade.reports.markup import listing, section, table, text
from leadgrade.reports.page import whole_page
from leadgrade.reports.wording import LANGUAGES, say


def explanation_html(occasion: Occasion, explanation: Explanation, lang: str) -> str:
    """Return the whole page, which begins in ``lang``. Every value of lead and book is escaped."""
    pages = {each: Words(occasion, explanation, each) for each in LANGUAGES}
    title = next(each.title() for each in pages.values())
    bodies = {each: "\n".join(filter(None, _parts(words))) for each, words in pages.items()}
    return whole_page(title, bodies, lang)


def _parts(words: Words) -> Iterator[str]:
    yield _head(words)
    yield _reasons(words)
    yield _section(words, "screens.explain-knock-outs", _items(words.caps()), "held")
    yield _section(words, "screens.explain-next-steps", _steps(words))
    yield _section(words, "answers.page-waterfall", waterfall(words))
    yield _section(words, "screens.explain-ledger", ledger_table(words))
    yield _section(words, "screens.explain-amended", _items(words.amended()))
    yield _section(words, "screens.explain-near-misses", _near_misses(words))
    yield _section(words, "screens.explain-open", _open(words))
    yield _section(words, "screens.explain-questions", _questions(words))
    yield _section(words, "screens.explain-classes", _classes(words))
    yield _section(words, "answers.page-facts", facts_table(words))
    yield _foot(words)


def _head(words: Words) -> str:
    decision = words.decision
    qualified = words.say("yes" if decision.qualified else "no")
    score = f"{points_text(decision.score)} <small>/ {points_text(words.most())}</small>"
    figures = (
        ("screens.column-grade", "grade", text(decision.grade)),
        ("screens.score", "score", score),
        ("answers.is-qualified", "yes-no", text(qualified)),
    )
    shown = "".join(
        f"<div><dt>{text(say(name, words.lang))}</dt>"
        f'<dd><strong class="{kind}">{value}</strong></dd></div>'
        for name, kind, value in figures
    )
    lines = (
        ("meaning", words.meaning()),
        ("by-hand", words.by_hand()),
        ("possible", words.could_be()),
    )
    told = "".join(f'<p class="{kind}">{text(line)}</p>\n' for kind, line in lines if line)
    book = text(words.book.title.say(words.lang))
    return (
        f'<header>\n<p class="book">{book}</p>\n<h1>{text(words.title())}</h1>\n'
        f'<dl class="figures">{shown}</dl>\n{told}</header>'
    )


def _section(words: Words, title: str, body: str, kind: str = "") -> str:
    return section(say(title, words.lang), body, kind)


def _heads(words: Words, *names: str) -> list[str]:
    return [say(f"answers.page-{name}", words.lang) for name in names]


def _items(lines: Iterator[str]) -> str:
    return listing(text(each) for each in lines)


def _reasons(words: Words) -> str:
    reasons = words.seen.reasons
    columns = "".join(
        _section(words, f"answers.reasons-{kind}", _items(map(words.reason, found)), kind)
        for kind, found in (("for", reasons.good), ("against", reasons.bad))
    )
    return f'<div class="reasons">{columns}</div>' if columns else ""


def _steps(words: Words) -> str:
    steps = (
        f"<strong>{text(each.do)}</strong>"
        + (f' <span class="quiet">{text(each.details)}</span>' if each.details else "")
        for each in words.plan()
    )
    return listing(steps, ordered=True)


def _near_misses(words: Words) -> str:
    rows = [words.near_miss(each) for each in words.seen.near_misses]
    return table("pairs", _heads(words, "points", "reason"), rows, named=1)


def _open(words: Words) -> str:
    return table("pairs", _heads(words, "could", "waits"), list(words.open()), named=1)


def _questions(words: Words) -> str:
    asked = words.seen.asked
    questions = [words.question(each) for each in asked.questions]
    return listing(text(each) for each in (*questions, *map(words.together, asked.together)))


def _classes(words: Words) -> str:
    comma = say("conditions.list", words.lang)
    rows = [(comma.join(each.names), each.label, each.how) for each in class_words(words)]
    return table("classes", _heads(words, "classification", "class", "how"), rows)


def _foot(words: Words) -> str:
    sha256 = say("answers.page-book", words.lang, sha256=words.book.sha256)
    proof = ""
    if words.occasion.run is not None:
        proof = say("answers.page-proof", words.lang, run=words.occasion.run)
    lines = "".join(f"<p>{text(each)}</p>\n" for each in (words.origin(), sha256, proof) if each)
    return f"<footer>\n{lines}</footer>"
