"""docs/domain/coupons.md says what coupons do."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from huixiang.coupons import service as coupons
from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.model import Coupon, CouponTemplate
from huixiang.coupons.model.gifts import MadeGift
from huixiang.coupons.model.packs import PACK_KIND, CouponPack
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.service import gifts
from huixiang.insight.model.lift import Group
from huixiang.insight.rules.lift import compared
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.coupons.ground import breaches, claim, publish_template
from tests.documents.pages import json_blocks, page, sections, table
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

SECTIONS = sections(page("coupons"))
ORDER = new_id()


async def done(tx: Transaction, member: UUID, copy: UUID, asks: str) -> str:
    """What becomes of what an order asks."""
    match asks:
        case "hold" | "hold for another order":
            held = await coupons.hold(tx, member, [copy], ORDER if asks == "hold" else new_id())
            return "held" if held.held else held.refused[copy]
        case "release":
            [back] = await coupons.release(tx, member, ORDER)
            return back.state
        case "use":
            assert await coupons.use(tx, member, ORDER) == [copy]
            return "used"
        case _:
            [back] = await coupons.give_back(tx, member, ORDER, [copy])
            return back.state


@pytest.mark.requirement("CPN-03", "CHK-05")
async def test_the_worked_example(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    people = dict(zip(("anna", "ben", "carl"), await register_members(db, 3), strict=True))
    await publish_template(db, claim={}, total=2, per_member=1)
    lines = table(SECTIONS["Worked example"])
    assert len(lines) == 10
    copies: dict[str, Coupon] = {}
    async with client_of(db, ROUTES, "coupons:write") as client:
        for line in lines:
            who = line["who"]
            clock.set(clock.now().replace(day=int(line["day"])))
            if line["asks"] == "claim":
                said = (await claim(client, people[who])).json()
                copies |= {who: msgspec.convert(said, Coupon)} if "state" in said else {}
                answer = said.get("state", said.get("code"))
            else:
                async with db.transaction() as tx:
                    answer = await done(tx, people[who], copies[who].coupon_id, line["asks"])
            assert answer == line["answer"], line
            async with db.transaction(read_only=True) as tx:
                left = await stock.left(tx, [(Kind.COUPON_TEMPLATE, "ten")])
                end = await tx.fetchval(
                    "SELECT expires_at FROM coupons.coupon WHERE coupon_id = $1", copies["anna"].coupon_id
                )
            assert list(left.values()) == [int(line["left"])], line
            assert end == _end(db, clock, line["until"]), line
    await Relay(db, SUBSCRIPTIONS).drain()
    assert await breaches(db) == []


@pytest.mark.requirement("CPN-05")
async def test_the_worked_example_of_a_gift(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    people = dict(zip(("anna", "ben", "carl"), await register_members(db, 3), strict=True))
    await publish_template(db, giftable=True, gifts_per_day=2)
    copy = new_id()
    async with db.transaction() as tx:
        await coupons.issue(tx, people["anna"], "ten", copy, "test")
    begun: MadeGift | None = None
    lines = table(SECTIONS["Worked example of a gift"])
    assert len(lines) == 8
    for line in lines:
        clock.set(clock.now().replace(day=int(line["day"])))
        answer = ""
        try:
            async with db.transaction() as tx:
                if line["asks"] == "give":
                    begun = await gifts.give(tx, people[line["who"]], copy)
                    answer = begun.gift.state
                elif begun is not None and line["asks"] == "take":
                    answer = (await gifts.take(tx, people[line["who"]], begun.token)).state
                elif begun is not None:
                    answer = (await gifts.withdraw(tx, people[line["who"]], begun.gift.gift_id)).state
        except DomainError as refusal:
            answer = refusal.code
        await Relay(db, SUBSCRIPTIONS).drain()
        async with db.transaction(read_only=True) as tx:
            rows = await tx.fetch("SELECT member_id, state, expires_at FROM coupons.coupon")
        has = {row["member_id"]: row for row in rows}
        states = [has[people[who]]["state"] if people[who] in has else "" for who in ("anna", "ben")]
        assert [answer, *states] == [line["answer"], line["anna"], line["ben"]], line
        if line["until"]:
            assert has[people["ben"]]["expires_at"] == _end(db, clock, line["until"]), line
    assert await breaches(db) == []


@pytest.mark.requirement("CPN-02")
async def test_the_worked_example_of_a_pack(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    people = dict(zip(("anna", "ben"), await register_members(db, 2), strict=True))
    joined = clock.now()
    lines = table(SECTIONS["Worked example of a pack"])
    assert len(lines) == 5
    for line in lines:
        member = people[line["who"]]
        clock.set(joined + timedelta(days=int(line["days"])))
        async with client_of(db, ROUTES, "coupons:write", "coupons:read", member=member) as client:
            by_system = line["asked by"] == "a system"
            path = f"/api/v1/members/{member}/coupon-packs" if by_system else "/api/member/v1/me/coupon-packs"
            headers = {"Idempotency-Key": str(new_id())}
            said = await client.post(path, json={"pack": "new_member"}, headers=headers)
            held = await client.get(f"/api/v1/members/{member}/coupons")
        answer, worth_fen = said.json().get("code", str(said.status_code)), said.json().get("worth_fen", "")
        told = (answer, str(worth_fen), str(len(held.json()["items"])))
        assert told == (line["answer"], line["worth_fen"], line["copies"]), line
    assert await breaches(db) == []


@pytest.mark.requirement("CPN-02")
async def test_the_pack_is_the_shipped_one_and_every_field_is_explained(db: Database) -> None:
    await load_programme(db)
    async with db.transaction(read_only=True) as tx:
        shipped = await rulebook.version(tx, PACK_KIND, "new_member", 1)
    (said,) = json_blocks(SECTIONS["Packs"])
    assert msgspec.convert(said, CouponPack) == shipped.body
    cells = " ".join(line["field"] for line in table(SECTIONS["Packs"]))
    assert set(CouponPack.__struct_fields__) == set(cells.replace("`", "").replace(",", "").split())


@pytest.mark.requirement("CPN-06")
def test_the_worked_example_of_lift() -> None:
    lines = table(SECTIONS["Worked example of lift"])
    assert len(lines) == 4
    for line in lines:
        issued, withheld = (
            Group(members=int(line[side]), buyers=buyers, sales_fen=6_000 * buyers, squares=6_000**2 * buyers)
            for side in ("issued", "withheld")
            for buyers in (int(line[f"{side} buyers"]),)
        )
        found = compared(issued, withheld)
        told: list[str] = [found.verdict]
        for one in (found.per_member, found.in_all):
            told += ["", "", ""] if one is None else [str(one.fen), str(one.low_fen), str(one.high_fen)]
        assert told == list(line.values())[4:], line


def _end(db: Database, clock: SettableClock, said: str) -> datetime:
    day, _, wall_clock = said.partition(", ")
    local = db.calendar.local(clock.now())
    if not wall_clock:
        return db.calendar.start_of(local.date().replace(day=int(day) + 1))
    hour, minute = wall_clock.split(":")
    return local.replace(day=int(day), hour=int(hour), minute=int(minute))


@pytest.mark.requirement("CPN-01")
async def test_the_template_is_the_shipped_one_and_every_field_is_explained(db: Database) -> None:
    await load_programme(db)
    async with db.transaction(read_only=True) as tx:
        shipped = await rulebook.version(tx, "coupon_template", "fresh_5", 1)
    (said,) = json_blocks(SECTIONS["Templates"])
    assert msgspec.convert(said, CouponTemplate) == shipped.body
    cells = " ".join(line["field"] for line in table(SECTIONS["Templates"]))
    assert set(CouponTemplate.__struct_fields__) == set(cells.replace("`", "").replace(",", "").split()) - {"or"}
