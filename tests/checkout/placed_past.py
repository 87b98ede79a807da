"""Orders placed on quotes that laws can be shown to speak of."""

from __future__ import annotations

from uuid import UUID

from huixiang.benefits import service as benefits
from huixiang.benefits.model import NewEntitlement
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import Cap, CouponRule, OrderRule
from huixiang.pricing.service import tokens
from tests.checkout.counter import opened
from tests.pricing.quoting import Secrets, good, named, pieces

RULES = [
    CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),))),
    OrderRule(
        code="once", name=named("once"), effect=Off((OffStep(5_000, 300),)), caps=(Cap("uses", 9, "member"),),
        benefit="plus",
    ),
]  # fmt: skip


async def place_three(db: Database, member: UUID) -> list[UUID]:
    """One on its way with points and a coupon, one completed, one cancelled; each used a rule with a cap, under a
    benefit."""
    tokens.use_secrets(Secrets("here"))
    found = []
    async with opened(db) as counter:
        await counter.stock(good("beef", 5_200), good("rice", 6_500))
        await counter.document("benefit", "plus", {"name": named("plus")})
        await counter.publish(RULES)
        async with db.transaction() as tx:
            await benefits.entitle(tx, member, NewEntitlement(benefit="plus", source="test"))
        await counter.give_points(member, 500)
        for number, points in enumerate((300, 0, 200)):
            await counter.grant(member, "ten")
            quote = await counter.quote([pieces("beef"), pieces("rice")], member, points=points)
            order = await counter.place(quote, f"placed-{number}", paid=True)
            found.append(UUID(order["order_id"]))
            if number == 1:
                await counter.act(order, "fulfil", picked=[{"line_id": "2", "quantity": 0}])
                await counter.act(order, "complete")
            if number == 2:
                await counter.act(order, "cancel", reason="for the test")
    return found
