"""The page of an explanation: well-formed, self-contained, readable to all, and safe."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from leadgrade.engine.explain import Explaining
from leadgrade.reports.explanation.data import Occasion
from leadgrade.reports.explanation.web import explanation_html
from leadgrade.reports.page_style import STYLE
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.model import Book
from leadgrade.storage.records import StoredOverride

AS_OF = date(2026, 1, 22)
VOID = {"meta", "link", "br", "hr", "img", "input"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></svg><svg onload=alert(1)>",
    "' style='position:fixed",
    "&lt;b&gt;&#x3c;",
    "\x00\x1b[31m\ud800",
    "]]><!--",
)


class Checked(HTMLParser):
    """Reads a page, and sees to it that every tag is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.tags}


@pytest.fixture(scope="module")
def shipped() -> Book:
    return load_book(shipped_books()["b2b-leads"])


def page_of(book: Book, lead: Lead, lang: str = "en") -> str:
    explanation = Explaining(book, AS_OF).explain(lead)
    return explanation_html(Occasion(book, AS_OF, "explainer", 1), explanation, lang)


def known(**facts: object) -> Lead:
    return Lead("E1", facts, file="leads.csv", line=2)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("facts", [{}, {"payment_record": "late", "refused": True, "cash": 1.0}])
def test_a_page_is_well_formed_and_needs_nothing_else(shipped, facts, lang) -> None:
    page = page_of(shipped, known(company="Ｘ & Söhne", **facts), lang)
    seen = Checked(page)
    assert not seen.names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for name, attributes in seen.tags:
        assert not {"src", "href", "xlink:href", "action", "style"} & attributes.keys(), name
        assert not any(each.startswith("on") for each in attributes), name
    assert "://" not in page
    assert "url(" not in page
    assert "@import" not in page
    page.encode("utf-8")


def test_a_page_speaks_to_those_who_do_not_see_it(shipped) -> None:
    seen = Checked(page_of(shipped, known(payment_record="late")))
    tags = dict(seen.tags)
    assert tags["html"]["lang"] == "en"
    drawings = [attributes for name, attributes in seen.tags if name == "svg"]
    ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(drawings) == 2
    assert len(ids) == len(set(ids))
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(str(drawing["aria-labelledby"]).split()) <= set(ids)
    headings = [name for name, _ in seen.tags if name in ("h1", "h2")]
    assert headings[0] == "h1"
    assert headings.count("h1") == 2  # one in each language, of which one is shown
    spoken = [attributes["lang"] for name, attributes in seen.tags if name == "main"]
    assert spoken == ["en", "zh-Hans"]
    buttons = {attributes["id"] for name, attributes in seen.tags if name == "input"}
    assert buttons == {attributes["for"] for name, attributes in seen.tags if name == "label"}
    heads = [attributes for name, attributes in seen.tags if name == "th"]
    assert heads
    assert all(each.get("scope") in {"col", "row", "rowgroup"} for each in heads)
    assert {"main", "header", "table", "thead", "tbody", "tfoot", "figcaption"} <= seen.names


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_begins_in_the_language_that_was_asked_for(shipped, lang) -> None:
    seen = Checked(page_of(shipped, known(payment_record="late"), lang))
    pressed = [attributes["id"] for name, attributes in seen.tags if "checked" in attributes]
    assert pressed == [f"in-{lang}"]


def test_the_grade_of_a_person_stands_beside_that_of_the_machine(shipped) -> None:
    day = date(2026, 1, 1)
    said = StoredOverride(1, 1, "E1", "A", "D", "<bank>", day, day, "Ann", "", "")
    explanation = Explaining(shipped, AS_OF).explain(known(payment_record="late"))
    occasion = Occasion(shipped, AS_OF, "explainer", 1, {"E1": said})
    page = explanation_html(occasion, explanation, "en")
    assert '<p class="by-hand">Ann says A until 2026-01-01: &lt;bank&gt;</p>' in page
    assert f'<strong class="grade">{explanation.decision.grade}</strong>' in page


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_list_says_stays_text(shipped, hostile: str) -> None:
    plain = Checked(page_of(shipped, known(company="x", payment_record="late")))
    lead = Lead(hostile, {"company": hostile, "payment_record": "late"}, {}, hostile, 2)
    page = page_of(shipped, lead)
    seen = Checked(page)
    assert [name for name, _ in seen.tags] == [name for name, _ in plain.tags]
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page)


def test_what_a_book_says_stays_text() -> None:
    evil = "<script>alert(1)</script>"
    book = read_book(
        f"""
book: evil
facts:
  note: {{type: text, label: "{evil}", ask: "{evil}"}}
  other: {{type: flag, label: "{evil}2", ask: "{evil}"}}
criteria:
  c:
    label: "{evil}"
    range: [0, 9]
    rules:
      - {{id: r, label: "{evil}", when: note contains x, points: 5, why: "{evil} {{note}}"}}
      - {{id: q, label: "{evil}", when: other, points: 4}}
knock_outs:
  - {{id: k, label: "{evil}", when: note contains x, grade: B}}
grades:
  A: {{from: 5, label: "{evil}"}}
  B: {{label: "{evil}"}}
next_steps:
  - {{id: s, do: "{evil}", owner: "{evil}"}}
"""
    )
    page = page_of(book, known(note=f"x{evil}"))
    assert "script" not in Checked(page).names
    assert "<script" not in page


def test_the_waterfall_ends_at_the_score(shipped) -> None:
    lead = known(payment_record="late", industry="software", purchase_ability=True)
    score = Explaining(shipped, AS_OF).explain(lead).decision.score
    page = page_of(shipped, lead)
    last = re.findall(r'<g class="score">.*?class="value"[^>]*>([^<]*)<', page)
    assert last == 2 * [f"{score / 100:g}"]
    widths = [float(each) for each in re.findall(r'<rect [^>]*width="([\d.]+)"', page)]
    assert widths
    assert all(width > 0 for width in widths)


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(each * 2 for each in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_and_bars_stand_out() -> None:
    """WCAG AA: 4.5 to 1 for text, 3 to 1 for what a drawing needs."""
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]+)", STYLE))
    for ink, paper, least in (
        ("ink", "paper", 4.5),
        ("quiet", "paper", 4.5),
        ("quiet", "tint", 4.5),
        ("gain", "paper", 3),
        ("loss", "paper", 3),
        ("sum", "paper", 3),
        ("clamp", "paper", 3),
        ("score", "paper", 4.5),
        ("paper", "score", 4.5),
        ("score", "tint", 4.5),
        ("gain", "paper", 4.5),
        ("loss", "paper", 4.5),
        ("ink", "warm", 4.5),
        ("ink", "cool", 4.5),
        ("score", "cool", 3),
    ):
        dark, light = sorted((luminance(colours[ink]), luminance(colours[paper])))
        assert (light + 0.05) / (dark + 0.05) >= least, (ink, paper)
