"""Claims at the gate: who asks for what ran out is told at once, and no command that had its ticket is (CPN-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.coupons.routes import ROUTES
from huixiang.coupons.service import claims
from huixiang.platform.db import Database
from huixiang.stock import service as stock
from huixiang.stock.model import Holder, Kind, Wanted, resource_id
from tests.coupons.ground import claim, publish_template
from tests.pricing.quoting import refused
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = [pytest.mark.requirement("CPN-04"), pytest.mark.requirement("INV-3")]


class Shut:
    """Says of everything that nothing is left."""

    async def left(self, resources: Sequence[UUID]) -> Mapping[UUID, int]:
        return dict.fromkeys(resources, 0)

    async def tell(self, _left: Mapping[UUID, int]) -> None:
        return None


class Heard:
    """Keeps what it is told, and says nothing of it."""

    def __init__(self) -> None:
        self.told: dict[UUID, int] = {}

    async def left(self, _resources: Sequence[UUID]) -> Mapping[UUID, int]:
        return {}

    async def tell(self, left: Mapping[UUID, int]) -> None:
        self.told |= left


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 3)


async def test_who_has_a_ticket_or_an_answer_is_never_turned_away(db: Database, members: list[UUID]) -> None:
    """Answered before, with a ticket and without; and one whose process died between its ticket and its copy."""
    async with client_of(db, ROUTES, "coupons:write", "coupons:read") as client:
        await publish_template(db, claim={}, per_member=9)
        without = await claim(client, members[0], "without")
        await publish_template(db, claim={}, per_member=9, total=5)
        ticketed = await claim(client, members[0], "ticketed")
        async with db.transaction(read_only=True) as tx:
            died = await claims.plan(tx, members[1], "ten", "claim", "died")
        await claims.take(db, died)
        with db.beside(stock.Gated(Shut())):
            for answered, key in ((without, "without"), (ticketed, "ticketed")):
                again = await claim(client, members[0], key)
                assert (again.status_code, again.json()) == (201, answered.json())
                assert again.headers["Idempotency-Replayed"] == "true"
            done = await claim(client, members[1], "died")
            assert (done.status_code, done.json()["coupon_id"]) == (201, str(died.coupon_id))
            turned = refused(await claim(client, members[2], "late"), 409, "stock_exhausted")
            assert (turned["left"], turned["wanted"]) == (0, 1)
        assert (await claim(client, members[2], "late")).status_code == 201


async def test_what_the_database_refuses_is_remembered_for_the_next(db: Database, members: list[UUID]) -> None:
    heard = Heard()
    await publish_template(db, claim={}, total=1)
    async with client_of(db, ROUTES, "coupons:write") as client:
        with db.beside(stock.Gated(heard)):
            assert (await claim(client, members[0], "a")).status_code == 201
            assert heard.told == {}
            refused(await claim(client, members[1], "b"), 409, "stock_exhausted")
            assert heard.told == {resource_id(Kind.COUPON_TEMPLATE, "ten"): 0}


async def test_without_a_gate_the_database_is_asked(db: Database) -> None:
    holder = Holder("order", UUID(int=1))
    assert await stock.gate_of(db).left([UUID(int=2)]) == {}
    await stock.gate_of(db).tell({UUID(int=2): 0})
    wanted = [Wanted(kind=Kind.SLOT, key="x", amount=1)]
    assert await stock.turned_away(db, holder, wanted) is None
