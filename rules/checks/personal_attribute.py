"""A personal attribute (age, sex, belief, family, health, origin) that counts for the grade."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.uses import roots_of
from leadgrade.rules.model import Fact
from leadgrade.rules.proving.proof import Goal

ENGLISH = re.compile(
    r"\b(?:age|ages|aged|birthday|birthdate|birth|born|sex|gender|male|female|"
    r"religion|religious|belief|beliefs|faith|church|marital|married|marriage|"
    r"spouse|family|children|child|pregnant|pregnancy|health|illness|disease|"
    r"disability|disabled|race|racial|ethnicity|ethnic|nationality|citizenship|"
    r"birthplace|hometown|native|political|party|union|orientation)\b"
)
CHINESE = re.compile(
    "年龄|出生|生日|性别|宗教|信仰|婚姻|婚否|已婚|配偶|家庭|子女|孩子|怀孕|孕期|健康|疾病|病史|残疾"
    "|民族|种族|国籍|籍贯|户籍|政治面貌|党派|性取向"
)
OF_COMPANIES = re.compile(
    r"\b(?:company|firm|account|invoice|lead|business|contract|equipment|"
    r"machine|product|order|financial|third)\b"
)
_OF_COMPANIES_ZH = re.compile("企业|公司|账|合同|线索|设备|订单|财务|产品")


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules and knock-outs that read a personal attribute and do not say why."""
    book = context.book
    personal = {fact.id for fact in book.all_facts.values() if is_personal(fact)}
    if not personal:
        return
    for part in context.parts_of_grade:
        found = sorted(roots_of(book, part.when) & personal)
        if found and not part.justification:
            place = context.places.of(part.span, part.key)
            args = {"kind": part.kind, "name": part.id, "facts": ", ".join(found)}
            yield Hit(place, args, context.example(Goal(part.when)), about=part.when)


def is_personal(fact: Fact) -> bool:
    """Whether a fact is declared personal, or called like a personal attribute."""
    if fact.personal:
        return True
    names = " ".join(fact.names).replace("_", " ").casefold()
    if _OF_COMPANIES_ZH.search(names) or OF_COMPANIES.search(names):
        return False
    return bool(ENGLISH.search(names) or CHINESE.search(names))


CHECK = Check(
    "personal-attribute",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
facts:
  married: {type: flag, label: {en: Married, zh: 已婚}}
criteria:
  power:
    range: [0, 30]
    rules:
      - id: settled
        when: married
        points: 5
""",
    good="""\
facts:
  company_age: {type: number, label: {en: Age of the company, zh: 公司成立年数}}
criteria:
  power:
    range: [0, 30]
    rules:
      - id: settled
        when: company_age > 5
        points: 5
""",
)
