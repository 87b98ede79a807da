"""Posting and refunding orders on a real database (CHK-06, CHK-07, PTS-12, PTS-14, TIER-03)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio

from huixiang.checkout import service as checkout
from huixiang.checkout.model import (
    OrderConflict,
    OrderInFuture,
    OrderResult,
    ProgrammeUnknown,
    RefundConflict,
    RefundLine,
    RefundRequest,
    Tender,
)
from huixiang.members.model import MemberRef, MemberUnknown
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, Balance, Book
from huixiang.points.service import sweep
from huixiang.points.service.sweep import Due
from huixiang.tiers import service as tiers
from tests.support.programme import line, load_programme, register_members, till_order

pytestmark = pytest.mark.postgres15


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    (member_id,) = await register_members(db, 1)
    return member_id


async def post(db: Database, *orders: object) -> list[checkout.Posted]:
    async with db.transaction() as tx:
        return await checkout.post_orders(tx, orders)  # type: ignore[arg-type]


async def balance_of(db: Database, member: UUID, book: Book = POINTS) -> Balance:
    async with db.transaction() as tx:
        return await points.balance(tx, member, book)


async def assert_ledger_holds(db: Database) -> None:
    async with db.snapshot() as tx:
        verification = await points.verify(tx)
    assert verification.findings == []
    assert verification.postings > 0


def created(posted: checkout.Posted) -> OrderResult:
    assert posted.refusal is None
    assert posted.result is not None
    assert posted.result.created
    return posted.result


@pytest.mark.requirement("CHK-07")
async def test_an_order_earns_on_its_cash(db: Database, member: UUID, now: datetime) -> None:
    order = till_order(
        member, "1", now, [line("a", 1250), line("b", 999)], tenders=[Tender("manufacturer_coupon", 300, "a")]
    )
    result = created((await post(db, order))[0])
    assert (result.cash_fen, result.points, result.growth) == (1949, 19, 1949)
    assert (await balance_of(db, member)).available == 19
    assert (await balance_of(db, member, GROWTH)).balance == 1949
    async with db.transaction() as tx:
        stored = await checkout.order(tx, result.order_id)
    assert [(part.line_id, part.paid_fen, part.points) for part in stored.lines] == [("a", 950, 9), ("b", 999, 10)]
    assert stored.tenders == [Tender("manufacturer_coupon", 300, "a")]
    await assert_ledger_holds(db)


@pytest.mark.requirement("CHK-07")
async def test_the_same_order_again_answers_the_same_and_posts_nothing(
    db: Database, member: UUID, now: datetime
) -> None:
    order = till_order(member, "1", now, [line("a", 1000)])
    first = created((await post(db, order))[0])
    (again,) = await post(db, order)
    assert again.result == msgspec.structs.replace(first, created=False)
    other = till_order(member, "1", now, [line("a", 1001)])
    (conflict,) = await post(db, other)
    assert isinstance(conflict.refusal, OrderConflict)
    assert (await balance_of(db, member)).balance == 10


async def test_a_bad_order_of_a_batch_is_an_outcome_and_the_good_ones_are_kept(
    db: Database, member: UUID, now: datetime
) -> None:
    good = till_order(member, "1", now, [line("a", 1000)])
    stranger = msgspec.structs.replace(good, external_id="2", member=MemberRef(number="000000000000"))
    early = till_order(member, "3", now + timedelta(hours=8), [line("a", 1000)])
    unruly = till_order(member, "4", now, [line("a", 1000)], programme="nowhere")
    twin = till_order(member, "1", now, [line("a", 2000)])
    posted = await post(db, good, stranger, early, unruly, good, twin)
    result = created(posted[0])
    refusals = [type(outcome.refusal) for outcome in posted]
    nothing = type(None)
    assert refusals == [nothing, MemberUnknown, OrderInFuture, ProgrammeUnknown, nothing, OrderConflict]
    assert posted[4].result == msgspec.structs.replace(result, created=False)
    assert (await balance_of(db, member)).balance == 10
    await assert_ledger_holds(db)


def put_in_state(owner_url: str, member: UUID, state: str) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute("UPDATE members.member SET state = %s WHERE member_id = %s", (state, member))


@pytest.mark.requirement("CHK-07")
@pytest.mark.requirement("MEM-14")
async def test_an_order_of_a_blocked_member_is_kept_without_points_and_growth(
    db: Database, member: UUID, now: datetime, owner_url: str
) -> None:
    before = till_order(member, "1", now, [line("a", 1000)])
    first = created((await post(db, before))[0])
    put_in_state(owner_url, member, "blocked")
    blocked = till_order(member, "2", now, [line("a", 300_000)], tenders=[Tender("manufacturer_coupon", 500, "a")])
    again, new = await post(db, before, blocked)
    assert again.result == msgspec.structs.replace(first, created=False), "what was posted before answers as it did"
    result = created(new)
    assert (result.earns, result.cash_fen, result.points, result.growth) == (False, 299_500, 0, 0)
    async with db.transaction() as tx:
        stored = await checkout.order(tx, result.order_id)
        progress = await tiers.progress(tx, member)
    assert (stored.earns, [(part.paid_fen, part.points) for part in stored.lines]) == (False, [(299_500, 0)])
    assert (await balance_of(db, member)).balance == 10
    assert (progress.tier.code, progress.growth) == ("bronze", 1000)

    put_in_state(owner_url, member, "active")
    (repeated,) = await post(db, blocked)
    assert repeated.result == msgspec.structs.replace(result, created=False), "a repetition does not earn after all"
    request = RefundRequest(external_id="r", reason="ripe", occurred_at=now, lines=[RefundLine("a", 1)])
    async with db.transaction() as tx:
        refund = await checkout.refund_order(tx, result.order_id, request)
    assert (refund.refund_fen, refund.points, refund.growth) == (299_500, 0, 0)
    await assert_ledger_holds(db)


@pytest.mark.requirement("MEM-14")
@pytest.mark.parametrize("state", ["closed", "deceased"])
async def test_who_may_not_be_looked_up_is_nobody_for_a_new_order(
    db: Database, member: UUID, now: datetime, owner_url: str, state: str
) -> None:
    before = till_order(member, "1", now, [line("a", 1000)])
    first = created((await post(db, before))[0])
    put_in_state(owner_url, member, state)
    again, new = await post(db, before, till_order(member, "2", now, [line("a", 1000)]))
    assert again.result == msgspec.structs.replace(first, created=False)
    assert isinstance(new.refusal, MemberUnknown)
    assert (await balance_of(db, member)).balance == 10


@pytest.mark.requirement("CHK-06")
@pytest.mark.requirement("PTS-12")
async def test_refunds_in_parts_take_back_exactly_what_the_order_gave(
    db: Database, member: UUID, now: datetime
) -> None:
    order = created((await post(db, till_order(member, "1", now, [line("a", 1000, pieces=3), line("b", 555)])))[0])
    back = []
    for number, lines in enumerate([[("a", 1)], [("a", 1), ("b", 1)], [("a", 1)]]):
        request = RefundRequest(
            external_id=f"r{number}",
            reason="bruised",
            occurred_at=now,
            lines=[RefundLine(line_id, quantity) for line_id, quantity in lines],
        )
        async with db.transaction() as tx:
            back.append(await checkout.refund_order(tx, order.order_id, request))
    assert [refund.refund_fen for refund in back] == [333, 334 + 555, 333]
    assert sum(refund.points for refund in back) == order.points == 15
    assert (await balance_of(db, member)).balance == 0
    assert (await balance_of(db, member, GROWTH)).balance == 0
    async with db.transaction() as tx:
        stored = await checkout.order(tx, order.order_id)
    assert (stored.state, stored.refunded_fen, stored.refunded_points) == ("refunded", 1555, 15)
    await assert_ledger_holds(db)


@pytest.mark.requirement("CHK-06")
async def test_the_same_refund_again_answers_the_same(db: Database, member: UUID, now: datetime) -> None:
    order = created((await post(db, till_order(member, "1", now, [line("a", 1000, pieces=3)])))[0])
    request = RefundRequest(external_id="r", reason="bruised", occurred_at=now, lines=[RefundLine("a", 1)])
    answers = []
    for _ in range(2):
        async with db.transaction() as tx:
            answers.append(await checkout.refund_order(tx, order.order_id, request))
    assert answers[0] == answers[1]
    other = msgspec.structs.replace(request, lines=[RefundLine("a", 2)])
    with pytest.raises(RefundConflict):
        async with db.transaction() as tx:
            await checkout.refund_order(tx, order.order_id, other)
    assert (await balance_of(db, member)).balance == 10 - answers[0].points


@pytest.mark.requirement("TIER-01")
@pytest.mark.requirement("TIER-03")
async def test_the_order_that_reaches_a_threshold_lifts_at_once_and_the_next_earns_by_it(
    db: Database, member: UUID, now: datetime
) -> None:
    thursday = now - timedelta(days=6)
    orders = [
        till_order(member, str(n), thursday + timedelta(minutes=n), [line("a", fen)], programme="default")
        for n, fen in enumerate([199_999, 1, 10_000])
    ]
    posted = [created(outcome) for outcome in await post(db, *orders)]
    assert [result.points for result in posted] == [1999, 0, 120], "the third order earns 1.2 times as silver"
    async with db.transaction() as tx:
        progress = await tiers.progress(tx, member)
    assert (progress.tier.code, progress.since, progress.growth) == ("silver", orders[1].completed_at, 210_000)
    assert progress.next is not None
    assert (progress.next.code, progress.next.missing) == ("gold", 290_000)


@pytest.mark.requirement("TIER-01")
async def test_growth_leaves_the_window_and_the_tier_stays_until_it_is_reckoned(
    db: Database, member: UUID, now: datetime
) -> None:
    old = till_order(member, "1", now - timedelta(days=365), [line("a", 200_000)])
    new = till_order(member, "2", now, [line("a", 300_000)])
    await post(db, old, new)
    async with db.transaction() as tx:
        progress = await tiers.progress(tx, member)
    assert (progress.tier.code, progress.growth) == ("silver", 300_000), "together they would be gold"


async def test_a_late_order_lifts_what_came_after_it(db: Database, member: UUID, now: datetime) -> None:
    await post(db, till_order(member, "2", now, [line("a", 150_000)]))
    await post(db, till_order(member, "1", now - timedelta(days=200), [line("a", 60_000)]))
    async with db.transaction() as tx:
        assert (await tiers.progress(tx, member)).tier.code == "silver"


@pytest.mark.requirement("PTS-05")
async def test_points_of_the_default_programme_are_pending_until_they_mature(
    db: Database, member: UUID, now: datetime
) -> None:
    thursday = now - timedelta(days=6)
    await post(db, till_order(member, "0", thursday - timedelta(days=1), [line("a", 50)]))
    await post(db, till_order(member, "1", thursday, [line("a", 1000)], programme="default"))
    before = await balance_of(db, member)
    assert (before.balance, before.pending, before.available) == (10, 10, 0)
    async with db.transaction(now=thursday + timedelta(days=8)) as tx:
        assert (await sweep.sweep(tx, POINTS, Due.MATURITY, 100)).settled == 1
    after = await balance_of(db, member)
    assert (after.balance, after.pending, after.available) == (10, 0, 10)
    async with db.transaction(now=thursday + timedelta(days=9)) as tx:
        assert (await sweep.sweep(tx, POINTS, Due.MATURITY, 100)).over
    await assert_ledger_holds(db)


@pytest.mark.requirement("PTS-14")
async def test_many_connections_post_the_same_orders_and_each_counts_once(
    db: Database, member: UUID, now: datetime
) -> None:
    orders = [till_order(member, str(n), now - timedelta(minutes=n), [line("a", 1000)]) for n in range(16)]

    async def push(start: int) -> list[checkout.Posted]:
        return await post(db, *orders[start:], *orders[:start])

    outcomes = await asyncio.gather(*(push(start) for start in range(16)))
    made = [posted.result for outcome in outcomes for posted in outcome if posted.result and posted.result.created]
    assert len(made) == len({result.order_id for result in made}) == 16
    assert all(posted.refusal is None for outcome in outcomes for posted in outcome)
    assert (await balance_of(db, member)).balance == 160
    await assert_ledger_holds(db)


@pytest.mark.requirement("CHK-06")
async def test_refunds_at_once_never_pass_what_was_paid(db: Database, member: UUID, now: datetime) -> None:
    order = created((await post(db, till_order(member, "1", now, [line("a", 1000, pieces=3)])))[0])

    async def refund(number: int) -> int:
        request = RefundRequest(external_id=f"r{number}", reason="bruised", occurred_at=now, lines=[RefundLine("a", 1)])
        async with db.transaction() as tx:
            return (await checkout.refund_order(tx, order.order_id, request)).refund_fen

    outcomes = await asyncio.gather(*(refund(number) for number in range(8)), return_exceptions=True)
    refunded = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert sorted(refunded) == [333, 333, 334]
    assert sum(type(outcome).__name__ == "RefundTooMuch" for outcome in outcomes) == 5
    assert (await balance_of(db, member)).balance == 0


@pytest.mark.requirement("PTS-18")
async def test_a_statement_pages_through_every_posting_with_the_balance_after_it(
    db: Database, member: UUID, now: datetime
) -> None:
    await post(db, *(till_order(member, str(n), now - timedelta(hours=n), [line("a", 100 * n)]) for n in range(1, 8)))
    lines, cursor = [], None
    while True:
        async with db.transaction() as tx:
            page = await points.statement(tx, member, POINTS, cursor, 3)
        lines += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [posting.points for posting in lines] == [1, 2, 3, 4, 5, 6, 7]
    assert [posting.balance_after for posting in lines] == [28, 27, 25, 22, 18, 13, 7]
    assert [posting.seq for posting in lines] == [7, 6, 5, 4, 3, 2, 1]
