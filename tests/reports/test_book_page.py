"""A rule book for people who read no YAML: the same sections as text and as a web page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from leadgrade.reports.book_html import sections_html
from leadgrade.reports.book_page import Section, book_sections, condition_words
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book

BOOK = """
book: small
title: {en: "A <b>small</b> book", zh: 小册}
parameters: {cut: {value: 20%, label: {en: Late from, zh: 迟付起点}}}
facts:
  late: {type: percent, label: {en: Share late, zh: 逾期占比}, ask: Ask finance, headers: [Late]}
  refused: {type: flag, label: {en: Refused, zh: 已拒绝}}
  size: {type: choice, values: {small: 小, large: 大}}
  spend: {type: money}
criteria:
  risk:
    label: {en: Risk, zh: 风险}
    range: [0, 25]
    start: 25
    rules:
      - id: late-payer
        when: [late > cut, {any: [refused, not (size = large)]}, size is known]
        points: -15
        source: C-06
knock_outs: [{id: gone, when: refused, grade: B}]
limits: [{id: cap, when: late > 50%, at_most: B}]
grades: {A: {from: 20, needs: risk >= 10}, B: {}}
qualified: grade = A
classes:
  cell:
    rows: size
    columns: size
    table: {small: {small: a, large: b}, large: {small: c, large: d}}
  tier: {rank: spend, quantiles: [Q1, Q2], applies_when: not refused}
next_steps: [{id: call, when: grade = A, do: Call, owner: Rep, within: 1 day, basis: stated}]
"""


def section(title: str, lang: str = "en") -> Section:
    (found,) = [each for each in book_sections(read_book(BOOK), lang) if each.title == title]
    return found


def test_a_condition_reads_as_a_sentence() -> None:
    book = read_book(BOOK)
    when = book.rules["late-payer"].outcomes[0].when
    words = "Share late > cut (20%) and (Refused or not size = large) and size is known"
    assert condition_words(book, when, "en") == words
    chinese = "逾期占比 > cut (20%) 且 (已拒绝 或 非 size = 大) 且 已知size"
    assert condition_words(book, when, "zh") == chinese


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("Parameters", (("cut", "Late from", "20%"),)),
        ("Knock-outs", (("gone", "B", "Refused", ""),)),
        ("Floors and ceilings of the grade", (("cap", "at most B", "Share late > 50%", ""),)),
        ("Grades", (("A", "A", "20", "Risk >= 10"), ("B", "B", "", ""))),
        ("Classification: cell", (("小", "a", "b"), ("大", "c", "d"))),
        ("Classification: tier", (("Q1", "the best 50% by spend"), ("Q2", "all others"))),
        ("Next steps", (("Grade = A", "Call", "Rep", "", "1 day", "stated by the source", ""),)),
    ],
)
def test_each_part_has_its_table(title: str, rows: tuple[tuple[str, ...], ...]) -> None:
    lang = "zh" if "小" in str(rows) else "en"
    found = section(title.replace("Classification: ", "分类：") if lang == "zh" else title, lang)
    assert found.rows == rows


def test_a_criterion_says_its_range_and_where_each_rule_comes_from() -> None:
    found = section("Criterion: Risk")
    assert found.text == "From 0 to 25 points, starting at 25."
    assert found.rows[0][:2] == ("-15", "late-payer")
    assert found.rows[0][3] == "C-06"


class Balance(HTMLParser):
    """Finds tags that are not closed, and what the page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_web_page_is_whole_and_every_text_is_escaped(lang: str) -> None:
    page = sections_html(book_sections(read_book(BOOK), lang), lang)
    balance = Balance()
    balance.feed(page)
    assert (balance.open, balance.loads) == ([], [])
    assert "<b>" not in page
    shown = "A &lt;b&gt;small&lt;/b&gt; book" in page
    assert shown is (lang == "en")


@pytest.mark.parametrize("name", sorted(shipped_books()))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_shipped_books_can_be_shown(name: str, lang: str) -> None:
    sections = book_sections(load_book(shipped_books()[name]), lang)
    assert all(len(row) == len(each.columns) for each in sections for row in each.rows)
