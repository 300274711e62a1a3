"""Phones, addresses, tax ids and names in one writing each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.leads.identity.contact import (
    is_credit_code,
    normal_company,
    normal_email,
    normal_phone,
    normal_tax_id,
)


@pytest.mark.parametrize(
    ("text", "country", "want"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("138-0013-8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("+86 138 0013 8000", "CN", "+8613800138000"),
        ("0086-13800138000", "CN", "+8613800138000"),
        ("(+86)13800138000", "CN", "+8613800138000"),
        ("8613800138000", "CN", "+8613800138000"),
        ("手机：13800138000", "CN", "+8613800138000"),
        ("13800138000.0", "CN", "+8613800138000"),
        ("010-62345678", "CN", "+861062345678"),
        ("+86 (0)10 6234 5678", "CN", "+861062345678"),
        ("(0571) 8765 4321", "CN", "+8657187654321"),
        ("0571-87654321转802", "CN", "+8657187654321x802"),
        ("0571-87654321 ext. 802", "CN", "+8657187654321x802"),
        ("400-800-1234", "CN", "+864008001234"),
        ("+1 (415) 555-2671", "CN", "+14155552671"),
        ("415-555-2671", "US", "+14155552671"),
        ("1-415-555-2671", "US", "+14155552671"),
        ("06 11 22 33 44", "FR", "+33611223344"),
        ("+49 170 1234567", "DE", "+491701234567"),
        ("+44 (0)20 7946 0018", "GB", "+442079460018"),
        ("9876501234", "IN", "+919876501234"),
        ("+971 50 123 4567", "CN", "+971501234567"),
        ("62345678", "CN", None),  # whose area?
        ("87654321-802", "CN", None),
        ("12345", "CN", None),
        ("00000000000", "CN", None),
        ("13800138000 / 13900139000", "CN", None),
        ("1.38E+10", "CN", None),
        ("raj@agency.in / 9876501234", "IN", None),
        ("6234 5678", "XX", None),
        ("+86 123", "CN", None),
        ("", "CN", None),
        ("n/a", "CN", None),
        ("1" * 5000, "CN", None),
    ],
)
def test_a_phone_in_any_writing_is_one_number(text: str, country: str, want: str | None) -> None:
    assert normal_phone(text, country) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        (" ann@example.com ", "ann@example.com"),
        ("ａｎｎ＠example.com", "ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("Ann Lee <ann@example.com>", "ann@example.com"),
        ("ann+news@example.co.uk", "ann+news@example.co.uk"),
        ("info@müller.de", "info@xn--mller-kva.de"),
        ("张三@例子.中国", "张三@xn--fsqu00a.xn--fiqs8s"),
        ("ann@example.com.", "ann@example.com"),
        ("invalid", None),
        ("ann@localhost", None),
        ("ann@@example.com", None),
        ("ann@example..com", None),
        (".ann@example.com", None),
        ("ann@-example.com", None),
        ("ann@10.0.0.1", None),
        ("a@example.com; b@example.com", None),
        ("", None),
        ("@", None),
    ],
)
def test_an_address_in_any_writing_is_one_address(text: str, want: str | None) -> None:
    assert normal_email(text) == want


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("华为技术有限公司", "华为技术"),
        ("深圳市腾讯计算机系统有限公司", "深圳市腾讯计算机系统"),
        ("比亚迪股份有限公司", "比亚迪"),
        ("北京某某（集团）有限责任公司", "北京某某集团"),
        ("Acme Co., Ltd.", "acme"),
        ("ACME CO.,LTD", "acme"),
        ("Ａｃｍｅ　Ｉｎｃ．", "acme"),
        ("Müller GmbH", "müller"),
        ("Müller GmbH & Co. KG", "müller"),
        ("Smith & Sons Ltd", "smithandsons"),
        ("Smith and Sons", "smithandsons"),
        ("Ferrari S.p.A.", "ferrari"),
        ("Blue Spa", "bluespa"),
        ("Société FR S.A.R.L.", "sociétéfr"),
        ("Maersk A/S", "maersk"),
        ("Beispiel AG", "beispiel"),
        ("株式会社トヨタ", "トヨタ"),
        ("Foo Sdn. Bhd.", "foo"),
        ("Foo Pte. Ltd.", "foo"),
        ("Limited", "limited"),
        ("有限公司", "有限公司"),
        ("", ""),
        ("…", ""),
    ],
)
def test_a_company_is_known_without_its_legal_form(name: str, want: str) -> None:
    assert normal_company(name) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("9135 0100 m000 100y43", "91350100M000100Y43"),
        ("913501OOMOOO1OOY43", "91350100M000100Y43"),
        ("DE 123 456 789", "DE123456789"),
        ("552 100 554", "552100554"),
        ("FR-40-303265045", "FR40303265045"),
        ("000000000", None),
        ("unknown", None),
        ("12", None),
        ("", None),
    ],
)
def test_a_tax_id_in_any_writing_is_one_number(text: str, want: str | None) -> None:
    assert normal_tax_id(text) == want


def test_the_check_digit_of_a_credit_code_is_known() -> None:
    assert is_credit_code("91350100M000100Y43")
    assert not is_credit_code("91350100M000100Y44")
    assert not is_credit_code("91350100M000100Y4")


@given(st.text(max_size=60))
def test_no_text_breaks_them_and_what_is_normal_stays(text: str) -> None:
    company = normal_company(text)
    assert isinstance(company, str)
    phone, email, tax = normal_phone(text), normal_email(text), normal_tax_id(text)
    assert phone is None or normal_phone(phone) == phone
    assert email is None or normal_email(email) == email
    assert tax is None or normal_tax_id(tax) == tax


@given(st.from_regex(r"\+?[0-9() -]{6,18}(x[0-9]{1,4})?", fullmatch=True))
def test_a_normal_phone_stays(text: str) -> None:
    phone = normal_phone(text)
    assert phone is None or normal_phone(phone) == phone
