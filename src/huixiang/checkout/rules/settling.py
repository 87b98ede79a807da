"""What an order that was posted comes to, and what was paid for each of its lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from huixiang.checkout.model import NewOrder, RefundRequest
from huixiang.kernel.allocation import allocate

CLOCK_SKEW = timedelta(minutes=5)  # a till's clock may run ahead by this much


class Settlement(msgspec.Struct, frozen=True):
    """What an order comes to: the sum payable, the cash paid, and each line's share of that cash."""

    payable_fen: int
    cash_fen: int
    paid_fen: list[int]


def settle(order: NewOrder) -> Settlement:
    """Cash = payable less tenders, not below zero, shared among the lines in proportion to their own cash.

    A tender that names a line reduces that line; where it is more than the line, the rest reduces the others. Parts
    sum to the whole, and no line's share is negative, so that refunds of all lines give back exactly the cash.
    """
    payable = [line.payable_fen for line in order.lines]
    total = sum(payable)
    if not order.tenders:
        return Settlement(total, total, payable)
    tendered: dict[str | None, int] = {}
    for tender in order.tenders:
        tendered[tender.line_id] = tendered.get(tender.line_id, 0) + tender.amount_fen
    own_cash = [line.payable_fen - tendered.get(line.line_id, 0) for line in order.lines]
    cash = max(0, total - sum(tendered.values()))
    weights = [max(0, amount) for amount in own_cash]
    if not cash:
        return Settlement(total, 0, [0] * len(payable))
    return Settlement(total, cash, allocate(cash, weights, [line.line_id for line in order.lines]))


def content_hash(content: NewOrder | RefundRequest) -> bytes:
    """What tells a repeated posting from another one under the same number. How the member was named counts."""
    return sha256(msgspec.json.encode(content, order="deterministic")).digest()


def in_future(completed_at: datetime, now: datetime) -> bool:
    return completed_at > now + CLOCK_SKEW
