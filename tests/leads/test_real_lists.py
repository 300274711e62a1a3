"""Lists as they are found in the world: each ends in the right reading or in a precise refusal.

They are not ours to copy, so they lie beside the repository; without them nothing is tested here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import pytest

from leadgrade.leads.listing import open_list
from leadgrade.leads.terms import ListError, Options, Rejected
from leadgrade.rules.library import find_book
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book, FactType

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parents[2].parent / "shared" / "data"
MESSY, EXPORTS = DATA / "messy_csv", DATA / "crm_headers"


class Read(NamedTuple):
    """What a list is read as: its leads, its rejections, and some of its cells."""

    leads: int
    rejected: dict[str, int]
    cells: Mapping[str, str] = MappingProxyType({})
    encoding: str | None = "utf-8"
    header: int = 1


COLUMNS = "a b c foo bar baz id name column_a column_b column_c key val first last city zip"

MESSY_LISTS: dict[str, tuple[Read | str, str]] = {
    "clevercsv_milk.csv": ("nothing-mapped", "statistics: none of its columns is a fact"),
    "csv_injection_payloads.txt": ("nothing-mapped", "formulas, and no column with a name"),
    "csvkit_bad.csv": (
        Read(1, {"too-many-fields": 1, "too-few-fields": 1}, {"column_a": "0"}),
        "two rows have four and two cells where three are wanted",
    ),
    "csvkit_mac_newlines.csv": (
        Read(2, {}, {"a": "1", "c": "3"}), "lines end in CR, and one cell has one inside",
    ),
    "csvkit_test_empty_columns_long_row.csv": ("no-rows", "its only row is blank"),
    "csvkit_test_extra_header.csv": (
        Read(0, {"too-few-fields": 1}), "three cells below four titles: which one is missing?",
    ),
    "csvkit_test_latin1.csv": ("unknown-encoding", "one byte of Latin-1 proves nothing: ask"),
    "csvkit_test_utf16_big.csv": (
        Read(2, {}, {"a": "1"}, "utf-16"), "UTF-16 with a byte order mark, three cells a row",
    ),
    "csvkit_test_utf16_little.csv": (Read(2, {}, {"a": "1"}, "utf-16"), "the same, the other way"),
    "csvkit_test_utf8_bom.csv": (
        Read(2, {}, {"foo": "1"}, "utf-8-sig"), "the mark is no part of the first title",
    ),
    "csvkit_null_byte.csv": (Read(0, {"nul-byte": 1}), "a NUL byte in a cell"),
    "csvkit_test_skip_lines.xls": (
        "nothing-mapped", "three rows of notes above titles that are no facts here",
    ),
    "csvkit_test_empty_columns_short_row.csv": ("no-rows", "its only row is blank"),
    "csvkit_optional_quote_characters.csv": (Read(1, {}, {"a": "1"}), "needless quotes"),
    "csvkit_test_locale.csv": (Read(1, {}, {"a": "1,7"}), "texts are kept as they are"),
    "csvkit_test_header_newline.csv": (Read(1, {}, {"b": "e"}), "a title of two lines"),
    "sineemore_all-empty.csv": ("empty-file", "blank lines only"),
    "sineemore_bad-header-less-fields.csv": (
        Read(0, {"too-few-fields": 1}), "two cells below three titles",
    ),
    "sineemore_bad-header-no-header.csv": ("empty-file", "no byte at all"),
    "sineemore_bad-missing-quote.csv": (
        Read(0, {"unclosed-quote": 1}), "the row with the open quote, no other",
    ),
    "sineemore_header-no-rows.csv": ("no-rows", "a header alone"),
    "sineemore_leading-space.csv": (
        Read(1, {}, {"bar": "leading space"}), "space around a cell means nothing",
    ),
    "spectrum_comma_in_quotes.csv": (Read(1, {}, {"city": "Anytown, WW"}), "a quoted comma"),
    "spectrum_empty.csv": (Read(2, {}, {"a": "1"}), "quoted nothing is unknown"),
    "spectrum_escaped_quotes.csv": (Read(2, {}, {"b": 'ha "ha" ha'}), "doubled quotes"),
    "spectrum_json.csv": (
        Read(1, {}, {"val": '{"type": "Point", "coordinates": [102.0, 0.5]}'}), "JSON in a cell",
    ),
    "spectrum_newlines.csv": (Read(3, {}, {"a": "1"}), "a quoted line end"),
    "spectrum_utf8.csv": (Read(2, {}, {"c": "3"}), "plain UTF-8"),
    "tabulator_bom.csv": (Read(2, {}, {"id": "1"}, "utf-8-sig"), "the mark is no part of a title"),
    "tabulator_doublequote.csv": ("nothing-mapped", "a budget in Spanish: no column is a fact"),
    "tabulator_merged-cells.xlsx": ("nothing-mapped", "one merged cell, which is no fact"),
    "tabulator_multiline-headers.xlsx": ("no-rows", "titles of several lines, and no row"),
    "tabulator_table-with-booleans.xls": (Read(2, {}, {"id": "1"}, None), "an old workbook"),
    "tabulator_sheets.xlsx": ("several-sheets", "three lists in one file: say which"),
    "tabulator_skip-rows.csv": (
        Read(2, {"too-few-fields": 1}, {"id": "1", "name": "english"}, header=2),
        "a comment above the header is a title; one among the rows is a row with too few cells",
    ),
}  # fmt: skip
"""What becomes of each list, and why."""

EXPORT_LISTS: dict[str, tuple[str | None, dict[str, str] | str, str]] = {
    "agency_chaos_empty_rows.csv": (
        None, "nothing-mapped", "the header stands below a blank row; none of it is a fact",
    ),
    "duplicate_headers_short_rows.csv": (None, "nothing-mapped", "names and addresses only"),
    "european_semicolon.csv": (None, "nothing-mapped", "French titles; semicolons are found"),
    "horrible_headers_mixed.csv": (None, "nothing-mapped", "titles in three scripts, no fact"),
    "hubspot_companies.csv": (
        "hubspot-companies",
        {"Company name": "company", "Industry": "industry",
         "Number of Employees": "employee_count"},
        "the register number is no lead id: most rows have none",
    ),
    "hubspot_contacts.csv": ("hubspot-contacts", {"Company Name": "company"}, "contacts"),
    "hubspot_deals.csv": (
        "hubspot-deals",
        {"Associated Company": "company", "Amount": "deal_amount"},
        "the amount is that of the deal",
    ),
    "pipedrive_activities.csv": (
        "pipedrive", {"Organization - Name": "company"}, "titles with the kind of thing before",
    ),
    "rtl_arabic_headers.csv": (None, {"Company": "company"}, "Arabic titles are not known"),
    "salesforce_leads_einstein_lab.csv": (
        "salesforce-leads",
        {"Company": "company", "LeadSource": "acquired_by", "Industry": "industry",
         "AnnualRevenue": "annual_revenue", "NumberOfEmployees": "employee_count"},
        "the names of the programming interface",
    ),
    "salesforce_leads_min.csv": (
        "salesforce-leads", {"Company": "company", "LeadSource": "acquired_by"}, "the same, fewer",
    ),
    "suitecrm_leads_export.csv": (
        "suitecrm-leads",
        {"Account Name": "company", "Lead Source": "acquired_by",
         "Opportunity Amount": "deal_amount"},
        "the account is the customer; a cut row is rejected",
    ),
    "zh_leads_template.csv": (
        "chinese-crm",
        {"来源": "acquired_by", "行业": "industry", "预计金额": "deal_amount"},
        "线索名称 is the lead's title, not the company",
    ),
    "zoho_leads_min.csv": (
        "zoho-leads", {"Lead Source": "acquired_by", "Industry": "industry"}, "leads of Zoho",
    ),
}  # fmt: skip
"""For each export: what it is recognised as, its mapping or its refusal, and why."""


def present(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"../shared has no {path.name}")
    return path


@pytest.fixture
def columns(make_book: Callable[..., Book], fact: Callable[..., object]) -> Book:
    return make_book(*(fact(f"f_{name}", FactType.TEXT, name) for name in COLUMNS.split()))


@pytest.mark.parametrize("name", sorted(MESSY_LISTS))
def test_messy_lists(columns: Book, name: str) -> None:
    want, why = MESSY_LISTS[name]
    path = present(MESSY / name)
    try:
        with open_list(path, columns, Options(id_column="row")) as listing:
            items = list(listing)
            codes = [each.code for each in items if isinstance(each, Rejected)]
            facts = [dict(each.facts) for each in items if not isinstance(each, Rejected)]
    except ListError as error:
        codes = [error.code]
        listing, facts = None, []
    if listing is None or not isinstance(want, Read):
        assert (listing, codes) == (None, [want]), why
        return
    assert listing.leads == want.leads, why
    assert {code: codes.count(code) for code in codes} == want.rejected, why
    assert (listing.encoding, listing.header_line) == (want.encoding, want.header), why
    for column, text in want.cells.items():
        assert facts[0][f"f_{column}"] == text, why


@pytest.mark.parametrize("name", sorted(EXPORT_LISTS))
def test_exports_of_crms(name: str) -> None:
    preset, want, why = EXPORT_LISTS[name]
    path = present(EXPORTS / name)
    book = load_book(find_book("b2b-leads"))
    found, refused = None, ""
    try:
        with open_list(path, book, Options(id_column="row")) as listing:
            found = listing.headers
    except ListError as error:
        refused = error.code
    if isinstance(want, str) or found is None:
        assert (found, refused) == (None, want), why
        return
    assert (found.preset.id if found.preset else None) == preset, why
    assert found.mapped == want, why


@pytest.mark.parametrize("folder", [MESSY, EXPORTS], ids=lambda path: path.name)
def test_every_list_has_an_outcome(folder: Path) -> None:
    named = {*MESSY_LISTS, *EXPORT_LISTS, "README.md", "zh_headers.txt"}
    assert {path.name for path in present(folder).iterdir()} <= named


def test_every_chinese_header_row_can_be_looked_at(tmp_path: Path) -> None:
    from leadgrade.leads.mapping.proposal import propose  # noqa: PLC0415 - only here

    rows = present(EXPORTS / "zh_headers.txt").read_text(encoding="utf-8").splitlines()
    book = load_book(find_book("b2b-leads"))
    for row in rows[1:]:
        path = tmp_path / "list.csv"
        path.write_text(f"{row}\n{','.join('x' for _ in row.split(','))}\n", encoding="utf-8")
        found = propose(path, book)
        assert [each.header for each in found.columns] == row.split(",")
