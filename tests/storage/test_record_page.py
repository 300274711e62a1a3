"""What docs/record.md writes down is what is done."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from leadgrade.engine.decision import Decided
from leadgrade.engine.sealing import hash_text, leaf_of, sealed_text
from leadgrade.storage.chain import FORMAT, links
from leadgrade.storage.hashing import FIRST_HEAD
from leadgrade.storage.leaves import FIELDS, PARTS

PAGE = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")


def test_the_example_can_be_checked_by_hand():
    """Each command of the page, as a shell would run it, and as the record does it."""
    commands = re.findall(r"\$ printf '%s' '(.*?)' \| sha256sum\n([0-9a-f]{64})", PAGE, re.DOTALL)
    assert [sha256(text.encode()).hexdigest() for text, _ in commands] == [
        expected for _, expected in commands
    ]
    (private, sealed), (said, leaf) = commands
    salt, file, line, evidence, ranks, facts, key = private.split("\n")
    assert sealed_text(salt, file, int(line), evidence, ranks, facts, key) == private
    kind, yes, grade, score, low, high, worst, best, last = said.split("\n")
    assert (kind, yes, last) == ("decision", "1", sealed)
    row = Decided(
        *(key, json.loads(file), int(line), facts, ranks, True, grade),
        *map(int, (score, low, high)),
        *(worst, best, evidence, bytes.fromhex(salt), leaf),
    )
    assert leaf_of(row) == leaf


def test_the_query_by_hand_gives_what_was_hashed(store, path, made):
    rows = [made.make_decided("甲\n乙'\"", line=7), made.make_decided("E2", file=None, line=None)]
    made.write_run(store, rows)
    query = re.search(r"```sql\n(SELECT lower.*?)```", PAGE, re.DOTALL).group(1)
    with closing(sqlite3.connect(path)) as connection:
        (marks,) = connection.execute("SELECT marks FROM marks WHERE kind = 'decision'").fetchone()
        for number, row in enumerate(rows, start=1):
            numbered = query.replace("number = 1", f"number = {number}")
            (text,) = connection.execute(numbered).fetchone()
            said = (1, row.grade, row.score, row.low, row.high, row.worst, row.best)
            lines = ["decision", *map(str, said), hash_text(text)]
            leaf = hash_text("\n".join(lines))
            assert leaf == row.leaf
            assert marks[8 * number - 8 : 8 * number].hex() == leaf[:16]


def test_the_page_lists_what_is_hashed():
    table = re.findall(r"^\| `(\w+)` \| (`.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    listed = {
        kind: (tuple(re.findall(r"`(\w+)`", shown)), tuple(re.findall(r"`(\w+)`", private)))
        for kind, shown, private in table
    }
    assert {kind: listed.get(kind) for kind in FIELDS if kind != "decision"} == {
        kind: (fields.open, fields.private) for kind, fields in FIELDS.items() if kind != "decision"
    }
    named = ", ".join(f'"{part}": …' for part in sorted(PARTS) if part < "format")
    assert f'{{{named}, "format": {FORMAT}, ' in PAGE
    assert all(f'"{part}": …' in PAGE for part in PARTS)


def test_the_chain_can_be_followed_by_hand(store, made):
    for _ in range(3):
        made.write_run(store, [made.make_decided()])
    with store.engine.connect() as connection:
        chain = links(connection)
    before = FIRST_HEAD
    for link in chain:
        text = json.dumps([before, *link[:-1]], separators=(",", ":"))
        assert link.head == sha256(text.encode()).hexdigest()
        before = link.head
    assert before == store.head()
