"""Whether marketing reaches a member is their own last word on it, given and taken back on their pages."""

from __future__ import annotations

import pytest

from huixiang.entry.messaging import providers
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import MarketingNotWanted, MessageState
from huixiang.platform.db import Database
from tests.entry.program import running, settings
from tests.messaging.post import OFFER, like, proof, send


@pytest.mark.requirement("CMP-11")
async def test_marketing_is_sent_with_the_members_consent_alone(db: Database, database_url: str) -> None:
    async with running(db) as program:

        async def tell(path: str, body: dict[str, str], key: str) -> None:
            headers = program.member | {"Idempotency-Key": key}
            answer = await program.client.post(f"/api/member/v1/me/{path}", json=body, headers=headers)
            assert answer.status_code == 200, answer.text

        deliverer = Deliverer(db, providers(settings(database_url), db))
        with pytest.raises(MarketingNotWanted):
            await send(db, program.member_id, OFFER)
        await tell("consents", {"purpose": "sharing", "text_version": "2026-01"}, "other")
        with pytest.raises(MarketingNotWanted):
            await send(db, program.member_id, OFFER)
        await tell("consents", {"purpose": "marketing", "text_version": "2026-01"}, "yes")
        first = await send(db, program.member_id, OFFER)
        await tell("consents/withdraw", {"purpose": "marketing"}, "no")
        await deliverer.deliver_due()
        told = (await proof(db, first)).message
        assert (told.state, told.reason) == (MessageState.FAILED, "not_wanted")
        with pytest.raises(MarketingNotWanted):
            await send(db, program.member_id, like(OFFER, key="offer-2"))
