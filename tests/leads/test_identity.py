"""Keys that name leads, and which rows they hold together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.leads import OnDuplicate, Options, read_lists
from leadgrade.leads.identity.grouping import Groups
from leadgrade.leads.identity.keys import Identity, identity_of, kind_of
from leadgrade.leads.terms import ListError, Rejected
from leadgrade.rules.gathering import ID, Key, KeyKind, KeyPart
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, FactType

MakeBook = Callable[..., Book]


def keys(*names: str | tuple[str, ...]) -> tuple[Key, ...]:
    listed = [name if isinstance(name, tuple) else (name,) for name in names]
    return tuple(tuple(KeyPart(part) for part in key) for key in listed)


@pytest.fixture
def firms(fact: Callable[..., object], make_book: MakeBook) -> Callable[..., Book]:
    """A book of firms with these keys."""

    def made(*names: str | tuple[str, ...], **more: object) -> Book:
        texts = [fact(name, FactType.TEXT) for name in ("tax_id", "email", "phone", "nick")]
        company = fact("company", FactType.TEXT, "Company", "公司名称")
        size = fact("size", FactType.NUMBER, required=more.pop("required", False))
        return make_book(*texts, company, size, identity=keys(*names), **more)

    return made


@pytest.mark.parametrize(
    ("key", "label", "facts", "want"),
    [
        ("tax_id", "tax_id", {"tax_id": "9133 0106-ma2abcde1a"}, "91330106MA2ABCDE1A"),
        ("tax_id", "tax_id", {"tax_id": "see above"}, ""),
        ("email", "email", {"email": " Info@ACME.com"}, "info@acme.com"),
        ("phone", "phone", {"phone": "138 0013 8000"}, "+8613800138000"),
        ("phone", "phone", {"phone": "8765 4321"}, ""),  # no area code
        ("company", "company", {"company": "ACME Co., Ltd."}, "acme"),
        ("company", "company", {"company": "有限公司"}, "有限公司"),
        ("nick", "nick", {"nick": "  Ｂig   Fish"}, "big fish"),
        (
            ("company", "phone"),
            "company + phone",
            {"company": "华为技术有限公司", "phone": "13800138000"},
            "华为技术 / +8613800138000",
        ),
        (("company", "phone"), "company + phone", {"company": "Acme"}, ""),
    ],
)
def test_a_key_is_in_one_writing(
    firms: Callable[..., Book],
    key: str | tuple[str, ...],
    label: str,
    facts: dict[str, str],
    want: str,
) -> None:
    identity = identity_of(firms(key), id_said=False)
    assert identity.labels == (label,)
    assert identity.name("", facts) == want
    assert identity.keys_of("", facts) == (want or None,)


def test_the_names_of_a_fact_tell_what_it_holds(
    fact: Callable[..., object], make_book: MakeBook
) -> None:
    hotline = fact("hotline", FactType.TEXT, "Mobile phone", "手机")
    code = fact("code", FactType.TEXT, "Code", "统一社会信用代码")
    book = make_book(hotline, code)
    assert kind_of(KeyPart("hotline"), book) is KeyKind.PHONE
    assert kind_of(KeyPart("code"), book) is KeyKind.TAX_ID
    assert kind_of(KeyPart("code", KeyKind.TEXT), book) is KeyKind.TEXT
    identity = Identity(((KeyPart("hotline"), KeyPart("code", KeyKind.TEXT)),), book)
    assert identity.labels == ("hotline (phone) + code",)


def test_the_first_key_that_is_complete_names_the_lead(
    firms: Callable[..., Book], write: Callable[..., Path]
) -> None:
    path = write(
        "tax_id,email,company,phone\n"
        "91330106MA2ABCDE1A,a@b.cn,,\n,A@B.cn,,\n,,Acme Ltd,13800138000\n,,Acme,\n,,,\n"
    )
    with read_lists([path], firms("tax_id", "email", ("company", "phone"))) as reading:
        found = list(reading)
        assert reading.listings[0].named_by == "tax_id, email, company + phone"
    assert [each.id for each in found if isinstance(each, Lead)] == [
        "91330106MA2ABCDE1A",
        "a@b.cn",
        "acme / +8613800138000",
    ]
    rejected = found[-1]
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.line) == ("no-key", 5)  # the blank row is none


def test_id_stands_for_the_column(firms: Callable[..., Book], write: Callable[..., Path]) -> None:
    book = firms(ID, "email")
    with read_lists([write("Lead ID,email\n7,a@b.cn\n,A@B.cn\n")], book) as reading:
        assert [each.id for each in reading if isinstance(each, Lead)] == ["7", "a@b.cn"]
    with read_lists([write("email,size\na@b.cn,1\n")], book) as reading:  # no such column
        assert [each.id for each in reading if isinstance(each, Lead)] == ["a@b.cn"]
    path = write("Lead ID,Record ID,email\n7,8,a@b.cn\n")
    with read_lists([path], book, Options(id_column="Record ID")) as reading:
        assert [each.id for each in reading if isinstance(each, Lead)] == ["8"]


def test_without_keys_an_id_is_wanted(
    firms: Callable[..., Book], write: Callable[..., Path]
) -> None:
    with pytest.raises(ListError, match="no-lead-id"):
        read_lists([write("email,size\na@b.cn,1\n")], firms())


def test_a_row_without_a_fact_that_is_wanted_is_rejected(
    firms: Callable[..., Book], write: Callable[..., Path]
) -> None:
    path = write("id,size\n1,5\n2,\n3,many\n")
    with read_lists([path], firms(required=True)) as reading:
        found = list(reading)
        assert (reading.rows, reading.leads, reading.rejected, reading.merged) == (3, 1, 2, 0)
        assert reading.listings[0].unread == ()  # of a row that is rejected, nothing is told
    assert [(e.code, e.args) for e in found if isinstance(e, Rejected)] == [
        ("missing-fact", {"fact": "size"})
    ] * 2


ROWS = st.lists(
    st.tuples(*(st.none() | st.sampled_from("abc") for _ in range(3))).filter(any),
    max_size=10,
)


def grouped(rows: list[tuple[str | None, ...]]) -> Groups:
    groups = Groups()
    for row in rows:
        level, value = next((n, v) for n, v in enumerate(row) if v is not None)
        groups.note(f"{level}{value}", row)
    groups.settle()
    return groups


@given(rows=ROWS, data=st.data())
def test_who_is_who_does_not_depend_on_the_order(
    rows: list[tuple[str | None, ...]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    one, other = grouped(rows), grouped([rows[at] for at in order])

    def sets(groups: Groups, at: list[int]) -> set[frozenset[int]]:
        found: dict[int, set[int]] = {}
        for place, row in enumerate(at):
            found.setdefault(groups.group(place), set()).add(row)
        return {frozenset(each) for each in found.values()}

    assert sets(one, list(range(len(rows)))) == sets(other, order)


@given(rows=ROWS)
def test_leads_have_names_of_their_own_and_never_two_values_of_the_strongest_key(
    rows: list[tuple[str | None, ...]],
) -> None:
    groups = grouped(rows)
    roots = {groups.group(row) for row in range(len(rows))}
    assert len({groups.name(root) for root in roots}) == len(roots)
    for root in roots:
        own = [row for row in range(len(rows)) if groups.group(row) == root]
        assert groups.size(root) == len(own)
        assert len({rows[row][0] for row in own} - {None}) <= 1
    for row, keys_of_row in enumerate(rows):  # the same name is the same lead
        for other in range(row):
            first = next((n, v) for n, v in enumerate(keys_of_row) if v is not None)
            if first == next((n, v) for n, v in enumerate(rows[other]) if v is not None):
                assert groups.group(row) == groups.group(other)


def test_a_weaker_key_does_not_hold_together_what_a_stronger_one_parts() -> None:
    groups = grouped([("a", "x", None), ("b", "x", None), (None, "x", None)])
    assert {groups.group(row) for row in range(3)} == {0, 1, 2}
    (doubt,) = groups.doubts
    assert (doubt.level, doubt.value, doubt.stronger, doubt.rows) == (1, "x", 0, (0, 1, 2))


@pytest.mark.parametrize("policy", [OnDuplicate.REJECT, OnDuplicate.MERGE])
def test_line_numbers_of_two_lists_are_not_the_same_lead(
    firms: Callable[..., Book], write: Callable[..., Path], policy: OnDuplicate
) -> None:
    paths = [write("size,nick\n1,a\n", "one.csv"), write("size,nick\n2,b\n", "two.csv")]
    options = Options(id_column="row", on_duplicate=policy)
    with read_lists(paths, firms(), options) as reading:
        found = list(reading)
        assert (reading.rows, reading.leads, reading.rejected, reading.merged) == (2, 1, 1, 0)
    assert [each.code for each in found if isinstance(each, Rejected)] == ["duplicate-id"]
