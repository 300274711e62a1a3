"""A small rule book and a place for lists."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from leadgrade.rules.conditions import Presence
from leadgrade.rules.gathering import Merging
from leadgrade.rules.model import Book, Choice, Fact, FactType
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPAN = Span("book.yaml", 1, 1, 1, 1)


def a_fact(name: str, kind: FactType, en: str = "", zh: str = "", **more: Any) -> Fact:
    return Fact(name, kind, Phrase(en or None, zh or None), SPAN, **more)


def a_book(*facts: Fact, **more: Any) -> Book:
    settings: dict[str, Any] = {
        "id": "test",
        "title": Phrase("Test"),
        "currency": "CNY",
        "facts": {each.id: each for each in facts},
        "derived": {},
        "criteria": {},
        "knock_outs": (),
        "grades": (),
        "qualified": Presence("grade", known=True, test="is known"),
        "classes": {},
        "next_steps": (),
        "examples": (),
        "parameters": {},
        "lead_id": (),
        "unknown_values": frozenset(),
        "path": "book.yaml",
        "text": "",
        "sha256": "",
        "identity": (),
        "merging": Merging(),
        "sources": {},
    }
    settings.update(more)
    return Book(**{each.name: settings.get(each.name) for each in dataclasses.fields(Book)})


FACTS = (
    a_fact("annual_revenue", FactType.MONEY, "Annual revenue", "年营收", headers=("年营业额",)),
    a_fact("employees", FactType.NUMBER, "Employees", "员工人数", low=0.0, high=1e6),
    a_fact("overdue_share", FactType.PERCENT, "Share overdue", "逾期占比"),
    a_fact("payment_days", FactType.DAYS, "Payment days", "付款天数"),
    a_fact("last_order", FactType.DATE, "Last order", "最近下单"),
    a_fact(
        "intent",
        FactType.CHOICE,
        "Intent",
        "意向",
        choices=(
            Choice("none", Phrase(zh="无意向")),
            Choice("comparing", Phrase("Comparing", "比价中")),
            Choice("ready", Phrase("Ready to sign", "准备签约")),
        ),
    ),
    a_fact("refused", FactType.FLAG, "Has refused", "已拒绝"),
    a_fact("remark", FactType.TEXT, "Remark", "备注"),
)


@pytest.fixture
def book() -> Book:
    return a_book(*FACTS)


@pytest.fixture
def fact() -> Callable[..., Fact]:
    return a_fact


@pytest.fixture
def make_book() -> Callable[..., Book]:
    return a_book


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a list and return its path."""

    def write(content: str | bytes, name: str = "leads.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write
