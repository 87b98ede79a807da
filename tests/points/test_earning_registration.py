"""New members are welcomed where the rules say so (PTS-03)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from huixiang.members import service as members
from huixiang.members.model import ExternalId, NewMember
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points import service as points
from huixiang.points.handlers import SUBSCRIPTIONS
from huixiang.points.model import POINTS
from tests.points.rules_ground import publish
from tests.support.programme import load_programme


@pytest.mark.requirement("PTS-03")
@pytest.mark.parametrize(("noticed", "welcome"), [(["registration"], 50), ([], 0)])
async def test_a_registration_is_rewarded_unless_the_member_was_moved_in(
    db: Database, now: datetime, noticed: list[str], welcome: int
) -> None:
    await load_programme(db)
    await publish(db, "earning", noticed=noticed)
    joined = [None, now - timedelta(hours=20), now - timedelta(days=30)]
    async with db.transaction() as tx:
        news = [
            NewMember(channel="till", registered_at=at, external_ids=(ExternalId("till", str(n)),))
            for n, at in enumerate(joined)
        ]
        made = await members.register_bulk(tx, news)
    await Relay(db, SUBSCRIPTIONS).drain()
    async with db.transaction() as tx:
        ids = [one.member_id for one in made if one.member_id is not None]
        balances = [(await points.balance(tx, member_id, POINTS)).available for member_id in ids]
    assert balances == [welcome, welcome, 0]
