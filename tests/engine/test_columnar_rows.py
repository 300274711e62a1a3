"""Rows to store that DuckDB writes alone: they are those that Python writes, byte for byte."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadgrade.engine import filed_rows
from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.columnar import BATCH, Columnar
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decided, DecidedValues
from leadgrade.engine.filed_rows import FiledRows
from leadgrade.engine.legend import Legend
from leadgrade.engine.list_rows import StreamedRows
from leadgrade.engine.pool_worker import row_of
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.engine.sealing import SALT, leaf_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

from .books import AS_OF, book_texts, leads_for

BOOK = read_book(
    """
book: rows
facts:
  text: {type: text}
  number: {type: number}
  day: {type: date}
  flag: {type: flag}
  choice: {type: choice, values: [plain, 'say "yes"', 'back\\slash', '中']}
criteria: {c: {range: [0, 9], rules: [{id: r, when: number > 1, points: 5}]}}
grades: {A: {from: 5}, B: {}}
"""
)

LARGEST = 2**63
"""Values from here on are not added up."""

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from([*map(chr, range(0x20)), *'\\"/u00bBfF\x7f\u2028\u2029']),
    )
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
LINES = st.one_of(st.none(), st.integers(1, 2**40))
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "text": HOSTILE,
        "number": st.one_of(
            NUMBERS,
            NUMBERS.map(lambda number: float(round(number)) if abs(number) < 1e300 else number),
            st.integers(-(2**63), 2**63).map(float),
            st.decimals(-(10**7), 10**7, places=2).map(float),
        ),
        "day": st.dates(),
        "flag": st.booleans(),
        "choice": st.sampled_from([each.id for each in BOOK.facts["choice"].choices]),
    },
)


PARTS = [("", ""), ("\\", ""), ("\\u000B", "\\u000B"), ('"', '"')]


def rows_of(book: Book, leads: list[Lead]) -> list[Decided]:
    """Return the rows by DuckDB."""
    with Columnar(book, AS_OF) as columnar:
        columnar.load(leads)
        return [row for rows in columnar.decided() for row in rows]


def assert_rows(book: Book, leads: list[Lead], found: list[Decided]) -> None:
    """Check rows against those of the explainer: all but the salt, and the leaf with the salt."""
    explainer, legend = Explainer(book, AS_OF), Legend.of(book)
    assert len(found) == len(leads)
    for lead, row in zip(leads, found, strict=True):
        want = row_of(legend, lead, explainer.decide(lead))
        assert row._replace(salt=b"", leaf="") == want._replace(salt=b"", leaf="")
        assert row.leaf == leaf_of(row)
    salts = {row.salt for row in found}
    assert len(salts) == len(found)
    assert {len(salt) for salt in salts} <= {SALT}


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_facts_are_written_as_python_writes_them(data: st.DataObject) -> None:
    ids = data.draw(st.lists(HOSTILE, min_size=1, max_size=12, unique=True))
    files = st.one_of(st.none(), HOSTILE)
    leads = [
        Lead(name, data.draw(FACTS), file=data.draw(files), line=data.draw(LINES)) for name in ids
    ]
    assert_rows(BOOK, leads, rows_of(BOOK, leads))


def test_every_magnitude_of_numbers() -> None:
    """DuckDB writes some powers of two wrongly, 2**81 for one: such numbers are not written so."""
    powers = [math.ldexp(1.0, place) for place in range(-1074, 1024)]
    near = [math.nextafter(each, end) for each in powers for end in (0.0, math.inf)]
    tens = [float(f"{sign}1e{place}") for place in range(-330, 309) for sign in ("", "-")]
    values = [each for each in (*powers, *near, *tens) if math.isfinite(each)]
    leads = [Lead(f"L{n}", {"number": value}) for n, value in enumerate(values)]
    assert_rows(BOOK, leads, rows_of(BOOK, leads))


def test_every_control_character_alone_and_behind_a_backslash() -> None:
    texts = [f"{before}{chr(code)}{after}" for code in range(0x20) for before, after in PARTS]
    leads = [
        Lead(f"L{n}", {"text": each}) for n, each in enumerate([*texts, r"\u000B", r"\\u000B"])
    ]
    assert_rows(BOOK, leads, rows_of(BOOK, leads))


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_rows_of_random_books(data: st.DataObject) -> None:
    """The places in the list are found by DuckDB, too."""
    book = read_book(data.draw(book_texts(whole=True)))
    leads = with_ranks(book, data.draw(leads_for(book, 40, AS_OF)), AS_OF)
    leads = [replace(lead, file="list.csv", line=n) for n, lead in enumerate(leads, start=2)]
    if _have_room(book, leads):
        assert_rows(book, leads, rows_of(book, leads))


def _have_room(book: Book, leads: list[Lead]) -> bool:
    """Tell whether there surely is room for the sums of ranked leads: see test_agreement.py."""
    summed = [each.id for each in rankings_of(book) if each.by_total]
    ranks = [lead.ranks[name] for lead in leads for name in summed if name in lead.ranks]
    return all(rank.total < 100 * LARGEST for rank in ranks)


def test_batches_come_in_the_order_of_the_list() -> None:
    book = read_book(
        BOOK.text.replace(
            "grades:", "classes: {t: {rank: number, top: {50%: a}, rest: b}}\ngrades:"
        )
    )
    leads = [Lead(f"L{n}", {"number": float(n * 7919 % 1000)}) for n in range(2 * BATCH + 1)]
    for each in (BOOK, book):
        assert [row.lead for row in rows_of(each, leads)] == [lead.id for lead in leads]


def test_two_runs_have_other_salts() -> None:
    leads = [Lead("L", {})]
    assert rows_of(BOOK, leads)[0].salt != rows_of(BOOK, leads)[0].salt


@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # each try takes a second: too long to shrink
)
@given(data=st.data())
def test_rows_in_portions_and_in_files_are_those_of_the_list(data: st.DataObject) -> None:
    """Whatever the book, the size of both, and the numbers that the rows of the list have."""
    book = read_book(data.draw(book_texts(whole=data.draw(st.booleans()))))
    leads = data.draw(leads_for(book, data.draw(st.integers(0, 12))))
    if not _have_room(book, with_ranks(book, leads, AS_OF)):
        return
    gaps = data.draw(st.lists(st.integers(1, 3), min_size=len(leads), max_size=len(leads)))
    mixed = data.draw(st.booleans())
    with (
        TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patched,
        Columnar(book, AS_OF) as columnar,
    ):
        patched.setattr(filed_rows, "ROWS", data.draw(st.integers(1, 5)))
        patched.setattr(Columnar, "at_once", data.draw(st.integers(1, 5)))
        patched.setattr(Columnar, "at_first", data.draw(st.integers(1, 5)))
        run = columnar.connection.execute
        columnar.load(leads)
        want = [row for rows in columnar.decided() for row in rows]
        run("CREATE TABLE gaps AS SELECT unnest(?::BIGINT[]) AS gap", [gaps])
        run("""
            UPDATE leads SET n = 7 + n + (
                SELECT coalesce(sum(gap - 1), 0) FROM gaps WHERE gaps.rowid < leads.n
            )
        """)
        mixing = "hash(lead)" if mixed else "n"
        source = "SELECT * REPLACE (0::BIGINT AS source) FROM leads"
        run(f"CREATE TABLE other AS {source} ORDER BY {mixing}")
        want = [row._replace(file="list.csv") for row in want]
        streamed = StreamedRows(columnar, ["list.csv"], "other")
        some = [
            n for (n,) in run("SELECT n FROM other WHERE hash(n) % 2 = 0 ORDER BY n").fetchall()
        ]
        checked = streamed.some(some)
        found = [Decided(*row) for row in streamed_rows(streamed)]
        assert [*map(_alike, found)] == [*map(_alike, want)]
        assert [row for row in found if row in checked] == checked
        assert len(checked) == len(some)
        run("DROP TABLE grades")
        rows = FiledRows(columnar, ["list.csv"], Path(folder), "other")
        found = rows.some([*range(1, len(leads) + 1)])
        assert [*map(_alike, found)] == [*map(_alike, want)]
        assert [row.leaf for row in found] == [leaf_of(row) for row in found]
        assert len({row.salt for row in found}) == len(found)
        filed = [leaf for file in rows.files for batch in rows.leaves(file) for leaf in batch]
        assert filed == [row.leaf for row in found]
        counted = Counter[str]()
        for file in rows.files:
            counted.update({grade: count for grade, (count, _) in rows.counts(file).items()})
        assert counted == Counter(row.grade for row in found)
        numbers = [row[0] for row in run('SELECT n FROM "grades" ORDER BY n').fetchall()]
        assert numbers == [*range(1, len(leads) + 1)]


def streamed_rows(rows: StreamedRows) -> list[DecidedValues]:
    return [row for portion in rows.portions() for batch in rows.batches(portion) for row in batch]


def test_rows_that_come_out_otherwise_than_they_were_checked_are_refused() -> None:
    leads = [Lead(f"L{number}", {"number": float(number)}) for number in range(9)]
    with Columnar(BOOK, AS_OF) as columnar:
        columnar.load(leads, "given")
        columnar.connection.execute(
            "CREATE TABLE leads AS SELECT * REPLACE (0::BIGINT AS source) FROM given"
        )
        rows = StreamedRows(columnar, ["list.csv"])
        rows.some([2, 4])
        assert len(streamed_rows(rows)) == len(leads)
        columnar.connection.execute("UPDATE leads SET lead = 'L3' WHERE n = 4")
        with pytest.raises(EngineFault, match="L3"):
            streamed_rows(rows)


def _alike(row: Decided) -> Decided:
    return row._replace(salt=b"", leaf="")
