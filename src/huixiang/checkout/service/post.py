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
)
from huixiang.checkout.service.complete import complete
from huixiang.checkout.service.draft import Draft, result_of
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown
from huixiang.members.service import Identified
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Name, Timeline
from huixiang.tiers import service as tiers

EARNING = "earning"  # the kind of rule document that an order names as its programme


class Posted(msgspec.Struct, frozen=True):
    """The outcome of one order: a result, or the refusal."""

    result: OrderResult | None = None
    refusal: DomainError | None = None


async def post_order(tx: Transaction, order: NewOrder, owner: Identified | None = None) -> OrderResult:
    """Post one order; raises its refusal: MemberUnknown, OrderConflict, OrderInFuture, ProgrammeUnknown,
    RuleDocumentUnknown. `owner` is the member the order names, where the caller has asked for it."""
    (posted,) = await post_orders(tx, [order], [owner] if owner else None)
    if posted.refusal is not None:
        raise posted.refusal
    assert posted.result is not None  # noqa: S101 - one of the two is always there
    return posted.result


async def order_buyer(tx: Transaction, order: NewOrder) -> Identified:
    """The member that an order names, whatever their state. Raises MemberUnknown."""
    (owner,) = await members.identify(tx, [order.member])
    if owner is None:
        raise MemberUnknown(by=_named_by(order.member))
    return owner


async def post_orders(
    tx: Transaction, orders: Sequence[NewOrder], owners: Sequence[Identified | None] | None = None
) -> list[Posted]:
    """Post a batch; one outcome per order, in the order given. Raises nothing that is one order's fault.

    `owners` are the members that the orders name, where the caller has asked for them; None for nobody.
    """
    outcomes = [Posted()] * len(orders)
    if owners is None:
        owners = await members.identify(tx, [order.member for order in orders])
    drafts = await _draft(tx, orders, owners, outcomes)
    claims = await _claim(tx, drafts, outcomes)
    await complete(tx, claims.fresh)
    for draft in claims.fresh:
        outcomes[draft.place] = Posted(result_of(draft.posted(), created=True))
    for repeat, winner in claims.repeats:
        outcomes[repeat.place] = _repeated(repeat, winner.posted())
    return outcomes


async def _draft(
    tx: Transaction, orders: Sequence[NewOrder], owners: Sequence[Identified | None], outcomes: list[Posted]
) -> list[_Candidate]:
    documents = await rulebook.timelines(tx, {tiers.DOCUMENT, *((EARNING, order.programme) for order in orders)})
    drafts = []
    for place, (order, owner) in enumerate(zip(orders, owners, strict=True)):
        try:
            drafts.append(_draft_one(tx, place, order, owner, documents))
        except DomainError as refusal:
            outcomes[place] = Posted(refusal=refusal)
    return drafts


class _Candidate(msgspec.Struct, frozen=True):
    """A draft, and whether its member may be looked up: a new order of one who may not is nobody's."""

    draft: Draft
    known: bool


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
    draft = Draft(
        place=place,
        order=order,
        order_id=new_id(),
        member_id=owner.member_id,
        birthday=owner.birthday,
        input_hash=rules.content_hash(order),
        business_day=tx.calendar.day(order.completed_at),
        earning=programme.at(order.completed_at),
        tiers=tier_rules.at(order.completed_at),
        settlement=rules.settle(order),
        earns=owner.may(Ability.EARN),
    )
    return _Candidate(draft, draft.earns or owner.may(Ability.BE_LOOKED_UP))


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
    wanted = {key: (one.draft.member_id, one.draft.order_id) for key, one in first.items() if one.known}
    claimed = await store.claim_numbers(tx, wanted)
    taken = await store.find_external(tx, [key for key in first if key not in claimed])
    claims = _Claims([], [])
    for candidate in candidates:
        draft = candidate.draft
        if draft.key in taken:
            outcomes[draft.place] = _repeated(draft, taken[draft.key])
        elif candidate.known and draft.key not in claimed:  # an order that was placed, and is on its way
            outcomes[draft.place] = Posted(
                refusal=OrderConflict(source=draft.order.source, external_id=draft.order.external_id)
            )
        elif draft.key not in claimed:
            outcomes[draft.place] = Posted(refusal=MemberUnknown(by=_named_by(draft.order.member)))
        elif candidate is first[draft.key]:
            claims.fresh.append(draft)
        else:
            claims.repeats.append((draft, first[draft.key].draft))
    return claims


def _repeated(draft: Draft, posted: store.PostedOrder) -> Posted:
    if posted.input_hash != draft.input_hash:
        return Posted(refusal=OrderConflict(source=draft.order.source, external_id=draft.order.external_id))
    return Posted(result_of(posted, created=False))
