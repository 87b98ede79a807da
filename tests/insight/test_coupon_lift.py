"""What coupons bring, against members who were held out: incremental sales (CPN-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewOrder, RefundLine, RefundRequest
from huixiang.coupons.routes import ROUTES as COUPONS
from huixiang.coupons.rules.holdout import is_held_out
from huixiang.coupons.service.many import issue_many
from huixiang.insight.routes import ROUTES
from huixiang.insight.service.lift import coupon_lift
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import NewMerge
from huixiang.members.service import merging
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule
from tests.checkout.counter import Counter, opened
from tests.coupons.ground import claim
from tests.pricing.quoting import good, named, open_shop, pieces
from tests.support.http_client import client_of
from tests.support.paging import walked
from tests.support.programme import line, register_members, till_order

pytestmark = pytest.mark.requirement("CPN-06")
PATH = "/api/console/v1/coupons/lift"
PERIOD = {"from": "2026-03-18", "to": "2026-03-31"}
HALF = 5_000
TEN = CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))
TEMPLATE = {"rule": "ten", "name": {"zh": "立减十元", "en": "Ten off"}, "days": 60, "claim": {}, "holdout_bp": HALF}
DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("beef", 5_200))
        await made.publish([TEN])
        await made.document("coupon_template", "ten", TEMPLATE)
        yield made


@pytest_asyncio.fixture
async def console(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, ROUTES, "insight:read") as found:
        yield found


@pytest_asyncio.fixture
async def till(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, COUPONS, "coupons:write") as found:
        yield found


async def people(db: Database, count: int, each: int) -> tuple[list[UUID], list[UUID]]:
    """Those of some members who are held out, and the others; so many of each at least."""
    some = await register_members(db, count, registered_at=db.clock.now() - 9 * DAY)
    out = [one for one in some if is_held_out(one, "ten", HALF)]
    others = [one for one in some if one not in out]
    assert min(len(out), len(others)) >= each
    return out, others


async def bought(db: Database, *orders: tuple[UUID, int]) -> list[UUID]:
    """An order of one line each, completed now."""
    made = [till_order(who, str(new_id()), db.clock.now(), [line("1", fen, pieces=1)]) for who, fen in orders]
    return await posted(db, made)


async def posted(db: Database, orders: Sequence[NewOrder]) -> list[UUID]:
    async with db.transaction() as tx:
        done = await checkout.post_orders(tx, orders)
    return [one.result.order_id for one in done if one.result is not None]


async def bring_back(db: Database, order_id: UUID) -> None:
    async with db.transaction() as tx:
        lines = [RefundLine("1", 1)]
        request = RefundRequest(external_id="r", reason="ripe", occurred_at=tx.now, lines=lines)
        await checkout.refund_order(tx, order_id, request)


async def lift(console: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await console.get(PATH, params=PERIOD | asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_what_members_bought_in_their_days_by_whether_they_have_a_copy(
    counter: Counter, console: httpx.AsyncClient, till: httpx.AsyncClient, clock: SettableClock
) -> None:
    db = counter.db
    out, others = await people(db, 40, 4)
    out, others = out[:3], others[:4]
    await bought(db, (out[0], 90_000))
    clock.advance(timedelta(hours=1))
    for member in (*out, *others[:3]):
        assert (await claim(till, member)).status_code == (409 if member in out else 201)
    order = await counter.place(await counter.quote([pieces("beef")], others[0]))
    await counter.act(order, "complete", paid=True)
    back = (await bought(db, (others[1], 3_000), (others[1], 700), (out[0], 2_000), (out[0], 500)))[0]
    await bring_back(db, back)
    clock.advance(5 * DAY)
    assert (await claim(till, others[3])).status_code == 201
    await counter.document("coupon_template", "ten", TEMPLATE | {"holdout_bp": 0})
    assert (await claim(till, out[1])).status_code == 201
    clock.advance(9 * DAY)
    await bought(db, (out[2], 80_000), (others[2], 80_000))
    assert await lift(console, days=14) == [
        {
            "template": "ten", "holdout_bp": HALF, "waiting": 1, "reached": 1, "discount_fen": 1_000,
            "issued": {"members": 3, "buyers": 2, "sales_fen": 4_900, "mean_fen": 1_633},
            "withheld": {"members": 3, "buyers": 1, "sales_fen": 2_500, "mean_fen": 833},
            "verdict": "too_few", "per_member": None, "incremental": None,
        }
    ]  # fmt: skip
    [later] = await lift(console, days=14, template="ten", **{"from": "2026-03-19"})
    assert (later["issued"]["members"], later["waiting"]) == (0, 1), "the others came before"


@pytest.mark.parametrize("who", ["the first to come", "the second"])
async def test_after_a_merge_the_first_time_counts_and_all_that_both_bought(
    counter: Counter, console: httpx.AsyncClient, till: httpx.AsyncClient, clock: SettableClock, who: str
) -> None:
    db = counter.db
    out, others = await people(db, 30, 1)
    first, second = out[0], others[0]
    assert (await claim(till, first)).status_code == 409
    clock.advance(DAY)
    assert (await claim(till, second)).status_code == 201
    await bought(db, (first, 1_000), (second, 200))
    gone, stays = (second, first) if who == "the second" else (first, second)
    async with db.transaction() as tx:
        merge = NewMerge(into=MemberRef(member_id=stays), reason="one person")
        await merging.start(tx, gone, merge, "staff:test")
    await counter.relay()
    clock.advance(7 * DAY)
    [found] = await lift(console, days=7)
    assert found["withheld"] == {"members": 1, "buyers": 1, "sales_fen": 1_200, "mean_fen": 1_200}
    assert (found["issued"]["members"], found["reached"]) == (0, 1)
    assert await lift(console, days=7, **{"from": "2026-03-19"}) == []


async def test_with_members_enough_it_says_how_much_more_and_how_sure_that_is(
    counter: Counter, console: httpx.AsyncClient, clock: SettableClock
) -> None:
    """Of those who have a copy two in three buy for 50 to 59 yuan, of the others one in three."""
    db = counter.db
    out, others = await people(db, 300, 100)
    async with db.transaction() as tx:
        refused = await issue_many(tx, "ten", [(one, new_id()) for one in (*out, *others)], "grant")
    assert set(refused) == set(out)
    spent = {one: 5_000 + n % 10 * 100 for n, one in enumerate(others) if n % 3}
    spent |= {one: 5_000 + n % 10 * 100 for n, one in enumerate(out) if not n % 3}
    await bought(db, *spent.items())
    clock.advance(28 * DAY)
    [found] = await lift(console)
    with_copy, without = (sum(spent.get(one, 0) for one in group) for group in (others, out))
    more = Fraction(with_copy, len(others)) - Fraction(without, len(out))
    assert (found["verdict"], found["waiting"], found["reached"], found["discount_fen"]) == ("more", 0, 0, 0)
    assert (found["issued"]["members"], found["withheld"]["members"]) == (len(others), len(out))
    each, in_all = found["per_member"], found["incremental"]
    assert abs(each["fen"] - more) <= Fraction(1, 2)
    assert abs(in_all["fen"] - more * len(others)) <= Fraction(1, 2)
    assert 0 < each["low_fen"] < each["fen"] < each["high_fen"]
    assert 0 <= in_all["low_fen"] - each["low_fen"] * len(others) <= len(others), "the same to a fen a member"


async def test_a_template_is_compared_by_its_share_and_lists_come_in_pages(
    counter: Counter, console: httpx.AsyncClient
) -> None:
    db = counter.db
    members = await register_members(db, 9, prefix="p")
    for template, share, who in (("ten", HALF, members[:3]), ("ten", 10, members[3:5]), ("other", 10, members)):
        await counter.document("coupon_template", template, TEMPLATE | {"holdout_bp": share})
        async with db.transaction() as tx:
            await issue_many(tx, template, [(one, new_id()) for one in who], "grant")
    pages = await walked(console, PATH, 2, **PERIOD)
    told = [[(one["template"], one["holdout_bp"], one["waiting"]) for one in page] for page in pages]
    assert told == [[("other", 10, 9), ("ten", 10, 2)], [("ten", HALF, 3)]]
    assert [one["waiting"] for one in await lift(console, template="ten")] == [2, 3]
    async with db.transaction(read_only=True) as tx:
        day = tx.calendar.day(tx.now)
        assert len((await coupon_lift(tx, day, day, 7, "ten", None, 9, members_max=5)).items) == 2
        with pytest.raises(InvalidInput):
            await coupon_lift(tx, day, day, 7, None, None, 9, members_max=13)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"from": "2026-04-01"}, "to"),
        ({"to": "2026-06-18"}, "to"),
        ({"days": "0"}, "days"),
        ({"days": "93"}, "days"),
        ({"cursor": "WyJ0ZW4iXQ"}, "cursor"),
    ],
)
async def test_what_cannot_be_asked(console: httpx.AsyncClient, asked: dict[str, str], path: str) -> None:
    answer = await console.get(PATH, params=PERIOD | asked)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)
