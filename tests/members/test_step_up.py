"""A one-time code sent to a member's phone lets them spend at a till, and lets nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers
from huixiang.kernel.clock import SettableClock
from huixiang.members.model import State
from huixiang.messaging import service as messaging
from huixiang.messaging.jobs import Deliverer
from huixiang.platform.db import Database
from tests.entry.program import settings
from tests.members.test_sign_in import set_state
from tests.points.presence import PHONE, Till, till
from tests.points.surface import made, refused

pytestmark = [pytest.mark.requirement("PTS-22"), pytest.mark.requirement("MEM-04")]


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    use_keys(settings("postgresql://nobody@/none"))
    async with till(db, clock) as one:
        yield one


async def ask(shop: Till, key: str = "ask") -> httpx.Response:
    return await shop.send(f"/api/v1/members/{shop.shopper}/one-time-code", None, key)


async def received(shop: Till) -> list[tuple[str | None, str]]:
    """What has arrived at phones: address and code, the latest first."""
    await Deliverer(shop.db, providers(settings("postgresql://nobody@/none"), shop.db)).deliver_due()
    async with shop.db.transaction(read_only=True) as tx:
        arrived = await messaging.sunk(tx, None, None, 100)
    return [(one.address, one.values["code"]) for one in arrived.items]


async def test_a_code_sent_to_the_phone_lets_its_member_spend_once(shop: Till) -> None:
    sent = await ask(shop)
    assert (sent.status_code, sent.json()["phone_masked"]) == (201, "138****5678")
    [(address, code)] = await received(shop)
    assert address == f"+86{PHONE}"
    assert code not in sent.text
    made(await shop.spend("1", code))
    assert refused(await shop.spend("2", code)) == (403, "presence_refused")


async def test_the_till_learns_nothing_to_spend_with(shop: Till) -> None:
    sent = (await ask(shop)).json()
    assert set(sent) == {"phone_masked", "expires_at"}
    assert refused(await shop.spend("1")) == (403, "presence_required")


async def test_a_repetition_sends_no_second_code(shop: Till) -> None:
    first, again = await ask(shop), await ask(shop)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    [(_, code)] = await received(shop)
    made(await shop.spend("1", code))


async def test_codes_are_sent_five_in_ten_minutes_and_run_out_in_five(shop: Till) -> None:
    for n in range(5):
        assert (await ask(shop, f"ask{n}")).status_code == 201
    assert refused(await ask(shop, "more")) == (429, "one_time_codes_exhausted")
    codes = await received(shop)
    assert len(codes) == 5
    shop.clock.advance(timedelta(minutes=5))
    assert refused(await shop.spend("1", codes[0][1])) == (403, "presence_refused")


async def test_a_member_without_a_phone_is_sent_none(shop: Till) -> None:
    asked = await shop.send(f"/api/v1/members/{shop.friend}/one-time-code", None, "1")
    assert refused(asked) == (409, "member_phone_missing")
    nobody = await shop.send(f"/api/v1/members/{shop.pool_id}/one-time-code", None, "2")
    assert refused(nobody) == (404, "member_unknown")


async def test_who_may_not_spend_is_sent_none(shop: Till) -> None:
    await set_state(shop.db, str(shop.shopper), State.BLOCKED)
    assert refused(await ask(shop)) == (409, "member_state_refuses")
    assert await received(shop) == []
