"""Keep the sums, read the overview, count again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from huixiang.checkout import service as checkout
from huixiang.insight.model import Additions, CouponsBy, CouponSums, DaySum, Overview, Recount
from huixiang.insight.rules import sums as rules
from huixiang.insight.store import sums as store
from huixiang.intake import service as intake
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import POINTS
from huixiang.rulebook import service as rulebook
from huixiang.tiers.model import TierRules
from huixiang.tiers.service import KIND, PROGRAMME

BOOK = POINTS  # the book whose issue and balance the overview shows
ISSUING = "earn"  # the kind of postings that issue: by orders, by behaviours, by what other systems give
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
COUPON_DAYS_MAX = 92  # of one report


async def add(tx: Transaction, additions: Additions) -> None:
    """Add what a batch of events comes to, with one statement per table that it touches."""
    if additions.days:
        await store.add_days(tx, additions.days)
    if additions.tiers:
        await store.add_tiers(tx, additions.tiers)
    if additions.buyers:
        fresh = await store.add_buyers(tx, additions.buyers)
        await store.add_months(tx, Counter(fresh))


async def count_merged(tx: Transaction, member_id: UUID, day: date, *, gone: bool) -> None:
    """Take a member who is merged into another out of the sums, from a day on out of their tier; or put back what was
    taken out, where they are one again. The same again changes nothing."""
    merged = await store.take_out(tx, member_id, tx.calendar.zone_name) if gone else await store.put_back(tx, member_id)
    if merged is None:
        return
    registered_on, tier = merged
    sign = -1 if gone else 1
    await store.add_days(tx, {registered_on: DaySum(new_members=sign)})
    if tier is not None:
        await store.add_tiers(tx, {(day, tier): sign})


async def follow_tiers(tx: Transaction, reached: Mapping[UUID, tuple[date, str]]) -> None:
    """Where some of these are merged into others: nobody of them stands in the tier that they reached, either."""
    for member_id, before in (await store.merged_tiers(tx, list(reached))).items():
        day, tier = reached[member_id]
        if tier != before:
            await store.save_merged_tier(tx, member_id, tier)
            await store.add_tiers(tx, {(day, tier): -1} | ({(day, before): 1} if before is not None else {}))


async def count_buyers(tx: Transaction, member_ids: Collection[UUID]) -> None:
    """Count again in which months these bought, by whom they are now: two who are one bought once in a month."""
    before = Counter(await store.remove_buyers(tx, member_ids))
    after = Counter(await store.add_buyers_of(tx, member_ids))
    after.subtract(before)
    if moved := {month: count for month, count in after.items() if count}:
        await store.add_months(tx, moved)


async def overview(tx: Transaction, first: date | None, last: date | None) -> Overview:
    """The business from `first` to `last`, both included; without them, from its first day to its last."""
    first, last = first or date.min, last or date.max
    totals = await store.totals(tx, first, last)
    tier_rules = (await rulebook.current(tx, KIND, PROGRAMME, tx.now)).read(TierRules)
    return Overview(
        as_of=tx.now,
        members=totals.members,
        orders=totals.orders,
        sales_fen=totals.sales_fen,
        refunded_fen=totals.refunded_fen,
        points_issued=totals.points_issued,
        points_outstanding=totals.points_outstanding,
        tiers=rules.shares(tier_rules, totals.members, await store.tier_members(tx, last)),
        months=rules.by_month(await store.days(tx, first, last), await store.active_members(tx)),
        import_=await intake.progress(tx),
    )


async def kept(tx: Transaction) -> Recount:
    """The sums as handlers kept them, in the form of a recount. They lag by what the relay has not handed over."""
    days = await store.days(tx, date.min, date.max)
    return Recount(
        days={day: one for day, one in days.items() if one != DaySum()},
        tiers=await store.tier_members(tx, date.max),
        active_members=await store.active_members(tx),
    )


async def recount(tx: Transaction) -> Recount:
    """The same, counted from the facts of the modules that own them: equal to `kept` once all events are handled."""
    days = await store.count_days(tx, tx.calendar.zone_name)
    for day, (refunds, refunded_fen) in (await checkout.refunds_by_day(tx)).items():
        one = days.setdefault(day, DaySum())
        one.refunds, one.refunded_fen = refunds, refunded_fen
    holders = await store.account_holders(tx, BOOK.code)
    for sums in (await points.sums_by_day(tx, holders, BOOK, EARLIEST)).values():
        for day, net in sums.items():
            days.setdefault(day, DaySum()).points_net += net
    for sums in (await points.sums_by_day(tx, holders, BOOK, EARLIEST, ISSUING)).values():
        for day, issued in sums.items():
            days.setdefault(day, DaySum()).points_issued += issued
    return Recount(
        days={day: one for day, one in days.items() if one != DaySum()},
        tiers=await store.count_tiers(tx),
        active_members=await store.count_active(tx),
    )


def coupon_period(tx: Transaction, first: date, last: date) -> Period:
    """From the first of two business days through the last. Raises InvalidInput for one that is turned round or longer
    than `COUPON_DAYS_MAX`."""
    if last < first:
        raise InvalidInput(path="to", problem="lies before from")
    if (last - first).days >= COUPON_DAYS_MAX:
        raise InvalidInput(path="to", problem=f"the period has more than {COUPON_DAYS_MAX} days: ask for parts of it")
    return Period(tx.calendar.start_of(first), tx.calendar.start_of(last + timedelta(days=1)))


async def coupon_sums(
    tx: Transaction, first: date, last: date, by: CouponsBy, template: str | None, cursor: str | None, limit: int
) -> Page[CouponSums]:
    """What became of coupons between two business days, both included, by template, and by day or batch of codes.
    Raises InvalidInput as `coupon_period`, and for a cursor of another list."""
    after = decode_cursor(cursor, str, str, str) if cursor else None
    found = await store.coupon_sums(tx, coupon_period(tx, first, last), by, template, after, limit + 1)
    page = page_of(found, limit, lambda place_and_sums: place_and_sums[0])
    return Page([sums for _, sums in page.items], page.next_cursor)
