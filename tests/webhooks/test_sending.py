"""What goes out: signed, in order per member, at least once, through outages of the receiver."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.outward import Outward
from huixiang.webhooks import rules, service
from huixiang.webhooks.jobs import Sender
from huixiang.webhooks.model import Answer, Delivery, Endpoint, Outcome
from tests.webhooks.outside import TRIAL, Receiver, endpoint_at, happen

pytestmark = pytest.mark.requirement("INT-02")


async def endpoint(db: Database, endpoint_id: UUID) -> Endpoint:
    async with db.transaction(read_only=True) as tx:
        return await service.read(tx, endpoint_id)


async def told(db: Database, endpoint_id: UUID) -> list[Delivery]:
    """The oldest first."""
    async with db.transaction(read_only=True) as tx:
        return (await service.deliveries(tx, endpoint_id, None, None, 200)).items[::-1]


async def test_an_event_arrives_as_a_signed_cloud_event(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender
) -> None:
    member = new_id()
    await happen(db, member, "gold")
    assert await sender.send_due() == 1
    (event,) = receiver.taken()
    assert receiver.refused() == 0
    assert event["header_id"] == event["id"]
    assert (event["specversion"], event["type"], event["subject"], event["source"]) == (
        "1.0",
        TRIAL,
        str(member),
        "/huixiang",
    )
    assert event["data"]["tier"] == "gold"
    assert event["data"]["member_id"] == str(member)
    (delivery,) = await told(db, hub)
    assert (delivery.state, delivery.attempts, delivery.status) == ("delivered", 1, 200)
    assert await sender.send_due() == 0


async def test_what_a_killed_receiver_missed_arrives_in_order_and_once(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    members = [new_id() for _ in range(5)]
    for member in members:
        await happen(db, member, "0")
    await sender.send_due()
    receiver.kill()
    for n in range(1, 6):
        for member in members:
            await happen(db, member, str(n))
    for _ in range(6):  # the first of each member alone is tried, and again after its pause
        assert await sender.send_due() == len(members)
        clock.advance(timedelta(hours=2))
    assert (await endpoint(db, hub)).failing_since is not None
    receiver.start()
    await sender.send_due()
    for member in members:
        assert receiver.tiers(member) == ["0", "1", "2", "3", "4", "5"]
    ids = [one["id"] for one in receiver.taken()]
    assert len(set(ids)) == len(ids) == 30
    assert (await endpoint(db, hub)).failing_since is None


async def test_who_is_back_gets_all_that_paused_at_once(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    """Nothing waits out its pause: the first success after an outage lets everything go."""
    first, second = new_id(), new_id()
    receiver.kill()
    await happen(db, first, "a")
    for _ in range(7):
        await sender.send_due()
        clock.advance(timedelta(hours=2))
    await sender.send_due()  # its pause is hours long now
    receiver.start()
    await happen(db, second, "b")
    assert await sender.send_due() == 2
    assert (receiver.tiers(first), receiver.tiers(second)) == (["a"], ["b"])
    assert {one.state for one in await told(db, hub)} == {"delivered"}


async def test_an_event_that_fails_holds_up_its_member_alone(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    one, other = new_id(), new_id()
    await happen(db, one, "1", "2")
    receiver.will({"status": 500, "text": "x" * 2000 + "\x00"})
    assert await sender.send_due() == 1
    await happen(db, other, "1", "2")
    assert await sender.send_due() == 2
    assert (receiver.tiers(one), receiver.tiers(other)) == ([], ["1", "2"])
    async with db.transaction(read_only=True) as tx:
        failed = next(delivery for delivery in await told(db, hub) if delivery.state == "waiting")
        detail = await service.delivery(tx, hub, failed.event_id)
    assert (detail.attempts[0].reason, detail.attempts[0].excerpt) == ("http_500", "x" * rules.EXCERPT_CHARACTERS)
    clock.advance(timedelta(seconds=10))
    assert await sender.send_due() == 2
    assert receiver.tiers(one) == ["1", "2"]


async def test_an_answer_that_is_lost_is_sent_again_under_the_same_id(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    member = new_id()
    await happen(db, member, "1", "2")
    receiver.will({"takes": True, "drop": True})
    await sender.send_due()
    clock.advance(timedelta(seconds=10))
    await sender.send_due()
    assert receiver.tiers(member) == ["1", "1", "2"]
    first, again, second = (event["header_id"] for event in receiver.taken())
    assert first == again != second
    assert [one.attempts for one in await told(db, hub)] == [2, 1]


async def test_a_worker_that_died_is_followed_by_another(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    member = new_id()
    await happen(db, member, "1", "2")
    async with db.transaction() as tx:
        (lost,) = await service.claim(tx, 10, {}, 10)
    assert await sender.send_due() == 0
    clock.advance(rules.CLAIM_TIME)
    assert await sender.send_due() == 2
    async with db.transaction() as tx:  # it was not dead after all
        assert await service.record(tx, lost, Answer(Outcome.FAILED, "late"), tx.now) is None
    assert receiver.tiers(member) == ["1", "2"]
    assert {one.state for one in await told(db, hub)} == {"delivered"}


async def test_after_three_days_an_event_is_given_up_and_the_next_goes(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    member = new_id()
    await happen(db, member, "1", "2")
    receiver.will(*[{"status": 503}] * 15)
    tries = 0
    while not receiver.tiers(member):
        tries += await sender.send_due()
        clock.advance(timedelta(hours=1))
        if len(set(receiver.turned_away())) > 1:
            receiver.will({}, {})
    first, second = await told(db, hub)
    assert (first.state, second.state) == ("given_up", "delivered")
    assert first.settled_at is not None
    assert rules.GIVE_UP_AFTER - timedelta(hours=11) < first.settled_at - first.queued_at <= rules.GIVE_UP_AFTER
    assert 10 <= first.attempts <= 20


async def test_an_endpoint_that_fails_for_days_is_disabled_and_gets_what_was_kept(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    member = new_id()
    receiver.kill()
    for day in range(8):
        await happen(db, member, str(day))
        await sender.send_due()
        clock.advance(timedelta(days=1))
    stopped = await endpoint(db, hub)
    assert (stopped.state, stopped.why) == ("disabled", "failing")
    receiver.start()
    assert await sender.send_due() == 0
    async with db.transaction() as tx:
        await service.resume(tx, hub, "key:test")
    await sender.send_due()
    assert receiver.tiers(member) == [str(n) for n in range(8)][-len(receiver.tiers(member)) :]
    given_up = [one for one in await told(db, hub) if one.state == "given_up"]
    assert 1 <= len(given_up) <= 3
    assert len(receiver.tiers(member)) + len(given_up) == 8


async def test_who_answers_410_is_told_no_more(db: Database, hub: UUID, receiver: Receiver, sender: Sender) -> None:
    await happen(db, new_id(), "1")
    receiver.will({"status": 410})
    await sender.send_due()
    gone = await endpoint(db, hub)
    assert (gone.state, gone.why) == ("disabled", "gone")


@pytest.mark.requirement("SEC-01")
async def test_a_redirect_is_not_followed(db: Database, hub: UUID, receiver: Receiver, sender: Sender) -> None:
    await happen(db, new_id(), "1")
    receiver.will({"status": 307})
    await sender.send_due()
    assert receiver.taken() == []
    (delivery,) = await told(db, hub)
    assert (delivery.state, delivery.reason) == ("waiting", "http_307")


async def test_an_answer_that_takes_too_long_is_not_waited_for(db: Database, hub: UUID, receiver: Receiver) -> None:
    await happen(db, new_id(), "1")
    receiver.will({"seconds": 5})
    hasty = Sender(db, Outward(30, private=True), call_s=0.3)
    await hasty.send_due()
    await hasty.close()
    (delivery,) = await told(db, hub)
    assert (delivery.state, delivery.reason, delivery.status) == ("waiting", "no_answer", None)


async def test_each_endpoint_is_told_what_it_wants_and_waits_for_no_other(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender
) -> None:
    dead, _ = await endpoint_at(db, "http://127.0.0.1:9/hook")
    other, _ = await endpoint_at(db, receiver.url, "points.posted.v1")
    member = new_id()
    await happen(db, member, "1", "2")
    assert await sender.send_due() == 3  # both to the hub, the first to the one that is away
    assert receiver.tiers(member) == ["1", "2"]
    assert [one.state for one in await told(db, dead)] == ["waiting", "waiting"]
    assert await told(db, other) == []
    assert {one.event_id for one in await told(db, dead)} == {one.event_id for one in await told(db, hub)}


async def test_a_slow_endpoint_has_its_own_share(db: Database, receiver: Receiver, hub: UUID) -> None:
    other, _ = await endpoint_at(db, receiver.url)
    for _ in range(6):
        await happen(db, new_id(), "1")
    async with db.transaction() as tx:
        tasks = await service.claim(tx, 32, {hub: 2}, 4)
    assert [sum(task.endpoint_id == one for task in tasks) for one in (hub, other)] == [2, 4]


async def test_what_is_old_is_put_away(
    db: Database, hub: UUID, receiver: Receiver, sender: Sender, clock: SettableClock
) -> None:
    sent, waits = new_id(), new_id()
    await happen(db, sent, "1")
    await sender.send_due()
    receiver.kill()
    await happen(db, waits, "1")
    clock.advance(rules.KEPT + timedelta(days=2))
    await happen(db, waits, "2")
    async with db.transaction() as tx:
        assert await service.tidy(tx) is False
    assert [one.member_id for one in await told(db, hub)] == [waits]
    receiver.start()
    await sender.send_due()
    assert receiver.tiers(waits) == ["2"]
    async with db.transaction(read_only=True) as tx:
        left = await tx.fetchrow(
            """
            SELECT (SELECT count(*) FROM webhooks.event), (SELECT count(*) FROM webhooks.delivery),
                   (SELECT count(*) FROM webhooks.lane), (SELECT count(*) FROM webhooks.attempt)
            """
        )
    assert left is not None
    assert tuple(left) == (1, 1, 1, 1)


async def test_nothing_is_kept_where_nobody_listens(db: Database) -> None:
    await happen(db, new_id(), "1")
    async with db.transaction(read_only=True) as tx:
        assert await tx.fetchval("SELECT count(*) FROM webhooks.event") == 0


async def test_the_metrics_say_what_waits(db: Database, hub: UUID, receiver: Receiver, sender: Sender) -> None:
    receiver.kill()
    for _ in range(3):
        await happen(db, new_id(), "1", "2")
    async with db.transaction(read_only=True) as tx:
        assert await service.waiting(tx) == (3, timedelta(0))
    assert hub is not None
    await sender.send_due()
    async with db.transaction(read_only=True) as tx:
        assert (await service.waiting(tx))[0] == 3
