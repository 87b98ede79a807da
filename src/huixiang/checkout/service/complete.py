"""Completing orders: earn points, count growth, lift tiers, store, announce. Set-based over any number of members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huixiang.checkout import store
from huixiang.checkout.events import OrderCompleted
from huixiang.checkout.model import OrderState
from huixiang.checkout.service import earning
from huixiang.checkout.service.draft import Draft
from huixiang.kernel.fields import alike
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, Command
from huixiang.points.model.earning import CONSUMPTION
from huixiang.tiers import service as tiers

BOOKS = (POINTS, GROWTH)
CAUSE = CONSUMPTION


async def complete(
    tx: Transaction, drafts: list[Draft], locked: points.Accounts | None = None, before: Sequence[Command] = ()
) -> None:
    """Complete new orders. Sorted in place: per member in time order, so that a tier reached counts for the next.
    locked: their owners' accounts, where the caller has locked them. before: what is posted with them, and first."""
    if not drafts:
        return
    drafts.sort(key=lambda draft: (draft.member_id, draft.order.completed_at, draft.order.external_id))
    # The owner's lock comes before anything that is read to decide on.
    accounts = locked or await points.lock_accounts(tx, {draft.member_id for draft in drafts}, BOOKS)
    facts = await earning.load_facts(tx, drafts)
    reckoning = tiers.Reckoning(facts.standings, facts.growth_by_day, facts.trials)
    commands: list[Command] = []
    for draft in drafts:
        earning.decide(draft, facts, reckoning, tx.calendar)
        commands += earning.credits_of(tx, draft)
    commands += await earning.first_orders(tx, drafts, facts)
    # Their keys are made of ids that are made here, and of acts that were noted just now.
    posted = await points.post(tx, [*before, *commands], accounts, fresh=not before)
    outcomes = posted[len(before) :]
    for draft, outcome in zip(drafts, outcomes[: 2 * len(drafts) : 2], strict=True):
        earning.cut(draft, outcome.posting.points if outcome.posting else 0)
    await tiers.close_reckoning(tx, reckoning)
    await _store(tx, drafts)
    for draft in drafts:
        tx.emit(_completed(draft))


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
        draft.member_id, draft.order_id, order.source, order.external_id, draft.kind, OrderState.COMPLETED,
        order.store_id, order.channel, order.programme, draft.earning.version, draft.tiers.version,
        draft.settlement.payable_fen, draft.settlement.cash_fen, draft.earns, draft.points.points, draft.points_cut,
        draft.growth.points, 0, 0, 0, 0, 0, order.completed_at, draft.business_day, tx.now, draft.input_hash,
        draft.numbered_on,
    )  # fmt: skip


def _completed(draft: Draft) -> OrderCompleted:
    order = draft.order
    return OrderCompleted(
        occurred_at=order.completed_at,
        source=order.source,
        store_id=order.store_id,
        channel=order.channel,
        payable_fen=draft.settlement.payable_fen,
        lines=len(order.lines),
        **alike(draft.posted(), OrderCompleted),
    )
