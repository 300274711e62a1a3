"""The page of an explanation in a real browser: loaded, read, switched, printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from leadgrade.engine.decision import points_text
from leadgrade.engine.explain import Explaining, Explanation
from leadgrade.reports.explanation.data import Occasion
from leadgrade.reports.explanation.web import explanation_html
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book

from .chromium import Chromium, find_chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]

AS_OF = date(2026, 1, 22)
GOOD = {
    "company": "青屿精密 <Qingyu>",
    "annual_revenue": 3.2e8,
    "budget": 1.2e6,
    "deal_amount": 9.5e5,
    "can_order": True,
    "payment_record": "on_time",
    "product_fit": 0.9,
}
LEADS = {
    "good": GOOD,
    "knocked-out": {**GOOD, "payment_record": "default", "credit_record": "poor"},
    "open": {"industry": "healthcare"},
    "near-miss": {**GOOD, "budget": 7.6e5, "product_fit": 0.78},
}


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(shipped_books()["b2b-leads"])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = find_chromium()
    assert program is not None
    opened = Chromium(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(params=LEADS)
def seen(request: pytest.FixtureRequest, book: Book) -> Explanation:
    facts = {name: value for name, value in LEADS[request.param].items() if name in book.facts}
    return Explaining(book, AS_OF).explain(Lead("E1", facts, {}, "leads.csv", 2))


@pytest.fixture
def shown(browser: Chromium, book: Book, seen: Explanation, tmp_path: Path) -> Chromium:
    page = tmp_path / "page.html"
    page.write_text(explanation_html(Occasion(book, AS_OF, "rete", 7), seen, "en"), "utf-8")
    browser.open(page)
    return browser


def texts(browser: Chromium, selector: str) -> list[str]:
    return browser.ask(
        f"[...document.querySelectorAll('main.en {selector}')].map(each => each.textContent)"
    )


def test_it_loads_alone_and_without_complaint(shown: Chromium) -> None:
    asked = [each["request"]["url"] for each in shown.heard("Network.requestWillBeSent")]
    assert len(asked) == 1
    assert asked[0].startswith("file://")
    assert shown.heard("Log.entryAdded") == []
    assert shown.heard("Runtime.consoleAPICalled") == []
    assert shown.heard("Runtime.exceptionThrown") == []
    assert shown.ask("document.compatMode") == "CSS1Compat"


def test_the_waterfall_has_the_numbers_of_the_ledger(shown: Chromium, seen: Explanation) -> None:
    drawn = texts(shown, "g:is(.gain, .loss, .clamp) .value")
    assert drawn == [
        f"{'+' if line.points > 0 else ''}{points_text(line.points)}"
        for line in seen.decision.ledger
        if line.points
    ]
    assert sum(map(float, drawn)) == seen.decision.score / 100
    assert texts(shown, "g.sum .value") == [*map(points_text, seen.decision.criteria.values())]
    assert texts(shown, "g.score .value") == [points_text(seen.decision.score)]
    table = texts(shown, ".ledger tbody tr:not(.total) .points")
    assert [each for each in table if each != "0"] == drawn


def test_bars_are_as_wide_as_their_points(shown: Chromium, seen: Explanation) -> None:
    """On the screen: no bar outside of the drawing, widths in proportion."""
    widths = shown.ask(
        "[...document.querySelectorAll('main.en g:is(.gain, .loss, .clamp) rect')]"
        ".map(each => each.getBoundingClientRect().width)"
    )
    points = [abs(line.points) for line in seen.decision.ledger if line.points]
    units = [width / size for width, size in zip(widths, points, strict=True)]
    assert max(units) == pytest.approx(min(units), rel=0.02)
    inside = shown.ask(
        "(svg => [...svg.querySelectorAll('rect, text')].every(each => {"
        "const [box, all] = [each, svg].map(one => one.getBoundingClientRect());"
        "return box.left >= all.left - 1 && box.right <= all.right + 1 && box.bottom <= all.bottom;"
        "}))(document.querySelector('main.en svg'))"
    )
    assert inside is True


def test_text_can_be_selected(shown: Chromium, seen: Explanation) -> None:
    """Also that of the drawing: somebody will copy it into a mail."""
    picked = shown.ask(
        "(() => {const all = document.createRange();"
        "all.selectNodeContents(document.querySelector('main.en'));"
        "const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(all);"
        "return chosen.toString();})()"
    )
    assert "Waterfall of the points" in picked
    assert f"{points_text(seen.decision.score)} / 100" in picked
    drawn = shown.ask(
        "(each => {const all = document.createRange(); all.selectNodeContents(each);"
        "const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(all);"
        "return chosen.toString();})(document.querySelector('main.en g.score .value'))"
    )
    assert drawn == points_text(seen.decision.score)


def test_the_switch_changes_the_language(shown: Chromium) -> None:
    def visible() -> list[str]:
        return shown.ask(
            "[...document.querySelectorAll('main')]"
            ".filter(each => each.offsetHeight > 0).map(each => each.lang)"
        )

    assert visible() == ["en"]
    assert "总分如何得来" not in shown.ask("document.body.innerText")
    shown.click("label[for=in-zh]")
    assert visible() == ["zh-Hans"]
    assert "总分如何得来" in shown.ask("document.body.innerText")
    shown.ask("document.getElementById('in-zh').focus()")
    for kind in ("keyDown", "keyUp"):  # with the keyboard alone, too
        key = {"key": "ArrowLeft", "code": "ArrowLeft", "windowsVirtualKeyCode": 37}
        shown.call("Input.dispatchKeyEvent", type=kind, **key)
    assert visible() == ["en"]


def test_those_who_do_not_see_hear_one_language_and_every_part(shown: Chromium) -> None:
    nodes = shown.call("Accessibility.getFullAXTree")["nodes"]
    spoken = [
        (each["role"]["value"], each.get("name", {}).get("value", ""))
        for each in nodes
        if not each["ignored"] and "role" in each
    ]
    named = {role: [name for other, name in spoken if other == role] for role, _ in spoken}
    assert len(named["main"]) == 1
    assert len([each for each in spoken if each[0] == "radio"]) == 2
    assert named["radio"] == ["English", "中文"]
    (drawing,) = [name for role, name in spoken if role in ("image", "img", "graphics-document")]
    assert drawing.startswith("Waterfall of the points")
    assert len([each for each in named["heading"] if each.startswith("E1")]) == 1
    assert {"How the score adds up", "Next steps", "Classes"} <= set(named["heading"])
    assert all(name for name in named["columnheader"])
    assert all(name for name in named["rowheader"])


@pytest.mark.parametrize("width", [360, 1000])
def test_nothing_sticks_out_of_a_narrow_screen(shown: Chromium, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    shown.call("Emulation.setDeviceMetricsOverride", **metrics)
    try:
        assert shown.ask("document.documentElement.scrollWidth") <= width
    finally:
        shown.call("Emulation.clearDeviceMetricsOverride")


def test_on_paper_are_one_language_and_no_buttons(shown: Chromium) -> None:
    shown.call("Emulation.setEmulatedMedia", media="print")
    try:
        buttons = "document.querySelectorAll('input, label')"
        assert shown.ask(f"[...{buttons}].map(each => each.offsetHeight)") == [0, 0, 0, 0]
        assert shown.ask("document.querySelector('main.zh').offsetHeight") == 0
        # The score stands at the end of the ledger, not at the foot of every sheet.
        foot = "getComputedStyle(document.querySelector('main.en tfoot')).display"
        assert shown.ask(foot) == "table-row-group"
    finally:
        shown.call("Emulation.setEmulatedMedia", media="")
    paper = shown.print()
    assert paper.startswith(b"%PDF-")
    assert 1 <= paper.count(b"/Type /Page\n") <= 8
