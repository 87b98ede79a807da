"""Redeem a code. A unique one is taken in a transaction of its own, so that others who want it are told at once; then
the copy is issued in the member's, as claims are.

The member's transaction settles the code that it issues a copy for, so the code stands with the copy or falls with it.
A code whose taking was not finished in time may be taken again, by anybody.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from huixiang.coupons.model import KIND, Coupon, CouponTemplate
from huixiang.coupons.model.codes import CouponCodeRefused, CouponCodeTooOften
from huixiang.coupons.rules import codes as rules
from huixiang.coupons.service import claims
from huixiang.coupons.service.claims import Plan
from huixiang.coupons.service.code_key import hash_of
from huixiang.coupons.store import codes, copies
from huixiang.kernel.errors import DomainError
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.service.guesses import count_guess, lock_guesses
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

TAKEN_FOR = timedelta(seconds=30)
FREED_AT_ONCE = 5_000


class Redeeming(msgspec.Struct, frozen=True):
    """The copy that a code is to become. code_hash: of a unique code, which is the member's for a moment. had: what it
    became before."""

    planned: Plan
    code_hash: bytes | None = None
    had: Coupon | None = None


async def take(tx: Transaction, member_id: UUID, typed: str, address: str | None, key: str) -> Redeeming | DomainError:
    """Make the code the member's for a moment, or say why not. A wrong one is counted: keep the transaction, whatever
    this says. address: as in `lock_guesses`. key: the command's. Raises what `claims.plan` raises."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    guesses = await lock_guesses(tx, owner, address)
    if guesses.wait_s:
        return CouponCodeTooOften(retry_after_s=guesses.wait_s)
    code = rules.entered(typed)
    found = await _unique(tx, owner, code, key) or await _public(tx, owner, code, key)
    if found is None:
        await count_guess(tx, guesses)
        return CouponCodeRefused()
    return found


async def issue(tx: Transaction, found: Redeeming) -> Coupon:
    """The copy of a code; the same again is the same copy. Raises what `claims.issue_planned` raises, and
    CouponCodeRefused for a code that somebody else took since."""
    if found.had is not None:
        return found.had
    copy, code_hash = found.planned, found.code_hash
    if code_hash is not None and not await codes.settle(tx, code_hash, copy.member_id, copy.coupon_id):
        raise CouponCodeRefused
    return await claims.issue_planned(tx, copy)


async def free(tx: Transaction, found: Redeeming) -> None:
    """The member got no copy: the code may be taken again."""
    if found.code_hash is not None:
        await codes.free(tx, found.code_hash, found.planned.coupon_id)


async def free_lapsed(tx: Transaction) -> bool:
    """Free a bounded number of takings that nobody finished in time; whether there may be more."""
    return await codes.free_lapsed(tx, FREED_AT_ONCE) == FREED_AT_ONCE


async def _unique(tx: Transaction, owner: UUID, code: str, key: str) -> Redeeming | None:
    if not rules.is_unique(code):
        return None
    code_hash = hash_of(code)
    known = await codes.find(tx, code_hash)
    if known is None:
        return None
    if known.settled and known.coupon_id is not None:
        # It stays with who typed it, and the copy goes with who they have become.
        had = (await copies.of_member(tx, owner, [known.coupon_id])).get(known.coupon_id)
        planned = Plan(known.coupon_id, owner, known.template, "code")
        return Redeeming(planned, had=had) if had is not None else None
    if known.settled or not known.good:
        return None
    planned = await claims.plan(tx, owner, known.template, "code", f"{code_hash.hex()} {key}")
    if not await codes.take(tx, code_hash, owner, planned.coupon_id, TAKEN_FOR):
        return None
    return Redeeming(planned, code_hash)


async def _public(tx: Transaction, owner: UUID, code: str, key: str) -> Redeeming | None:
    """By the template that names it; of several the first by their codes."""
    in_force = await rulebook.versions(tx, KIND, in_force_only=True)
    lines = await rulebook.timelines(tx, {(KIND, one.code) for one in in_force})
    for name in sorted(lines):
        document = lines[name].find(tx.now)
        terms = document.read(CouponTemplate).codes if document is not None else None
        if terms is not None and terms.public is not None and rules.entered(terms.public) == code:
            return Redeeming(await claims.plan(tx, owner, name[1], "code", key))
    return None
