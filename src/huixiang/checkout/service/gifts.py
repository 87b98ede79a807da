"""Gifts of an order: given with its completion, and kept on record (PRC-03)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from huixiang.checkout.model.placing import OrderGift, Placed
from huixiang.checkout.store import gifts as store
from huixiang.coupons import service as coupons
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.points.service import granting
from huixiang.points.service.granting import PointsGrant
from huixiang.pricing.model.effects import Gift

CAUSE = "gift"  # of points
COUPON_CAUSE = "order_gift"
_IDS = UUID("5b3f2f0c-6c9e-5b55-8f5c-1d2a7c0f7e42")


def coupon_ids(order_id: UUID, gift_no: int, count: int) -> list[UUID]:
    """The ids of the copies that a gift is."""
    return [uuid5(_IDS, f"{order_id}/{gift_no}/{number}") for number in range(1, count + 1)]


def points_key(order_id: UUID, gift_no: int) -> str:
    """The key of the posting that a gift of points is."""
    return f"order:{order_id}:gift:{gift_no}"


async def give(tx: Transaction, placed: Placed) -> list[OrderGift]:
    """Give what the applied rules promised. What cannot be given, such as copies of a template that is over, keeps
    nobody from completing the order: the record says so. Goods are in the shop's hands."""
    found = [(one.rule, one.gift) for one in placed.applied if one.gift is not None]
    given = [await _give(tx, placed, number, rule, gift) for number, (rule, gift) in enumerate(found, 1)]
    await store.insert(tx, placed.member_id, placed.order_id, given)
    return given


async def _give(tx: Transaction, placed: Placed, number: int, rule: str, gift: Gift) -> OrderGift:
    refused = None
    try:
        async with tx.savepoint():
            if gift.kind == "coupon":
                copies = coupon_ids(placed.order_id, number, gift.count)
                await coupons.issue_promised(tx, placed.member_id, gift.what, copies, COUPON_CAUSE)
            elif gift.kind == "points":
                await _points(tx, placed, number, rule, gift.count)
    except DomainError as refusal:
        refused = refusal.code
    return OrderGift(
        gift_no=number,
        rule=rule,
        kind=gift.kind,
        what=gift.what,
        count=gift.count,
        value_fen=gift.value_fen,
        refused=refused,
    )


async def _points(tx: Transaction, placed: Placed, number: int, rule: str, count: int) -> None:
    grant = PointsGrant(points_key(placed.order_id, number), CAUSE, rule, None)
    [outcome] = await granting.grant_left(tx, grant, [(placed.member_id, count)])
    if isinstance(outcome, DomainError):
        raise outcome


async def of_order(tx: Transaction, member_id: UUID, order_id: UUID) -> Sequence[OrderGift]:
    """What was given with an order, and what could not be."""
    return await store.of_order(tx, member_id, order_id)
