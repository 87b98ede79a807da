"""Orders and refunds in one upload (PTS-19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.checkout.shop import Shop
from tests.support.programme import line, till_order

pytestmark = pytest.mark.requirement("PTS-19")


def refund(order: str, number: str, at: datetime, quantity: int = 1, source: str = "till") -> dict[str, Any]:
    return {
        "order": {"source": source, "external_id": order},
        "external_id": number,
        "reason": "ripe",
        "occurred_at": at,
        "lines": [{"line_id": "a", "quantity": quantity}],
    }


async def test_a_refund_in_the_upload_of_its_order_works_in_order(shop: Shop, member: UUID, now: datetime) -> None:
    orders = [till_order(member, str(n), now, [line("a", 1000, pieces=2)]) for n in range(2)]
    rows = [
        orders[0],
        refund("0", "r1", now),
        refund("0", "r1", now),
        orders[1],
        refund("0", "r1", now, 2),
        refund("0", "r2", now, 2),
        refund("0", "r3", now),
        refund("1", "r1", now),
        refund("nowhere", "r1", now),
    ]
    told = await shop.upload(*rows)
    outcomes = [one.get("problem", {}).get("code") or one["outcome"] for one in told]
    assert outcomes == [
        "created", "created", "unchanged", "created", "refund_conflict", "refund_too_much", "created",
        "created", "refund_above_order",
    ]  # fmt: skip
    assert (await shop.balance(member)).balance == 5
    assert (await shop.read(told[0]["id"]))["state"] == "refunded"
    again = await shop.upload(*rows[:3], *rows[6:8])
    assert [one["outcome"] for one in again] == ["unchanged"] * 5
    assert [one["id"] for one in again] == [told[place]["id"] for place in (0, 1, 1, 6, 7)]
    assert (await shop.balance(member)).balance == 5
    assert len(await shop.journal(member)) == 5


async def test_an_order_stands_above_its_refunds(shop: Shop, member: UUID, now: datetime) -> None:
    """The refund above is answered; the order below is posted, and can be refunded."""
    order = till_order(member, "1", now, [line("a", 1000, pieces=2)])
    told = await shop.upload(refund("1", "r1", now), order, refund("1", "r2", now))
    assert [one["outcome"] for one in told] == ["refused", "created", "created"]
    problem = told[0]["problem"]
    assert problem["code"] == "refund_above_order"
    assert problem["detail"] == "No order 1 of till was posted before this row: an order stands above its refunds."
    assert [one["outcome"] for one in await shop.upload(refund("1", "r1", now))] == ["created"]
    assert (await shop.balance(member)).balance == 0
    await shop.journal(member)
