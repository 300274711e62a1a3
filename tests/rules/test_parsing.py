"""One line of text -> a tree, or the mistake in it."""

from __future__ import annotations

import pytest

from leadgrade.rules.text.misreading import MisreadError
from leadgrade.rules.text.parsing import parse_condition, parse_formula


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("annual_revenue >= 500万", "comparison"),
        ("年营收>=500万", "comparison"),
        ("industry = 3C数码", "comparison"),
        ('industry = "a, b"', "comparison"),
        ("payment_days between 30 days and 60 days", "between"),
        ("credit_grade in [C, D]", "one_of"),
        ("credit_grade not in [C, D]", "not_one_of"),
        ("industry contains 软件", "contains"),
        ("refused is known", "known"),
        ("refused is missing", "missing"),
        ("has refused us", "alone"),
        ("not refused", "negation"),
        ("a = 1 and b = 2 and c", "all_of"),
        ("a = 1 or b = 2", "any_of"),
        ("(a = 1 or b = 2) and c", "all_of"),
        ("island > 1", "comparison"),
        ("notes contains x", "contains"),
        ("order_count > 1", "comparison"),
    ],
)
def test_conditions(line: str, kind: str) -> None:
    assert parse_condition(line).kind == kind


@pytest.mark.parametrize(
    ("line", "code", "start", "end"),
    [
        ("a = 1 and b = 2 or c", "and-or-mixed", 16, 18),
        ("a or b and c", "and-or-mixed", 7, 10),
        ("a between 1 or 5", "condition-syntax", 12, 14),
        ("a >", "condition-incomplete", 2, 3),
        ("", "condition-incomplete", 0, 1),
        ("a > ¥5", "currency-sign", 4, 5),
        ("a > 5,000 and b", "comma-in-number", 4, 9),
        ("a > 5, 6", "condition-syntax", 5, 6),
        ("a === 5", "operator-of-another-language", 2, 4),
    ],
)
def test_mistakes(line: str, code: str, start: int, end: int) -> None:
    with pytest.raises(MisreadError) as error:
        parse_condition(line)
    assert (error.value.code, error.value.start, error.value.end) == (code, start, end)


def test_a_formula_is_read_from_the_left() -> None:
    tree = parse_formula("a - b - c * 2")
    assert tree.kind == "addition"
    assert [part.kind for part in tree.parts] == ["addition", "multiplication"]
