"""Copies that an act under way has promised to its member, such as the gifts of an order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from huixiang.coupons.rules import issuing as rules
from huixiang.coupons.service import many
from huixiang.coupons.service.claims import HOLDER, TTL
from huixiang.coupons.service.issuing import issue, template_in_force
from huixiang.platform.db import Transaction
from huixiang.stock import service as stock
from huixiang.stock.model import Holder


async def issue_promised(
    tx: Transaction, member_id: UUID, template: str, coupon_ids: Sequence[UUID], cause: str
) -> None:
    """Give a member copies of a template, each with its id, under all its limits.

    What all members share is taken last, and until the commit others who want it wait: a ticket taken before would have
    to be kept from placing to completion. Raises what `issue` does, and StockExhausted, after which none of it may be
    kept.
    """
    for coupon_id in coupon_ids:
        await issue(tx, member_id, template, coupon_id, cause)
    each = rules.wanted_of(template, *await template_in_force(tx, template))
    if each:
        holder = Holder(HOLDER, coupon_ids[0])
        asked = [replace(one, amount=one.amount * len(coupon_ids)) for one in each]
        await stock.reserve(tx, holder, member_id, asked, TTL)
        await stock.confirm(tx, holder)


async def leave_promised(
    tx: Transaction, template: str, coupon_ids: Sequence[UUID], unused: int, key: str = many.UNUSED
) -> None:
    """Of the copies of one `issue_promised` so many were taken back: others may have as many. key: of this taking back,
    where there are several."""
    await many.give_back(tx, Holder(HOLDER, coupon_ids[0]), template, len(coupon_ids), unused, key)
