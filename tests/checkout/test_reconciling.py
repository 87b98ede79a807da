"""Every payment and every instruction of a day stands in exactly one place of its reconciliation (CHK-09)."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.model.instructions import Instruction
from huixiang.checkout.model.statements import Payment
from huixiang.checkout.rules import instructions, reconciling

pytestmark = pytest.mark.requirement("CHK-09")

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
ORDER = UUID(int=1)


def instruction(number: int, fen: int, reference: str | None) -> Instruction:
    one = instructions.asked(ORDER, ORDER, str(number), "charge", fen, "order", NOW)
    return one if reference is None else instructions.confirmed(one, reference, NOW, NOW)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Instruction], list[Payment]]:
    ours = [
        instruction(number, draw(st.integers(1, 2)), draw(st.sampled_from([None, "a", "b", "c"])))
        for number in range(draw(st.integers(0, 4)))
    ]
    names = [None, UUID(int=9), *(one.instruction_id for one in ours)]
    theirs = [
        Payment(
            reference=reference, kind="charge", instruction_id=draw(st.sampled_from(names)),
            fen=draw(st.integers(1, 2)), paid_at=NOW, version=1,
        )
        for reference in draw(st.lists(st.sampled_from("abcdef"), unique=True))
    ]  # fmt: skip
    return ours, theirs


@given(days())
def test_nothing_is_lost_and_nothing_stands_twice(day: tuple[list[Instruction], list[Payment]]) -> None:
    ours, theirs = day
    by_id = {one.instruction_id: one for one in ours}
    named: dict[UUID, list[Payment]] = {}
    for payment in theirs:
        if payment.instruction_id is not None:
            named.setdefault(payment.instruction_id, []).append(payment)
    found = list(reconciling.of_statement(theirs, by_id, named))
    assert len(found) == len(theirs)
    confirmed = [one for one in ours if one.state == "confirmed"]
    alone = [part.instruction for part in reconciling.unpaid(confirmed, named)]
    matched = []
    for payment, part in zip(theirs, found, strict=True):
        one = by_id.get(payment.instruction_id) if payment.instruction_id else None
        if part is None:
            assert one is not None
            assert (one.reference, one.fen, one.kind) == (payment.reference, payment.fen, payment.kind)
            matched.append(one)
        elif part.what == "figures":
            assert one is not None
            assert (one.reference, one.fen) != (payment.reference, payment.fen)
            matched.append(one)
        else:
            assert part.what == "only_theirs"
    # Each that is confirmed is one payment's, or alone.
    assert sorted(one.key for one in [*matched, *filter(None, alone)]) == sorted(one.key for one in confirmed)


@given(days(), st.randoms(use_true_random=False))
def test_the_order_of_a_statement_does_not_matter(day: tuple[list[Instruction], list[Payment]], chance: Random) -> None:
    ours, theirs = day
    by_id = {one.instruction_id: one for one in ours}

    def parts(payments: list[Payment]) -> dict[str, str]:
        named: dict[UUID, list[Payment]] = {}
        for payment in payments:
            if payment.instruction_id is not None:
                named.setdefault(payment.instruction_id, []).append(payment)
        found = reconciling.of_statement(payments, by_id, named)
        return {
            payment.reference: part.what if part else "agreed" for payment, part in zip(payments, found, strict=True)
        }

    mixed = [msgspec.structs.replace(payment) for payment in theirs]
    chance.shuffle(mixed)
    assert parts(mixed) == parts(theirs)
