"""Bring in copies that members have from another system, row by row refused or kept (CPN-02).

A row is known by its reference, so the same again changes nothing. A copy counts in the limits of its template as any
other. What all members share is taken last, in the transaction of the rows and for just those that were issued: who
takes such a ticket waits for no member, so nobody waits in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec

from huixiang.coupons.model import (
    Coupon,
    CouponLimitReached,
    CouponTemplate,
)
from huixiang.coupons.model.importing import Brought, CouponReferenceTaken, ImportedCopy
from huixiang.coupons.rules import importing as rules
from huixiang.coupons.rules import issuing
from huixiang.coupons.service import many
from huixiang.coupons.service.issuing import template_in_force
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import importing as store
from huixiang.coupons.store.issuing import Kept
from huixiang.coupons.store.many import issue
from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberUnknown, StateRefuses
from huixiang.members.service import states
from huixiang.platform.db import Transaction
from huixiang.stock.model import Holder, Kind, StockExhausted

CAUSE = "import"
HOLDER = "coupon_import"
Refusals = dict[str, DomainError]  # by reference


class Terms(msgspec.Struct, frozen=True):
    template: str
    version: int
    body: CouponTemplate


class _Undone(Exception):
    """Raised to leave nothing of a dry run."""


class _Short(Exception):
    """There are not as many copies as were issued. left: how many there are."""

    def __init__(self, left: int) -> None:
        self.left = left


async def bring(tx: Transaction, rows: Sequence[ImportedCopy], *, dry_run: bool = False) -> list[Brought]:
    """What became of each row, in their order. dry_run: what would, and nothing stays."""
    if not dry_run:
        return await _bring(tx, rows)
    done: list[Brought] = []
    with suppress(_Undone):
        async with tx.savepoint():
            done = await _bring(tx, rows)
            raise _Undone
    return done


async def _bring(tx: Transaction, rows: Sequence[ImportedCopy]) -> list[Brought]:
    meant = await members.resolve_many(tx, [row.member for row in rows])
    first: dict[str, tuple[UUID, ImportedCopy]] = {}  # of several with one reference
    for row, member_id in zip(rows, meant, strict=True):
        if member_id is not None:
            first.setdefault(row.reference, (member_id, row))
    owned = {reference: (member_id, rules.copy_id(row)) for reference, (member_id, row) in first.items()}
    new = await store.claim(tx, owned)
    refused = await _issue(tx, [first[reference] for reference in first if reference in new])
    if refused:
        await store.release(tx, refused)
    known = await store.found(tx, list(first))
    now = await states.canonical(tx, [member_id for member_id, _ in known.values()])
    done = []
    for row, member_id in zip(rows, meant, strict=True):
        coupon_id = rules.copy_id(row)
        created = member_id is not None and first[row.reference][1] is row and row.reference in new
        if member_id is None:
            done.append(Brought(refusal=MemberUnknown(by="member")))
        elif row.reference in refused and owned[row.reference] == (member_id, coupon_id):
            done.append(Brought(refusal=refused[row.reference]))
        elif row.reference not in known or _differs(known[row.reference], now, member_id, coupon_id):
            done.append(Brought(refusal=CouponReferenceTaken(reference=row.reference)))
        else:
            done.append(Brought(coupon_id, created))
    return done


def _differs(known: tuple[UUID, UUID], now: dict[UUID, UUID], member_id: UUID, coupon_id: UUID) -> bool:
    return known[1] != coupon_id or now.get(known[0], known[0]) != member_id


async def _issue(tx: Transaction, rows: Sequence[tuple[UUID, ImportedCopy]]) -> Refusals:
    """Give members the copies of new rows; why some have none."""
    held = await states.share_receivers(tx, sorted({member_id for member_id, _ in rows}))
    refused: Refusals = {}
    by_template: defaultdict[str, list[tuple[UUID, ImportedCopy]]] = defaultdict(list)
    for member_id, row in rows:
        if member_id not in held:
            refused[row.reference] = MemberUnknown(by="member")
        elif (state := held[member_id]) is not None:
            refused[row.reference] = StateRefuses(state=state, ability=Ability.EARN)
        elif rules.is_over(row, tx.now):
            refused[row.reference] = InvalidInput(path="$.expires_at", problem="must lie in the future")
        else:
            by_template[row.template].append((member_id, row))
    for template in sorted(by_template):
        refused |= await _issue_of(tx, template, by_template[template])
    return refused


async def _issue_of(tx: Transaction, template: str, rows: Sequence[tuple[UUID, ImportedCopy]]) -> Refusals:
    try:
        terms = Terms(template, *await template_in_force(tx, template))
        if any(row.expires_at is None for _, row in rows):
            issuing.end_of(template, terms.body, tx.now, tx.calendar)
    except DomainError as refusal:
        return {row.reference: refusal for _, row in rows}
    refused: Refusals = {}
    while True:
        left = [one for one in rows if one[1].reference not in refused]
        try:
            async with tx.savepoint():
                limited = await _issue_within(tx, terms, left)
                await _take(tx, terms, len(left) - len(limited))
            return refused | limited
        except _Short as short:
            issued = [row for _, row in left if row.reference not in limited]
            refused |= {row.reference: _none_left(template) for row in issued[short.left :]}


async def _issue_within(tx: Transaction, terms: Terms, rows: Sequence[tuple[UUID, ImportedCopy]]) -> Refusals:
    """As many of each member's as they may have."""
    body = terms.body
    like = Coupon(
        coupon_id=UUID(int=0), rule=body.rule, template=terms.template, template_version=terms.version,
        state="issued", issued_at=tx.now, expires_at=None,
    )  # fmt: skip
    kept = Kept(body.returned_days, None, body.per_member, CAUSE)
    refused: Refusals = {}
    for part in rules.turns(rows):
        ends = [
            row.expires_at or issuing.end_of(terms.template, body, tx.now, tx.calendar) for _, row in part
        ]  # fmt: skip
        given = await issue(
            tx, [(member_id, rules.copy_id(row)) for member_id, row in part], like, kept,
            [(end, issuing.reminder_of(body, end, tx.now)) for end in ends],
        )  # fmt: skip
        for (member_id, row), end in zip(part, ends, strict=True):
            if member_id in given:
                copy = msgspec.structs.replace(like, coupon_id=rules.copy_id(row), expires_at=end)
                tell(tx, member_id, [copy], "issued")
            else:
                refused[row.reference] = CouponLimitReached(template=terms.template, limit=body.per_member)
    return refused


async def _take(tx: Transaction, terms: Terms, copies: int) -> None:
    """Raises _Short."""
    kept = await many.keep_under(
        tx, Holder(HOLDER, new_id()), terms.template, (terms.version, terms.body), copies
    )  # fmt: skip
    if kept < copies:
        raise _Short(kept)


def _none_left(template: str) -> StockExhausted:
    return StockExhausted(kind=Kind.COUPON_TEMPLATE.value, key=template, left=0, wanted=1)
