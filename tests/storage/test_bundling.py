"""Bundles prove themselves: nothing in them can be changed, and they hang on the head."""

from __future__ import annotations

import json
from datetime import date

import pytest

from leadgrade.reports.record.audit import verify_bundle
from leadgrade.reports.record.verifying import finding_text
from leadgrade.storage.bundling import Bundle, bundle_findings
from leadgrade.storage.chain import Link, run_digest
from leadgrade.storage.hashing import digest
from leadgrade.storage.leaves import FIELDS, leaf_of
from leadgrade.storage.records import RejectedRow


@pytest.fixture
def filled(store, made):
    """Forty leads in each of two runs, overrides in both, a lead that was forgotten."""
    rejected = [RejectedRow("leads.csv", 99, "bad", {"x": 1}, "a,b")]
    leads = [made.make_decided(f"E{n}", line=n) for n in range(40)]
    for _ in range(2):
        made.write_run(store, leads, rejected, notes=[{"code": "slow"}])
    days = {"since": date(2026, 1, 1), "until": date(2026, 12, 31), "by": "Lin"}
    for lead, run in (("E7", 1), ("E8", 1), ("E3", 2), ("E9", 1)):
        store.override(lead, grade="B", reason="said so", run=run, **days)
    store.forget("E9", by="Lin", reason="asked to")
    return store


def written(bundle):
    """As it is after it was written to a file and read again."""
    return json.loads(json.dumps(bundle))


@pytest.mark.parametrize("lead", [None, "E0", "E7", "E39"])
def test_a_bundle_is_proved(filled, lead):
    bundle = Bundle(written(filled.bundle(1, lead)))
    assert bundle_findings(bundle) == []
    assert bundle_findings(bundle, filled.head()) == []
    assert [each.code for each in bundle_findings(bundle, "ab" * 32)] == ["head-not-found"]
    assert bundle.head == filled.head()
    found = {each.lead: each for each in bundle.decisions()}
    expected = {each.lead: each for each in filled.decisions(1)}
    assert found.keys() == ({lead} if lead else expected.keys())
    for name, each in found.items():
        assert (each.facts, each.decision, each.steps, each.file, each.line) == (
            expected[name].facts,
            expected[name].decision,
            expected[name].steps,
            expected[name].file,
            expected[name].line,
        )


def test_a_bundle_of_one_decision_has_nobody_else_in_it(filled):
    bundle = filled.bundle(1, "E7")
    text = json.dumps(bundle)
    assert '"E7"' in text
    assert not any(f'"E{n}"' in text for n in range(40) if n != 7)
    assert bundle["in_full"]["next_steps"] == ["close", "nurture"]


def values(data, way=()):
    """Yield the way to each value in JSON."""
    if isinstance(data, dict | list):
        for key, each in data.items() if isinstance(data, dict) else enumerate(data):
            yield from values(each, (*way, key))
    else:
        yield way


def changed(value):
    if isinstance(value, bool) or value is None:
        return "x"
    return value + 1 if isinstance(value, int | float) else f"{value}0"


@pytest.mark.parametrize("lead", [None, "E7"])
@pytest.mark.parametrize("careful", [False, True])
def test_whatever_is_changed_in_a_bundle_is_found(filled, lead, careful):
    """Also by somebody who makes the hash of the whole bundle anew."""
    bundle = written(filled.bundle(1, lead))
    ways = [way for way in values(bundle) if way[0] != "sha256"]
    assert len(ways) > 60
    for way in ways:
        data = json.loads(json.dumps(bundle))
        place = data
        for key in way[:-1]:
            place = place[key]
        place[way[-1]] = changed(place[way[-1]])
        if careful:
            del data["sha256"]
            data["sha256"] = digest(data)
        assert bundle_findings(Bundle(data)), way


def without(bundle, *way):
    """Return a bundle from which what is there was taken out, with its hash made anew."""
    data = written(bundle)
    place = data
    for key in way[:-1]:
        place = place[key]
    del place[way[-1]]
    data.pop("sha256", None)
    return Bundle({**data, "sha256": digest(data)})


@pytest.mark.parametrize("lead", [None, "E7"])
def test_what_is_taken_out_of_a_bundle_is_found(filled, lead):
    bundle = written(filled.bundle(1, lead))
    assert len(bundle["overrides"]) == (3 if lead is None else 1)
    assert len(bundle["other_overrides"]) == (1 if lead is None else 3)
    ways = [(name,) for name in bundle if name != "sha256"]
    for part, rows in bundle["parts"].items():
        ways += [("parts", part), *(("parts", part, at) for at in range(len(rows)))]
    for name in ("overrides", "other_overrides"):
        ways += [(name, at) for at in range(len(bundle[name]))]
    for way in ways:
        assert bundle_findings(without(bundle, *way)), way
    del bundle["sha256"]
    assert bundle_findings(Bundle(bundle))


@pytest.mark.parametrize("lead", [None, "E7"])
def test_a_bundle_may_not_have_more_or_be_neither_kind(filled, lead):
    bundle = written(filled.bundle(1, lead))
    other = written(filled.bundle(1, "E7" if lead is None else None))
    for name in ("path", "in_full", "parts"):
        data = {**bundle, name: other[name]}
        del data["sha256"]
        (finding,) = bundle_findings(Bundle({**data, "sha256": digest(data)}))
        assert finding.code == "bundle-unreadable", name


def test_an_override_cannot_be_hidden_among_those_of_other_runs(filled):
    data = written(filled.bundle(1, None))
    sealed = written(filled.bundle(1, "E7"))["other_overrides"]
    hidden = next(each for each in sealed if each["run_id"] == 1)
    data["overrides"] = [each for each in data["overrides"] if each["id"] != hidden["id"]]
    data["other_overrides"].append(hidden)
    del data["sha256"]
    (finding,) = bundle_findings(Bundle({**data, "sha256": digest(data)}))
    assert (finding.code, finding.name) == ("override-left-out", str(hidden["id"]))
    assert "leadgrade export --audit" in finding_text(finding, "en")
    assert "leadgrade export --audit" in finding_text(finding, "zh")


def test_a_made_up_run_that_is_hashed_as_it_should_be_and_cannot_be_read_is_told(filled):
    data = written(filled.bundle(1, None))
    (row,) = data["parts"]["run"]
    row["parameters"] = "x"
    data["roots"]["run"] = leaf_of("run", [row[name] for name in FIELDS["run"].names])
    links, head = data["chain"]["links"], data["chain"]["before"]
    links[0]["digest"] = run_digest(data["roots"])
    for link in links:
        head = link["head"] = Link(**link).expected_head(head)
    del data["sha256"]
    bundle = Bundle({**data, "sha256": digest(data)})
    assert bundle_findings(bundle) == []
    (finding,) = verify_bundle(bundle, lambda _: None, workers=1).findings
    assert (finding.code, finding.run) == ("unreadable", 1)


def older(bundle):
    """Return a bundle as it was made in format 1."""
    data = {**bundle, "leadgrade_bundle": 1}
    del data["other_overrides"], data["sha256"]
    return Bundle(written({**data, "sha256": digest(data)}))


def test_a_bundle_of_the_older_format_is_proved_unless_overrides_may_be_missing(filled, made):
    assert bundle_findings(older(filled.bundle(2, "E3"))) != []
    with_all = filled.bundle(1, None)
    (finding,) = bundle_findings(older(with_all))
    assert (finding.code, finding.name) == ("override-left-out", "3")
    made.write_run(filled, [made.make_decided("E1")])
    assert bundle_findings(older(filled.bundle(3, None))) == []
    assert bundle_findings(older(filled.bundle(3, "E1"))) == []
