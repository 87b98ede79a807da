"""Registration: what is made, what is refused, that many at once go as one by one, and races."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import check_member_number
from huixiang.kernel.text import Text
from huixiang.members import service
from huixiang.members.events import MemberRegistered
from huixiang.members.model import (
    Address,
    AttributeUnknown,
    ExternalId,
    IdentityTaken,
    MemberCard,
    MemberRef,
    NewMember,
    Registration,
    State,
)
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.platform.db import Database

pytestmark = pytest.mark.postgres15

PHONE = "13812345678"
FULL = NewMember(
    channel="mini_program",
    phone=f"+86 {PHONE}",
    external_ids=(ExternalId("wechat", "oX9pQ4openid"), ExternalId("pos", "C-1024")),
    name="王小明",
    birthday=date(1990, 5, 17),
    address=Address(province="浙江省", city="杭州市", district="西湖区", street="龙井路1号"),
    registered_at=datetime(2024, 12, 31, 17, 0, tzinfo=UTC),
)


async def registered(db: Database, *rows: NewMember) -> list[Registration]:
    async with db.transaction() as tx:
        return await service.register_bulk(tx, rows)


async def counted(db: Database) -> dict[str, int]:
    async with db.transaction() as tx:
        tables = ("members.member", "members.identity", "members.personal", "members.wrapped_key", "platform.directory")
        return {table: await tx.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608


@pytest.mark.requirement("MEM-02")
async def test_a_registration_makes_a_member(db: Database) -> None:
    async with db.transaction() as tx:
        card = await service.register(tx, FULL)
    assert check_member_number(card.number)
    assert msgspec.structs.asdict(card) | {"member_id": None, "number": None} == {
        "member_id": None,
        "merged_into": None,
        "number": None,
        "state": State.ACTIVE,
        "registered_at": FULL.registered_at,
        "channel": "mini_program",
        "display_name": "王**",
        "phone_masked": "138****5678",
        "external_ids": [ExternalId("pos", "C-1024"), ExternalId("wechat", "oX9pQ4openid")],
        "attributes": {},
    }
    async with db.transaction() as tx:
        facts = await tx.fetchrow("SELECT * FROM members.members_facts")
        assert facts is not None
        assert (facts["birth_month"], facts["birth_day"]) == (5, 17)
        assert (await service.card(tx, card.member_id, own=True)).display_name == "王小明"


async def test_a_registration_is_announced_on_its_business_day(db: Database) -> None:
    await registered(db, FULL)
    async with db.transaction() as tx:
        (row,) = await tx.fetch("SELECT member_id, events FROM platform.outbox")
    assert msgspec.json.decode(row["events"]) == [
        {
            "type": "members.registered.v1",
            "member_id": str(row["member_id"]),
            "occurred_at": "2024-12-31T17:00:00Z",
            "channel": "mini_program",
            "business_day": "2025-01-01",
            "moved_in": True,
        }
    ]


@pytest.mark.requirement("MEM-11")
@pytest.mark.requirement("SEC-04")
async def test_personal_values_stand_nowhere_in_clear(db: Database) -> None:
    await registered(db, FULL)
    planted = [PHONE, "王小明", "oX9pQ4openid", "C-1024", "1990-05-17", "龙井路1号", "西湖区"]
    async with db.transaction() as tx:
        tables = await tx.fetch(
            """
            SELECT schemaname || '.' || tablename AS name FROM pg_tables
            WHERE schemaname IN ('members', 'staff') OR schemaname || '.' || tablename IN
                ('platform.directory', 'platform.outbox', 'platform.outbox_head', 'platform.idempotency')
            """
        )
        rows = [await tx.fetch(f"SELECT t::text AS row FROM {table['name']} AS t") for table in tables]  # noqa: S608
    stored = "\n".join(row["row"] for table in rows for row in table)
    assert "mini_program" in stored
    for value in planted:
        assert value not in stored
        assert value.encode().hex() not in stored


async def test_the_same_registration_again_finds_the_member(db: Database) -> None:
    first = await registered(db, FULL)
    before = await counted(db)
    same = msgspec.structs.replace(FULL, phone="138 1234 5678", external_ids=FULL.external_ids[::-1])
    again = await registered(db, same, FULL)
    assert [(r.outcome, r.member_id) for r in again] == [("existing", first[0].member_id)] * 2
    assert await counted(db) == before


@pytest.mark.parametrize(
    ("other", "kind", "source"),
    [
        (msgspec.structs.replace(FULL, name="王大明"), "external", "pos"),
        (NewMember(channel="h5", phone=PHONE), "phone", None),
        (NewMember(channel="h5", external_ids=(ExternalId("wechat", "oX9pQ4openid"),)), "external", "wechat"),
        (NewMember(channel="h5", phone="13900000000", external_ids=(ExternalId("pos", "C-1024"),)), "external", "pos"),
    ],
)
async def test_a_taken_identity_is_refused(db: Database, other: NewMember, kind: str, source: str | None) -> None:
    await registered(db, FULL)
    before = await counted(db)
    with pytest.raises(IdentityTaken) as refusal:
        async with db.transaction() as tx:
            await service.register(tx, other)
    assert refusal.value.fields == {"kind": kind, "source": source}
    assert await counted(db) == before


async def test_ids_of_different_sources_do_not_meet(db: Database) -> None:
    rows = [
        NewMember(channel="h5", external_ids=(ExternalId(source, key),))
        for source, key in (("a", "1"), ("b", "1"), ("a", "b.1"), ("a.b", "1"))
    ]
    assert [r.outcome for r in await registered(db, *rows)] == ["created"] * 4


async def test_a_bad_row_does_not_hold_up_the_others(db: Database) -> None:
    rows = [
        NewMember(channel="h5", phone="13800000001"),
        NewMember(channel="h5", phone="not a phone"),
        NewMember(channel="h5", phone="13800000002", attributes={"household": 3}),
        NewMember(channel="h5", phone="13800000003", birthday=date(2999, 1, 1)),
        NewMember(channel="app", phone="13800000001"),
        NewMember(channel="h5", phone="+8613800000001"),
        NewMember(channel="h5", phone="13800000004"),
    ]
    made = await registered(db, *rows)
    assert [r.outcome for r in made] == [
        "created",
        "refused",
        "refused",
        "refused",
        "refused",
        "existing",
        "created",
    ]
    refusals = [type(r.refusal) for r in made if r.refusal]
    assert refusals == [InvalidInput, AttributeUnknown, InvalidInput, IdentityTaken]
    assert made[5].member_id == made[0].member_id
    assert (await counted(db))["platform.directory"] == 4


async def test_attributes_are_taken_as_defined(db: Database) -> None:
    definition = AttributeDefinition(
        code="household", type="integer", title=Text(zh="家庭人数", en="Household size"), purpose="assortment"
    )
    async with db.transaction() as tx:
        await service.define_attributes(tx, [definition])
        card = await service.register(tx, NewMember(channel="h5", phone=PHONE, attributes={"household": 3}))
        facts = await tx.fetchval("SELECT attributes->'household' FROM members.members_facts")
    assert (card.attributes, facts) == ({"household": 3}, "3")


def people() -> st.SearchStrategy[list[NewMember]]:
    """Rows over few identities, so that most of them meet."""
    external = st.sampled_from([ExternalId("a", "1"), ExternalId("a", "2"), ExternalId("b", "1")])
    return st.lists(
        st.builds(
            lambda channel, phone, ids: NewMember(
                channel=channel, phone=phone, external_ids=tuple({i.source: i for i in ids}.values())
            ),
            st.sampled_from(["app", "h5"]),
            st.sampled_from(["13800000001", "13800000002"]),
            st.lists(external, max_size=2),
        ),
        max_size=6,
    )


class RolledBack(Exception):
    """Leaves a transaction without a trace."""


async def outcomes(db: Database, batches: list[list[NewMember]]) -> list[tuple[str, int | None]]:
    """What becomes of the rows, batch by batch, in a database without members; members numbered as they appear."""
    seen: dict[UUID | None, int | None] = {None: None}
    found: list[tuple[str, int | None]] = []
    with suppress(RolledBack):
        async with db.transaction() as tx:
            for batch in batches:
                made = await service.register_bulk(tx, batch)
                found += [(one.outcome, seen.setdefault(one.member_id, len(seen))) for one in made]
            raise RolledBack
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(rows=people())
async def test_many_at_once_go_as_one_by_one(db: Database, rows: list[NewMember]) -> None:
    assert await outcomes(db, [rows]) == await outcomes(db, [[row] for row in rows])


@pytest_asyncio.fixture
async def crowd(database_url: str, clock: SettableClock, calendar: BusinessCalendar) -> AsyncIterator[Database]:
    """64 connections."""
    database = await Database.open(database_url, calendar=calendar, clock=clock, min_size=64, max_size=64)
    yield database
    await database.close()


@pytest.mark.requirement("MEM-02")
async def test_one_phone_registered_64_times_at_once_is_one_member(crowd: Database) -> None:
    rows = [NewMember(channel="h5", phone=PHONE, external_ids=(ExternalId("app", str(n)),)) for n in range(64)]
    together = asyncio.Barrier(64)

    async def one(row: NewMember) -> MemberCard | None:
        async with crowd.transaction() as tx:
            await together.wait()
            try:
                return await service.register(tx, row)
            except IdentityTaken:
                return None

    cards = await asyncio.gather(*(one(row) for row in rows))
    made = [card for card in cards if card is not None]
    assert len(made) == 1
    counts = await counted(crowd)
    assert counts == {
        "members.member": 1,
        "members.identity": 2,
        "members.personal": 0,
        "members.wrapped_key": 1,
        "platform.directory": 3,
    }


async def test_the_same_registration_64_times_at_once_finds_one_member(crowd: Database) -> None:
    together = asyncio.Barrier(64)

    async def one() -> UUID:
        async with crowd.transaction() as tx:
            await together.wait()
            return (await service.register(tx, FULL)).member_id

    assert len(set(await asyncio.gather(*(one() for _ in range(64))))) == 1
    assert (await counted(crowd))["members.member"] == 1


async def test_batches_that_overlap_in_opposite_order_neither_wait_for_ever_nor_double(crowd: Database) -> None:
    rows = [NewMember(channel="h5", phone=f"138{n:08d}") for n in range(200)]

    async def one(batch: list[NewMember]) -> Counter[str]:
        return Counter(r.outcome for r in await registered(crowd, *batch))

    counts = await asyncio.gather(*(one(rows if n % 2 else rows[::-1]) for n in range(8)))
    assert sum(counts, Counter()) == {"created": 200, "existing": 1400}
    assert (await counted(crowd))["members.member"] == 200


def test_the_event_carries_no_personal_value() -> None:
    assert set(MemberRegistered.__struct_fields__) == {
        "member_id",
        "occurred_at",
        "channel",
        "business_day",
        "moved_in",
    }


@pytest.mark.parametrize(
    "given_", [{"channel": "h5"}, {"channel": "h5", "external_ids": [{"source": "a", "external_id": "1"}] * 2}]
)
def test_a_registration_names_somebody_once(given_: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given_, NewMember)


def test_a_reference_names_one_way() -> None:
    for wrong in ({}, {"phone": PHONE, "number": "123456789012"}, {"source": "a"}, {"external_id": "1"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, MemberRef)
    assert msgspec.convert({"source": "a", "external_id": "1"}, MemberRef) == MemberRef(source="a", external_id="1")
