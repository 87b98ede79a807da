"""What orders earn: points under their caps, growth, and the reward for a member's first order."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.checkout import store
from huixiang.checkout.service.draft import Draft
from huixiang.conditions.facts import Facts, Value
from huixiang.kernel.allocation import allocate
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, Credit, Earning, EarningLine, EarningRules, Source
from huixiang.points.model.earning import CONSUMPTION
from huixiang.points.service import behaviour
from huixiang.points.service.behaviour import Act
from huixiang.rulebook.model import Document
from huixiang.tiers import service as tiers
from huixiang.tiers.model import GrowthEvent, TierRules

ISSUED = f"issued:{CONSUMPTION}"
FIRST_ORDER = "first_order"  # the behaviour, and what names the act: a member has one


async def load_facts(tx: Transaction, drafts: Sequence[Draft]) -> store.Facts:
    """What the orders' earning depends on, read after the owners were locked."""
    earliest = min(draft.business_day for draft in drafts)
    window_days = max(draft.tiers.read(TierRules).window_days for draft in drafts)
    in_need = (draft for draft in drafts if draft.earns and draft.earning.read(EarningRules).needs_goods)
    return await store.load_facts(
        tx,
        {draft.member_id for draft in drafts},
        {line.sku for draft in in_need for line in draft.order.lines},
        tiers.window_start(tx, earliest, window_days),
    )


def decide(draft: Draft, facts: store.Facts, reckoning: tiers.Reckoning, calendar: BusinessCalendar) -> None:
    """What one order earns, before caps. Growth counts at once, so that a tier reached counts for the next order."""
    draft.tier = reckoning.tier(draft.member_id, draft.order.completed_at)
    if not draft.earns:
        draft.points = draft.growth = Earning(0, [0] * len(draft.order.lines))
        return
    draft.points = points.earned(draft.earning.read(EarningRules), _lines(draft, facts), _facts(draft, calendar))
    rules = draft.tiers.read(TierRules)
    cash_fen, paid = draft.settlement.cash_fen, draft.settlement.paid_fen
    growth = tiers.growth_of(rules, cash_fen)
    draft.growth = Earning(growth, paid if growth == cash_fen else allocate(growth, paid, draft.line_ids))
    reckoning.grow(
        rules,
        GrowthEvent(
            member_id=draft.member_id,
            growth=growth,
            business_day=draft.business_day,
            occurred_at=draft.order.completed_at,
            cause=CONSUMPTION,
            rule=draft.tiers.code,
            rule_version=draft.tiers.version,
            order_ref=draft.order_id,
        ),
    )


def _lines(draft: Draft, facts: store.Facts) -> list[EarningLine]:
    lines = []
    for line, paid_fen in zip(draft.order.lines, draft.settlement.paid_fen, strict=True):
        goods = facts.goods.get(line.sku, store.UNKNOWN_GOODS)
        lines.append(EarningLine(line.line_id, paid_fen, goods.categories, line.sku, goods.brand))
    return lines


def _facts(draft: Draft, calendar: BusinessCalendar) -> Facts:
    order = draft.order
    member: dict[str, Value] = {}
    if draft.tier is not None:
        member["tier"] = draft.tier
    if draft.birthday is not None:
        member["birthday"] = draft.birthday
    context: dict[str, Value] = {
        "channel": order.channel,
        "tenders": frozenset(tender.kind for tender in order.tenders),
    }
    if order.store_id is not None:
        context["store"] = order.store_id
    return Facts(now=order.completed_at, calendar=calendar, member=member, context=context)


def credits_of(tx: Transaction, draft: Draft) -> tuple[Credit, Credit]:
    """Of points and of growth. Points are pending until the return window closes, unless it has."""
    rules = draft.earning.read(EarningRules)
    completed_at = draft.order.completed_at
    valid = points.validity(rules, completed_at, tx.calendar, tier=draft.tier, recorded_at=tx.now)
    of_points = Credit(
        member_id=draft.member_id,
        book=POINTS,
        points=draft.points.points,
        source=_source(draft, draft.earning),
        expires_on=valid.expires_on,
        matures_at=valid.matures_at if valid.matures_at and valid.matures_at > tx.now else None,
        caps=points.caps(rules, completed_at, tx.calendar),
    )
    of_growth = Credit(
        member_id=draft.member_id, book=GROWTH, points=draft.growth.points, source=_source(draft, draft.tiers)
    )
    return of_points, of_growth


def cut(draft: Draft, granted: int) -> None:
    """Let the lines share what caps granted."""
    earned = draft.points.points
    if granted < earned:
        draft.points = points.after_caps(draft.points, granted, draft.line_ids)
        draft.points_cut = earned - granted


async def first_orders(tx: Transaction, drafts: Sequence[Draft], facts: store.Facts) -> list[Credit]:
    """What the first orders among these, in time order per member, are rewarded with (PTS-03)."""
    first: dict[object, Draft] = {}
    for draft in drafts:
        if draft.member_id in facts.newcomers and draft.earns:
            first.setdefault(draft.member_id, draft)
    return await behaviour.admit(
        tx,
        [
            Act(
                member_id=draft.member_id,
                behaviour=FIRST_ORDER,
                source_key=FIRST_ORDER,
                occurred_at=draft.order.completed_at,
                document=draft.earning,
                tier=draft.tier,
                order_ref=draft.order_id,
            )
            for draft in first.values()
        ],
    )


def _source(draft: Draft, document: Document) -> Source:
    return Source(
        key=points.earn_key(draft.order_id),
        cause=CONSUMPTION,
        counter_account=ISSUED,
        occurred_at=draft.order.completed_at,
        order_ref=draft.order_id,
        rule=f"{document.kind}.{document.code}",
        rule_version=document.version,
        place=draft.order.store_id,
    )
