"""The rule engine on durable_rules: each thing that goes wrong in there has a case here."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leadgrade.engine.backends.base import EngineFault, make_backend, why_unavailable
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

REASON = why_unavailable("rete")
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

from leadgrade.engine.backends import rete_network, rete_plan  # noqa: E402
from leadgrade.engine.backends.rete import Rete  # noqa: E402
from leadgrade.engine.backends.rete_columns import Places  # noqa: E402
from leadgrade.engine.backends.rete_facts import KEPT, LONGEST_KEPT, Kept  # noqa: E402

AS_OF = date(2026, 1, 1)

FACTS = {
    "n": {"type": "number"},
    "m": {"type": "money"},
    "t": {"type": "text"},
    "c": {"type": "choice", "values": ["low", "mid", "high"], "ordered": True},
    "u": {"type": "choice", "values": ["low", "010", "it's"]},
    "f": {"type": "flag"},
    "d": {"type": "date"},
}


def book_of(rules: Sequence[Any], facts: dict[str, Any] | None = None, **more: object) -> Book:
    """Return a book with one criterion; a condition among the rules becomes a rule r0, r1, …."""
    full = [
        rule
        if isinstance(rule, dict) and "id" in rule
        else {"id": f"r{number}", "when": rule, "points": 1}
        for number, rule in enumerate(rules)
    ]
    criterion = {"range": [-5000, 5000], "rules": full}
    grades = {"A": {"from": 2}, "B": {}}
    book = {"book": "b", "facts": facts or FACTS, "criteria": {"k": criterion}, "grades": grades}
    return read_book(json.dumps(book | more, ensure_ascii=False))


def agreed(book: Book, *leads: dict[str, Value]) -> list[Decision]:
    """Return what the rule engine decides; the explainer must agree."""
    explainer = Explainer(book, AS_OF)
    found = []
    with Rete(book, AS_OF) as rete:
        for number, facts in enumerate(leads):
            lead = Lead(f"L{number}", facts)
            found.append(rete.decide(lead))
            assert found[-1] == explainer.decide(lead), facts
    return found


def fired(conditions: Sequence[Any], facts: dict[str, Value]) -> list[str]:
    (decision,) = agreed(book_of(conditions), facts)
    return [rule.removeprefix("r") for rule in decision.fired]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "0", "5", "true", "null", "NaN", "'", '"', "it's", 'say "hi"', "\\", "\\u4e2d"),
        *("中", "上海电气（集团）", "\x00", "\x01\t\r\n", "é", "e\u0301", "😀", '"},"x":{"'),
        *("$nex", "$m", "a" * 65_535, "a" * 65_536, "a" * 200_000),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_texts_are_compared_whole(text: str) -> None:
    key = text if 0 < len(text) < 1000 and "\x00" not in text else "other"
    rules = [
        {"id": "r0", "fact": "t", "values": {key: 1, "good bye": 2}},
        "t != hello",
        "t = hello",
    ]
    assert fired(rules, {"t": text}) == (["0", "1"] if key == text else ["1"])
    assert fired(rules, {"t": text + "x"}) == ["1"]


def test_contains() -> None:
    tests = ["t contains 电", "not t contains 电", 't contains "a b"', 't contains "\'"']
    assert fired(tests, {"t": "上海电气"}) == ["0"]
    assert fired(tests, {"t": "a  b"}) == ["1"]
    assert fired(tests, {"t": "a b'"}) == ["1", "2", "3"]
    assert fired(tests, {}) == []


@pytest.mark.parametrize("value", ["50", "abc", "", True, None, 2**53 + 1, math.nan, math.inf, []])
def test_values_that_a_number_cannot_have_are_refused(value: Any) -> None:
    book = book_of(["n >= 100", "n = 5"])
    with Rete(book, AS_OF) as rete:
        if value is not None:
            with pytest.raises((TypeError, ValueError)):
                rete.decide(Lead("odd", {"n": value}))
        assert rete.decide(Lead("good", {"n": 5.0})).fired == ("r1",)
        assert rete.decide(Lead("none", {})).fired == ()


@pytest.mark.parametrize("facts", [{"f": 1}, {"f": "yes"}, {"d": "2026-01-01"}, {"c": "highest"}])
def test_values_of_a_wrong_type_are_refused(facts: dict[str, Any]) -> None:
    book = book_of(["f", "d > 2020-01-01", "c > low"])
    with Rete(book, AS_OF) as rete:
        with pytest.raises((TypeError, KeyError)):
            rete.decide(Lead("odd", facts))
        assert rete.decide(Lead("good", {"f": True, "c": "mid"})).fired == ("r0", "r2")


@pytest.mark.parametrize(
    "limit", ["0", "0.1", "1e-7", "0.0000001", "12.5", "123456789.123", "1e15", "9007199254740992"]
)
def test_numbers_beside_a_threshold(limit: str) -> None:
    value = float(limit)
    tests = [f"n {op} {limit}" for op in ("<", "<=", "=", "!=", ">=", ">")]
    tests += [f"n between {limit} and {limit}", f"n not in [{limit}, 77]"]
    below, above = math.nextafter(value, -math.inf), math.nextafter(value, math.inf)
    assert fired(tests, {"n": below}) == ["0", "1", "3", "7"]
    assert fired(tests, {"n": value}) == ["1", "2", "4", "6"]
    assert fired(tests, {"n": above}) == ["3", "4", "5", "7"]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "size", [1e16, 1e17, 2.0**63, 1e19, 1e22, 1e300, 1.7976931348623157e308, 1e-7, 1e-300, 5e-324]
)
def test_huge_and_tiny_numbers(size: float, sign: int) -> None:
    above = sign > 0
    tests = ["n > 0", "n < 0", "n > 1000", "n < -1000", "n = 0"]
    sizes = (["2"] if above else ["3"]) if size > 1 else []
    assert fired(tests, {"n": sign * size}) == sorted([*(["0"] if above else ["1"]), *sizes])


NUMBERS = [5e6, 1e16, 1e17, 1e-7, 2e-7, 2.0**-1074, 2.0**80, 1e22, -0.1, 0.1, 2.0**53, -1e300]


def test_numbers_have_their_places_among_those_of_the_book() -> None:
    places = Places(NUMBERS)
    for rank, number in enumerate(sorted(NUMBERS)):
        below, above = math.nextafter(number, -math.inf), math.nextafter(number, math.inf)
        found = [places.of_number(value) for value in (below, number, above)]
        assert found == [2 * rank, 2 * rank + 1, 2 * rank + 2]
    assert len(places.edges) == 2 * len(NUMBERS)
    assert places.of_number(2**53) == places.of_number(2.0**53)
    assert Places([0.0]).of_number(-0.0) == 1


def test_only_names_of_ours_and_small_numbers_reach_the_engine() -> None:
    tests = ["t contains x", "t = hello", "n > 0.25", "n in [1e15, 2]", "c > low", "u = 010", "f"]
    tests += ["d > 2024-02-29", "m is missing"]
    book = book_of(tests, **STRATA)
    hostile = '"},"x":{"$nex'
    sent: list[str] = []
    with Rete(book, AS_OF) as rete:
        (network,) = rete._networks

        class Listening:
            def __getattr__(self, name: str) -> Any:
                return getattr(rete_network.importlib.import_module("durable_rules_engine"), name)

            def assert_fact(self, handle: int, fact: str) -> Any:
                sent.append(fact)
                return self.__getattr__("assert_fact")(handle, fact)

        network._rete = Listening()
        for text in (hostile, "\x00", "中", "x" * 70_000, ""):
            for number in (1e-7, 1e300, -5e-324):
                rete.decide(Lead(text, {"t": text, "u": text, "n": number, "d": date.max}))
    assert len(sent) == 15 * len(rete.compiled.stages)
    assert all(re.fullmatch(r'\{"id":"s\d","z\d":0(,"a\d+":\d)*\}', fact) for fact in sent)


def test_texts_of_values_are_kept_only_so_far() -> None:
    kept = Kept([lambda value: f",{value}"])
    for number in range(2 * KEPT):
        assert kept[f"x{number}"] == f",x{number}"
    assert len(kept) == KEPT
    kept.clear()
    assert kept["y" * (LONGEST_KEPT + 1)] == "," + "y" * (LONGEST_KEPT + 1)
    assert kept == {}


def test_zero_has_no_sign() -> None:
    assert fired(["n = 0", "n >= 0", "n < 0"], {"n": -0.0}) == ["0", "1"]


def test_flags_and_dates() -> None:
    tests = ["f", "not f", "f != yes", "d > 2024-02-28", "d between 0001-01-01 and 2024-02-29"]
    assert fired(tests, {"f": True, "d": date(2024, 2, 29)}) == ["0", "3", "4"]
    assert fired(tests, {"f": False, "d": date.max}) == ["1", "2", "3"]
    assert fired(tests, {"d": date.min}) == ["4"]


def test_choices() -> None:
    tests = ["c < high", "c != low", "c between low and mid", "c in [low, high]", "u = 010"]
    tests += ["u != low", 'u = "it\'s"', "not c >= mid"]
    assert fired(tests, {"c": "high", "u": "010"}) == ["1", "3", "4", "5"]
    assert fired(tests, {"c": "low", "u": "it's"}) == ["0", "2", "3", "5", "6", "7"]


def test_on_unknown_facts_only_missing_holds() -> None:
    tests = ["n != 5", "not n > 5", "n not in [1]", "not t contains a", "u != low", "not f"]
    tests += [
        "not (n > 5 and m > 5)",
        "n is missing",
        "not n is known",
        "n is known",
        "d is missing",
    ]
    assert fired(tests, {}) == ["7", "8", "10"]
    assert fired(tests, {"m": 1.0}) == ["6", "7", "8", "10"]


def test_facts_called_like_the_names_of_the_engine() -> None:
    facts = {name: {"type": "number"} for name in ("id", "sid", "z0", "a0", "p", "prime", "s")}
    tests = [f"{name} is {how}" for name in facts for how in ("missing", "known")]
    (decision,) = agreed(book_of(tests, facts), {"id": 1.0, "z0": -9.0})
    assert decision.fired == ("r1", "r2", "r5", "r6", "r8", "r10", "r12")


def test_alternatives_of_a_rule_fire_it_once() -> None:
    tests = [{"any": ["n > 1", "n > 2", "n > 3", {"all": ["n > 4", {"any": ["n > 5", "n > 6"]}]}]}]
    (decision,) = agreed(book_of(tests), {"n": 9.0})
    assert decision.score == 100


@pytest.mark.parametrize("count", [64, 65, 300, 1000])
def test_many_rules_fire_at_once(count: int) -> None:
    tests = [f"n > {number}" for number in range(count)]
    last, none, half = agreed(book_of(tests), {"n": 1e9}, {}, {"n": count / 2})
    assert (len(last.fired), none.fired, len(half.fired)) == (count, (), math.ceil(count / 2))


def test_more_rules_than_one_ruleset_holds() -> None:
    bands = [{"from": number, "points": number} for number in range(5)]
    rules = [{"id": f"b{n}", "fact": f"n{n % 50}", "bands": bands} for n in range(1000)]
    facts = {f"n{n}": {"type": "number"} for n in range(50)}
    book = book_of(rules, facts)
    with Rete(book, AS_OF) as rete:
        assert len(rete._networks) > 1
    every, one = agreed(book, dict.fromkeys(facts, 3.5), {"n49": 9.0})
    assert (len(every.fired), every.score) == (1000, 300_000)
    assert one.fired == tuple(f"b{n}" for n in range(49, 1000, 50))


def test_many_rules_with_one_condition() -> None:
    (decision,) = agreed(book_of(["n > 5"] * 600), {"n": 6.0})
    assert len(decision.fired) == 600


def test_many_facts() -> None:
    facts = {f"n{number}": {"type": "number"} for number in range(500)}
    tests: list[Any] = [f"n{number} > 0" for number in range(500)]
    tests += [[f"n{number} > 0" for number in range(500)]]
    every, one = agreed(
        book_of(tests, facts), dict.fromkeys(facts, 1.0), dict.fromkeys(facts, 1.0) | {"n250": -1.0}
    )
    assert (len(every.fired), len(one.fired)) == (501, 499)


def test_any_inside_all_does_not_multiply_out() -> None:
    wide = [{"any": [f"n = {10 * part + each}" for each in range(10)]} for part in range(1)]
    wide += [{"any": [f"m = {each}" for each in range(10)]} for _ in range(8)]
    book = book_of([wide])
    with Rete(book, AS_OF) as rete:
        assert sum(len(stage.alternatives) for _, stage in rete.compiled.stages) < 110
    yes, no = agreed(book, {"n": 3.0, "m": 4.0}, {"n": 3.0, "m": 11.0})
    assert (yes.fired, no.fired) == (("r0",), ())


def nested(depth: int, of: int = 0) -> Any:
    if depth == 0:
        return f"n > {of}"
    parts = [{"any": [nested(depth - 1, of * 3 + each) for each in range(3)]} for _ in range(3)]
    return {"all": parts}


def test_nested_intermediate_facts() -> None:
    book = book_of([nested(3), {"not": nested(3)}])
    levels = {column.level for _, stage in compiled_stages(book) for column in stage.columns}
    assert max(levels) >= 2
    results = agreed(book, *({"n": float(value)} for value in range(30)), {})
    assert [decision.fired for decision in results] == [
        *([("r1",)] * 1),
        *([("r0",)] * 29),
        (),
    ]


def compiled_stages(book: Book) -> list[Any]:
    with Rete(book, AS_OF) as rete:
        return rete.compiled.stages


STRATA: dict[str, Any] = {
    "grades": {"甲": {"from": 2, "needs": ["fired contains r0"]}, "B": {"from": 1}, "C": {}},
    "knock_outs": [
        {"id": "no", "when": "score = 3", "grade": "C"},
        {"id": "late", "when": ["f", "k >= 2"], "grade": "B"},
    ],
    "qualified": "grade >= B",
    "classes": {
        "cell": {
            "rows": "c",
            "columns": "c",
            "table": {
                row: dict.fromkeys(("low", "mid", "high"), row + "!")
                for row in FACTS["c"]["values"]
            },  # type: ignore[attr-defined]
            "applies_when": "qualified",
        }
    },
    "next_steps": [
        {"id": "top", "when": "grade = 甲", "do": "x"},
        {"id": "cell", "when": 'cell in ["high!", "not applicable"]', "do": "x"},
        {"id": "not", "when": "not qualified", "do": "x"},
        {"id": "always", "do": "x"},
        {"id": "mixed", "when": ["grade != 甲", "n > 0", "fired contains r1"], "do": "x"},
    ],
}


def test_strata_chain_forward() -> None:
    book = book_of(["n > 0", "m > 0", "t = x"], **STRATA)
    all_three, two, capped, none = agreed(
        book,
        {"n": 1.0, "m": 1.0, "t": "x", "c": "high"},
        {"n": 1.0, "m": 1.0, "c": "high", "f": False},
        {"n": 1.0, "m": 1.0, "c": "low", "f": True},
        {},
    )
    assert (all_three.earned, all_three.grade, all_three.knock_outs) == ("甲", "C", ("no",))
    assert all_three.next_steps == ("cell", "not", "always", "mixed")
    assert (two.grade, two.qualified, two.classes) == ("甲", True, {"cell": "high!"})
    assert two.next_steps == ("top", "cell", "always")
    assert (capped.earned, capped.grade, capped.knock_outs) == ("甲", "B", ("late",))
    assert capped.next_steps == ("always", "mixed")
    assert (none.grade, none.classes) == ("C", {"cell": "not applicable"})
    assert "late" in capped.knock_outs
    assert two.open == ("r2",)


def test_stages_keep_within_the_limits_of_the_engine() -> None:
    guards = rete_plan.GUARDS_A_STAGE + 1
    assert guards + rete_plan.ALTERNATIVES_A_GUARD <= 64
    book = book_of([f"n > {number}" for number in range(3000)])
    stages = [stage for _, stage in compiled_stages(book)]
    assert all(len(stage.alternatives) <= guards * 28 for stage in stages)
    assert all(len(stage.columns) <= 240 for stage in stages)
    for group in rete_network.split(stages * 10):
        assert sum(len(stage.alternatives) + 1 for _, stage in group) < 4096
        assert sum(-(-len(stage.alternatives) // 28) + 1 for _, stage in group) < 512


def test_names_have_hashes_of_their_own() -> None:
    names = ["id", "sid", "p", *(f"a{n}" for n in range(240)), *(f"z{n}" for n in range(2000))]
    hashes = set()
    for name in names:
        found = 0x811C9DC5
        for byte in name.encode():
            found = (found ^ byte) * 16777619 & 0xFFFFFFFF
        hashes.add(found)
    assert len(hashes) == len(names)


class Broken:
    """Writes a fact that the engine refuses, some times or always; else what it should."""

    def __init__(self, writer: Any, fact: str, times: int) -> None:
        self.id = writer.id
        self._writer, self._fact, self._times = writer, fact, times

    def write(self, values: Any) -> str:
        self._times -= 1
        return self._fact if self._times >= 0 else str(self._writer.write(values))


@pytest.mark.parametrize("stage", [0, 1])
@pytest.mark.parametrize("fact", ['{"id":"s0","a0":1e16', "", '{"id":"s0","z0":0,"a0":}'])
def test_the_engine_recovers_from_a_failure(stage: int, fact: str) -> None:
    book = book_of([f"n > {number}" for number in range(200)], **STRATA)
    facts: dict[str, Value] = {"n": 150.0, "m": 2.0, "c": "low"}
    with Rete(book, AS_OF) as rete:
        expected = rete.decide(Lead("before", facts))
        (network,) = rete._networks
        writer = network._writers[stage]
        for _ in range(20):
            network._writers[stage] = Broken(writer, fact, times=1)  # type: ignore[call-overload]
            assert rete.decide(Lead("tried again", facts)) == expected
            network._writers[stage] = Broken(writer, fact, times=2)  # type: ignore[call-overload]
            with pytest.raises(EngineFault):
                rete.decide(Lead("fails twice", facts))
            network._writers[stage] = writer
            assert rete.decide(Lead("next", {})).fired == ()
            assert rete.decide(Lead("next", facts)) == expected


def test_an_interrupt_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of([f"n > {number}" for number in range(100)], **STRATA)
    with Rete(book, AS_OF) as rete:
        expected = rete.decide(Lead("before", {"n": 50.0}))
        network = rete._networks[0]

        def interrupt(_: object) -> str:
            raise KeyboardInterrupt

        for writer in network._writers:
            with monkeypatch.context() as patch:
                patch.setattr(writer, "write", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    rete.decide(Lead("stopped", {"n": 99.5}))
            assert rete.decide(Lead("after", {"n": 50.0})) == expected


def test_a_state_that_never_fired_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rete_network, "_PRIME", '{"id":"prime","p":0}')
    with pytest.raises(EngineFault, match="does not fire"):
        Rete(book_of(["n > 1"]), AS_OF)


def test_a_book_without_a_rule_that_reads_anything() -> None:
    book = replace(book_of(["n > 1"]), criteria={})
    with Rete(replace(book, grades=book.grades[-1:]), AS_OF) as rete:
        assert rete.decide(Lead("any", {"n": 2.0})).grade == "B"


def resident() -> int:
    """Return the memory that this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


def some_leads(count: int) -> Iterator[Lead]:
    for number in range(count):
        facts: dict[str, Value] = {"n": float(number % 300), "m": number / 7, "t": f"text {number}"}
        yield Lead(f"L{number}", facts if number % 3 else {})


@needs_proc
def test_memory_is_flat_over_many_leads() -> None:
    book = book_of([*(f"n > {number}" for number in range(40)), "t = x"], **STRATA)
    with Rete(book, AS_OF) as rete:
        for lead in some_leads(2_000):
            rete.decide(lead)
        before = resident()
        for lead in some_leads(20_000):
            rete.decide(lead)
        assert resident() - before < 2_000_000


@needs_proc
def test_memory_of_closed_engines_is_given_back() -> None:
    book = book_of([f"n > {number}" for number in range(100)])
    before = 0
    for number in range(150):
        with Rete(book, AS_OF) as rete:
            rete.decide(Lead("one", {"n": 5.0}))
        if number == 49:
            before = resident()
    assert resident() - before < 10_000_000


def test_the_backend_by_name() -> None:
    backend = make_backend("rete", book_of(["n > 1"]), AS_OF)
    assert isinstance(backend, Rete)
    backend.close()
    backend.close()


def test_a_book_whose_only_rule_is_not_in_force() -> None:
    """No condition reads a fact: the ledger is added up before the first stage."""
    book = read_book("""
book: later
facts: {revenue: {type: money}}
criteria:
  power:
    range: [-15, -15]
    start: -15
    rules: [{id: later, when: revenue is known, points: -15, valid_from: 2030-01-01}]
grades: {A: {from: -15}, B: {}}
""")
    with Rete(book, date(2026, 1, 1)) as rete:
        found = rete.decide(Lead("x", {"revenue": 1.0}))
    assert (found.grade, found.score) == ("A", -1500)
    assert found == Explainer(book, date(2026, 1, 1)).decide(Lead("x", {"revenue": 1.0}))
