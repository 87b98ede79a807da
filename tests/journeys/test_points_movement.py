"""Points that move, over HTTP: a gift, a family's pool, a partner's points, and the day's settlement (PTS-09)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.rulebook import service as rulebook
from tests.journeys.conftest import House
from tests.journeys.test_till_orders import register
from tests.points.movement import earn, relay
from tests.points.test_partner import TERMS

pytestmark = pytest.mark.requirement("PTS-09")

WELCOME = 50  # for who registers, with the first relay


class Person:
    """A member with 1,000 points and a phone in hand."""

    def __init__(self, house: House, member_id: str, number: str) -> None:
        self.member_id = member_id
        self.number = number
        self._house = house

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {members.issue_token(UUID(self.member_id), self._house.clock.now())}"}

    async def post(self, path: str, body: Any = None) -> Any:
        headers = self._headers | {"Idempotency-Key": str(new_id())}
        response = await self._house.client.post(f"/api/member/v1/me/{path}", json=body, headers=headers)
        return answer(response)

    async def get(self, path: str) -> Any:
        return answer(await self._house.client.get(f"/api/member/v1/me/{path}", headers=self._headers))

    async def balance(self) -> int:
        points: int = (await self.get("points"))["balance"]
        return points


def answer(response: httpx.Response) -> Any:
    """The body, or the code of the refusal."""
    return response.json() if response.is_success else response.json()["code"]


async def person(house: House, name: str) -> Person:
    member_id = await register(house, name)
    async with house.db.transaction() as tx:
        number = (await members.card(tx, UUID(member_id))).number
    await earn(house.db, UUID(member_id), 1000)
    return Person(house, member_id, number)


async def test_a_gift_is_seen_by_both_sides(house: House) -> None:
    giver, taker = await person(house, "giver"), await person(house, "taker")
    gift = {"to_number": taker.number, "points": 100}
    assert await giver.post("transfers", gift) == "transfer_too_soon"
    house.clock.advance(timedelta(days=7))
    sent = await giver.post("transfers", gift)
    assert (sent["state"], sent["other_id"]) == ("on_the_way", taker.member_id)
    assert await taker.get(f"transfers/{sent['transfer_id']}") == "transfer_unknown"
    await relay(house.db)
    assert (await giver.get(f"transfers/{sent['transfer_id']}"))["state"] == "received"
    [seen] = (await taker.get("transfers"))["items"]
    assert (seen["direction"], seen["points"], seen["other_id"]) == ("in", 100, giver.member_id)
    path = f"/api/v1/members/{taker.member_id}/transfers"
    back = await house.post(path, {"to": {"number": giver.number}, "points": 40}, key="back")
    again = await house.post(path, {"to": {"number": giver.number}, "points": 40}, key="back")
    assert back.status_code == 201
    assert back.json() == again.json()
    await relay(house.db)
    assert (await house.get(f"{path}/{back.json()['transfer_id']}"))["state"] == "received"
    assert [await giver.balance(), await taker.balance()] == [940 + WELCOME, 1060 + WELCOME]


async def test_a_family_and_its_pool(house: House) -> None:
    head, child = await person(house, "head"), await person(house, "child")
    assert await child.get("pool") == "pool_unknown"
    founded = await head.post("pool")
    pool_id = founded["pool_id"]
    assert await child.post("pool/join", {"pool_id": pool_id}) == "pool_unknown"
    assert await child.get("pool/invitations") == []
    await head.post("pool/invitations", {"number": child.number})
    [invited] = await child.get("pool/invitations")
    assert (invited["pool_id"], invited["head_number"]) == (pool_id, head.number)
    assert await head.get("pool/invitations") == []
    await child.post("pool/join", {"pool_id": invited["pool_id"]})
    assert await child.get("pool/invitations") == []
    await head.post("pool/contributions", {"points": 600})
    await relay(house.db)
    assert (await child.get("pool"))["points"]["available"] == 600

    tickets = f"/api/v1/points/pools/{pool_id}/tickets"
    ticket_id = str(new_id())
    wanted = {"ticket_id": ticket_id, "member_id": child.member_id, "points": 200}
    assert answer(await house.post(tickets, wanted, key="hold"))["state"] == "held"
    captured = answer(await house.post(f"{tickets}/{ticket_id}/capture", {"points": 150}, key="capture"))
    assert (captured["captured"], captured["state"]) == (150, "captured")
    assert answer(await house.post(f"{tickets}/{ticket_id}/release", None, key="release")) == "hold_finished"
    back = {"points": 50, "reference": "r1"}
    assert answer(await house.post(f"{tickets}/{ticket_id}/returns", back, key="return"))["returned"] == 50

    assert await child.post("pool/dissolve", {"pool_id": pool_id}) == "pool_head_only"
    assert (await child.post("pool/leave"))["points"] == 0
    assert (await head.post("pool/dissolve", {"pool_id": pool_id}))["points"] == 500
    await relay(house.db)
    assert [await head.balance(), await child.balance()] == [900 + WELCOME, 1000 + WELCOME]


async def test_a_partners_points_and_the_settlement_of_the_day(house: House) -> None:
    flyer = await person(house, "flyer")
    async with house.db.transaction() as tx:
        await rulebook.publish(tx, "partner", "air", TERMS, tx.now, "test", "test")
    base = "/api/v1/points/partners/air"
    order = {"direction": "in", "reference": "A-1", "member": {"number": flyer.number}, "partner_points": 300}
    made = [await house.post(f"{base}/exchanges", order, key="in") for _ in range(2)]
    assert [(one.status_code, one.json()["points"]) for one in made] == [(201, 100)] * 2
    out = order | {"direction": "out", "reference": "A-2", "partner_points": 80}
    assert answer(await house.post(f"{base}/exchanges", out, key="out"))["points"] == 100
    assert answer(await house.post(f"{base}/exchanges/A-2/cancel", None, key="no"))["direction"] == "cancelled"
    assert await flyer.balance() == 1100
    day = house.clock.now().date().isoformat()
    unfinished = await house.client.get(f"{base}/settlements/{day}")
    assert answer(unfinished) == "settlement_day_open"
    house.clock.advance(timedelta(days=1))
    async with house.db.transaction() as writing:
        await writing.execute("UPDATE points.account SET recorded_at = recorded_at")
        reading = asyncio.create_task(house.client.get(f"{base}/settlements/{day}"))
        await asyncio.sleep(0.5)
        assert not reading.done()  # who writes may still write into the day
    file = answer(await reading)
    assert "line,in,A-1,100,300\n" in file["file"]
    response = await house.client.post(f"{base}/settlements/{day}/reconcile", json={"file": file["file"]})
    assert answer(response) == {"partner": "air", "business_day": day, "agreed": 3, "differences": []}
