"""Facts over HTTP, in a promotion's condition, and on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from huixiang.catalogue.model import Entity
from huixiang.entry.cli.main import app
from huixiang.habits import service
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.staff.model import Role
from tests.catalogue import rows
from tests.catalogue.taking_in import results
from tests.entry.program import running, settings, sign_in
from tests.journeys.merging import House

pytestmark = pytest.mark.requirement("MEM-07")

REGULARS = {
    "layer": "order",
    "code": "regulars",
    "name": {"zh": "老顾客立减", "en": "Off for regulars"},
    "when": {"type": "compare", "attribute": "spend_90d", "op": "ge", "value": 1000},
    "effect": {"type": "off", "steps": [{"at": 500, "off_fen": 100}]},
}


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        assert await results(db, Entity.CATEGORIES, rows.category("fruit")) == ["created"]
        assert await results(db, Entity.SKUS, rows.sku("apple", category="fruit", list_price_fen=600)) == ["created"]
        yield House(program, db)


async def reckoned(house: House) -> None:
    """As a worker does within a second."""
    await house.relay()
    async with house.db.transaction() as tx:
        await service.reckon_due(tx)


async def payable(house: House, member: str) -> int:
    basket = {
        "channel": "app",
        "member": {"member_id": member},
        "lines": [{"line_id": "1", "sku": "apple", "pieces": 1}],
    }
    answer = await house.post("quotes", basket)
    assert answer.status_code in {200, 201}, answer.text
    return int(answer.json()["due_fen"])


async def test_a_promotion_asks_for_what_was_spent_lately(house: House) -> None:
    async with house.db.transaction() as tx:
        await rulebook.publish(tx, "promotions", "main", {"rules": [REGULARS]}, tx.now, "test", "test")
    member = await house.member("m")
    order = await house.order(member, "1", 1000)
    assert await payable(house, member) == 600
    await reckoned(house)
    assert await payable(house, member) == 500
    back = await house.post(
        f"orders/{order['order_id']}/refunds",
        {
            "external_id": "r", "reason": "damaged", "lines": [{"line_id": "a", "quantity": 1}],
            "occurred_at": house.db.clock.now().isoformat(),
        },
    )  # fmt: skip
    assert back.status_code == 201, back.text
    await reckoned(house)
    assert await payable(house, member) == 600


async def test_systems_staff_and_the_member_read_the_same(house: House) -> None:
    me = str(house.program.member_id)
    await reckoned(house)
    await house.order(me, "1", 1000)
    assert (await house.get(f"/api/v1/members/{me}/facts"))["orders_30d"] == 0, "it is not reckoned yet"
    await reckoned(house)
    known = await house.get(f"/api/v1/members/{me}/facts")
    assert (known["spend_90d_fen"], known["favourite_categories"], known["lifecycle"]) == (1000, ["fruit"], "new")
    assert known["category_names"] == {"fruit": msgspec.to_builtins(rows.name("fruit"))}
    assert (known["days_since_last_order"], known["tier"]) == (0, "bronze")
    balance = await house.get(f"/api/v1/members/{me}/points")
    assert known["points"] == balance["available"] > 0
    staff = await sign_in(house.db, Role.CUSTOMER_SERVICE, name="service")
    assert await house.get(f"/api/console/v1/members/{me}/facts", staff) == known
    assert await house.get("/api/member/v1/me/facts", house.program.member) == known
    analyst = await sign_in(house.db, Role.ANALYST, name="analyst")
    refused = await house.program.client.get(f"/api/console/v1/members/{me}/facts", headers=analyst)
    assert refused.status_code == 403


async def test_behaviour_holds_at_once_and_nothing_is_refused_in_silence(house: House) -> None:
    member = await house.member("m")
    now = house.db.clock.now()

    async def told(at: int, category: str | None) -> dict[str, Any]:
        body = {"seen_at": (now + timedelta(minutes=at)).isoformat()} | (
            {"viewed_category": category} if category else {}
        )
        answer = await house.post(f"members/{member}/behaviour", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    assert (await told(-10, "fruit"))["last_viewed_category"] == "fruit"
    stands = await told(-5, None)
    assert await told(-60, "fruit") == stands
    known = await house.get(f"/api/v1/members/{member}/facts")
    assert known["last_seen_at"] == stands["last_seen_at"]
    assert known["last_viewed_category"] == "fruit"
    ahead = await house.post(f"members/{member}/behaviour", {"seen_at": (now + timedelta(minutes=6)).isoformat()})
    assert (ahead.status_code, ahead.json()["code"]) == (422, "input_invalid")
    nowhere = await house.post(f"members/{member}/behaviour", {"viewed_category": "nowhere"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "category_unknown")
    assert (await house.post(f"members/{member}/state", {"state": "blocked", "reason": "test"})).status_code == 200
    blocked = await house.post(f"members/{member}/behaviour", {})
    assert (blocked.status_code, blocked.json()["code"]) == (409, "member_state_refuses")


async def test_the_command_finds_what_differs_and_mends_it(
    house: House, database_url: str, superuser: psycopg.Connection[Any]
) -> None:
    await house.order(str(house.program.member_id), "1", 1000)
    await reckoned(house)
    home: Path = settings(database_url).home
    environment = {
        "HUIXIANG_DATABASE_URL": database_url, "HUIXIANG_HOME": str(home), "HUIXIANG_ENVIRONMENT": "test",
    }  # fmt: skip

    async def run(*arguments: str) -> tuple[int, str]:
        command = ["members", "rebuild-facts", *arguments]
        result = await asyncio.to_thread(CliRunner(env=environment).invoke, app, command)
        return result.exit_code, result.output

    await run()  # its clock is the machine's: windows are of another day than this test's
    assert await run("--check") == (0, "1 members: 0 differ\n")
    superuser.execute("UPDATE habits.member SET spend_365d = spend_365d + 1")
    line = f"member {house.program.member_id}: spend_365d\n"
    assert await run("--check") == (1, f"{line}1 members: 1 differ\n")
    assert await run() == (0, f"{line}1 members: 1 differed\n")
    assert await run("--check") == (0, "1 members: 0 differ\n")
