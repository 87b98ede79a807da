"""What a merge would bring together is told before it is begun, and is what it then brings (MEM-02)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.entry import wiring
from huixiang.kernel.ids import new_id
from huixiang.members.model.attributes import GivenConsent
from huixiang.members.model.merging import Held, MergeNotPossible, MergeWithSelf
from huixiang.members.service import consents, merge_preview
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.entry.program import running
from tests.journeys.merging import House

pytestmark = pytest.mark.requirement("MEM-02")
NAME = {"zh": "甲", "en": "A"}


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        async with db.transaction() as tx:
            plan = {"name": NAME, "price_fen": 9900, "days": 30}
            await rulebook.publish(tx, "plan", "plus", plan, tx.now, "test", "test")
            await rulebook.publish(tx, "benefit", "freight", {"name": NAME, "times": 4}, tx.now, "test", "test")
        wiring.use_counters()
        yield House(program, db)
    merge_preview.use_counters({})


async def given(house: House, member: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await house.post(f"members/{member}/{path}", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def told(house: House, gone: str, kept: str) -> dict[str, tuple[bool, Held, Held]]:
    async with house.db.transaction(read_only=True) as tx:
        shown = await merge_preview.preview(tx, UUID(gone), UUID(kept))
    return {one.kind: (one.moves, one.gone, one.kept) for one in shown.holdings}


async def test_the_preview_counts_what_then_moves(house: House) -> None:
    gone, kept = await house.member("gone"), await house.member("kept")
    await house.order(gone, "one", 10_000)
    for _ in range(2):
        await given(house, gone, "coupons", {"rule": "ten-off"})
    voided = await given(house, gone, "coupons", {"rule": "ten-off"})
    await house.post(f"members/{gone}/coupons/{voided['coupon_id']}/void", {})
    await given(house, gone, "plans", {"plan": "plus"})
    await given(house, gone, "benefits", {"benefit": "freight", "source": "service:test"})
    await given(house, kept, "coupons", {"rule": "ten-off"})
    async with house.db.transaction() as tx:
        await consents.state(tx, UUID(gone), GivenConsent(purpose="marketing", text_version="1"), "member")
    await house.relay()

    before = await told(house, gone, kept)
    assert before["coupons"] == (True, Held(2, 1), Held(1, 0))
    assert before["plans"] == (True, Held(1, 0), Held())
    assert before["benefits"] == (True, Held(1, 0), Held())
    assert before["orders"] == (True, Held(1, 0), Held())
    assert before["grants"] == (True, Held(), Held())
    assert before["consents"] == (False, Held(1, 0), Held())
    assert set(before) == {"plans", "benefits", "coupons", "grants", "orders", "messages", "consents"}

    await house.merge(gone, kept)
    await house.relay()
    async with house.db.transaction(read_only=True) as tx:
        moved = {kind: (await count(tx, [UUID(kept)])).get(UUID(kept), Held()) for kind, count in counters().items()}
        assert await consents.consented(tx, UUID(kept)) == set()
    assert moved["coupons"] == Held(3, 1)
    assert (moved["plans"], moved["benefits"]) == (Held(1, 0), Held(1, 0))


def counters() -> dict[str, Any]:
    return {kind: merge_preview.counter(kind) for kind in ("coupons", "plans", "benefits")}


async def test_messages_and_grants_are_counted_by_their_own_modules(house: House) -> None:
    gone, kept = await house.member("gone"), await house.member("kept")
    soon = house.db.clock.now() + timedelta(days=1)
    async with house.db.transaction() as tx:
        for read_at in (None, tx.now):
            await tx.execute(
                """
                INSERT INTO messaging.message (member_id, message_id, key, digest, channel, class, template, state,
                    urgent, secret, sealed, created_at, expires_at, sent_at, read_at, template_version, tries, asks,
                    requests)
                VALUES ($1, $2, $3, '', 'inbox', 'service', 'test', 'sent', false, false, '\\x00', $4, $5, $4, $6, 1, 1,
                    0, 1)
                """,
                UUID(gone),
                new_id(),
                str(new_id()),
                tx.now,
                soon,
                read_at,
            )
        await tx.execute(
            "INSERT INTO grants.recipient (grant_id, member_id, amount, state) VALUES ($1, $2, 5, 'planned')",
            new_id(),
            UUID(kept),
        )
    found = await told(house, gone, kept)
    assert found["messages"] == (True, Held(1, 1), Held())
    assert found["grants"] == (True, Held(), Held(1, 0))


async def test_what_cannot_be_merged_is_refused_before_anything_is_counted(house: House) -> None:
    one, other = await house.member("one"), await house.member("other")
    with pytest.raises(MergeWithSelf):
        await told(house, one, one)
    await house.merge(one, other)
    with pytest.raises(MergeNotPossible):
        await told(house, other, await house.member("third"))
