"""Members give copies on: a link, which whoever has it first takes.

One transaction after the other, each of one owner: the giver's copy is `given` and the gift open; somebody takes it,
which is decided on the giver's row; a handler issues the receiver's copy under the gift's id, and then tells the giver
that it was received, or gives them their copy back. A gift that nobody takes goes back when its time is over.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from huixiang.coupons.events import (
    CouponGiftReceived,
    CouponGiftRefused,
    CouponGiftReturned,
    CouponGiftTaken,
    CouponGiven,
)
from huixiang.coupons.model import KIND, Coupon, CouponLimitReached, CouponTemplate, CouponUnknown
from huixiang.coupons.model.gifts import (
    OPEN_FOR,
    TOKEN_BYTES,
    CouponGiftOver,
    CouponGiftOwn,
    CouponGiftsUsedUp,
    CouponGiftUnknown,
    CouponNotGiftable,
    CouponNotToGive,
    Gift,
    GiftTaken,
    MadeGift,
    StoredGift,
    WhyReturned,
)
from huixiang.coupons.rules.issuing import reminder_of
from huixiang.coupons.service.messages import say_gift_arrived, say_gift_back
from huixiang.coupons.service.telling import tell
from huixiang.coupons.store import changes, copies, issuing
from huixiang.coupons.store import gifts as store
from huixiang.kernel.base64url import encode
from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, State
from huixiang.members.service.states import canonical, look_at_receiver, receiver, share_receivers
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook


async def give(tx: Transaction, member_id: UUID, coupon_id: UUID) -> MadeGift:
    """Begin to give a copy on. It cannot be used until it comes back.

    Raises MemberUnknown, StateRefuses, CouponUnknown, CouponNotGiftable, CouponGiftsUsedUp, and CouponNotToGive for one
    that cannot be used now.
    """
    owner = await receiver(tx, member_id)
    await members.require_able(tx, owner, Ability.SPEND)
    copy = (await copies.of_member(tx, owner, [coupon_id])).get(coupon_id)
    if copy is None:
        raise CouponUnknown(coupon_id=coupon_id)
    terms = await _terms(tx, copy)
    if terms is None or not terms.giftable or copy.template is None:
        raise CouponNotGiftable(coupon_id=coupon_id)
    today = tx.calendar.start_of(tx.calendar.day(tx.now))
    if await store.lock_made_since(tx, owner, copy.template, today) >= terms.gifts_per_day:
        raise CouponGiftsUsedUp(template=copy.template, limit=terms.gifts_per_day)
    given = await changes.give(tx, owner, coupon_id)
    if given is None:
        raise CouponNotToGive(coupon_id=coupon_id, state="expired" if copy.state == "issued" else copy.state)
    token = encode(secrets.token_bytes(TOKEN_BYTES))
    ends_at = min(tx.now + OPEN_FOR, given.expires_at) if given.expires_at is not None else tx.now + OPEN_FOR
    gift = Gift(
        gift_id=new_id(), coupon_id=coupon_id, template=copy.template, state="open", made_at=tx.now, ends_at=ends_at
    )
    await store.insert(tx, owner, gift, _hashed(token))
    tx.emit(
        CouponGiven(
            member_id=owner, occurred_at=tx.now, gift_id=gift.gift_id, coupon_id=coupon_id, template=gift.template,
            ends_at=ends_at,
        )
    )  # fmt: skip
    return MadeGift(gift, token)


async def take(tx: Transaction, member_id: UUID, token: str) -> GiftTaken:
    """Take a gift by its link; the copy follows by a handler. Again is the same.

    Writes the giver's rows alone. Raises MemberUnknown, StateRefuses, CouponGiftUnknown, CouponGiftOwn, CouponGiftOver,
    and CouponLimitReached, after which others may take it.
    """
    taker = await members.resolve(tx, MemberRef(member_id=member_id))
    await look_at_receiver(tx, taker, Ability.EARN)
    found = await _find(tx, token)
    gift = found.gift
    if found.receiver_id == taker:
        return await _as_taken(tx, found)
    if found.member_id == taker:
        raise CouponGiftOwn
    if gift.state != "open" or gift.ends_at <= tx.now:
        raise CouponGiftOver
    terms = await _terms(tx, await _copy(tx, found))
    limit = terms.per_member if terms is not None else None
    if limit is not None and await issuing.issued(tx, taker, gift.template) >= limit:
        raise CouponLimitReached(template=gift.template, limit=limit)
    await store.take(tx, found.member_id, gift.gift_id, taker)
    tx.emit(
        CouponGiftTaken(
            member_id=found.member_id, occurred_at=tx.now, gift_id=gift.gift_id, coupon_id=gift.coupon_id,
            receiver_id=taker,
        )
    )  # fmt: skip
    return await _as_taken(tx, replace(found, gift=replace(gift, state="taken")))


async def withdraw(tx: Transaction, member_id: UUID, gift_id: UUID) -> Gift:
    """Take a gift back that nobody took; one that was returned stays so. Raises MemberUnknown, CouponGiftUnknown,
    CouponGiftOver."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.lock(tx, owner, gift_id)
    if found is None:
        raise CouponGiftUnknown
    if found.gift.state == "returned":
        return found.gift
    if found.gift.state != "open":
        raise CouponGiftOver
    return await give_back(tx, found, "withdrawn")


async def listed(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[Gift]:
    """What a member gave, the latest first. Raises MemberUnknown, and InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.listed(tx, owner, before, limit + 1)
    return page_of(found, limit, lambda last: (last.made_at, last.gift_id))


async def deliver(tx: Transaction, taken: Sequence[CouponGiftTaken]) -> None:
    """Issue the receivers' copies, each under its gift's id; what cannot be issued is refused. Once for each event.

    A giver who is merged, or parted again, goes by another id at once, and by and by so does what they have: a gift is
    found by its own id, and its copy with who has it."""
    known = await canonical(tx, [one for event in taken for one in (event.member_id, event.receiver_id)])
    states = await share_receivers(
        tx, sorted({known[event.receiver_id] for event in taken if event.receiver_id in known})
    )
    for event in sorted(taken, key=lambda one: (known.get(one.receiver_id, one.receiver_id), one.gift_id)):
        found = await _anywhere(tx, event.gift_id)
        if found.gift.state != "taken":
            continue  # it was taken back meanwhile, with the order that had brought the copy
        taker = known.get(event.receiver_id)
        copy = await _copy(tx, found)
        own = taker in {found.member_id, known[event.member_id]}
        why = "own" if own else await _receive(tx, event, copy, taker, states)
        if why is not None:
            tx.emit(
                CouponGiftRefused(
                    member_id=taker or event.receiver_id, occurred_at=event.occurred_at, gift_id=event.gift_id,
                    giver_id=event.member_id, why=why,
                )
            )  # fmt: skip
            continue
        tx.emit(
            CouponGiftReceived(
                member_id=taker or event.receiver_id, occurred_at=event.occurred_at, gift_id=event.gift_id,
                giver_id=event.member_id, template=copy.template or "", expires_at=copy.expires_at,
            )
        )  # fmt: skip


async def settle(tx: Transaction, received: Sequence[CouponGiftReceived], refused: Sequence[CouponGiftRefused]) -> None:
    """Tell the givers what became of their gifts, and give back what was refused. Once for each event."""
    for event in received:
        await store.finish(tx, (await _anywhere(tx, event.gift_id)).member_id, event.gift_id, None)
    for back in refused:
        found = await _anywhere(tx, back.gift_id)
        if found.gift.state != "returned":  # with the order that had brought the copy
            await give_back(tx, found, back.why)  # type: ignore[arg-type]


async def end_due(tx: Transaction, limit: int) -> int:
    """Give back what nobody took in time; how many gifts, at most `limit`."""
    due = await store.lock_due(tx, limit)
    for found in due:
        await give_back(tx, found, "untaken")
    return len(due)


async def _receive(
    tx: Transaction, event: CouponGiftTaken, copy: Coupon, taker: UUID | None, states: Mapping[UUID, State | None]
) -> WhyReturned | None:
    if taker is None or taker not in states:
        return "receiver_unknown"
    if states[taker] is not None:
        return "receiver_state"
    if copy.expires_at is not None and copy.expires_at <= tx.now:
        return "ended"
    terms = await _terms(tx, copy)
    if terms is None:
        raise InvariantBroken(f"copy {copy.coupon_id} of a gift has no template")
    remind_at = reminder_of(terms, copy.expires_at, tx.now) if copy.expires_at is not None else None
    mine = replace(copy, coupon_id=event.gift_id, state="issued")
    received = await store.receive(tx, taker, mine, terms.returned_days, remind_at, terms.per_member)
    if not received:
        return "limit"
    tell(tx, taker, [replace(mine, issued_at=tx.now)], "issued")
    await say_gift_arrived(tx, taker, mine, terms)
    return None


async def give_back(tx: Transaction, found: StoredGift, why: WhyReturned) -> Gift:
    """The copy of a gift, which the caller has locked, is its giver's again."""
    gift = found.gift
    if not await store.finish(tx, found.member_id, gift.gift_id, why):
        raise InvariantBroken(f"gift {gift.gift_id} was finished before")
    copy = await changes.withdraw(tx, found.member_id, gift.coupon_id, why)
    await say_gift_back(tx, found.member_id, gift.gift_id, copy, why)
    tx.emit(
        CouponGiftReturned(
            member_id=found.member_id, occurred_at=tx.now, gift_id=gift.gift_id, coupon_id=gift.coupon_id,
            template=gift.template, why=why,
        )
    )  # fmt: skip
    return replace(gift, state="returned", why=why)


async def _anywhere(tx: Transaction, gift_id: UUID) -> StoredGift:
    """It stays locked."""
    found = await store.lock_anywhere(tx, gift_id)
    if found is None:
        raise InvariantBroken(f"gift {gift_id} is nobody's")
    return found


async def _find(tx: Transaction, token: str) -> StoredGift:
    """The gift of a link. It stays locked. Raises CouponGiftUnknown."""
    entry = await store.giver_of(tx, _hashed(token))
    if entry is None:
        raise CouponGiftUnknown
    giver = (await canonical(tx, [entry[0]])).get(entry[0], entry[0])
    found = await store.lock(tx, giver, entry[1])
    if found is None:
        raise CouponGiftUnknown
    return found


async def _as_taken(tx: Transaction, found: StoredGift) -> GiftTaken:
    copy = await _copy(tx, found)
    terms = await _terms(tx, copy)
    if terms is None:
        raise InvariantBroken(f"copy {copy.coupon_id} of a gift has no template")
    return GiftTaken(
        coupon_id=found.gift.gift_id, template=found.gift.template, name=terms.name, state=found.gift.state,
        why=found.gift.why, expires_at=copy.expires_at,
    )  # fmt: skip


async def _copy(tx: Transaction, found: StoredGift) -> Coupon:
    return (await copies.of_member(tx, found.member_id, [found.gift.coupon_id]))[found.gift.coupon_id]


async def _terms(tx: Transaction, copy: Coupon) -> CouponTemplate | None:
    """The version of the template that a copy was issued by; None for a bare one."""
    if copy.template is None or copy.template_version is None:
        return None
    return (await rulebook.version(tx, KIND, copy.template, copy.template_version)).read(CouponTemplate)


def _hashed(token: str) -> bytes:
    """What is kept of the secret in a link: of 192 random bits, never of anything a person chose."""
    return hashlib.sha256(token.encode()).digest()
