"""A rule book for people who read no YAML: the same sections as text and as a web page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from leadgrade.reports.book.page import Section, book_sections
from leadgrade.reports.book.web import book_html
from leadgrade.reports.book.words import BookWords
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
    words = "Share late > 20% (Late from) and (Refused or not size = large) and size is known"
    assert BookWords(book, "en").condition(when) == words
    chinese = "逾期占比 > 20% (迟付起点) 且 (已拒绝 或 非 size = 大) 且 已知size"
    assert BookWords(book, "zh").condition(when) == chinese


@pytest.mark.parametrize(
    ("line", "english", "chinese"),
    [
        ("[spend >= 5, spend < 9]", "spend ≥ 5 and < 9", "spend ≥ 5 且 < 9"),
        ("{any: [spend < 5, spend >= 9]}", "spend < 5 or ≥ 9", "spend < 5 或 ≥ 9"),
        ("size in sizes", "size one of small, large", "size 属于 小、大"),
        ("'size not in [small]'", "size none of small", "size 不属于 小"),
        ("not refused", "not Refused", "非 已拒绝"),
        ("[spend is known, spend != 5]", "spend is known and spend ≠ 5", "已知spend 且 spend ≠ 5"),
    ],
)
def test_lines_read_as_sentences(line: str, english: str, chinese: str) -> None:
    text = BOOK.replace("when: refused, grade", f"when: {line}, grade")
    book = read_book(text.replace("criteria:", "lists: {sizes: [small, large]}\ncriteria:"))
    when = book.knock_outs[0].when
    assert BookWords(book, "en").condition(when) == english
    assert BookWords(book, "zh").condition(when) == chinese


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("(spend - 5) / (spend * 2)", "(spend − 5) ÷ (spend × 2)"),
        ("spend - (5 - late)", "spend − (5 − Share late)"),
        ("spend - 5 - late", "spend − 5 − Share late"),
        ("sum_known(spend, late) + 1", "sum of what is known of (spend, Share late) + 1"),
        (
            "{cases: [{when: refused, value: spend}], otherwise: 3}",
            "if Refused: spend; else 3",
        ),
    ],
)
def test_formulas_read_as_arithmetic(formula: str, words: str) -> None:
    written = formula if formula.startswith("{") else f"'{formula}'"
    text = BOOK.replace("criteria:", f"derived: {{ratio: {written}}}\ncriteria:")
    book = read_book(text)
    assert book.derived["ratio"].formula is not None
    assert BookWords(book, "en").formula(book.derived["ratio"].formula) == words


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("Parameters", (("Late from", "20%", "cut"),)),
        ("Knock-outs", (("gone", "B", "Refused"),)),
        ("Floors and ceilings of the grade", (("cap", "at most B", "Share late > 50%"),)),
        ("Grades", (("A", "20", "Risk ≥ 10"), ("B", "", ""))),
        ("Classification: cell", (("小", "a", "b"), ("大", "c", "d"))),
        ("Classification: tier", (("Q1", "the best 50% by spend"), ("Q2", "all others"))),
        ("Next steps", (("A", "Grade = A", "Call", "Rep", "1 day", "stated by the source"),)),
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
        if tag not in ("meta", "input"):
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_web_page_is_whole_and_every_text_is_escaped(lang: str) -> None:
    page = book_html(read_book(BOOK), lang)
    balance = Balance()
    balance.feed(page)
    assert (balance.open, balance.loads) == ([], [])
    assert "<b>" not in page
    assert "A &lt;b&gt;small&lt;/b&gt; book" in page
    assert "小册" in page
    assert f'id="in-{lang}" checked' in page


@pytest.mark.parametrize("name", sorted(shipped_books()))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_shipped_books_can_be_shown(name: str, lang: str) -> None:
    sections = book_sections(load_book(shipped_books()[name]), lang)
    assert all(len(row) == len(each.columns) for each in sections for row in each.rows)


def test_a_step_names_the_grades_that_can_get_it() -> None:
    steps = "next_steps: [{id: call, when: grade = A, do: Call}, {id: mail, do: Mail}]"
    book = read_book(BOOK[: BOOK.index("next_steps:")] + steps)
    (found,) = [each for each in book_sections(book, "en") if each.title == "Next steps"]
    assert [row[0] for row in found.rows] == ["A", "A, B"]


def test_dates_fading_points_and_what_becomes_of_unknown_facts_are_told() -> None:
    text = BOOK.replace(
        "  spend: {type: money}",
        "  spend: {type: money, if_unknown: value 5}\n"
        "  seen: {type: date}\n"
        "  state: {type: flag, max_age: 90 days, dated_by: seen, if_unknown: reject}",
    ).replace(
        "knock_outs:",
        "  news: {range: [0, 9], rules: [{id: recent, when: state, points: 4, half_life: 30 days,"
        " age_of: seen, valid_until: 2026-03-31}]}\nknock_outs:",
    )
    found = {each.title: each for each in book_sections(read_book(text), "en")}
    assert found["Criterion: news"].rows == (
        ("+4", "recent", "state", "in force until 2026-03-31, points fade with time"),
    )
    notes = {row[0]: row[3] for row in found["Facts"].rows}
    assert notes["spend"] == "unknown counts as 5"
    assert notes["state"] == "a row without it is set aside; does not count after 90 days"
