"""Wordings in two languages, and reasons with values in them."""

from __future__ import annotations

from leadgrade.rules.building.why import fill
from leadgrade.rules.phrase import Phrase


def test_the_missing_language_falls_back_to_the_other() -> None:
    both, only = Phrase(en="Revenue", zh="营收"), Phrase(zh="营收")
    assert (both.say("en"), both.say("zh"), only.say("en"), Phrase().say("zh")) == (
        "Revenue",
        "营收",
        "营收",
        "",
    )


def test_wordings_are_named_once() -> None:
    assert Phrase(en="A", zh="A").wordings == ("A",)


def test_a_reason_is_filled() -> None:
    assert (
        fill("pays late: { late } of {x y}", lambda name: name.upper()) == "pays late: LATE of X Y"
    )
