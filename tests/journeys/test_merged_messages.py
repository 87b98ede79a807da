"""What two members were sent before they were found to be one: read by the one who stays, until it is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.members import service as members
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel, MessageClass, NewMessage
from huixiang.platform.db import Database
from tests.entry.program import bearer, running, sign_in
from tests.journeys.merging import House

pytestmark = pytest.mark.requirement("MEM-02", "CMP-04")

MINE = "/api/member/v1/me"


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        yield House(program, db)


def me(house: House, member: str) -> dict[str, str]:
    return bearer(members.issue_token(UUID(member), house.db.clock.now()))


async def send(house: House, member: str, text: str, channel: Channel = Channel.INBOX) -> str:
    """Under the same key for everybody, as a notice of the terms is."""
    async with house.db.transaction() as tx:
        message = NewMessage(
            key=f"notice:{text[-1]}",
            channel=channel,
            message_class=MessageClass.SERVICE,
            template="order_refunded",
            text=text,
            expires_at=tx.now + timedelta(days=7) if channel is Channel.POPUP else None,
        )
        return str((await messaging.send(tx, UUID(member), message)).message_id)


async def texts(house: House, member: str) -> list[str]:
    """The whole inbox, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = await house.get(f"{MINE}/messages?limit=2{cursor}", me(house, member))
        found += [one["text"] for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def unread(house: House, member: str) -> int:
    return int((await house.get(f"{MINE}/messages/unread", me(house, member)))["unread"])


async def say(house: House, member: str, path: str, body: dict[str, Any] | None = None) -> int:
    house.commands += 1
    headers = me(house, member) | {"Idempotency-Key": f"saying {house.commands}"}
    return (await house.program.client.post(f"{MINE}/{path}", json=body, headers=headers)).status_code


async def test_the_inbox_of_the_one_who_stays_has_both_until_it_is_undone(house: House) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    first = await send(house, gone, "old 1")
    await send(house, into, "new 1")
    await send(house, gone, "old 2")
    await send(house, into, "new 2")
    await send(house, gone, "old 3")
    assert (await texts(house, gone), await texts(house, into)) == (["old 3", "old 2", "old 1"], ["new 2", "new 1"])
    merge = await house.merge(gone, into)
    await house.relay()
    assert (await house.read(merge))["state"] == "done"
    assert await texts(house, into) == ["old 3", "new 2", "old 2", "new 1", "old 1"]
    assert await unread(house, into) == 5
    assert await say(house, into, f"messages/{first}/read") == 200
    assert await unread(house, into) == 4
    late = await send(house, gone, "old 4")  # by somebody who had the old id at hand
    assert (await texts(house, into))[0] == "old 4"
    assert await say(house, into, "messages/read", {"through": late}) == 200
    assert await unread(house, into) == 0
    staff = await sign_in(house.db)
    sent = (await house.get(f"/api/console/v1/messages?member_id={into}", staff))["items"]
    assert [one["member_id"] for one in sent] == [gone, gone, into, gone, into, gone]

    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert (await house.read(merge))["state"] == "undone"
    assert await texts(house, gone) == ["old 4", "old 3", "old 2", "old 1"]
    assert await texts(house, into) == ["new 2", "new 1"]
    assert (await unread(house, gone), await unread(house, into)) == (0, 0), "what was read stays read"
    assert await say(house, into, f"messages/{first}/read") == 404


async def test_a_popup_of_the_one_who_goes_is_shown_once_to_the_one_who_stays(house: House) -> None:
    gone, into, other = [await house.member(name) for name in ("gone", "into", "other")]
    popup = await send(house, gone, "old 1", Channel.POPUP)
    merge = await house.merge(gone, into)
    await house.relay()
    listed = (await house.get(f"{MINE}/popups", me(house, into)))["popups"]
    assert [one["message_id"] for one in listed] == [popup]
    assert await say(house, other, f"popups/{popup}/show") == 404
    assert [await say(house, into, f"popups/{popup}/{what}") for what in ("show", "show", "dismiss")] == [200, 409, 200]
    proof = await house.get(f"/api/console/v1/messages/{popup}", await sign_in(house.db))
    assert [one["action"] for one in proof["evidence"]] == ["show", "dismiss"]
    await house.undo(merge)
    await house.relay()
    assert (await house.get(f"{MINE}/popups", me(house, gone)))["popups"] == []


async def test_a_merge_that_the_ledger_refuses_leaves_each_their_own(house: House) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    await house.order(gone, "order", 30_000)
    await house.relay()
    held = await house.post(f"members/{gone}/points/holds", {"points": 1, "cause": "order"})
    assert held.status_code == 201, held.text
    for one in (gone, into):
        await send(house, one, "own 1")
    merge = await house.merge(gone, into)
    await house.relay()
    assert (await house.read(merge))["state"] == "refused"
    assert [await texts(house, one) for one in (gone, into)] == [["own 1"], ["own 1"]]
