"""Tests of a book in the words of two languages."""

from __future__ import annotations

import pytest

from leadgrade.engine.evidence import Evidence
from leadgrade.reports.condition_words import bare_tests, show_test, weighed_words
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

BOOK = """
book: words
facts:
  size:
    type: choice
    label: {en: Size, zh: 规模}
    values: {small: {en: Small, zh: 小}, large: {en: Large, zh: 大}}
  spend: {type: money, label: {en: Spend, zh: 支出}}
  days: {type: days, label: {en: Days, zh: 天数}}
  sure: {type: flag, label: {en: Sure, zh: 确定}}
  note: {type: text, label: {en: Note, zh: 备注}}
criteria:
  c: {range: [0, 9], rules: [{id: r, when: sure, points: 5}]}
grades: {A: {from: 5}, B: {}}
classes:
  plan:
    label: {en: Plan, zh: 计划}
    first_match: [{when: sure, class: to win}]
    otherwise: win
    labels: {to win: {en: Worth winning, zh: 值得争取}, win: {en: Won, zh: 已赢得}}
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(BOOK)


@pytest.mark.parametrize(
    ("subject", "test", "english", "chinese"),
    [
        ("size", "= small", "= Small", "= 小"),
        ("size", "in [small, large]", "in [Small, Large]", "属于 [小, 大]"),
        ("size", "not in sizes ([small])", "not in sizes ([Small])", "不属于 sizes ([小])"),
        ("size", "not (in [small])", "not (in [Small])", "非 (属于 [小])"),
        ("spend", ">= large (1亿)", ">= large (1亿)", ">= large (1亿)"),
        ("spend", "between 5 and 10", "between 5 and 10", "介于 5 与 10"),
        ("days", "> 90 days", "> 90 days", "> 90天"),
        ("days", "between 1 day and 9 days", "between 1 day and 9 days", "介于 1天 与 9天"),
        ("note", "contains and then", "contains and then", "包含 and then"),
        ("note", "is missing", "is missing", "未知"),
        ("sure", "= true", "= yes", "= 是"),
        ("qualified", "= true", "= yes", "= 是"),
        ("plan", "in [to win, win]", "in [Worth winning, Won]", "属于 [值得争取, 已赢得]"),
        ("plan", '= "to win"', "= Worth winning", "= 值得争取"),
    ],
)
def test_a_test_in_words(book, subject, test, english, chinese) -> None:
    assert show_test(book, subject, test, "en") == english
    assert show_test(book, subject, test, "zh") == chinese


@pytest.mark.parametrize(
    ("evidence", "english", "chinese"),
    [
        (
            Evidence("spend", 12e6, ">= 1000万", holds=True),
            "Spend is 12,000,000 [>= 1000万]",
            "支出为1200万 [>= 1000万]",
        ),
        (
            Evidence("spend", 9e6, ">= 1000万", holds=False),
            "Spend is 9,000,000, wanted >= 1000万",
            "支出为900万，需要 >= 1000万",
        ),
        (
            Evidence("spend", None, ">= 1000万", holds=None),
            "Spend is unknown, wanted >= 1000万",
            "支出为未知，需要 >= 1000万",
        ),
        (Evidence("size", "small", "= small", holds=True), "Size is Small", "规模为小"),
        (
            Evidence("size", "large", "= small", holds=False),
            "Size is Large, wanted = Small",
            "规模为大，需要 = 小",
        ),
        (Evidence("sure", True, "= true", holds=True), "Sure is yes", "确定为是"),
        (Evidence("qualified", False, "= true", holds=False), "Qualified is no", "合格为否"),
        (Evidence("note", None, "is known", holds=False), "Note is unknown", "备注为未知"),
        (Evidence("score", 550, "< 8", holds=True), "Score is 5.5 [< 8]", "总分为5.5 [< 8]"),
    ],
)
def test_a_test_with_the_value_it_looked_at(book, evidence, english, chinese) -> None:
    assert weighed_words(book, [evidence], "en") == english
    assert weighed_words(book, [evidence], "zh") == chinese


def test_tests_of_one_value_are_told_together(book) -> None:
    evidence = [
        Evidence("spend", 5.0, ">= 1", holds=True),
        Evidence("spend", 5.0, "< 9", holds=True),
        Evidence("sure", True, "= true", holds=True),
    ]
    assert weighed_words(book, evidence, "en") == "Spend is 5 [>= 1, < 9]; Sure is yes"
    assert weighed_words(book, evidence, "zh") == "支出为5 [>= 1，< 9]；确定为是"


def test_a_fact_is_named_where_it_changes(book) -> None:
    evidence = (
        Evidence("spend", 5.0, ">= 1", holds=True),
        Evidence("spend", 5.0, "< 9", holds=True),
        Evidence("days", 5.0, "> 1 day", holds=True),
    )
    assert bare_tests(book, evidence, "en") == "Spend >= 1, < 9, Days > 1 day"
    assert bare_tests(book, evidence, "zh") == "支出 >= 1，< 9，天数 > 1天"
