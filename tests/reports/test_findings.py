# ruff: noqa: E501 - whole lines are asserted
"""Findings as a person reads them: whole texts, asserted to the last column."""

from __future__ import annotations

import pytest

from leadgrade.reports.checking.findings import as_json, finding_text, findings_text
from leadgrade.rules.loader import read_book
from leadgrade.rules.source import BookError, Finding, Findings, Severity, Span

BOOK = """\
book: small
facts:
  annual_revenue: {type: money, label: {en: Annual revenue, zh: 年营收}}
  overdue_share: {type: percent, label: {zh: 逾期占比}}
  refused: {type: flag}
  intent: {type: choice, values: [cold, warm, hot]}
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: annual_revenue > 500万
        points: 5
grades:
  A: {from: 10}
  B: {}
"""

RENDERED = {
    "a percent without its sign": (
        "annual_revenue > 500万",
        "overdue_share > 20",
        """\
book.yaml:12:31: error: `overdue_share` is a percent, and `20` has no percent sign [value-percent-without-sign]
  12 |         when: overdue_share > 20
     |                               ^^
     = help: a percent is written with its sign: `20%` is one fifth
     = did you mean `20%`?

1 error in book.yaml""",
        """\
book.yaml:12:31: 错误: `overdue_share` 的类型是 percent，而 `20` 缺少百分号 [value-percent-without-sign]
  12 |         when: overdue_share > 20
     |                               ^^
     = 帮助：百分比要带百分号：五分之一写成 `20%`
     = 您是不是想写 `20%`？

book.yaml 中有 1 处错误""",
    ),
    "a name with a typo": (
        "annual_revenue > 500万",
        "anual_revenue > 500万",
        """\
book.yaml:12:15: error: `anual_revenue` is not a fact or result of this book [unknown-name]
  12 |         when: anual_revenue > 500万
     |               ^^^^^^^^^^^^^
     = help: declare it under `facts:` (`annual_revenue: {type: money}`), or use the name or label of one that is declared; a comparison reads `fact operator value`
     = did you mean `annual_revenue`?

1 error in book.yaml""",
        """\
book.yaml:12:15: 错误: 本规则书中没有名为 `anual_revenue` 的事实或结果 [unknown-name]
  12 |         when: anual_revenue > 500万
     |               ^^^^^^^^^^^^^
     = 帮助：请在 `facts:` 中声明（`annual_revenue: {type: money}`），或改用已声明的名称或标签；比较的写法是“事实 运算符 值”
     = 您是不是想写 `annual_revenue`？

book.yaml 中有 1 处错误""",
    ),
    "a condition without its fact": (
        "annual_revenue > 500万",
        ">= 500万",
        """\
book.yaml:12:15: error: a text that begins with `>` or `|` means something else in YAML [yaml-block-scalar]
  12 |         when: >= 500万
     |               ^^^^^^^^
     = help: a condition begins with the fact: `annual_revenue >= 500万`; any other text belongs in quotes

1 error in book.yaml""",
        """\
book.yaml:12:15: 错误: 以 `>` 或 `|` 开头的文字在 YAML 中另有含义 [yaml-block-scalar]
  12 |         when: >= 500万
     |               ^^^^^^^^
     = 帮助：条件要以事实开头：`annual_revenue >= 500万`；其他文字请加引号

book.yaml 中有 1 处错误""",
    ),
    "a comma inside braces": (
        "  B: {}",
        "  B: {label: {zh: 暂缓,不跟进}}",
        """\
book.yaml:16:22: error: `不跟进` has no value: inside braces a comma begins a new entry [comma-in-braces]
  16 |   B: {label: {zh: 暂缓,不跟进}}
     |                        ^^^^^^
     = help: put a text with a comma in quotes: `{en: "Call, then agree a date"}`; or give `不跟进` a value

1 error in book.yaml""",
        """\
book.yaml:16:22: 错误: `不跟进` 没有值：花括号内的逗号会开始一个新条目 [comma-in-braces]
  16 |   B: {label: {zh: 暂缓,不跟进}}
     |                        ^^^^^^
     = 帮助：含逗号的文字要加引号：`{zh: "致电,约定日期"}`；或为 `不跟进` 写上值

book.yaml 中有 1 处错误""",
    ),
    "a missing space behind the colon": (
        "points: 5",
        "points:5",
        """\
book.yaml:13:9: error: there must be an ordinary colon and a space between a key and its value [yaml-space-after-colon]
  13 |         points:5
     |         ^^^^^^^^
     = help: write `points: 5`, not `points:5` or `points：5`
     = did you mean `points: 5`?

1 error in book.yaml""",
        """\
book.yaml:13:9: 错误: 键和值之间要写半角冒号加一个空格 [yaml-space-after-colon]
  13 |         points:5
     |         ^^^^^^^^
     = 帮助：写成 `points: 5`，而不是 `points:5` 或 `points：5`
     = 您是不是想写 `points: 5`？

book.yaml 中有 1 处错误""",
    ),
    "two equals signs behind Chinese": (
        "annual_revenue > 500万",
        "年营收 > 500万 and intent == hot",
        """\
book.yaml:12:37: error: `==` is not an operator here [operator-of-another-language]
  12 |         when: 年营收 > 500万 and intent == hot
     |                                         ^^
     = help: the operators are `=` `!=` `<` `<=` `>` `>=`, and the words `and`, `or`, `not`
     = did you mean `=`?

1 error in book.yaml""",
        """\
book.yaml:12:37: 错误: 此处没有运算符 `==` [operator-of-another-language]
  12 |         when: 年营收 > 500万 and intent == hot
     |                                         ^^
     = 帮助：可用的运算符是 `=` `!=` `<` `<=` `>` `>=`，以及 `and`、`or`、`not`
     = 您是不是想写 `=`？

book.yaml 中有 1 处错误""",
    ),
    "a fact against a fact, and a misspelt key": (
        "annual_revenue > 500万\n        points: 5",
        "annual_revenue > overdue_share\n        point: 5",
        """\
book.yaml:12:32: error: `annual_revenue` is compared with `overdue_share`, and a condition compares a fact with a value [fact-against-fact]
  12 |         when: annual_revenue > overdue_share
     |                                ^^^^^^^^^^^^^
     = help: write a formula under `derived:`, such as `ratio: annual_revenue / overdue_share`, and compare that with a value

book.yaml:13:9: error: `point` is not a key of this place [unknown-key]
  13 |         point: 5
     |         ^^^^^
     = help: here may stand: id, label, when, points, fact, bands, values, half_life, age_of, why, source, valid_from, valid_until, justification
     = did you mean `points`?

2 errors in book.yaml""",
        """\
book.yaml:12:32: 错误: `annual_revenue` 与 `overdue_share` 相比较，而条件只能把事实与值相比较 [fact-against-fact]
  12 |         when: annual_revenue > overdue_share
     |                                ^^^^^^^^^^^^^
     = 帮助：请在 `derived:` 中写公式，例如 `比值: annual_revenue / overdue_share`，再把它与值比较

book.yaml:13:9: 错误: 此处没有 `point` 这个键 [unknown-key]
  13 |         point: 5
     |         ^^^^^
     = 帮助：此处可用的键：id, label, when, points, fact, bands, values, half_life, age_of, why, source, valid_from, valid_until, justification
     = 您是不是想写 `points`？

book.yaml 中有 2 处错误""",
    ),
    "and mixed with or": (
        "annual_revenue > 500万",
        "refused or annual_revenue > 500万 and intent = hot",
        """\
book.yaml:12:48: error: `and` and `or` are mixed: it is open which belongs together [and-or-mixed]
  12 |         when: refused or annual_revenue > 500万 and intent = hot
     |                                                 ^^^
     = help: set parentheses, `(a and b) or c`; or make a list, with `any:` for the alternatives

1 error in book.yaml""",
        """\
book.yaml:12:48: 错误: `and` 和 `or` 混用，先后关系不明确 [and-or-mixed]
  12 |         when: refused or annual_revenue > 500万 and intent = hot
     |                                                 ^^^
     = 帮助：请加括号：`(a and b) or c`；或改用列表，“或”的部分放在 `any:` 下面

book.yaml 中有 1 处错误""",
    ),
}


def error_of(text: str) -> BookError:
    with pytest.raises(BookError) as error:
        read_book(text, "book.yaml")
    return error.value


@pytest.mark.parametrize("name", RENDERED)
def test_a_mistake_of_a_newcomer_reads_like_this(name: str) -> None:
    old, new, english, chinese = RENDERED[name]
    assert BOOK.count(old) == 1
    error = error_of(BOOK.replace(old, new))
    assert findings_text(error.findings, error.texts, "en") == english
    assert findings_text(error.findings, error.texts, "zh") == chinese


def test_a_finding_as_json() -> None:
    error = error_of(BOOK.replace("annual_revenue > 500万", "anual_revenue > 500万"))
    said = as_json(error.findings[0])
    help_text = said.pop("help")
    assert help_text.startswith("declare it under `facts:`")
    assert said == {
        "code": "unknown-name",
        "severity": "error",
        "message": "`anual_revenue` is not a fact or result of this book",
        "file": "book.yaml",
        "line": 12,
        "column": 15,
        "end_line": 12,
        "end_column": 28,
        "suggestion": "annual_revenue",
        "example": None,
        "days": [],
    }
    assert as_json(error.findings[0], "zh")["message"].startswith("本规则书中没有")


def excerpt(line: str, start: int, end: int, *, end_line: int = 1) -> list[str]:
    """Return the shown line and its carets."""
    finding = Finding("want-text", Span("b.yaml", 1, start, end_line, end))
    return finding_text(finding, line, "en").splitlines()[1:3]


def test_carets_count_chinese_characters_twice() -> None:
    assert excerpt("年营收: 五百", 6, 8) == ["   1 | 年营收: 五百", "     |         ^^^^"]


def test_an_empty_place_gets_one_caret() -> None:
    assert excerpt("type:", 6, 6) == ["   1 | type:", "     |      ^"]


def test_a_long_place_is_marked_on_its_first_line() -> None:
    assert excerpt("a:  \n  b: 1", 1, 3, end_line=2) == ["   1 | a:", "     | ^^"]


def test_control_characters_are_made_visible() -> None:
    assert excerpt("\ta\x00\x7f\u200b: 1", 3, 4) == ["   1 | →a␀<U+007F><U+200B>: 1", "     |   ^"]


def test_a_long_line_is_cut_around_its_place() -> None:
    line = "x" * 500 + "HERE" + "年" * 500
    shown, carets = excerpt(line, 501, 505)
    at = carets.index("^")
    assert carets.count("^") == 4
    assert shown[at : at + 4] == "HERE"
    assert shown.startswith("   1 | …x")
    assert shown.endswith("年…")
    assert len(shown) < 100


def test_a_huge_line_is_cut_at_its_end() -> None:
    shown, carets = excerpt("年" * 1_000_000, 1, 1_000_000)
    assert shown == f"   1 | {'年' * 50}…"
    assert carets == f"     | {'^' * 100}"


def test_a_finding_without_a_line_has_no_excerpt() -> None:
    finding = Finding("book-unreadable", Span("b.yaml", 1, 1, 1, 1), {"reason": "No such file"})
    assert finding_text(finding, "", "en").splitlines() == [
        "b.yaml:1:1: error: the file cannot be read: No such file [book-unreadable]",
        "     = help: check the path and whether you may read the file",
    ]


def test_braces_and_huge_words_in_a_finding_are_shown_as_they_are() -> None:
    findings = Findings()
    findings.add("unknown-name", Span("b.yaml", 1, 1, 1, 2), name="{0}{x}" + "y" * 1000)
    head = findings_text(findings.all, {}, "en").splitlines()[0]
    assert head.startswith("b.yaml:1:1: error: `{0}{x}yyy")
    assert len(head) < 500


def test_kinds_are_said_in_the_language_of_the_reader() -> None:
    place = Span("b.yaml", 1, 1, 1, 2)
    finding = Finding("unknown-id", place, {"kind": "next step", "name": "call"})
    assert as_json(finding, "zh")["message"] == "本规则书中没有名为 `call` 的下一步"


def test_the_last_line_counts_errors_and_warnings() -> None:
    place = Span("b.yaml", 1, 1, 1, 2)
    error, warning = (
        Finding("want-text", place),
        Finding("want-list", place, severity=Severity.WARNING),
    )
    both = findings_text([error, error, warning], {"b.yaml": "x"}, "en").splitlines()
    assert both[-2:] == ["2 errors in b.yaml", "1 warning in b.yaml"]
    assert (
        findings_text([warning], {"b.yaml": "x"}, "zh").splitlines()[-1] == "b.yaml 中有 1 处警告"
    )
