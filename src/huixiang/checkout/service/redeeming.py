"""Take points with an order that was priced elsewhere, in its own transaction (CHK-07)."""

from __future__ import annotations

from huixiang.checkout import rules
from huixiang.checkout.model import NewOrder
from huixiang.checkout.rules.redeeming import require_worth
from huixiang.checkout.service.draft import Draft
from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, Source, Spend
from huixiang.points.service import spending


async def redeemed(tx: Transaction, draft: Draft, order: NewOrder) -> Spend:
    """What takes the points of an order, for the ledger. order: as it was posted. Its member's accounts are locked. The
    rate and the limits are those of when it was completed, of what is to be paid beside its tenders.

    Raises StateRefuses, RedeemNotAllowed, RedeemWorth, RuleDocumentUnknown; the ledger InsufficientPoints, CausePaused.
    """
    redeem = order.redeem
    assert redeem is not None  # noqa: S101 - the caller has seen that there are points to take
    await members.require_able(tx, draft.member_id, Ability.SPEND)
    found = await spending.cash_off_of(
        tx,
        draft.member_id,
        redeem.points,
        rules.settle(order).cash_fen,
        order.completed_at,
        channel=order.channel,
        store=order.store_id,
    )
    require_worth(redeem, found)
    source = Source(
        key=f"order:{draft.order_id}:redeem",
        cause=spending.CASH_OFF,
        counter_account=f"redeemed:{spending.CASH_OFF}",
        occurred_at=order.completed_at,
        order_ref=draft.order_id,
        rule=found.rule,
        rule_version=found.rule_version,
        place=order.store_id,
    )
    return Spend(member_id=draft.member_id, book=POINTS, points=redeem.points, source=source)
