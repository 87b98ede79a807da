"""Refunds by line: cash, points and growth come back exactly, in any number of parts. One and a batch go the same way;
a refund that cannot be made is an outcome, the others of its batch are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from huixiang.checkout import rules, store
from huixiang.checkout.events import OrderRefunded
from huixiang.checkout.model import Order, OrderUnknown, Refund, RefundConflict, RefundedLine, RefundRequest
from huixiang.checkout.model.reversals import reversal_of
from huixiang.checkout.rules.fulfil import require_fees, without_fees
from huixiang.checkout.rules.gifts import off_refund
from huixiang.checkout.service import gifts, paying
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.service.read import order_owner
from huixiang.checkout.service.standing import given_back, rules_of
from huixiang.checkout.service.taking_back import RefundDraft, take_back
from huixiang.checkout.service.undoing import gifts_out, note_gifts, owner_of, undo
from huixiang.checkout.store import placed as placed_store
from huixiang.checkout.store.placed import Kept
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.service import Accounts, spending
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Timeline


class Asked(msgspec.Struct, frozen=True):
    """A refund asked for, of whose order."""

    member_id: UUID
    order_id: UUID
    request: RefundRequest


class Refunded(msgspec.Struct, frozen=True):
    """The outcome of one refund: made now, or before where it is not `created`; or the refusal."""

    refund: Refund | None = None
    created: bool = False
    refusal: DomainError | None = None


async def refund_order(
    tx: Transaction, order_id: UUID, request: RefundRequest, member_id: UUID | None = None
) -> Refund:
    """Refund some lines of an order, or answer as before where this refund was made already.

    `member_id` is the order's owner, where the caller has asked for it. Raises OrderUnknown, RefundConflict,
    RefundBeforeOrder, RefundLineUnknown, RefundTooMuch, RefundFeesTooMuch, OrderMoving, RuleDocumentUnknown.
    """
    asked = Asked(member_id or await order_owner(tx, order_id), order_id, request)
    (outcome,) = await refund_orders(tx, [asked])
    if outcome.refusal is not None:
        raise outcome.refusal
    assert outcome.refund is not None  # noqa: S101 - one of the two is always there
    return outcome.refund


async def refund_orders(tx: Transaction, wanted: Sequence[Asked]) -> list[Refunded]:
    """Make refunds; one outcome each, in the order given, which is also that of refunds of one order."""
    if not wanted:
        return []
    accounts = await points.lock_accounts(tx, {asked.member_id for asked in wanted}, BOOKS)
    orders = await store.load_orders(tx, {(asked.member_id, asked.order_id) for asked in wanted}, lock=True)
    made = await store.find_refunds(
        tx, [(asked.member_id, asked.order_id, asked.request.external_id) for asked in wanted]
    )
    placed = await _placed(tx, orders.values())
    documents = await rulebook.timelines(tx, [spending.DOCUMENT])
    in_force = documents.get(spending.DOCUMENT, Timeline(*spending.DOCUMENT, ()))
    outcomes = [Refunded()] * len(wanted)
    drafts: dict[store.RefundKey, RefundDraft] = {}
    repeats: list[tuple[int, RefundDraft, bytes]] = []
    for place, asked in enumerate(wanted):
        key = (asked.order_id, asked.request.external_id)
        input_hash = rules.content_hash(asked.request)
        if key in made:
            outcomes[place] = _repeated(*made[key], input_hash)
        elif key in drafts:
            repeats.append((place, drafts[key], input_hash))
        else:
            try:
                drafts[key] = await _draft(tx, place, asked, input_hash, _Standing(orders, placed), in_force)
            except DomainError as refusal:
                outcomes[place] = Refunded(refusal=refusal)
    for draft, refund in await _make(tx, list(drafts.values()), _Standing(orders, placed), accounts):
        outcomes[draft.place] = Refunded(refund, created=True)
    for place, draft, input_hash in repeats:
        first = outcomes[draft.place].refund
        outcomes[place] = _repeated(first, draft.input_hash, input_hash) if first else outcomes[draft.place]
    return outcomes


def _repeated(refund: Refund, first_hash: bytes, input_hash: bytes) -> Refunded:
    if first_hash != input_hash:
        return Refunded(refusal=RefundConflict(external_id=refund.external_id))
    return Refunded(refund)


class _Standing(msgspec.Struct, frozen=True):
    """Orders as they stand after the refunds before, and what is kept of those that were placed on quotes."""

    orders: dict[UUID, Order]
    placed: dict[UUID, Kept]


async def _placed(tx: Transaction, orders: Iterable[Order]) -> dict[UUID, Kept]:
    wanted = {(order.member_id, order.order_id) for order in orders if order.kind == "placed"}
    return await placed_store.load(tx, wanted) if wanted else {}


async def _draft(
    tx: Transaction, place: int, asked: Asked, input_hash: bytes, standing: _Standing, in_force: Timeline
) -> RefundDraft:
    """Decide what comes back, and count it in the order, so that the next refund of it sees that."""
    order = standing.orders.get(asked.order_id)
    if order is None:
        raise OrderUnknown(order_id=asked.order_id)
    owner_id = await owner_of(tx, order, standing.placed.get(asked.order_id))
    lines, kept = await _given_back(tx, order, standing.placed.get(asked.order_id), asked.request)
    if kept is not None:
        standing.placed[asked.order_id] = kept
    in_force_then = in_force.at(asked.request.occurred_at)
    after = msgspec.structs.replace(order, lines=rules.after_refund(order.lines, lines))
    standing.orders[order.order_id] = after
    draft = RefundDraft(
        place=place,
        request=asked.request,
        input_hash=input_hash,
        refund_id=new_id(),
        completed=order,
        after=after,
        owner_id=owner_id,
        lines=lines,
        rules=in_force_then,
        stands=kept.stands if kept is not None else None,
    )
    if kept is not None and lines and any(one.gift is not None for one in kept.placed.applied):
        draft.gifts = await gifts.of_order(tx, order.member_id, order.order_id)
    return draft


async def _given_back(
    tx: Transaction, order: Order, kept: Kept | None, request: RefundRequest
) -> tuple[list[RefundedLine], Kept | None]:
    """What each line gives back, and what is kept of the order as it stands then, where it was placed on a quote."""
    lines = rules.refund_lines(order, request, tx.now)
    if kept is None:
        require_fees(0, request.fees_fen)
        return lines, None
    back = await given_back(tx, kept, request.lines)
    lines = [msgspec.structs.replace(line, refund_fen=back.cash_fen[line.line_id]) for line in lines]
    return lines, msgspec.structs.replace(kept, stands=without_fees(back.stands, request.fees_fen))


async def refund_worth(tx: Transaction, order: Order, request: RefundRequest) -> int:
    """What a refund would give back now, in fen, before anything that is not found comes off it; nothing is changed.
    Raises RefundLineUnknown, RefundTooMuch, RefundBeforeOrder."""
    kept = (await _placed(tx, [order])).get(order.order_id)
    lines, _ = await _given_back(tx, order, kept, request)
    return sum(line.refund_fen for line in lines)


async def _make(
    tx: Transaction, drafts: Sequence[RefundDraft], standing: _Standing, accounts: Accounts
) -> list[tuple[RefundDraft, Refund]]:
    if not drafts:
        return []
    await take_back(tx, drafts, accounts)
    orders, made = standing.orders, []
    for draft in drafts:
        order = orders[draft.completed.order_id]
        kept = standing.placed.get(order.order_id)
        refund = _refund(order, draft)
        if kept is not None and (draft.is_last or draft.gifts):
            refund = await _undone(tx, kept, draft, order, refund)
        if kept is not None or draft.request.instruct:
            await paying.refunded(tx, order, refund)
        orders[order.order_id] = rules.counted_in(order, refund)
        made.append((draft, refund))
        tx.emit(_announcement(tx, order, refund, ticketed=kept is not None and draft.is_last and kept.ticketed))
    await store.insert_refunds(tx, [(draft.completed, refund, draft.input_hash) for draft, refund in made])
    await store.insert_effects(tx, [(draft.completed.member_id, draft.refund_id, draft.effects) for draft in drafts])
    touched = {draft.completed.order_id: 0 for draft in drafts}
    await store.save_refunded(tx, [orders[order_id] for order_id in touched])
    if standing.placed:
        await placed_store.save_stands(tx, [standing.placed[one] for one in touched if one in standing.placed])
    return made


async def _undone(tx: Transaction, kept: Kept, draft: RefundDraft, order: Order, refund: Refund) -> Refund:
    """With what gifts take off it, and what the last of an order undoes beside the ledger. `order` knows what its
    earlier refunds kept back."""
    rules_then = await rules_of(tx, kept.placed)
    gifts_fen = await (undo(tx, kept, rules_then, draft) if draft.is_last else gifts_out(tx, kept, draft))
    if rules_then.used_gifts == "let_go":
        gifts_fen = 0
    owed_fen = refund.cash_refund_fen + order.gifts_held_fen
    off_fen = off_refund(gifts_fen, order.cash_fen - order.refunded_fen - refund.refund_fen, owed_fen)
    used_fen, held_fen = (off_fen, 0) if draft.is_last else (0, off_fen)
    note_gifts(draft, used_fen, held_fen - order.gifts_held_fen)
    return msgspec.structs.replace(
        refund,
        cash_refund_fen=owed_fen - off_fen,
        gifts_fen=used_fen,
        gifts_held_fen=held_fen - order.gifts_held_fen,
        reversal=reversal_of([effect.shown for effect in draft.effects]),
    )


def _refund(order: Order, draft: RefundDraft) -> Refund:
    """`order` knows what its earlier refunds fell short of."""
    request = draft.request
    refund_fen = sum(line.refund_fen for line in draft.lines)
    short = draft.points_short + draft.reward_short
    return Refund(
        refund_id=draft.refund_id,
        order_id=order.order_id,
        external_id=request.external_id,
        reason=request.reason,
        refund_fen=refund_fen,
        cash_refund_fen=spending.cash_refund(draft.rules, refund_fen, short, order.points_short),
        fees_fen=request.fees_fen,
        points=draft.points,
        points_before=draft.points_before,
        points_short=draft.points_short,
        points_returned=draft.points_returned,
        reward=draft.reward,
        reward_short=draft.reward_short,
        growth=draft.growth,
        growth_before=draft.growth_before,
        claw_back=spending.claw_back_policy(draft.rules),
        rule_version=draft.rules.version,
        occurred_at=request.occurred_at,
        lines=draft.lines,
        not_reckoned=draft.stands.not_reckoned if draft.stands is not None else None,
        reversal=reversal_of([effect.shown for effect in draft.effects]),
    )


def _announcement(tx: Transaction, order: Order, refund: Refund, *, ticketed: bool) -> OrderRefunded:
    return OrderRefunded(
        member_id=order.member_id,
        occurred_at=refund.occurred_at,
        order_id=order.order_id,
        refund_id=refund.refund_id,
        business_day=tx.calendar.day(refund.occurred_at),
        refund_fen=refund.refund_fen,
        cash_refund_fen=refund.cash_refund_fen,
        points=refund.points,
        growth=refund.growth,
        ticketed=ticketed,
        fees_fen=refund.fees_fen,
    )
