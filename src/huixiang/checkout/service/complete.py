"""Completing orders: earn points, count growth, lift tiers, store, announce. Set-based over any number of members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout import store
from huixiang.checkout.events import OrderCompleted
from huixiang.checkout.model import NewOrder, OrderResult, OrderState
from huixiang.checkout.rules import Settlement
from huixiang.kernel.allocation import allocate
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import (
    GROWTH,
    POINTS,
    Command,
    Credit,
    Earning,
    EarningFacts,
    EarningLine,
    EarningRules,
    Source,
)
from huixiang.rulebook.model import Document
from huixiang.tiers import service as tiers
from huixiang.tiers.model import GrowthEvent, TierRules

BOOKS = (POINTS, GROWTH)
CAUSE = "consumption"
ISSUED = "issued:consumption"
NOTHING = Earning(0, [])


class Draft(msgspec.Struct):
    """An order on its way: its place in the batch, whose it is, the rules in force when it was completed, whether the
    member's state allows earning, and, once decided, what it earns."""

    place: int
    order: NewOrder
    order_id: UUID
    member_id: UUID
    input_hash: bytes
    business_day: date
    earning: Document
    tiers: Document
    settlement: Settlement
    earns: bool = True
    points: Earning = NOTHING
    growth: Earning = NOTHING

    @property
    def key(self) -> str:
        return f"{self.order.source}:{self.order.external_id}"

    def result(self) -> OrderResult:
        return OrderResult(
            order_id=self.order_id,
            order_number=order_number(self.order_id, self.business_day),
            member_id=self.member_id,
            cash_fen=self.settlement.cash_fen,
            earns=self.earns,
            points=self.points.points,
            growth=self.growth.points,
            created=True,
        )

    def posted(self) -> store.PostedOrder:
        return store.PostedOrder(
            member_id=self.member_id,
            order_id=self.order_id,
            cash_fen=self.settlement.cash_fen,
            earns=self.earns,
            points=self.points.points,
            growth=self.growth.points,
            business_day=self.business_day,
            input_hash=self.input_hash,
        )


class _Facts(msgspec.Struct):
    """What the orders' earning depends on, read after the owners were locked."""

    reckoning: tiers.Reckoning
    categories: dict[str, tuple[str, ...]]
    birth_months: dict[UUID, int]


async def complete(tx: Transaction, drafts: list[Draft]) -> None:
    """Complete new orders. Sorted in place: per member in time order, so that a tier reached counts for the next."""
    if not drafts:
        return
    drafts.sort(key=lambda draft: (draft.member_id, draft.order.completed_at, draft.order.external_id))
    # The owner's lock comes before anything that is read to decide on.
    accounts = await points.lock_accounts(tx, {draft.member_id for draft in drafts}, BOOKS)
    facts = await _load_facts(tx, drafts)
    commands: list[Command] = []
    for draft in drafts:
        _decide(draft, facts)
        commands += _credits(tx, draft)
    await points.post(tx, commands, accounts)
    await tiers.close_reckoning(tx, facts.reckoning)
    await _store(tx, drafts)
    for draft in drafts:
        tx.emit(_completed(draft))


async def _load_facts(tx: Transaction, drafts: Sequence[Draft]) -> _Facts:
    member_ids = {draft.member_id for draft in drafts}
    earliest = min(draft.business_day for draft in drafts)
    window_days = max(draft.tiers.read(TierRules).window_days for draft in drafts)
    reckoning = await tiers.open_reckoning(tx, member_ids, earliest, window_days)
    earning = [(draft, draft.earning.read(EarningRules)) for draft in drafts]
    skus = {line.sku for draft, rules in earning if rules.needs_categories for line in draft.order.lines}
    born = {draft.member_id for draft, rules in earning if rules.needs_birthday}
    return _Facts(reckoning, *await store.load_facts(tx, skus, born))


def _decide(draft: Draft, facts: _Facts) -> None:
    if not draft.earns:
        draft.points = draft.growth = Earning(0, [0] * len(draft.order.lines))
        return
    line_ids = [line.line_id for line in draft.order.lines]
    paid = draft.settlement.paid_fen
    draft.points = points.earned(
        draft.earning.read(EarningRules),
        [
            EarningLine(line.line_id, fen, facts.categories.get(line.sku, ()))
            for line, fen in zip(draft.order.lines, paid, strict=True)
        ],
        EarningFacts(
            business_day=draft.business_day,
            tier=facts.reckoning.tier(draft.member_id),
            birth_month=facts.birth_months.get(draft.member_id),
        ),
    )
    rules = draft.tiers.read(TierRules)
    growth = tiers.growth_of(rules, draft.settlement.cash_fen)
    draft.growth = Earning(growth, paid if growth == draft.settlement.cash_fen else allocate(growth, paid, line_ids))
    facts.reckoning.grow(
        rules,
        GrowthEvent(
            member_id=draft.member_id,
            growth=growth,
            business_day=draft.business_day,
            occurred_at=draft.order.completed_at,
            cause=CAUSE,
            rule=draft.tiers.code,
            rule_version=draft.tiers.version,
            order_ref=draft.order_id,
        ),
    )


def _credits(tx: Transaction, draft: Draft) -> list[Command]:
    validity = points.validity(draft.earning.read(EarningRules), draft.order.completed_at, tx.calendar)
    return [
        Credit(
            member_id=draft.member_id,
            book=POINTS,
            points=draft.points.points,
            source=_source(draft, draft.earning),
            expires_on=validity.expires_on,
            matures_at=validity.matures_at,
        ),
        Credit(
            member_id=draft.member_id,
            book=GROWTH,
            points=draft.growth.points,
            source=_source(draft, draft.tiers),
        ),
    ]


def _source(draft: Draft, document: Document) -> Source:
    return Source(
        key=points.earn_key(draft.order_id),
        cause=CAUSE,
        counter_account=ISSUED,
        occurred_at=draft.order.completed_at,
        order_ref=draft.order_id,
        rule=f"{document.kind}.{document.code}",
        rule_version=document.version,
        place=draft.order.store_id,
    )


async def _store(tx: Transaction, drafts: Sequence[Draft]) -> None:
    lines: list[tuple[Any, ...]] = []
    tenders: list[tuple[Any, ...]] = []
    for draft in drafts:
        owner = (draft.member_id, draft.order_id)
        earned = zip(draft.settlement.paid_fen, draft.points.by_line, draft.growth.by_line, strict=True)
        for line_no, (line, (paid_fen, line_points, growth)) in enumerate(
            zip(draft.order.lines, earned, strict=True), 1
        ):
            lines.append(
                (*owner, line_no, line.line_id, line.sku, line.measure, line.quantity, line.payable_fen, paid_fen,
                 line_points, growth, 0, 0, 0, 0)
            )  # fmt: skip
        for tender_no, tender in enumerate(draft.order.tenders, 1):
            tenders.append((*owner, tender_no, tender.kind, tender.line_id, tender.amount_fen))
    await store.insert_orders(tx, [_order_row(tx, draft) for draft in drafts], lines, tenders)


def _order_row(tx: Transaction, draft: Draft) -> tuple[Any, ...]:
    order = draft.order
    return (
        draft.member_id, draft.order_id, order.source, order.external_id, "till", OrderState.COMPLETED, order.store_id,
        order.channel, order.programme, draft.earning.version, draft.tiers.version, draft.settlement.payable_fen,
        draft.settlement.cash_fen, draft.earns, draft.points.points, draft.growth.points, 0, 0, 0,
        order.completed_at, draft.business_day, tx.now, draft.input_hash,
    )  # fmt: skip


def _completed(draft: Draft) -> OrderCompleted:
    return OrderCompleted(
        member_id=draft.member_id,
        occurred_at=draft.order.completed_at,
        order_id=draft.order_id,
        source=draft.order.source,
        store_id=draft.order.store_id,
        channel=draft.order.channel,
        business_day=draft.business_day,
        payable_fen=draft.settlement.payable_fen,
        cash_fen=draft.settlement.cash_fen,
        points=draft.points.points,
        growth=draft.growth.points,
        lines=len(draft.order.lines),
    )
