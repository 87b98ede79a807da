"""Decisions of members: phones, masks, attribute values, tokens in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.kernel.text import Text
from huixiang.members import rules
from huixiang.members.model import AttributeRefused, AttributeUnknown, AttributeValue
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.members.rules import attributes as attribute_rules

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
TODAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("13812345678", "+8613812345678"),
        (" 138-1234 5678 ", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("+86 (138) 1234.5678", "+8613812345678"),
        ("0086 13812345678", "+8613812345678"),
        ("8613812345678", "+8613812345678"),
        ("+852 6123 4567", "+85261234567"),
        ("0044 7911 123456", "+447911123456"),
        ("12812345678", None),
        ("1381234567", None),
        ("+86 10 8888 8888", None),
        ("61234567", None),
        ("+0123456789", None),
        ("+1234", None),
        ("13812345678 ext 2", None),
        ("", None),
    ],
)
def test_phones_in_normal_form(text: str, e164: str | None) -> None:
    assert rules.normal_phone(text) == e164


@given(text=st.text(alphabet="+0123456789 -()８6", max_size=24))
def test_the_normal_form_of_a_phone_is_its_own(text: str) -> None:
    e164 = rules.normal_phone(text)
    assert e164 is None or rules.normal_phone(e164) == e164


@given(tail=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_phone_lacks_its_middle(tail: str) -> None:
    masked = rules.mask_phone(f"+86{tail}")
    assert masked == f"{tail[:3]}****{tail[7:]}"


def test_masks() -> None:
    assert rules.mask_phone("+85261234567") == "+85****67"
    assert [rules.mask_name(name) for name in ("王小明", "欧阳明日", "李", "Alice Smith")] == [
        "王**",
        "欧**",
        "李**",
        "A**",
    ]


def defined(kind: str, *choices: str) -> dict[str, AttributeDefinition]:
    definition = AttributeDefinition(
        code="x",
        type=kind,  # type: ignore[arg-type]  # one of the six
        title=Text(zh="属性", en="Attribute"),
        purpose="test",
        choices=choices,
    )
    return {"x": definition}


@pytest.mark.requirement("MEM-06")
@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        ("boolean", [True, False], [0, 1, "true"]),
        ("integer", [0, -5, 10**12], [True, "5"]),
        ("text", ["", "红富士", "x" * 200], [1, False, "x" * 201, ["x"]]),
        ("date", ["2026-01-31", "2024-02-29"], ["2026-02-29", "2026-1-31", "20260131", "", 20260131]),
        ("choice", ["a", "b"], ["c", "", "A", True, ["a"]]),
        ("choices", [["a"], ["b", "a"]], ["a", ["c"], ["a", "a"], [""], True]),
    ],
)
def test_values_of_each_type(kind: str, taken: list[AttributeValue], refused: list[AttributeValue]) -> None:
    definitions = defined(kind, *(["a", "b"] if kind in {"choice", "choices"} else []))
    for value in taken:
        attribute_rules.check_attribute("x", value, definitions)
    for value in refused:
        with pytest.raises(AttributeRefused):
            attribute_rules.check_attribute("x", value, definitions)


def test_an_attribute_that_nobody_defined_is_refused() -> None:
    with pytest.raises(AttributeUnknown):
        attribute_rules.check_attribute("y", 1, defined("integer"))


@pytest.mark.parametrize(
    ("birthday", "registered_at", "path"),
    [
        (date(1899, 12, 31), None, "$.birthday"),
        (TODAY + timedelta(days=1), None, "$.birthday"),
        (None, NOW + timedelta(minutes=6), "$.registered_at"),
    ],
)
def test_a_registration_that_cannot_be(birthday: date | None, registered_at: datetime | None, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        rules.check_registration(birthday, registered_at, NOW, TODAY)
    assert refusal.value.fields["path"] == path


def test_a_registration_that_can() -> None:
    rules.check_registration(TODAY, NOW + timedelta(minutes=5), NOW, TODAY)
    rules.check_registration(date(1900, 1, 1), datetime(1999, 1, 1, tzinfo=UTC), NOW, TODAY)


A, B = UUID(int=1), UUID(int=2)
ONE, TWO = ("external", "1"), ("phone", "2")


@pytest.mark.parametrize(
    ("owners", "whose"),
    [
        ({}, None),
        ({ONE: A, TWO: A}, A),
        ({ONE: A}, ONE),
        ({TWO: A}, TWO),
        ({ONE: A, TWO: B}, ONE),
    ],
)
def test_whose_identities_these_are(owners: dict[tuple[str, str], UUID], whose: object) -> None:
    assert rules.owner_of([ONE, TWO], owners) == whose


@pytest.mark.parametrize(
    ("issued", "expires", "holds"),
    [
        (-60, 60, True),
        (-60, 0, False),
        (-60, -1, False),
        (300, 600, True),
        (301, 600, False),
        (0, 86_400, True),
        (0, 86_401, False),
    ],
)
def test_when_a_token_holds(issued: int, expires: int, holds: bool) -> None:  # noqa: FBT001 - a case
    now = int(NOW.timestamp())
    assert rules.token_holds(now + issued, now + expires, NOW) is holds


def test_every_refusal_says_itself_in_both_languages() -> None:
    refusal: DomainError = AttributeRefused(attribute="x", problem="expected a value of type date")
    assert "x" in refusal.message("zh")
    assert "x" in refusal.message("en")
