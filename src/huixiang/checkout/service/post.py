"""Posting completed orders that were priced elsewhere (CHK-07, PTS-19).

One order and a batch go the same way: name the members, take the order numbers, lock the owners' accounts, decide each
order in time order per member, store everything set-based. An order that cannot be posted is an outcome; the others of
its batch are posted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from huixiang.checkout import rules, store
from huixiang.checkout.model import (
    NewOrder,
    OrderConflict,
    OrderInFuture,
    OrderResult,
    ProgrammeUnknown,
    RedeemAlone,
)
from huixiang.checkout.rules.redeeming import paid_with_points
from huixiang.checkout.service.complete import BOOKS, complete
from huixiang.checkout.service.draft import Draft, result_of
from huixiang.checkout.service.redeeming import redeemed
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown
from huixiang.members.service import Identified
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Name, Timeline
from huixiang.tiers import service as tiers

EARNING = "earning"  # the kind of rule document that an order names as its programme


class Posted(msgspec.Struct, frozen=True):
    """The outcome of one order: a result, or the refusal."""

    result: OrderResult | None = None
    refusal: DomainError | None = None


async def post_order(tx: Transaction, order: NewOrder, owner: Identified | None = None) -> OrderResult:
    """Post one order, and take the points that it redeems: both or neither. Raises its refusal: MemberUnknown,
    OrderConflict, OrderInFuture, ProgrammeUnknown, RuleDocumentUnknown, and as `redeeming.redeemed` does. `owner` is
    the member the order names, where the caller has asked for it."""
    (posted,) = await _post(tx, [order], [owner] if owner else None, alone=True)
    if posted.refusal is not None:
        raise posted.refusal
    assert posted.result is not None  # noqa: S101 - one of the two is always there
    return posted.result


async def is_posted(tx: Transaction, order: NewOrder) -> bool:
    """Whether an order is in the books under this number: nothing is taken for it any more."""
    return bool(await store.find_external(tx, [store.external_key(order.source, order.external_id)]))


async def order_buyer(tx: Transaction, order: NewOrder) -> Identified:
    """The member that an order names, whatever their state. Raises MemberUnknown."""
    (owner,) = await members.identify(tx, [order.member])
    if owner is None:
        raise MemberUnknown(by=_named_by(order.member))
    return owner


async def post_orders(
    tx: Transaction, orders: Sequence[NewOrder], owners: Sequence[Identified | None] | None = None
) -> list[Posted]:
    """Post a batch; one outcome per order, in the order given. Raises nothing that is one order's fault. An order that
    redeems points, and was not posted before, is refused (RedeemAlone).

    `owners` are the members that the orders name, where the caller has asked for them; None for nobody.
    """
    return await _post(tx, orders, owners, alone=False)


async def _post(
    tx: Transaction, orders: Sequence[NewOrder], owners: Sequence[Identified | None] | None, *, alone: bool
) -> list[Posted]:
    """alone: one order by itself, whose refusal undoes everything."""
    outcomes = [Posted()] * len(orders)
    if owners is None:
        owners = await members.identify(tx, [order.member for order in orders])
    drafts = await _draft(tx, orders, owners, outcomes, alone=alone)
    claims = await _claim(tx, drafts, outcomes)
    if alone and claims.fresh and orders[0].redeem is not None:
        await _complete_with_points(tx, claims.fresh, orders[0])
    else:
        await complete(tx, claims.fresh)
    for draft in claims.fresh:
        outcomes[draft.place] = Posted(result_of(draft.posted(), created=True))
    for repeat, winner in claims.repeats:
        outcomes[repeat.place] = _repeated(repeat, winner.posted())
    return [_with_points(posted, order) for posted, order in zip(outcomes, orders, strict=True)]


def _with_points(posted: Posted, order: NewOrder) -> Posted:
    """What is in the books under its number is this order, to the points that it redeems."""
    if posted.result is None or order.redeem is None:
        return posted
    redeem = order.redeem
    return Posted(msgspec.structs.replace(posted.result, points_redeemed=redeem.points, points_off_fen=redeem.off_fen))


async def _complete_with_points(tx: Transaction, drafts: list[Draft], order: NewOrder) -> None:
    """order: as it was posted, which `drafts` has alone. Its points are taken first."""
    accounts = await points.lock_accounts(tx, {draft.member_id for draft in drafts}, BOOKS)
    await complete(tx, drafts, accounts, [await redeemed(tx, draft, order) for draft in drafts])


async def _draft(
    tx: Transaction,
    orders: Sequence[NewOrder],
    owners: Sequence[Identified | None],
    outcomes: list[Posted],
    *,
    alone: bool,
) -> list[_Candidate]:
    documents = await rulebook.timelines(tx, {tiers.DOCUMENT, *((EARNING, order.programme) for order in orders)})
    drafts = []
    for place, (order, owner) in enumerate(zip(orders, owners, strict=True)):
        try:
            candidate = _draft_one(tx, place, order, owner, documents)
            if order.redeem is not None and not alone:
                candidate = _Candidate(candidate.draft, RedeemAlone(external_id=order.external_id))
            drafts.append(candidate)
        except DomainError as refusal:
            outcomes[place] = Posted(refusal=refusal)
    return drafts


class _Candidate(msgspec.Struct, frozen=True):
    """A draft, and why it is refused unless it was posted before: a new order of a member who may not be looked up is
    nobody's."""

    draft: Draft
    refusal: DomainError | None


def _draft_one(
    tx: Transaction, place: int, order: NewOrder, owner: Identified | None, documents: Mapping[Name, Timeline]
) -> _Candidate:
    if owner is None:
        raise MemberUnknown(by=_named_by(order.member))
    if rules.in_future(order.completed_at, tx.now):
        raise OrderInFuture(completed_at=order.completed_at)
    programme = documents.get((EARNING, order.programme))
    if programme is None:
        raise ProgrammeUnknown(programme=order.programme)
    tier_rules = documents.get(tiers.DOCUMENT, Timeline(*tiers.DOCUMENT, ()))
    settled = paid_with_points(order)
    draft = Draft(
        place=place,
        order=settled,
        order_id=new_id(),
        member_id=owner.member_id,
        birthday=owner.birthday,
        input_hash=rules.content_hash(order),
        business_day=tx.calendar.day(order.completed_at),
        earning=programme.at(order.completed_at),
        tiers=tier_rules.at(order.completed_at),
        settlement=rules.settle(settled),
        earns=owner.may(Ability.EARN),
    )
    known = draft.earns or owner.may(Ability.BE_LOOKED_UP)
    return _Candidate(draft, None if known else MemberUnknown(by=_named_by(order.member)))


def _named_by(ref: MemberRef) -> str:
    return next(way for way in ("member_id", "number", "phone", "external_id") if getattr(ref, way) is not None)


class _Claims(msgspec.Struct, frozen=True):
    """`fresh` orders are new; `repeats` came with one of them in this batch under the same number."""

    fresh: list[Draft]
    repeats: list[tuple[Draft, Draft]]


async def _claim(tx: Transaction, candidates: Sequence[_Candidate], outcomes: list[Posted]) -> _Claims:
    """Take the orders' numbers. A number that was taken before is an outcome: the same order, or a conflict.

    A member whose state forbids earning keeps the new order without (CHK-07); one whose state forbids being looked up
    is nobody. Whatever the state is now, an order that was posted before answers as it did (MEM-14).
    """
    first: dict[str, _Candidate] = {}
    for candidate in candidates:
        first.setdefault(candidate.draft.key, candidate)
    wanted = {key: (one.draft.member_id, one.draft.order_id) for key, one in first.items() if not one.refusal}
    claimed = await store.claim_numbers(tx, wanted)
    taken = await store.find_external(tx, [key for key in first if key not in claimed])
    claims = _Claims([], [])
    for candidate in candidates:
        draft = candidate.draft
        if draft.key in taken:
            outcomes[draft.place] = _repeated(draft, taken[draft.key])
        elif draft.key not in claimed:  # where it is not refused, an order that was placed has it, and is on its way
            conflict = OrderConflict(source=draft.order.source, external_id=draft.order.external_id)
            outcomes[draft.place] = Posted(refusal=candidate.refusal or conflict)
        elif candidate is first[draft.key]:
            claims.fresh.append(draft)
        else:
            claims.repeats.append((draft, first[draft.key].draft))
    return claims


def _repeated(draft: Draft, posted: store.PostedOrder) -> Posted:
    if posted.input_hash != draft.input_hash:
        return Posted(refusal=OrderConflict(source=draft.order.source, external_id=draft.order.external_id))
    return Posted(result_of(posted, created=False))
