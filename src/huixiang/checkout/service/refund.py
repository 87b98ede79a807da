"""Refunds by line: cash, points and growth come back exactly, in any number of parts. One and a batch go the same way;
a refund that cannot be made is an outcome, the others of its batch are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

import msgspec

from huixiang.checkout import rules, store
from huixiang.checkout.events import OrderRefunded
from huixiang.checkout.model import Order, OrderUnknown, Refund, RefundConflict, RefundedLine, RefundRequest
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.service.read import order_owner
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, Book, ClawBack, ExceedsOrigin, Outcome, Source
from huixiang.points.service import Accounts, spending
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document, Timeline

CAUSE = "refund"
CLAWED_BACK = "clawed_back:refund"


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


class _Draft(msgspec.Struct):
    """A refund on its way. points_before, points_short: see `Refund`."""

    place: int
    asked: Asked
    input_hash: bytes
    refund_id: UUID
    completed: Order
    lines: list[RefundedLine]
    rules: Document
    points_before: int = 0
    points_short: int = 0

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def growth(self) -> int:
        return sum(line.growth for line in self.lines)


async def refund_order(
    tx: Transaction, order_id: UUID, request: RefundRequest, member_id: UUID | None = None
) -> Refund:
    """Refund some lines of an order, or answer as before where this refund was made already.

    `member_id` is the order's owner, where the caller has asked for it. Raises OrderUnknown, RefundConflict,
    RefundBeforeOrder, RefundLineUnknown, RefundTooMuch, RuleDocumentUnknown.
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
    documents = await rulebook.timelines(tx, [spending.DOCUMENT])
    in_force = documents.get(spending.DOCUMENT, Timeline(*spending.DOCUMENT, ()))
    outcomes = [Refunded()] * len(wanted)
    drafts: dict[store.RefundKey, _Draft] = {}
    repeats: list[tuple[int, _Draft, bytes]] = []
    for place, asked in enumerate(wanted):
        key = (asked.order_id, asked.request.external_id)
        input_hash = rules.content_hash(asked.request)
        if key in made:
            outcomes[place] = _repeated(*made[key], input_hash)
        elif key in drafts:
            repeats.append((place, drafts[key], input_hash))
        else:
            try:
                drafts[key] = _draft(tx, place, asked, input_hash, orders, in_force)
            except DomainError as refusal:
                outcomes[place] = Refunded(refusal=refusal)
    for draft, refund in await _make(tx, list(drafts.values()), orders, accounts):
        outcomes[draft.place] = Refunded(refund, created=True)
    for place, draft, input_hash in repeats:
        first = outcomes[draft.place].refund
        outcomes[place] = _repeated(first, draft.input_hash, input_hash) if first else outcomes[draft.place]
    return outcomes


def _repeated(refund: Refund, first_hash: bytes, input_hash: bytes) -> Refunded:
    if first_hash != input_hash:
        return Refunded(refusal=RefundConflict(external_id=refund.external_id))
    return Refunded(refund)


def _draft(
    tx: Transaction, place: int, asked: Asked, input_hash: bytes, orders: dict[UUID, Order], in_force: Timeline
) -> _Draft:
    """Decide what comes back, and count it in the order, so that the next refund of it sees that."""
    order = orders.get(asked.order_id)
    if order is None:
        raise OrderUnknown(order_id=asked.order_id)
    lines = rules.refund_lines(order, asked.request, tx.now)
    draft = _Draft(
        place=place,
        asked=asked,
        input_hash=input_hash,
        refund_id=new_id(),
        completed=order,
        lines=lines,
        rules=in_force.at(asked.request.occurred_at),
    )
    orders[order.order_id] = msgspec.structs.replace(order, lines=rules.after_refund(order.lines, lines))
    return draft


async def _make(
    tx: Transaction, drafts: Sequence[_Draft], orders: dict[UUID, Order], accounts: Accounts
) -> list[tuple[_Draft, Refund]]:
    if not drafts:
        return []
    await _take_back(tx, drafts, accounts)
    made = []
    for draft in drafts:
        order = orders[draft.asked.order_id]
        refund = _refund(order, draft)
        orders[order.order_id] = rules.counted_in(order, refund)
        made.append((draft, refund))
        tx.emit(_announcement(tx, order, refund))
    await store.insert_refunds(tx, [(draft.completed, refund, draft.input_hash) for draft, refund in made])
    await store.save_refunded(tx, [orders[order_id] for order_id in {draft.asked.order_id: None for draft in drafts}])
    return made


async def _take_back(tx: Transaction, drafts: Sequence[_Draft], accounts: Accounts) -> None:
    """Take back points and growth. What something else has taken back of an order's points before, such as a person
    who voided them, is not taken twice."""
    commands = [_claw_back(draft, book) for draft in drafts for book in BOOKS]
    outcomes = await points.try_post(tx, commands, accounts)
    left = [(draft, outcome) for draft, outcome in zip(drafts, outcomes[::2], strict=True) if _exceeds(draft, outcome)]
    for draft, outcome in zip(drafts, outcomes[::2], strict=True):
        _note_short(draft, outcome)
    for outcome in outcomes[1::2]:
        if isinstance(outcome, DomainError):
            raise outcome
    again = [draft for draft, _ in left]
    for draft, outcome in zip(again, await points.post(tx, [_claw_back(d, POINTS) for d in again]), strict=True):
        _note_short(draft, outcome)


def _exceeds(draft: _Draft, outcome: Outcome | DomainError) -> bool:
    """Whether less is left of what an order earned than its refund takes back; then that is noted."""
    if isinstance(outcome, ExceedsOrigin):
        draft.points_before = draft.points - cast("int", outcome.fields["left"])
        return True
    if isinstance(outcome, DomainError):
        raise outcome
    return False


def _note_short(draft: _Draft, outcome: Outcome | DomainError) -> None:
    if not isinstance(outcome, DomainError) and outcome.posting is not None:
        draft.points_short = outcome.posting.short


def _claw_back(draft: _Draft, book: Book) -> ClawBack:
    asked = draft.asked
    return ClawBack(
        member_id=asked.member_id,
        book=book,
        points=draft.growth if book == GROWTH else draft.points - draft.points_before,
        source=Source(
            key=f"refund:{draft.refund_id}",
            cause=CAUSE,
            counter_account=CLAWED_BACK,
            # Growth goes back at the order's date, so that both leave the rolling window together.
            occurred_at=draft.completed.completed_at if book == GROWTH else asked.request.occurred_at,
            order_ref=asked.order_id,
            rule=f"{draft.rules.kind}.{draft.rules.code}",
            rule_version=draft.rules.version,
        ),
        origin_key=points.earn_key(asked.order_id),
        policy=spending.claw_back_policy(draft.rules),
    )


def _refund(order: Order, draft: _Draft) -> Refund:
    """`order` knows what its earlier refunds fell short of."""
    request = draft.asked.request
    refund_fen = sum(line.refund_fen for line in draft.lines)
    return Refund(
        refund_id=draft.refund_id,
        order_id=order.order_id,
        external_id=request.external_id,
        reason=request.reason,
        refund_fen=refund_fen,
        cash_refund_fen=spending.cash_refund(draft.rules, refund_fen, draft.points_short, order.points_short),
        points=draft.points,
        points_before=draft.points_before,
        points_short=draft.points_short,
        growth=draft.growth,
        claw_back=spending.claw_back_policy(draft.rules),
        rule_version=draft.rules.version,
        occurred_at=request.occurred_at,
        lines=draft.lines,
    )


def _announcement(tx: Transaction, order: Order, refund: Refund) -> OrderRefunded:
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
    )
