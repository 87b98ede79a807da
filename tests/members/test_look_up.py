"""Finding members: by any way that names one, many at once, and by staff."""

from __future__ import annotations

from uuid import UUID

import pytest

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.kernel.text import Text
from huixiang.members import service
from huixiang.members.model import (
    Ability,
    AttributeRefused,
    AttributeTypeFixed,
    AttributeUnknown,
    ExternalId,
    MemberCard,
    MemberRef,
    MemberUnknown,
    NewMember,
    State,
    StateRefuses,
)
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.platform.db import Database, Transaction

pytestmark = pytest.mark.postgres15

WANG = NewMember(channel="h5", phone="13812345678", external_ids=(ExternalId("pos", "C-1"),), name="王小明")
LI = NewMember(channel="app", phone="+852 6123 4567", external_ids=(ExternalId("wechat", "C-1"),))


async def two(tx: Transaction) -> tuple[MemberCard, MemberCard]:
    return await service.register(tx, WANG), await service.register(tx, LI)


async def put_into(tx: Transaction, member_id: UUID, state: State) -> None:
    await tx.execute("UPDATE members.member SET state = $2 WHERE member_id = $1", member_id, state)


def ways(card: MemberCard, new: NewMember) -> list[MemberRef]:
    (identity,) = new.external_ids
    return [
        MemberRef(member_id=card.member_id),
        MemberRef(number=card.number),
        MemberRef(phone=new.phone),
        MemberRef(source=identity.source, external_id=identity.external_id),
    ]


@pytest.mark.requirement("MEM-02")
async def test_every_way_leads_to_the_one_member(db: Database) -> None:
    async with db.transaction() as tx:
        wang, li = await two(tx)
        refs = [*ways(wang, WANG), *ways(li, LI)]
        found = await service.resolve_many(tx, refs)
        singly = [await service.resolve(tx, ref) for ref in refs]
    assert found == singly == [wang.member_id] * 4 + [li.member_id] * 4


@pytest.mark.parametrize(
    ("ref", "by"),
    [
        (MemberRef(member_id=new_id()), "member_id"),
        (MemberRef(number="000000000000"), "number"),
        (MemberRef(phone="13900000000"), "phone"),
        (MemberRef(phone="not a phone"), "phone"),
        (MemberRef(source="pos", external_id="C-2"), "external_id"),
        (MemberRef(source="posc", external_id="-1"), "external_id"),
    ],
)
async def test_nobody(db: Database, ref: MemberRef, by: str) -> None:
    async with db.transaction() as tx:
        await two(tx)
        assert await service.resolve_many(tx, [ref, MemberRef(phone="13812345678")]) != [None, None]
        with pytest.raises(MemberUnknown) as refusal:
            await service.resolve(tx, ref)
    assert refusal.value.fields == {"by": by}
    assert "C-2" not in str(refusal.value)


async def test_no_references_are_no_members(db: Database) -> None:
    async with db.transaction() as tx:
        assert await service.resolve_many(tx, []) == []


async def test_the_members_own_row_counts_and_not_the_directory(db: Database) -> None:
    async with db.transaction() as tx:
        wang, li = await two(tx)
        await tx.execute("UPDATE platform.directory SET member_id = $1", li.member_id)
        assert await service.resolve_many(tx, ways(wang, WANG)) == [wang.member_id, None, None, None]


async def test_another_system_finds_no_one_who_is_not_to_be_looked_up(db: Database) -> None:
    found: dict[State, State | None] = {}
    async with db.transaction() as tx:
        wang, _ = await two(tx)
        for state in State:
            await put_into(tx, wang.member_id, state)
            try:
                found[state] = (await service.look_up(tx, MemberRef(phone="13812345678"))).state
            except MemberUnknown:
                found[state] = None
            assert await service.resolve(tx, MemberRef(phone="13812345678")) == wang.member_id
    assert found == {
        State.ACTIVE: State.ACTIVE,
        State.BLOCKED: State.BLOCKED,
        State.MERGING: State.MERGING,
        State.MERGED: None,
        State.CLOSED: None,
        State.DECEASED: None,
        State.MINOR: State.MINOR,
    }


@pytest.mark.requirement("MEM-14")
async def test_who_is_able(db: Database) -> None:
    async with db.transaction() as tx:
        wang, li = await two(tx)
        await put_into(tx, wang.member_id, State.BLOCKED)
        ids = [wang.member_id, li.member_id, new_id()]
        assert await service.able(tx, ids, Ability.SPEND) == {li.member_id}
        await service.require_able(tx, li.member_id, Ability.SPEND)
        with pytest.raises(StateRefuses) as refusal:
            await service.require_able(tx, wang.member_id, Ability.SPEND)
        with pytest.raises(MemberUnknown):
            await service.require_able(tx, ids[2], Ability.SPEND)
    assert refusal.value.fields == {"state": "blocked", "ability": "spend"}


async def test_staff_find_by_any_full_value(db: Database) -> None:
    async with db.transaction() as tx:
        wang, li = await two(tx)
        queries = {
            wang.number: [wang],
            f"{li.number[:4]} {li.number[4:8]} {li.number[8:]}": [li],
            " 138-1234-5678 ": [wang],
            str(li.member_id): [li],
            "C-1": [wang, li],
            "c-1": [],
            "1381234": [],
            "王小明": [],
            "%": [],
        }
        found = {query: (await service.search(tx, query)).items for query in queries}
    assert found == queries
    assert wang.display_name == "王**"


async def test_staff_leaf_through_all_members_latest_first(db: Database) -> None:
    async with db.transaction() as tx:
        rows = [NewMember(channel="h5", phone=f"138{n:08d}") for n in range(7)]
        made = [registration.member_id for registration in await service.register_bulk(tx, rows)]
        seen, cursor = [], None
        for size in (3, 3, 1):
            page = await service.search(tx, "", cursor, 3)
            assert len(page.items) == size
            seen += [card.member_id for card in page.items]
            cursor = page.next_cursor
    assert cursor is None
    assert seen == made[::-1]


@pytest.mark.parametrize(("query", "cursor"), [("", "abc"), ("", "WzFd"), ("C-1", "WzFd")])
async def test_a_cursor_of_another_list_is_refused(db: Database, query: str, cursor: str) -> None:
    async with db.transaction() as tx:
        with pytest.raises(InvalidInput):
            await service.search(tx, query, cursor)


def definition(code: str, kind: str, *choices: str) -> AttributeDefinition:
    title = Text(zh="属性", en="Attribute")
    return AttributeDefinition(code=code, type=kind, title=title, purpose="test", choices=choices)  # type: ignore[arg-type]


@pytest.mark.requirement("MEM-06")
async def test_attributes_are_set_changed_and_removed(db: Database) -> None:
    async with db.transaction() as tx:
        definitions = [definition("age", "choice", "19-24", "25-34"), definition("kids", "integer")]
        await service.define_attributes(tx, definitions)
        assert await service.attribute_definitions(tx) == definitions
        wang, _ = await two(tx)
        await service.set_attributes(tx, wang.member_id, {"age": "19-24", "kids": 1})
        card = await service.set_attributes(tx, wang.member_id, {"age": "25-34", "kids": None})
        assert card.attributes == {"age": "25-34"}
        with pytest.raises(AttributeUnknown):
            await service.set_attributes(tx, wang.member_id, {"shoe_size": 42})
        with pytest.raises(AttributeRefused):
            await service.set_attributes(tx, wang.member_id, {"age": "99"})
        with pytest.raises(MemberUnknown):
            await service.set_attributes(tx, new_id(), {"kids": 1})
        assert (await service.card(tx, wang.member_id)).attributes == {"age": "25-34"}


@pytest.mark.requirement("MEM-06")
async def test_a_defined_attribute_keeps_its_type(db: Database) -> None:
    async with db.transaction() as tx:
        await service.define_attributes(tx, [definition("age", "choice", "19-24")])
        await service.define_attributes(tx, [definition("age", "choice", "19-24", "25-34")])
        with pytest.raises(AttributeTypeFixed):
            await service.define_attributes(tx, [definition("age", "integer")])
        (kept,) = await service.attribute_definitions(tx)
    assert kept.choices == ("19-24", "25-34")


async def test_a_member_whose_key_is_destroyed_shows_nothing_personal(db: Database) -> None:
    async with db.transaction() as tx:
        wang, _ = await two(tx)
        await tx.execute("DELETE FROM members.wrapped_key WHERE member_id = $1", wang.member_id)
        card = await service.card(tx, wang.member_id, own=True)
    assert (card.display_name, card.phone_masked, card.external_ids, card.number) == (None, None, [], wang.number)
