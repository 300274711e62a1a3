"""Names: found by id or label, refused where they are not one thing."""

from __future__ import annotations

from leadgrade.rules.building.names import Names, Stratum, Subject, SubjectKind
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Scalar

PLACE = Span("book.yaml", 1, 1, 1, 2)
POWER = Subject("power", SubjectKind.POINTS, Stratum.CRITERIA)
MONEY = Subject("money", SubjectKind.FACT, Stratum.FACTS)


def names() -> tuple[Names, Findings]:
    findings = Findings()
    book = Names(findings)
    book.add(MONEY, ["购买力"])
    book.add(POWER, ["购买力", "Buying Power"])
    return book, findings


def codes(findings: Findings) -> list[str]:
    return [finding.code for finding in findings.all]


def test_a_name_is_found_by_id_and_by_label_however_wide() -> None:
    book, findings = names()
    assert book.find("power", PLACE) is POWER
    assert book.find("ＰＯＷＥＲ", PLACE) is POWER
    assert book.find("buying  power", PLACE) is POWER
    assert not findings


def test_a_shared_label_means_what_is_decided_in_time() -> None:
    book, findings = names()
    assert book.find("购买力", PLACE, Stratum.FACTS) is MONEY
    assert not findings
    assert book.find("购买力", PLACE, Stratum.CRITERIA) is None
    assert codes(findings) == ["ambiguous-label"]


def test_what_comes_later_is_said_to_come_later() -> None:
    book, findings = names()
    assert book.find("Buying Power", PLACE, Stratum.FACTS) is None
    assert codes(findings) == ["decided-later"]


def test_nothing_that_comes_later_is_suggested() -> None:
    book, findings = names()
    book.find("powerr", PLACE, Stratum.FACTS)
    assert [finding.suggestion for finding in findings.all] == [None]


def test_a_broken_declaration_excuses_its_use_only_when_it_is_a_finding() -> None:
    book, findings = names()
    book.excuse(["debt"])
    assert book.find("debt", PLACE) is None
    assert codes(findings) == ["unknown-name"]  # nothing else explains it: never in silence
    assert book.find("debt", Span("book.yaml", 9, 1, 9, 2)) is None
    assert codes(findings) == ["unknown-name"]


def test_a_name_is_claimed_once() -> None:
    book, findings = names()
    assert book.claim(Scalar("营收", PLACE))
    assert not book.claim(Scalar("营收", PLACE))
    assert not book.claim(Scalar("5 years", Span("book.yaml", 2, 1, 2, 2)))
    assert not book.claim(Scalar("grade", Span("book.yaml", 3, 1, 3, 2)))
    assert codes(findings) == ["duplicate-id", "bad-name", "reserved-name"]
