"""What is charged for placed orders and given back: asked of the shop as instructions, but for what it says it was paid
already (CHK-09). The caller holds the owner's accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from huixiang.checkout.model import Order, Refund
from huixiang.checkout.model.instructions import Instruction
from huixiang.checkout.model.placing import Payment, Placed
from huixiang.checkout.rules.moves import OPEN
from huixiang.checkout.service import instructions
from huixiang.checkout.service.standing import stands_now
from huixiang.checkout.store import placed as store
from huixiang.checkout.store.placed import Kept
from huixiang.platform.db import Transaction

PAY_WITHIN = timedelta(minutes=30)
# The keys of an order's instructions, each of which there is once.
DUE, PICKED, PICKED_BACK, CANCELLED = "due", "picked", "picked:back", "cancelled"


async def charge(tx: Transaction, placed: Placed) -> None:
    """Ask for what is due of an order that was placed just now."""
    if placed.payment == "due":
        await instructions.ask(
            tx,
            member_id=placed.member_id,
            order_id=placed.order_id,
            key=DUE,
            kind="charge",
            fen=placed.due_fen,
            cause="order",
        )


async def repriced(tx: Transaction, kept: Kept) -> Kept:
    """After picking: what was paid too much is given back, what is to be paid more is charged for."""
    known = await _of(tx, kept)
    paid_fen, to_pay_fen = _paid(kept, known), stands_now(kept).cash_fen
    if paid_fen > to_pay_fen:
        member_id, order_id = kept.placed.member_id, kept.placed.order_id
        await _give_back(tx, member_id, order_id, PICKED_BACK, paid_fen - to_pay_fen, "picking")
    elif to_pay_fen > paid_fen and (paid_fen or to_pay_fen != kept.placed.due_fen):
        await _void_open(tx, kept, known)
        await instructions.ask(
            tx,
            member_id=kept.placed.member_id,
            order_id=kept.placed.order_id,
            key=PICKED,
            kind="charge",
            fen=to_pay_fen - paid_fen,
            cause="picking",
        )
    elif not to_pay_fen:
        await _void_open(tx, kept, known)
    payment: Payment = "due" if to_pay_fen > paid_fen else "paid" if to_pay_fen else "none"
    return _with(kept, payment, kept.placed.pay_by or tx.now + PAY_WITHIN if payment == "due" else None)


async def said_paid(tx: Transaction, kept: Kept) -> Kept:
    """The shop says that what is due was paid, without any instruction: those that are open are not needed."""
    if kept.placed.payment != "due":
        return kept
    known = await _of(tx, kept)
    await _void_open(tx, kept, known)
    said_fen = kept.said_fen + stands_now(kept).cash_fen - _paid(kept, known)
    return _with(msgspec.structs.replace(kept, said_fen=said_fen), "paid", None)


async def undone(tx: Transaction, kept: Kept) -> int:
    """Of an order that is cancelled, what was paid is given back: how much."""
    known = await _of(tx, kept)
    await _void_open(tx, kept, known)
    paid_fen = _paid(kept, known)
    await _give_back(tx, kept.placed.member_id, kept.placed.order_id, CANCELLED, paid_fen, "cancelled")
    return paid_fen


async def refunded(tx: Transaction, order: Order, refund: Refund) -> None:
    """Give back what a refund pays, of an order that was placed or of a till's."""
    key, fen = f"refund:{refund.refund_id}", refund.cash_refund_fen
    await _give_back(tx, order.member_id, order.order_id, key, fen, "refund")


async def settle(tx: Transaction, confirmed: Instruction) -> None:
    """A charge was paid: so is its order, where nothing more is due."""
    kept = await store.find(tx, confirmed.member_id, confirmed.order_id, lock=True)
    if kept is None or kept.placed.payment != "due" or kept.placed.state not in OPEN:
        return
    if _paid(kept, await _of(tx, kept)) >= stands_now(kept).cash_fen:
        await store.save(tx, _with(kept, "paid", None))


def _paid(kept: Kept, known: list[Instruction]) -> int:
    """What was paid, less what is given back."""
    charged = sum(one.fen for one in known if one.kind == "charge" and one.state == "confirmed")
    return kept.said_fen + charged - sum(one.fen for one in known if one.kind == "give_back")


async def _of(tx: Transaction, kept: Kept) -> list[Instruction]:
    return await instructions.of_order(tx, kept.placed.member_id, kept.placed.order_id)


async def _void_open(tx: Transaction, kept: Kept, known: list[Instruction]) -> None:
    for one in known:
        if one.kind == "charge" and one.state in {"sent", "failed"}:
            await instructions.void(tx, kept.placed.member_id, kept.placed.order_id, one.key)


async def _give_back(tx: Transaction, member_id: UUID, order_id: UUID, key: str, fen: int, cause: str) -> None:
    if fen:
        await instructions.ask(
            tx, member_id=member_id, order_id=order_id, key=key, kind="give_back", fen=fen, cause=cause
        )


def _with(kept: Kept, payment: Payment, pay_by: datetime | None) -> Kept:
    return msgspec.structs.replace(
        kept, placed=msgspec.structs.replace(kept.placed, payment=payment, pay_by=pay_by)
    )  # fmt: skip
