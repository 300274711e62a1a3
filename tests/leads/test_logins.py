"""What is seen of an address never has a password in it, escaped as it should be or not."""

from __future__ import annotations

import pytest

from leadgrade.leads.formats.logins import read_address, without_secrets


@pytest.mark.parametrize(
    ("url", "shown", "password"),
    [
        ("s3a://AK:ab/cd@bucket/x", "s3a://***@bucket/x", "ab/cd"),
        ("s3a://AK:12/cd@bucket/x", "s3a://***@bucket/x", "12/cd"),
        ("hdfs://u:p@ss@host:9000/x", "hdfs://***@host:9000/x", "p@ss"),
        ("S3A://u:pw@bucket/part-?.csv", "S3A://***@bucket/part-?.csv", "pw"),
        ("jdbc:x://u:pw@host/db?ssl=true", "jdbc:x://***@host/db", "pw"),
        ("jdbc:x://u:p?w@host/db", "jdbc:x://***", "p?w"),
        ("jdbc:x://u:pw@host/db?email=a@b", "jdbc:x://***", "pw"),
        ("jdbc:x://host/db?password=p@w&ssl=true", "jdbc:x://host/db", "p@w"),
        ("jdbc:oracle:thin:scott/ti@ger@//host:1/x", "jdbc:oracle:thin:***@//host:1/x", "ti@ger"),
        ("jdbc:oracle:oci:scott/tiger@db", "jdbc:oracle:oci:***@db", "tiger"),
        ("jdbc:y://host:1433;user=n@m;pwd={p@;w}", "jdbc:y://host:1433", "{p@;w}"),
    ],
)
def test_a_password_is_hidden(url: str, shown: str, password: str) -> None:
    address = read_address(url)
    assert address.shown == shown
    said = without_secrets(f"Cannot open {url}: {password} is wrong.\nat java", address.secrets)
    assert said.endswith(": *** is wrong.")
    assert password not in said


@pytest.mark.parametrize(
    "url",
    [
        "s3a://bucket/a@b.csv",
        "hdfs://host:9000/a.csv",
        "file:///folder/a:b@c.csv",
        "jdbc:derby:/folder/db",
        "s3a://bucket/part-?.csv",
    ],
)
def test_where_no_login_is_all_is_shown(url: str) -> None:
    assert read_address(url).shown == url
    assert without_secrets(f"no {url}", read_address(url).secrets) == f"no {url}"
