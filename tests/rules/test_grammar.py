"""Lines are read as the grammar in the docs says: those that follow from it, and others."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from leadgrade.rules.text.misreading import MisreadError
from leadgrade.rules.text.parsing import Branch, parse_condition, parse_formula

GRAMMAR = Path(__file__).parents[2].joinpath("docs", "grammar.lark").read_text(encoding="utf-8")
PARSE = {"condition": parse_condition, "formula": parse_formula}
NAMES = st.sampled_from(
    [
        "a",
        "b c",
        "年营收",
        "逾期 占比",
        "known",
        "in_list",
        "notes",
        "island",
        "A/B",
        "x_1",
        "organic",
    ]
)
VALUES = st.one_of(
    NAMES,
    st.sampled_from(
        [
            "1",
            "-2.5",
            "20%",
            "500万",
            "90 days",
            "3C数码",
            ".5",
            "1e3",
            "+7",
            "2026-1-1",
            "2026-01-31",
            "'a, b'",
        ]
    ),
)
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "≠", "≤", "≥", "＝", "＜", "＞"])
PIECES = st.sampled_from(
    [
        "a",
        "b c",
        "年营收",
        "1",
        "-2.5",
        "20 %",
        "90 days",
        "2026-01-31",
        '"x, y"',
        "“甲”",
        "and",
        "or",
        "not",
        "AND",
        "OR",
        "NOT",
        "in",
        "is",
        "between",
        "contains",
        "known",
        "missing",
        "(",
        ")",
        "（",
        "）",
        "[",
        "]",
        "［",
        "］",
        ",",
        "，",
        "、",
        "=",
        "!=",
        "<=",
        ">",
        "≥",
        "＝",
        "＜",
        "+",
        "-",
        "*",
        "/",
        "min",
        "days_since",
        "%",
        "万",
        "k",
        "1.5",
        ".5",
        ". ",
        "!",
        "==",
        "&&",
        "？",
        "「",
        "3C",
        "x-1",
        "not_",
        "android",
        "_",
    ]
)


@cache
def lark() -> Lark:
    return Lark(GRAMMAR, parser="lalr", start=["condition", "formula"], propagate_positions=True)


def by_grammar(text: str, start: str) -> object | None:
    """Return what the grammar makes of a line: kinds, words and values; None where it refuses."""
    try:
        tree: Tree[Token] = lark().parse(text, start=start)
    except UnexpectedInput:
        return None
    return plain_tree(tree.children[0])  # type: ignore[arg-type]


def plain_tree(tree: Tree[Token]) -> object:
    texts = [str(each) for each in tree.children if isinstance(each, Token)]
    inside = [each for each in tree.children if isinstance(each, Tree)]
    words = [
        str(each.children[0]) for each in inside if each.data in ("name", "value", "list_name")
    ]
    parts = [plain_tree(each) for each in inside if each.data not in ("name", "value", "list_name")]
    return str(tree.data), parts, words, texts


def by_hand(text: str, start: str) -> object | None:
    try:
        return plain_branch(PARSE[start](text))
    except MisreadError:
        return None


def plain_branch(branch: Branch) -> object:
    is_test = branch.word.text and not branch.parts and branch.kind not in ("number", "reading")
    words = [branch.word.text, *(each.text for each in branch.values)] if is_test else []
    texts = [branch.operator] if branch.operator else []
    if branch.word.text and not is_test:
        texts = [branch.word.text]
    return branch.kind, [plain_branch(part) for part in branch.parts], words, texts


def spoken(pieces: list[str], gaps: list[str]) -> str:
    padded = [*gaps, *[" "] * len(pieces)]
    return "".join(f"{piece}{gap}" for piece, gap in zip(pieces, padded, strict=False))


GAPS = st.lists(st.sampled_from(["", " ", " ", "  ", "\u3000", "\n"]), max_size=12)


def sets(values: list[str]) -> str:
    return f"[{'，'.join(values)}]"


TESTS = st.one_of(
    NAMES,
    st.tuples(NAMES, OPERATORS, VALUES).map(" ".join),
    st.tuples(NAMES, st.just("between"), VALUES, st.just("and"), VALUES).map(" ".join),
    st.tuples(
        NAMES,
        st.sampled_from(["in", "not in"]),
        NAMES | st.lists(VALUES, min_size=1, max_size=3).map(sets),
    ).map(" ".join),
    st.tuples(NAMES, st.just("contains"), VALUES).map(" ".join),
    st.tuples(NAMES, st.sampled_from(["is known", "is missing"])).map(" ".join),
)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bracketed = inner.map(lambda text: f"({text})")
    several = st.lists(bracketed, min_size=2, max_size=3)
    return st.one_of(
        several.map(" and ".join), several.map(" OR ".join), bracketed.map("not {}".format)
    )


def calculated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(inner, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("- {}".format),
        st.tuples(st.sampled_from(["min", "sum_known", "Max"]), parts).map(
            lambda call: f"{call[0]} ({call[1]})"
        ),
    )


FIGURES = st.sampled_from(["1", "2.5", ".5", "20 %", "1e3", "500万", "a", "营收", "b_1"])
LINES = {
    "condition": st.recursive(TESTS, joined, max_leaves=6),
    "formula": st.recursive(FIGURES, calculated, max_leaves=8),
}


@pytest.mark.parametrize("start", ["condition", "formula"])
@given(data=st.data())
def test_what_follows_from_the_grammar_is_read_as_it_says(start: str, data: st.DataObject) -> None:
    text = data.draw(LINES[start])
    read = by_hand(text, start)
    assert read == by_grammar(text, start)
    assert read is not None


@pytest.mark.parametrize("start", ["condition", "formula"])
@given(pieces=st.lists(PIECES, max_size=9), gaps=GAPS)
def test_any_line_is_read_or_refused_as_the_grammar_does(
    start: str, pieces: list[str], gaps: list[str]
) -> None:
    text = spoken(pieces, gaps)
    assert by_hand(text, start) == by_grammar(text, start)
