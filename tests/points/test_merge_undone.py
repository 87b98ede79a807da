"""A merge that is taken back: all of it, while nothing of it was used (MEM-02, PTS-09)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import (
    POINTS,
    Hold,
    Spend,
)
from huixiang.points.model.transfer import (
    MergeSpent,
    MergeUnfinished,
    PointsMergeUnknown,
)
from tests.points.merging import because, merge, post, taken, two_with_lots, unmerge
from tests.points.movement import assert_lawful, balance, earn, in_transit, members_with, owned, relay

pytestmark = pytest.mark.requirement("PTS-09", "MEM-02")


async def test_a_merge_comes_back_while_nothing_of_it_was_used(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await two_with_lots(db, clock)
    before = [await balance(db, gone), await balance(db, stays)]
    merge_id = new_id()
    await merge(db, gone, stays, merge_id)
    with pytest.raises(MergeUnfinished):
        await unmerge(db, stays, gone, merge_id)
    await relay(db)
    with pytest.raises(PointsMergeUnknown):
        await unmerge(db, stays, gone, new_id())
    [sent] = await unmerge(db, stays, gone, merge_id)
    assert (sent.points, sent.purpose) == (230, "unmerge")
    assert await unmerge(db, stays, gone, merge_id) == [sent]
    await relay(db)
    assert [await balance(db, gone), await balance(db, stays)] == before
    assert (in_transit(superuser), owned(superuser)) == (0, 280)
    assert_lawful(superuser)


async def test_a_debt_comes_back_while_all_of_it_is_owed(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    gone, stays = await members_with(db, clock, 0, 0)
    await post(db, taken(clock, gone, 70))
    merge_id = new_id()
    await merge(db, gone, stays, merge_id)
    await relay(db)
    await unmerge(db, stays, gone, merge_id)
    await relay(db)
    assert [(await balance(db, member)).debt for member in (gone, stays)] == [70, 0]
    assert_lawful(superuser)


@pytest.mark.parametrize("use", ["spent", "held", "owed", "paid"])
async def test_what_was_used_does_not_come_back(db: Database, clock: SettableClock, use: str) -> None:
    gone, stays = await members_with(db, clock, 0 if use == "paid" else 100, 0)
    if use == "paid":
        await post(db, taken(clock, gone, 70))
    if use == "owed":
        await post(db, taken(clock, stays, 1))
    merge_id = new_id()
    await merge(db, gone, stays, merge_id)
    await relay(db)
    source = because(clock, "use")
    if use == "spent":
        await post(db, Spend(member_id=stays, book=POINTS, points=1, source=source))
    elif use == "held":
        await post(db, Hold(member_id=stays, book=POINTS, hold_id=new_id(), points=1, source=source, expires_at=None))
    elif use == "paid":
        await earn(db, stays, 1)
    with pytest.raises(DomainError) as refused:
        await unmerge(db, stays, gone, merge_id)
    assert isinstance(refused.value, MergeSpent)
