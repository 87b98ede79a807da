"""What picking asks for: when it has been moved, exactly what is to be paid was paid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.rules.paying import after_picking

FEN = st.integers(0, 500) | st.integers(0, 10**12)


@pytest.mark.requirement("CHK-09")
@given(due=FEN, to_pay=FEN, paid=st.sampled_from(["nothing", "all", "other"]), other=FEN)
def test_what_is_asked_for_settles_the_order(due: int, to_pay: int, paid: str, other: int) -> None:
    paid_fen = {"nothing": 0, "all": due, "other": other}[paid]
    asked = after_picking(paid_fen, to_pay, due)
    open_fen = due if not paid_fen and not asked.void_open else 0  # the charge of the placing, where nobody paid it
    assert asked.fen >= 0
    moved = asked.fen if asked.kind == "charge" else -asked.fen
    assert paid_fen + open_fen + moved == to_pay
    assert (asked.payment == "due") == (open_fen + max(moved, 0) > 0)
    assert (asked.payment == "none") == (to_pay == 0)
