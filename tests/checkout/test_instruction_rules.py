"""What may become of a sum to charge or to give back: every state with every act (CHK-09)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from huixiang.checkout.model.instructions import (
    Instruction,
    InstructionPaidBefore,
    InstructionStateFixed,
    PaymentInFuture,
    State,
)
from huixiang.checkout.rules import instructions as rules

pytestmark = pytest.mark.requirement("CHK-09")

MEMBER, ORDER = UUID(int=1), UUID(int=2)
# By hand: what follows; "=" as it was; "-" refused, "paid" because another payment confirmed it.
TABLE = """
           confirm    fail       retry  void
sent       confirmed  failed     -      voided
failed     confirmed  -          sent   voided
confirmed  paid       -          -      -
voided     confirmed  -          -      =
"""


def cells() -> dict[tuple[str, str], str]:
    head, *rows = [row.split() for row in TABLE.strip().splitlines()]
    return {(state, act): cell for state, *row in rows for act, cell in zip(head, row, strict=True)}


def charge(state: State, now: datetime) -> Instruction:
    one = rules.asked(MEMBER, ORDER, "due", "charge", 100, "order", now)
    paid = {"reference": "pay-0", "paid_at": now, "settled_at": now} if state == "confirmed" else {}
    return msgspec.structs.replace(one, state=state, reason="BEFORE" if state == "failed" else None, **paid)


def acted(one: Instruction, act: str, now: datetime) -> str:
    """What it comes to; `=` where nothing changes; `-`, `paid`: refused."""
    done = {
        "confirm": lambda: rules.confirmed(one, "pay-1", now, now),
        "fail": lambda: rules.failed(one, "NOTENOUGH"),
        "retry": lambda: rules.retried(one, now),
        "void": lambda: rules.voided(one, now),
    }
    try:
        after = done[act]()
    except InstructionPaidBefore:
        return "paid"
    except InstructionStateFixed:
        return "-"
    return "=" if after is one else after.state


def test_every_state_with_every_act(now: datetime) -> None:
    table = cells()
    assert set(table) == set(product(get_args(State), get_args(rules.Act)))
    found = {
        (state, act): acted(charge(state, now), act, now) for state, act in product(*map(get_args, (State, rules.Act)))
    }
    assert found == table
    assert {pair: cell for pair, cell in table.items() if cell in get_args(State)} == dict(rules.MOVES)


def test_the_same_again_changes_nothing(now: datetime) -> None:
    paid = rules.confirmed(charge("sent", now), "pay-1", now, now)
    assert rules.confirmed(paid, "pay-1", now, now + timedelta(days=1)) is paid
    failed = rules.failed(charge("sent", now), "NOTENOUGH")
    assert rules.failed(failed, "NOTENOUGH") is failed


def test_a_give_back_is_owed_until_it_is_made(now: datetime) -> None:
    one = msgspec.structs.replace(charge("sent", now), kind="give_back")
    with pytest.raises(InstructionStateFixed):
        rules.voided(one, now)


def test_nothing_was_paid_tomorrow(now: datetime) -> None:
    one = charge("sent", now)
    assert rules.confirmed(one, "p", now + timedelta(minutes=5), now).state == "confirmed"
    with pytest.raises(PaymentInFuture):
        rules.confirmed(one, "p", now + timedelta(minutes=6), now)


def test_tries_are_counted(now: datetime) -> None:
    one = charge("sent", now)
    for tries in range(2, 5):
        one = rules.retried(rules.failed(one, "NOTENOUGH"), now + timedelta(hours=tries))
        assert (one.tries, one.sent_at, one.asked_at) == (tries, now + timedelta(hours=tries), now)
