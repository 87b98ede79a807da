"""What is to be charged for an order and given back, by what was paid for it so far (CHK-09)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from huixiang.checkout.model.instructions import Instruction, Kind
from huixiang.checkout.model.placing import Payment


class Asked(msgspec.Struct, frozen=True):
    """What a change of price asks for: `fen` to move, 0 for none. void_open: charges that nobody has paid are not
    needed any more. payment: how the order stands then."""

    payment: Payment
    kind: Kind = "charge"
    fen: int = 0
    void_open: bool = False


def paid_fen(said_fen: int, known: Iterable[Instruction]) -> int:
    """What was paid, less what is given back. said_fen: paid without an instruction, as the shop says."""
    paid = said_fen
    for one in known:
        if one.kind == "give_back":
            paid -= one.fen
        elif one.state == "confirmed":
            paid += one.fen
    return paid


def is_open(one: Instruction) -> bool:
    """A charge that may still be paid."""
    return one.kind == "charge" and one.state in {"sent", "failed"}


def after_picking(paid_fen: int, to_pay_fen: int, due_fen: int) -> Asked:
    """due_fen: what was asked for when the order was placed, and stands as it is where nothing else is due now."""
    if paid_fen > to_pay_fen:
        return Asked("paid" if to_pay_fen else "none", "give_back", paid_fen - to_pay_fen)
    if paid_fen == to_pay_fen:
        return Asked("paid" if to_pay_fen else "none", void_open=True)
    if not paid_fen and to_pay_fen == due_fen:
        return Asked("due")
    return Asked("due", "charge", to_pay_fen - paid_fen, void_open=True)
