"""What is charged for placed orders and given back: asked of the shop as instructions, but for what it says it was paid
already (CHK-09). The caller holds the owner's accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from huixiang.checkout.model import Order, Refund
from huixiang.checkout.model.instructions import Instruction, Kind
from huixiang.checkout.model.placing import Payment, Placed
from huixiang.checkout.rules import paying as rules
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
        await _ask(tx, placed, DUE, "charge", placed.due_fen, "order")


async def repriced(tx: Transaction, kept: Kept) -> Kept:
    """After picking: what was paid too much is given back, what is to be paid more is charged for. What was not paid is
    due when it was before; who has paid owes what it weighs more without an end, and keeps the order."""
    placed, known = kept.placed, await _of(tx, kept)
    paid_fen = rules.paid_fen(kept.said_fen, known)
    asked = rules.after_picking(paid_fen, stands_now(kept).cash_fen, placed.due_fen)
    if asked.void_open:
        await _void_open(tx, kept, known)
    await _ask(tx, placed, PICKED if asked.kind == "charge" else PICKED_BACK, asked.kind, asked.fen, "picking")
    return _with(kept, asked.payment, placed.pay_by if asked.payment == "due" else None)


async def said_paid(tx: Transaction, kept: Kept) -> Kept:
    """The shop says that what is due was paid, without any instruction: those that are open are not needed."""
    if kept.placed.payment != "due":
        return kept
    known = await _of(tx, kept)
    await _void_open(tx, kept, known)
    said_fen = kept.said_fen + stands_now(kept).cash_fen - rules.paid_fen(kept.said_fen, known)
    return _with(msgspec.structs.replace(kept, said_fen=said_fen), "paid", None)


async def undone(tx: Transaction, kept: Kept) -> int:
    """Of an order that is cancelled, what was paid is given back: how much."""
    known = await _of(tx, kept)
    await _void_open(tx, kept, known)
    paid_fen = rules.paid_fen(kept.said_fen, known)
    await _ask(tx, kept.placed, CANCELLED, "give_back", paid_fen, "cancelled")
    return paid_fen


async def so_far(tx: Transaction, kept: Kept) -> tuple[int, int]:
    """Of an order on its way: what was paid, less what was given back, and what is asked for and not paid yet."""
    known = await _of(tx, kept)
    return rules.paid_fen(kept.said_fen, known), sum(one.fen for one in known if rules.is_open(one))


async def refunded(tx: Transaction, order: Order, refund: Refund) -> None:
    """Give back what a refund pays, of an order that was placed or of a till's."""
    await _ask(tx, order, f"refund:{refund.refund_id}", "give_back", refund.cash_refund_fen + refund.fees_fen, "refund")


async def settle(tx: Transaction, confirmed: Instruction) -> None:
    """A charge was paid: so is its order, where nothing more is due."""
    kept = await store.find(tx, confirmed.member_id, confirmed.order_id, lock=True)
    if kept is None or kept.placed.payment != "due" or kept.placed.state not in OPEN:
        return
    if rules.paid_fen(kept.said_fen, await _of(tx, kept)) >= stands_now(kept).cash_fen:
        await store.save(tx, _with(kept, "paid", None))


async def _of(tx: Transaction, kept: Kept) -> list[Instruction]:
    return await instructions.of_order(tx, kept.placed.member_id, kept.placed.order_id)


async def _void_open(tx: Transaction, kept: Kept, known: list[Instruction]) -> None:
    for one in known:
        if rules.is_open(one):
            await instructions.void(tx, kept.placed.member_id, kept.placed.order_id, one.key)


async def _ask(tx: Transaction, of: Placed | Order, key: str, kind: Kind, fen: int, cause: str) -> None:
    """Ask for a sum of an order, where it is one."""
    if fen:
        await instructions.ask(
            tx, member_id=of.member_id, order_id=of.order_id, key=key, kind=kind, fen=fen, cause=cause
        )  # fmt: skip


def _with(kept: Kept, payment: Payment, pay_by: datetime | None) -> Kept:
    return msgspec.structs.replace(
        kept, placed=msgspec.structs.replace(kept.placed, payment=payment, pay_by=pay_by)
    )  # fmt: skip
