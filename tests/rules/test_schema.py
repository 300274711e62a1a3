"""The schema that editors use says of a book what the loader says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from leadgrade.reports.book.schema_file import SCHEMA_FILE, renew_schema, schema_text
from leadgrade.rules.documents.schema import Schema, schema_of
from leadgrade.rules.library import SHIPPED, shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.source import BookError, Findings
from leadgrade.rules.text.nodes import Listing, Mapping, Node, read_nodes

from .test_findings import BOOK

CONSTRUCTS = sorted(Path(__file__).parents[2].glob("docs/constructs/*.yaml"))
NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")


def plain(node: Node | None) -> object:
    """Return a tree as an editor sees it: by the core schema of YAML 1.2."""
    match node:
        case Mapping(entries):
            return {key.text: plain(value) for key, value in entries}
        case Listing(items):
            return [plain(item) for item in items]
        case None:
            return None
    if node.quoted:
        return node.text
    words = {"": None, "~": None, "null": None, "true": True, "false": False}
    if node.text in words:
        return words[node.text]
    return float(node.text) if NUMBER.fullmatch(node.text) else node.text


def misfits(text: str, schema: Schema) -> set[str]:
    """Return where a book does not fit a schema."""
    found = jsonschema.Draft7Validator(schema).iter_errors(plain(read_nodes(text, "", Findings())))
    return {"/".join(map(str, each.absolute_path)) for each in found}


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema_of())
    jsonschema.Draft7Validator.check_schema(schema_of(read_book(BOOK)))


@pytest.mark.parametrize("name", sorted(shipped_books()))
def test_shipped_books_fit_the_schema_that_their_first_line_names(name: str) -> None:
    path = shipped_books()[name]
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    book = load_book(path)
    shipped = json.loads((SHIPPED / SCHEMA_FILE).read_text(encoding="utf-8"))
    assert shipped == schema_of()
    for schema in (shipped, schema_of(book)):
        assert misfits(book.text, schema) == set()


@pytest.mark.parametrize("path", CONSTRUCTS, ids=lambda path: path.stem)
def test_the_small_books_of_the_reference_fit_the_schema(path: Path) -> None:
    assert misfits(path.read_text(encoding="utf-8"), schema_of()) == set()


MISTAKES = [
    ("    range: [0, 30]\n", "    rnage: [0, 30]\n", "criteria/power"),
    ("    range: [0, 30]\n", "    range: 30\n", "criteria/power/range"),
    ("    range: [0, 30]\n", "", "criteria/power"),
    ("{type: percent}", "{type: percents}", "facts/late/type"),
    ("{type: percent}", "{tpye: percent}", "facts/late"),
    ("{type: percent}", "percent", "facts/late"),
    ("{type: percent}", "{type: percent, max_age: 90 days}", "facts/late"),
    ("{type: percent}", "{type: percent, on_unreadable: ignore}", "facts/late/on_unreadable"),
    ("ordered: true", "ordered: yes", "facts/size/ordered"),
    ("revenue: {type: money}", "the revenue: {type: money}", "facts"),
    ("when: revenue > 500万", "when: {some: [refused]}", "criteria/power/rules/0/when"),
    ("when: revenue > 500万", "when: []", "criteria/power/rules/0/when"),
    ("points: 5\n", "points: many\n", "criteria/power/rules/0/points"),
    ("points: 5\n", "points: 5 points\n", "criteria/power/rules/0/points"),
    ("        points: 5\n", "", "criteria/power/rules/0"),
    ("        fact: revenue\n", "", "criteria/power/rules/1"),
    ("      - id: big\n        when", "      - when", "criteria/power/rules/0"),
    ("{from: 500万, points: 4}", "{form: 500万, points: 4}", "criteria/power/rules/1/bands/0"),
    ("{from: 500万, points: 4}", "{from: 500万}", "criteria/power/rules/1/bands/0"),
    ("    grade: B\ngrades", "grades", "knock_outs/0"),
    ("A: {from: 10}", "A: {from: ten}", "grades/A/from"),
    ("A: {from: 10}", "A: 10", "grades/A"),
    ("    columns: branch\n", "", "classes/cell"),
    ("    rest: other\n", "", "classes/standing"),
    ("    do: Call\n", "", "next_steps/0"),
    ("    do: Call\n", "    do: [Call]\n", "next_steps/0/do"),
    ("    expect: {grade: B}\n", "    expect: {grad: B}\n", "examples/0/expect"),
    ("    given: {refused: yes}\n", "    given: [refused]\n", "examples/0/given"),
    ("grades:\n  A: {from: 10}\n  B: {}\n", "", ""),
    ("qualified: grade = A", "qualifed: grade = A", ""),
    ("examples:", "properties: [rising]\nexamples:", "properties/0"),
]


@pytest.mark.parametrize(("old", "new", "place"), MISTAKES)
def test_what_the_loader_refuses_does_not_fit(old: str, new: str, place: str) -> None:
    assert BOOK.count(old) == 1
    wrong = BOOK.replace(old, new)
    with pytest.raises(BookError):
        read_book(wrong)
    for schema in (schema_of(), schema_of(read_book(BOOK))):
        assert misfits(wrong, schema) == {place}


def test_a_name_that_was_added_a_moment_ago_fits() -> None:
    schema = schema_of(read_book(BOOK))
    later = BOOK.replace("  refused: {type: flag}", "  refused: {type: flag}\n  new: {type: money}")
    later = later.replace("fact: revenue", "fact: new").replace(
        "grade: B\ngrades", "grade: C\ngrades"
    )
    later = later.replace("  B: {}", "  B: {from: 1}\n  C: {}").replace("yes}", "yes, new: 5}")
    read_book(later)
    assert misfits(later, schema) == set()


def _words(schema: Schema) -> list[str]:
    inner = [each for part in schema.get("anyOf", ()) for each in _words(part)]
    items = _words(schema["items"]) if "items" in schema else []
    return [*schema.get("enum", ()), *schema.get("examples", ()), *inner, *items]


def test_with_a_book_its_names_and_operators_can_be_completed() -> None:
    schema = schema_of(read_book(BOOK))
    parts = schema["$defs"]
    tests = parts["condition"]["anyOf"][0]["examples"]
    for each in (
        "revenue >= 100万",
        "late > 20%",
        "since < 2026-01-31",
        "wait between 30 days and 30 days",
        "size = small",
        "size >= large",
        "branch in [north, south]",
        "not refused",
        "industry contains word",
        "ratio is known",
        "power >= 10",
        "grade >= A",
        "fired contains big",
        "cell = s1",
    ):
        assert each in tests
    assert "branch >= south" not in tests
    assert "revenue" in _words(parts["rule"]["properties"]["fact"])
    assert _words(parts["knockout"]["properties"]["grade"]) == ["A", "B"]
    expect = parts["expect"]["properties"]
    assert _words(expect["fired"])[:2] == ["big", "tier"]
    assert _words(expect["ask"])[-1] == "industry"
    assert "ratio" not in _words(expect["ask"])
    assert _words(expect["classes"]["properties"]["cell"]) == ["s1", "s2", "l1", "l2"]
    assert next(iter(parts["example"]["properties"]["given"]["properties"])) == "revenue"
    assert (
        parts["rule"]["properties"]["fact"]["anyOf"][0]["enumDescriptions"][0] == "revenue (money)"
    )


def test_every_proposed_test_is_one_that_the_loader_reads() -> None:
    for line in schema_of(read_book(BOOK))["$defs"]["condition"]["anyOf"][0]["examples"]:
        where = "needs: " if re.match(r"fired|power|score", line) else "when: "
        if re.match(r"grade|cell|standing", line):
            text = BOOK.replace("when: qualified", f"when: '{line}'")
        elif where == "needs: ":
            text = BOOK.replace("A: {from: 10}", f"A: {{from: 10, needs: ['{line}']}}")
        else:
            text = BOOK.replace("when: revenue > 500万", f"when: '{line}'")
        read_book(text)


def test_every_key_says_what_it_is_for() -> None:
    parts = schema_of()["$defs"]
    for shape in (schema_of(), *(each for each in parts.values() if "properties" in each)):
        for key, each in shape["properties"].items():
            assert each["description"], key


def test_the_schema_beside_a_book_is_renewed_and_nothing_else(tmp_path: Path) -> None:
    first = "# yaml-language-server: $schema=book.schema.json\n"
    (tmp_path / "book.yaml").write_text(first + BOOK, encoding="utf-8")
    book = load_book(tmp_path / "book.yaml")
    schema = tmp_path / "book.schema.json"
    renew_schema(book)
    assert not schema.exists()
    for other in ("{}", '{"title": "leadgrade rule book"}', "not JSON", "[]"):
        schema.write_text(other, encoding="utf-8")
        renew_schema(book)
        assert schema.read_text(encoding="utf-8") == other
    schema.write_text('{"title": "leadgrade rule book small"}', encoding="utf-8")
    renew_schema(book)
    assert schema.read_text(encoding="utf-8") == schema_text(book)
