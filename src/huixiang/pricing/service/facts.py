"""The facts of a quote: who buys, where, what goods cost there, what is left of caps. One round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.conditions.facts import NOTHING, Facts, Purchase, Value
from huixiang.conditions.sql import values_of
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown, State
from huixiang.platform.failures import Overloaded
from huixiang.points import service as points
from huixiang.points.model import POINTS
from huixiang.pricing import store
from huixiang.pricing.model.basket import HeldCoupon, Room
from huixiang.pricing.model.goods import Goods
from huixiang.pricing.model.refusals import StoreUnknown
from huixiang.pricing.rules.needs import condensed
from huixiang.pricing.rules.room import budgets_left, rooms
from huixiang.pricing.service import programme
from huixiang.pricing.service.programme import Programme
from huixiang.pricing.service.reads import Reads

ATTEMPTS = 3
POINTS_ATTRIBUTE = "points"
TIER_ATTRIBUTE = "tier"


class Where(msgspec.Struct, frozen=True):
    """The occasion as it was asked for. city: the store's where it is not given."""

    channel: str
    store: str | None = None
    city: str | None = None
    experiments: Mapping[str, str] = {}


class Buyer(msgspec.Struct, frozen=True):
    """A member, as far as rules need to know. available: points that can be spent now. purchases: None where no rule
    asks for any."""

    member_id: UUID
    identified: members.Identified
    tier: str | None
    available: int
    values: Mapping[str, Value]
    purchases: Sequence[Purchase] | None
    coupons: tuple[HeldCoupon, ...]


class Known(msgspec.Struct, frozen=True):
    """All that a price depends on, but for the basket. buyer: None for a guest. budgets: fen left, by code, of those
    that something was taken of."""

    programme: Programme
    goods: Mapping[str, Goods]
    price_lists: tuple[str, ...]
    context: Mapping[str, str]
    buyer: Buyer | None
    room: Mapping[str, Room]
    budgets: Mapping[str, int]

    def facts(self, reads: Reads) -> Facts:
        """For conditions. Of a guest nothing is known, what they bought neither."""
        buyer = self.buyer
        return Facts(
            now=reads.now,
            calendar=reads.calendar,
            member=buyer.values if buyer is not None else NOTHING,
            context=self.context,
            purchases=buyer.purchases if buyer is not None else None,
        )


async def named(reads: Reads, ref: MemberRef | None) -> UUID | None:
    """Whom a caller means; None for a guest. Raises MemberUnknown; an id is looked up with the facts."""
    if ref is None or ref.member_id is not None:
        return ref.member_id if ref is not None else None
    [found] = await reads.query_once(lambda tx: members.identify(tx, [ref]))
    if found is None:
        raise MemberUnknown(by="number" if ref.number else "phone" if ref.phone else "external_id")
    return found.member_id


async def gather(reads: Reads, member_id: UUID | None, skus: Sequence[str], where: Where, earning: str) -> Known:
    """Raises MemberUnknown, also for those whose state forbids look-up, and StoreUnknown."""
    revision: UUID | None = None
    for _ in range(ATTEMPTS):
        rules = await programme.current(reads, earning, revision)
        found = await _found(reads, rules, member_id, skus, where.store)
        if member_id is not None and found.member is None:
            goes_by = await _goes_by(reads, member_id)
            if goes_by != member_id:
                return await gather(reads, goes_by, skus, where, earning)
        if found.revision == rules.revision:
            return await _known(reads, rules, found, member_id, where)
        revision = found.revision
    raise Overloaded  # somebody publishes faster than this can read


async def _goes_by(reads: Reads, member_id: UUID) -> UUID:
    """Whom a member was merged into. Facts name nobody by an old id."""
    [known] = await reads.query_once(lambda tx: members.identify(tx, [MemberRef(member_id=member_id)]))
    return known.member_id if known is not None else member_id


async def _found(
    reads: Reads, rules: Programme, member_id: UUID | None, skus: Sequence[str], where: str | None
) -> store.Found:
    asked = rules.statement(reads.calendar, reads.now)
    return await reads.query_once(lambda tx: store.facts(tx, asked, member_id, skus, where))


async def _known(reads: Reads, rules: Programme, found: store.Found, member_id: UUID | None, where: Where) -> Known:
    if where.store is not None and found.place is None:
        raise StoreUnknown(store=where.store)
    return Known(
        programme=rules,
        goods=found.goods,
        price_lists=rules.statement(reads.calendar, reads.now).price_lists,
        context=_context(where, found.place),
        buyer=None if member_id is None else await _buyer(reads, rules, found, member_id),
        room=rooms(rules.needs, found.uses),
        budgets=budgets_left(rules.needs, found.uses),
    )


async def _buyer(reads: Reads, rules: Programme, found: store.Found, member_id: UUID) -> Buyer:
    standing = found.member
    if standing is None:
        raise MemberUnknown(by="member_id")
    identified = members.Identified(member_id, State(standing.state), standing.birthday)
    if not identified.may(Ability.BE_LOOKED_UP):
        raise MemberUnknown(by="member_id")
    needs = rules.needs
    values = dict(values_of(needs.attributes, found.values[1:])) if needs.attributes else {}
    if TIER_ATTRIBUTE in values and standing.tier is not None:
        values[TIER_ATTRIBUTE] = standing.tier  # what was tried may be over, and nobody has ended it yet
    available = standing.available or 0
    if standing.due:
        available = (await reads.query(lambda tx: points.balance(tx, member_id, POINTS))).available
        if POINTS_ATTRIBUTE in values:
            values[POINTS_ATTRIBUTE] = available
    purchases = None
    if needs.histories:
        bought = (
            Purchase(day=day, category=category, sku=sku, orders=orders, quantity=quantity, spend_fen=fen)
            for _, day, category, sku, orders, quantity, fen in found.purchases
        )
        purchases = condensed(bought, needs.windows, reads.calendar.day(reads.now))
    return Buyer(
        member_id=member_id,
        identified=identified,
        tier=standing.tier,
        available=available,
        values=values,
        purchases=purchases,
        coupons=tuple(HeldCoupon(*one) for one in found.coupons),
    )


def _context(where: Where, place: tuple[str, str] | None) -> dict[str, str]:
    context = {"channel": where.channel}
    if where.store is not None:
        context["store"] = where.store
    if place is not None:
        context["city"], context["region"] = place
    if where.city is not None:
        context["city"] = where.city
    for code, variant in where.experiments.items():
        context[f"experiment.{code}"] = variant
    return context
