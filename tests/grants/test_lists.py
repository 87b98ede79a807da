"""A list as a file: what its rows name, and what is said of those that name nobody."""

from __future__ import annotations

import pytest

from huixiang.grants.rules.lists import ROWS_MAX, read_list
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import member_number, new_id
from huixiang.members.model import MemberRef

NUMBER = member_number(7)


def test_a_header_names_the_columns_and_rows_keep_their_lines() -> None:
    listed = read_list(f"\ufeffnumber,amount\r\n{NUMBER},50\r\n\r\n{NUMBER}\r\n{NUMBER},0\r\n", amounts=True)
    assert [(one.line, one.ref, one.amount) for one in listed.entries] == [(2, MemberRef(number=NUMBER), 50)]
    assert listed.problems == {4: "has 1 cells, not 2", 5: "amount is no whole number from 1 to 10000000"}


def test_without_a_header_each_row_is_an_id_a_number_or_a_phone() -> None:
    member = new_id()
    listed = read_list(f"{member}\n{NUMBER}\n13800138000\na,b\nx\n", amounts=True)
    assert [one.ref for one in listed.entries] == [
        MemberRef(member_id=member),
        MemberRef(number=NUMBER),
        MemberRef(phone="13800138000"),
    ]
    assert set(listed.problems) == {4, 5}


def test_problems_repeat_nothing_of_the_row() -> None:
    listed = read_list("phone\n138\n=cmd|x\n", amounts=False)
    assert "138" not in "".join(listed.problems.values())
    assert len(listed.problems) + len(listed.entries) == 2


@pytest.mark.parametrize(
    ("text", "amounts"),
    [("number,phone\n", True), ("number,colour\n", True), ("number,amount\n", False), ("number,number\n", True)],
)
def test_a_header_that_cannot_be_read_is_refused(text: str, amounts: bool) -> None:  # noqa: FBT001 - a parameter
    with pytest.raises(InvalidInput):
        read_list(text, amounts=amounts)


def test_a_list_is_bounded() -> None:
    with pytest.raises(InvalidInput):
        read_list("x\n" * (ROWS_MAX + 1), amounts=False)
