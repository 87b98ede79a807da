"""What points are worth: off an order, when one comes back, and given away or exchanged (PTS-06, PTS-08)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, CashOff, ClawBackPolicy, Return, Source, Spend, SpendingFacts, SpendingRules
from huixiang.points.model.spending import Purpose, Redemption
from huixiang.points.rules import spending
from huixiang.points.service.post import post
from huixiang.points.service.read import balance
from huixiang.points.store import rewards as reward_store
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document

CASH_OFF = "cash_off"  # the cause of what is spent at checkout
PROGRAMME = "default"
DOCUMENT = ("spending", PROGRAMME)  # under which the rulebook has what points are worth


async def quote_cash_off(
    tx: Transaction,
    member_id: UUID,
    goods_fen: int,
    *,
    channel: str | None = None,
    store: str | None = None,
    programme: str = PROGRAMME,
) -> CashOff:
    """What an order of so many goods could use of a member's points now. Raises RuleDocumentUnknown."""
    available = (await balance(tx, member_id, POINTS)).available
    return await cash_off_of(
        tx, member_id, available, goods_fen, tx.now, channel=channel, store=store, programme=programme
    )


async def cash_off_of(
    tx: Transaction,
    member_id: UUID,
    available: int,
    goods_fen: int,
    at: datetime,
    *,
    channel: str | None = None,
    store: str | None = None,
    programme: str = PROGRAMME,
) -> CashOff:
    """What an order of so many goods could use of so many points by the rules of an instant, for a member in the tier
    that they have now. Raises RuleDocumentUnknown."""
    document = await rulebook.current(tx, DOCUMENT[0], programme, at)
    rules = document.read(SpendingRules)
    by_tier = any(one.when.tier is not None for one in rules.raises)
    facts = SpendingFacts(
        tx.calendar.day(at), await reward_store.tier_of(tx, member_id) if by_tier else None, channel, store
    )
    return cash_off(document, facts, available, goods_fen)


def cash_off(document: Document, facts: SpendingFacts, available: int, goods_fen: int) -> CashOff:
    """What the rules make of available points and an order's goods."""
    rules = document.read(SpendingRules)
    rate, raised = spending.rate_for(rules, facts)
    points, reasons = spending.usable(rules, rate, available, goods_fen)
    return CashOff(
        available=available,
        goods_fen=goods_fen,
        limit_fen=spending.limit_fen(rules, goods_fen),
        usable=points,
        fen_off=spending.worth_fen(rate, points),
        rate_points=rate.points,
        rate_fen=rate.fen,
        raised_by=raised.code if raised else None,
        step=rules.step,
        minimum=rules.minimum,
        reasons=reasons,
        rule=f"{document.kind}.{document.code}",
        rule_version=document.version,
    )


def claw_back_policy(document: Document) -> ClawBackPolicy:
    """Where a refund looks for earned points that are gone."""
    return document.read(SpendingRules).claw_back


def cash_refund(document: Document, refund_fen: int, short: int, before: int = 0) -> int:
    """What is paid back of a refund that could not take back `short` points, after refunds of the same order that fell
    short of `before`. Only the claw-back policy `cash` lowers it."""
    if claw_back_policy(document) is not ClawBackPolicy.CASH:
        return refund_fen
    return spending.cash_refund(document.read(SpendingRules), refund_fen, short, before)


def redemption_key(purpose: Purpose, act: UUID) -> str:
    """The key of the posting that pays for one thing."""
    return f"{purpose}:{act}"


async def redeem(
    tx: Transaction,
    member_id: UUID,
    points: int,
    purpose: Purpose,
    reference: str,
    *,
    act: UUID | None = None,
    document: Document | None = None,
) -> Redemption:
    """Spend points on something: of the mall, for the public good, or of another module, which gives the thing in the
    same transaction. `reference` says on what, and is the budget of the posting; `redeemed:<purpose>` is its
    counter-account. act: what names it, for `give_back`. document: the rule that set the price.

    Raises InsufficientPoints, CausePaused. The caller sees to it that it is asked once.
    """
    source = Source(
        key=redemption_key(purpose, act or new_id()),
        cause=purpose,
        counter_account=f"redeemed:{purpose}",
        budget=reference,
        occurred_at=tx.now,
        rule=f"{document.kind}.{document.code}" if document else None,
        rule_version=document.version if document else None,
    )
    [outcome] = await post(tx, [Spend(member_id=member_id, book=POINTS, points=points, source=source)])
    if outcome.posting is None:
        raise InvariantBroken("a spend of some points makes a posting")
    return Redemption(purpose=purpose, points=points, reference=reference, seq=outcome.posting.seq)


async def give_back(
    tx: Transaction, member_id: UUID, points: int, purpose: Purpose, reference: str, *, act: UUID
) -> None:
    """Give back what was paid for a thing that is taken back in the same transaction, into the lots it came from.

    Raises OriginUnknown, ExceedsOrigin.
    """
    key = redemption_key(purpose, act)
    source = Source(
        key=f"{key}:undone",
        cause=purpose,
        counter_account=f"redeemed:{purpose}",
        budget=reference,
        occurred_at=tx.now,
    )
    await post(tx, [Return(member_id=member_id, book=POINTS, points=points, source=source, origin_key=key)])
