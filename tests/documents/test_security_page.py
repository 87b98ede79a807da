"""docs/operate/security.md: every item of the standard once, every test that it names, and no algorithm left out."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs/operate/security.md"
TESTS = ROOT / "tests"
# The items of OWASP ASVS 5.0.0, by section: the level of each in order.
LEVELS = """
1.1 22  1.2 1111122223  1.3 112222222223  1.4 222  1.5 123  2.1 122  2.2 112  2.3 12223  2.4 23  3.1 3  3.2 113
3.3 12223  3.4 11222233  3.5 11122333  3.6 3  3.7 22333  4.1 12233  4.2 23333  4.3 22  4.4 1222  5.1 2  5.2 112333
5.3 113  5.4 222  6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222
7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 223  7.6 22  8.1 1233  8.2 1123  8.3 133  8.4 23  9.1 111  9.2 1222
10.1 22  10.2 223  10.3 22223  10.4 1111122222233333  10.5 22222  10.6 22  10.7 222  11.1 2233  11.2 22233
11.3 11233  11.4 1222  11.5 23  11.6 23  11.7 33  12.1 12233  12.2 11  12.3 22223  13.1 2333  13.2 222223
13.3 2233  13.4 1222233  14.1 22  14.2 12223333  14.3 122  15.1 12233  15.2 12233  15.3 1222222  15.4 3333
16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 2223  17.1 23  17.2 22223333  17.3 22
"""
STATES = {"met", "partly", "no", "yours", "-"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]*) \| ([^|]*) ?\|$", re.MULTILINE)


def items() -> dict[str, str]:
    """The level of every item of the standard."""
    words = LEVELS.split()
    sections = zip(words[::2], words[1::2], strict=True)
    return {f"{section}.{n}": level for section, levels in sections for n, level in enumerate(levels, start=1)}


def rows() -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in row) for row in ROW.findall(PAGE.read_text(encoding="utf-8"))]


def missing_tests(text: str) -> list[str]:
    """Tests that a text names, and that there are not."""
    return [name for name in sorted(set(re.findall(r"`(\w+/test_\w+(?:::\w+)?)`", text))) if not _exists(name)]


def _exists(name: str) -> bool:
    file, _, test = name.partition("::")
    return f"def {test}(" in _source(file) if test else bool(_source(file))


@cache
def _source(file: str) -> str:
    path = TESTS / f"{file}.py"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def test_the_standard_has_as_many_items_as_it_says() -> None:
    assert Counter(items().values()) == {"1": 70, "2": 183, "3": 92}


@pytest.mark.requirement("SEC-01")
def test_every_item_of_levels_1_and_2_stands_in_the_table_once() -> None:
    expected = {item: level for item, level in items().items() if level in "12"}
    written = rows()
    assert Counter(row[0] for row in written) == dict.fromkeys(expected, 1)
    assert {row[0]: row[1] for row in written} == expected


@pytest.mark.requirement("SEC-01")
def test_every_item_says_whether_it_is_met_and_how() -> None:
    for item, _, about, state, how, tests in rows():
        assert state in STATES, item
        assert about, item
        assert how or state == "met", item
        assert how or tests, item


@pytest.mark.requirement("SEC-01")
def test_every_test_that_is_named_exists() -> None:
    assert missing_tests(PAGE.read_text(encoding="utf-8")) == []


def test_a_test_that_is_not_there_is_caught() -> None:
    assert missing_tests("`attacks/test_idor::test_nothing`, `attacks/test_none`, `attacks/test_idor`") == [
        "attacks/test_idor::test_nothing",
        "attacks/test_none",
    ]


ALGORITHMS = {
    "AESGCM": "AES-256-GCM",
    "AESSIV": "AES-SIV",
    "Ed25519PrivateKey": "Ed25519",
    "argon2": "argon2id",
    "hashlib.sha1": "SHA-1",
    "hashlib.sha256": "SHA-256",
    "hmac.digest": "HMAC-SHA-256",
    "pyotp": "TOTP",
    "rsa": "RSA-2048",
    "webauthn": "WebAuthn",
}
CALLED = re.compile(
    r"\b(hashlib\.(?!new)\w+|AES\w+|ChaCha\w+|Ed\w+PrivateKey|X25519\w+|argon2|bcrypt|scrypt|pyotp|webauthn|rsa|ec)\b(?=[.(]|$)"
)


def test_the_inventory_of_cryptography_is_whole() -> None:
    """Whatever the source calls has a line, and nothing weak is called that is not another's protocol."""
    text = PAGE.read_text(encoding="utf-8").partition("## Cryptography")[2].partition("\n## ")[0]
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/huixiang").rglob("*.py"))
    called = set(CALLED.findall(source))
    assert called >= {"AESGCM", "hashlib.sha256", "argon2"}
    assert called <= ALGORITHMS.keys(), "say in docs/operate/security.md what it is for"
    assert [name for name in ALGORITHMS.values() if f"| {name}" not in text] == []
    assert not re.search(r"\bmd5\b|\bDES\b|\bECB\b|\bRC4\b", source)


def test_the_classes_of_data_name_tables_that_exist() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## Classes of data")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", text))
    migrations = "\n".join(path.read_text() for path in (ROOT / "db/migrations/sql").glob("*.sql"))
    assert len(named) > 10
    assert named <= set(re.findall(r"CREATE TABLE (\w+\.\w+)", migrations))
