from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.mapping.headers import fold_header, map_headers
from leadgrade.leads.terms import ListError
from leadgrade.rules.model import FactType

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadgrade.rules.model import Book


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Annual Revenue", "annual_revenue"),
        ("ＡＮＮＵＡＬ－ＲＥＶＥＮＵＥ", "Annual.Revenue"),
        ("年营收（）", "年营收()"),
        ("\ufeffLead ID", "lead-id"),
        ("STRASSE", "Straße"),
    ],
)
def test_writings_of_one_header(one: str, other: str) -> None:
    assert fold_header(one) == fold_header(other)


@pytest.mark.parametrize(
    ("one", "other"), [("年营收(万元)", "年营收"), ("Overdue %", "Overdue"), ("A+", "A")]
)
def test_different_headers(one: str, other: str) -> None:
    assert fold_header(one) != fold_header(other)


@pytest.mark.parametrize("other", ["Margin", "MARGIN"])
def test_an_id_as_it_is_written_goes_before_titles_of_other_facts(
    make_book: Callable[..., Book], fact: Callable[..., object], other: str
) -> None:
    book = make_book(
        fact("margin", FactType.MONEY, "Earned"), fact("share", FactType.PERCENT, "Margin")
    )
    assert map_headers(["Lead ID", "margin"], book, "a.csv").facts == {"margin": 1}
    both = map_headers(["Lead ID", other, "margin"], book, "a.csv")
    assert both.facts == {"margin": 2, "share": 1}
    with pytest.raises(ListError) as caught:
        map_headers(["Lead ID", other], book, "a.csv")
    assert caught.value.code == "ambiguous-header"


def test_ids_labels_headers_and_aliases_name_facts(book: Book) -> None:
    headers = [
        "Lead ID",
        "年营业额",
        "员工数量",
        "share overdue",
        "Payment_Days",
        "Fax",
        "",
        "备注",
    ]
    found = map_headers(headers, book, "a.csv")
    assert found.id_header == "Lead ID"
    assert found.facts == {
        "annual_revenue": 1,
        "employees": 2,
        "overdue_share": 3,
        "payment_days": 4,
        "remark": 7,
    }
    assert found.mapped["员工数量"] == "employees"
    assert found.unmapped == ("Fax",)


def test_own_names_go_before_aliases(
    fact: Callable[..., object], make_book: Callable[..., Book]
) -> None:
    book = make_book(
        fact("phone", FactType.TEXT, "Phone"), fact("switchboard", FactType.TEXT, "电话")
    )
    found = map_headers(["id", "电话", "Phone", "Telephone"], book, "a.csv")
    assert found.facts == {"phone": 2, "switchboard": 1}
    assert found.unmapped == ("Telephone",)


def refused(headers: list[str], book: Book, id_column: str | None = None) -> ListError:
    with pytest.raises(ListError) as caught:
        map_headers(headers, book, "a.csv", id_column=id_column)
    return caught.value


def test_one_header_for_two_facts(
    fact: Callable[..., object], make_book: Callable[..., Book]
) -> None:
    book = make_book(
        fact("phone", FactType.TEXT, "Phone"), fact("switchboard", FactType.TEXT, "电话")
    )
    error = refused(["id", "Telephone"], book)
    assert error.code == "ambiguous-header"
    assert error.details == {"file": "a.csv", "header": "Telephone", "facts": "phone, switchboard"}


def test_two_headers_for_one_fact(book: Book) -> None:
    error = refused(["id", "Annual revenue", "年营收"], book)
    assert error.code == "headers-collide"
    assert error.details["headers"] == "Annual revenue, 年营收"
    assert refused(["id", "Remark", "remark"], book).code == "headers-collide"


def test_nothing_mapped(book: Book) -> None:
    error = refused(["id", "Fax"], book)
    assert error.code == "nothing-mapped"
    assert error.details["headers"] == "id, Fax"


def test_the_book_names_the_id_first(
    fact: Callable[..., object], make_book: Callable[..., Book]
) -> None:
    book = make_book(fact("company", FactType.TEXT, "Company"), lead_id=("Deal", "公司"))
    assert map_headers(["ID", "Company", "deal"], book, "a").id_header == "deal"
    assert map_headers(["ID", "Company"], book, "a").id_header == "ID"
    found = map_headers(["ID", "公司"], book, "a")
    assert found.id_header == "公司"
    assert found.facts == {"company": 1}


def test_a_said_id_column_is_matched_like_headers(book: Book) -> None:
    headers = ["ID", "Fax No", "Remark"]
    assert map_headers(headers, book, "a", id_column="fax_no").lead_id == 1
    error = refused(headers, book, "Fax Nr")
    assert error.code == "no-such-column"
    assert error.details["nearest"] == "Fax No"
    assert error.details["column"] == "Fax Nr"


def test_ids_that_are_not_there_or_twice(book: Book) -> None:
    assert refused(["Fax", "Remark"], book).code == "no-lead-id"
    assert refused(["Lead ID", "lead_id", "Remark"], book).code == "ambiguous-id"
    exact = map_headers(["Lead ID", "lead_id", "Remark"], book, "a", id_column="lead_id")
    assert exact.lead_id == 1
