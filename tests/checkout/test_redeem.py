"""Orders that a till priced take points by themselves, in one call (CHK-07): all of it or nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout.model import NewLine, NewOrder, Redeem, Tender
from huixiang.kernel.ids import new_id
from huixiang.members.model import State
from huixiang.platform.db import Database
from huixiang.points import service as points
from tests.checkout.counter import ROUTES, Answer, Counter, done, opened
from tests.checkout.shop import NDJSON
from tests.documents.pages import page, sections, table
from tests.pricing.quoting import open_shop, refused
from tests.support.http_client import client_of
from tests.support.programme import line, register_members, till_order

pytestmark = pytest.mark.requirement("CHK-07")

OWNED = 3_000
TILLS = 6
LINES = [line("a", 6_000), line("b", 4_000)]
SUMS = ("cash_fen", "points_redeemed", "points_off_fen")


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        yield made


async def rich(counter: Counter, count: int = 1) -> list[UUID]:
    """Other members each time, with 3,000 points and an order, so that none is their first."""
    found = await register_members(counter.db, count, prefix=str(new_id()))
    for member in found:
        order = till_order(member, f"before-{member}", counter.db.clock.now(), [line("a", 0)], programme="default")
        done(await send(counter, order), 201)
        await counter.give_points(member, OWNED - (await counter.balance(member)).available)
    return found


def sold(counter: Counter, member: UUID, number: str, used: int, off_fen: int, lines: list[NewLine]) -> NewOrder:
    order = till_order(member, number, counter.db.clock.now(), lines, programme="default")
    return msgspec.structs.replace(order, redeem=Redeem(points=used, off_fen=off_fen))


async def send(counter: Counter, order: NewOrder, key: str | None = None) -> httpx.Response:
    return await counter.command("/api/v1/orders", msgspec.to_builtins(order), key or order.external_id)


async def whole(counter: Counter) -> None:
    """Every law holds, and every chain of the ledger is whole."""
    assert await counter.breaches() == []
    async with counter.db.snapshot() as tx:
        assert (await points.verify(tx)).differences == 0


async def test_the_examples_of_the_page(counter: Counter) -> None:
    rows = table(sections(page("checkout"))["Example: points with an order of a till"])
    assert len(rows) > 5
    for row, member in zip(rows, await rich(counter, len(rows)), strict=True):
        lines = [line(f"l{place}", int(fen)) for place, fen in enumerate(row["lines"].split())]
        order = sold(counter, member, str(member)[-12:], int(row["points"]), int(row["off_fen"]), lines)
        if row["tenders"]:
            order = msgspec.structs.replace(order, tenders=[Tender("voucher", int(row["tenders"]))])
        answer = await send(counter, order)
        if row["answer"] == "201":
            told = done(answer, 201)
            assert [str(told[name]) for name in SUMS] == [row[name] for name in ("cash_fen", "points", "off_fen")], row
        else:
            refused(answer, 409, row["answer"])
            # Nothing half done: the number is free, and the same order without points is another one.
            without = done(await send(counter, msgspec.structs.replace(order, redeem=None)), 201)
            assert (without["created"], *(without[name] for name in SUMS)) == (True, int(row["cash_fen"]), 0, 0), row
        assert (await counter.balance(member)).available == int(row["left"]), row
    await whole(counter)


async def test_asked_again_it_answers_the_same_and_takes_nothing(counter: Counter) -> None:
    [member] = await rich(counter)
    order = sold(counter, member, "1", 2_000, 2_000, LINES)
    first = done(await send(counter, order), 201)
    assert (first["cash_fen"], first["points"]) == (8_000, 160)
    assert (first["points_redeemed"], first["points_off_fen"]) == (2_000, 2_000)
    read = await counter.order(first)
    assert read["tenders"] == [{"kind": "points", "amount_fen": 2_000, "line_id": None}]
    assert [one["paid_fen"] for one in read["lines"]] == [4_800, 3_200]
    assert done(await send(counter, order), 201) == first
    assert done(await send(counter, order, "another key"), 201) == first | {"created": False}
    fewer = msgspec.structs.replace(order, redeem=Redeem(points=1_000, off_fen=1_000))
    refused(await send(counter, fewer, "yet another"), 409, "order_conflict")
    assert (await counter.balance(member)).available == OWNED - 2_000
    await whole(counter)


@pytest.mark.requirement("CHK-06", "PTS-24")
async def test_a_refund_gives_the_points_back(counter: Counter) -> None:
    """Case 7 of the pricing page, of an order that a till priced."""
    [member] = await rich(counter)
    order = done(await send(counter, sold(counter, member, "1", 2_000, 2_000, LINES)), 201)
    parts: list[Answer] = [await counter.refund(order, name, [(name, 1)]) for name in ("b", "a")]
    assert [(one["points_returned"], one["refund_fen"], one["points"]) for one in parts] == [
        (800, 3_200, 64),
        (1_200, 4_800, 96),
    ]
    assert (await counter.balance(member)).available == OWNED
    async with client_of(counter.db, ROUTES, member=member) as client:
        mine = done(await client.get(f"/api/member/v1/me/orders/{order['order_id']}"))
    assert [mine[name] for name in ("points_spent", "points_off_fen", "cash_fen", "tendered_fen")] == [
        2000,
        2000,
        8000,
        0,
    ]
    await whole(counter)


async def test_a_row_of_an_upload_takes_no_points(counter: Counter) -> None:
    """Nobody shows that they are there for a row; a till that catches up may send the whole day all the same."""
    [member] = await rich(counter)
    alone = sold(counter, member, "alone", 500, 500, LINES)
    posted = done(await send(counter, alone), 201)
    late = sold(counter, member, "late", 500, 500, LINES)
    plain = till_order(member, "plain", counter.db.clock.now(), LINES, programme="default")
    content = b"\n".join(msgspec.json.encode(one) for one in (late, plain, alone))
    told = (await counter.client.post("/api/v1/orders/bulk", content=content, headers=NDJSON)).json()["rows"]
    assert [one["outcome"] for one in told] == ["refused", "created", "unchanged"]
    assert (told[0]["problem"]["code"], told[2]["id"]) == ("redeem_alone", posted["order_id"])
    assert (await counter.balance(member)).available == OWNED - 500
    done(await send(counter, late), 201)
    await whole(counter)


async def test_who_may_not_spend_takes_none(counter: Counter) -> None:
    [member] = await rich(counter)
    async with counter.db.transaction() as tx:
        await tx.execute("UPDATE members.member SET state = $1", State.BLOCKED)
    order = sold(counter, member, "1", 500, 500, LINES)
    refused(await send(counter, order), 409, "member_state_refuses")
    done(await send(counter, msgspec.structs.replace(order, redeem=None)), 201)


async def test_points_are_said_once(counter: Counter) -> None:
    [member] = await rich(counter)
    body = msgspec.to_builtins(sold(counter, member, "1", 500, 500, LINES))
    body["tenders"] = [{"kind": "points", "amount_fen": 500}]
    answer = refused(await counter.command("/api/v1/orders", body), 422, "input_invalid")
    assert "leave out the tender" in answer["errors"][0]["problem"]


@pytest.mark.requirement("PTS-14")
async def test_of_tills_that_redeem_the_same_points_at_once_one_gets_them(counter: Counter) -> None:
    """Then tills that want other sums: what is taken is what was answered, and never more than there was."""
    for member in await rich(counter, 3):
        tills = [sold(counter, member, f"{member}{n}"[-40:], 2_000, 2_000, LINES) for n in range(TILLS)]
        answers = await asyncio.gather(*(send(counter, till) for till in tills))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * (TILLS - 1)]
        assert {one.json()["code"] for one in answers if one.status_code == 409} == {"points_insufficient"}
        assert (await counter.balance(member)).available == OWNED - 2_000
    [member] = await rich(counter)
    wanted = [100 * (n + 3) for n in range(TILLS)]
    orders = [sold(counter, member, f"sum{n}", n, n, LINES) for n in wanted]
    answers = await asyncio.gather(*(send(counter, order) for order in orders))
    taken = sum(n for n, answer in zip(wanted, answers, strict=True) if answer.status_code == 201)
    left = OWNED - taken
    assert (await counter.balance(member)).available == left
    refused_ones = [n for n, answer in zip(wanted, answers, strict=True) if answer.status_code == 409]
    assert refused_ones
    assert left < min(refused_ones)
    await whole(counter)
