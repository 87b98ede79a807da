"""Newcomers begin a trial themselves on the member pages, where it is on request (MEM-13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.entry.program import bearer, running
from tests.journeys.test_trials import ENDS, PHONE, Shop
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("MEM-13")

MINE = "/api/member/v1/me/trials"


class Pages(Shop):
    """The shop, and what a member's own pages ask it."""

    def own(self, member: str) -> dict[str, str]:
        return bearer(members.issue_token(UUID(member), self.db.clock.now()))

    async def offers(self, member: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.get(f"{MINE}/offers", self.own(member))
        return found

    async def begin(self, member: str, key: str | None = None) -> httpx.Response:
        self.commands += 1
        headers = self.own(member) | {"Idempotency-Key": key or f"trial {self.commands}"}
        return await self.program.client.post(MINE, headers=headers)

    async def begun(self, member: str) -> str:
        """The code of the refusal, or of what is tried."""
        answer = await self.begin(member)
        assert answer.status_code in {201, 409}, answer.text
        return str(answer.json()["code"])

    async def refused(self, member: str) -> str | None:
        [offer] = await self.offers(member)
        return None if offer["refused"] is None else str(offer["refused"])


@pytest_asyncio.fixture
async def shop(db: Database, superuser: psycopg.Connection[Any]) -> AsyncIterator[Pages]:
    async with running(db) as program:
        yield Pages(program, db)
    assert_lawful(superuser)


async def test_what_is_offered_is_begun_once(shop: Pages) -> None:
    someone = await shop.joined("a", PHONE)
    [offer] = await shop.offers(someone)
    assert offer == {
        "gives": "tier", "code": "silver", "name": offer["name"], "days": 7, "ends_at": ENDS, "refused": None,
    }  # fmt: skip
    assert offer["name"]["zh"] == "银牌会员"
    made = await shop.begin(someone, "once")
    assert (made.status_code, made.json()["ends_at"], made.json()["name"]) == (201, ENDS, offer["name"])
    again = await shop.begin(someone, "once")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (made.json(), "true")
    assert await shop.tier(someone) == ("silver", ENDS)
    assert await shop.begun(someone) == "trial_used"
    assert await shop.refused(someone) == "trial_used"
    assert await shop.rows("SELECT 1 FROM staff.audit WHERE action = 'member.trial_given'") == []


async def test_the_offer_says_what_would_be_refused(shop: Pages, clock: SettableClock) -> None:
    """Each refusal is foretold by the offer."""
    first, late, blocked = await shop.joined("a", PHONE), await shop.joined("b"), await shop.joined("c")
    assert await shop.begun(first) == "silver"
    await shop.close(first)
    same_person = await shop.joined("d", PHONE)
    rich = await shop.joined("e")
    await shop.order(rich, "1", 200_000)
    assert (await shop.post(f"members/{blocked}/state", {"state": "blocked", "reason": "x"})).status_code == 200
    told = {
        name: (await shop.refused(one), await shop.begun(one)) for name, one in {"d": same_person, "e": rich}.items()
    }
    clock.advance(timedelta(days=31))
    told["b"] = (await shop.refused(late), await shop.begun(late))
    assert told == {
        "d": ("trial_used", "trial_used"),
        "e": ("tier_held", "tier_held"),
        "b": ("trial_for_newcomers", "trial_for_newcomers"),
    }


async def test_a_plan_is_offered_by_its_name(shop: Pages) -> None:
    async with shop.db.transaction() as tx:
        plus = {"name": {"zh": "年卡", "en": "Plus"}, "price_fen": 25800, "days": 365}
        await rulebook.publish(tx, "plan", "plus", plus, tx.now, "test", "new")
    await shop.rule(on_request=True, tier=None, plan="plus", days=3)
    someone = await shop.joined("a")
    [offer] = await shop.offers(someone)
    assert (offer["gives"], offer["name"], offer["days"]) == ("plan", {"zh": "年卡", "en": "Plus"}, 3)
    assert (await shop.begin(someone)).json()["name"] == {"zh": "年卡", "en": "Plus"}
    [tried] = await shop.get(MINE, shop.own(someone))
    assert tried["name"] == {"zh": "年卡", "en": "Plus"}


async def test_where_it_is_not_on_request_nothing_is_offered(shop: Pages) -> None:
    await shop.rule()
    someone = await shop.joined("a")
    assert await shop.offers(someone) == []
    assert await shop.begun(someone) == "trial_not_offered"
    assert await shop.tier(someone) == ("bronze", None)


async def test_of_two_who_begin_at_once_one_has_it(shop: Pages) -> None:
    someone = await shop.joined("a")
    answers = await asyncio.gather(*(shop.begun(someone) for _ in range(4)))
    assert sorted(answers) == ["silver", "trial_used", "trial_used", "trial_used"]
