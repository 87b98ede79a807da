"""Batches of codes: approved by a second person, handed out once, stored as keyed hashes, voided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.coupons.model.codes import CodeBatchStateFixed
from huixiang.coupons.routes.batches import PATH
from huixiang.coupons.rules.codes import entered, is_unique
from huixiang.coupons.service import handing
from huixiang.coupons.service.code_key import hash_of
from huixiang.coupons.store import codes as codes_store
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from tests.coupons.office import CodeOffice, open_code_office
from tests.support.paging import walked
from tests.support.programme import load_programme

pytestmark = pytest.mark.requirement("CPN-02")
Superuser = psycopg.Connection[Any]


@pytest_asyncio.fixture
async def office(db: Database) -> AsyncIterator[CodeOffice]:
    await load_programme(db)
    async with open_code_office(db) as opened:
        yield opened


async def test_a_batch_waits_for_a_second_person_and_is_handed_out_once(office: CodeOffice) -> None:
    asked = await office.ask(25_000)
    assert asked["state"] == "waiting"
    early = await office.hand_out(asked)
    assert (early.status_code, early.json()["code"]) == (409, "code_batch_state_fixed")
    assert (await office.decide(asked))["batch"]["state"] == "ready"
    answer = await office.hand_out(asked)
    assert answer.headers["content-type"].partition(";")[0] == "text/csv"
    head, *codes = answer.text.splitlines()
    assert head == "code"
    assert len(set(codes)) == 25_000
    assert all(is_unique(entered(code)) for code in codes)
    report = await office.read(asked)
    assert (report["batch"]["state"], report["batch"]["stored"]) == ("handed", 25_000)
    assert (report["taken"], report["open"], report["voided"]) == (0, 25_000, 0)
    again = await office.hand_out(asked)
    assert (again.status_code, again.json()["code"]) == (409, "code_batch_state_fixed")


async def test_what_was_refused_is_never_handed_out(office: CodeOffice) -> None:
    asked = await office.ask(10)
    assert (await office.decide(asked, "refuse"))["batch"]["state"] == "refused"
    assert (await office.hand_out(asked)).status_code == 409
    refused = await office.void(asked, 409)
    assert refused["code"] == "code_batch_state_fixed"


async def test_codes_stand_nowhere_and_their_hashes_take_the_key(office: CodeOffice, superuser: Superuser) -> None:
    batch, codes = await office.codes(200)
    rows = superuser.execute("SELECT code_hash FROM coupons.code WHERE batch_id = %s", [batch["batch_id"]]).fetchall()
    assert {row[0] for row in rows} == {hash_of(entered(code)) for code in codes}
    kept = superuser.execute("SELECT c::text FROM coupons.code AS c").fetchall()
    audit = superuser.execute("SELECT a::text FROM staff.audit AS a").fetchall()
    said = "".join(row[0] for row in [*kept, *audit])
    assert not [code for code in codes if code in said or entered(code) in said]
    assert "code_batch.handed_out" in said


async def test_the_file_tells_nothing_of_the_order_of_the_table(office: CodeOffice, superuser: Superuser) -> None:
    batch, codes = await office.codes(500)
    rows = superuser.execute(
        "SELECT code_hash FROM coupons.code WHERE batch_id = %s ORDER BY ctid", [batch["batch_id"]]
    )
    stored = [row[0] for row in rows.fetchall()]
    assert stored == sorted(stored)
    assert stored != [hash_of(entered(code)) for code in codes]


async def test_a_file_that_broke_off_is_begun_anew_with_other_codes(
    db: Database, office: CodeOffice, superuser: Superuser
) -> None:
    batch = await office.ask(30)
    await office.decide(batch)
    batch_id, by = UUID(batch["batch_id"]), new_id()
    first = handing.draw(10)
    async with db.transaction() as tx:
        begun = await handing.begin(tx, batch_id, by)
        await handing.keep(tx, begun, 0, first)
    assert (await office.read(batch))["batch"]["state"] == "handing"
    answer = await office.hand_out(batch)
    codes = answer.text.splitlines()[1:]
    assert (answer.status_code, len(set(codes))) == (200, 30)
    assert not set(codes) & set(first.lines.decode().split())
    report = await office.read(batch)
    assert (report["batch"]["attempt"], report["batch"]["stored"], report["open"]) == (2, 30, 30)
    with pytest.raises(CodeBatchStateFixed):
        async with db.transaction() as tx:
            await handing.keep(tx, begun, 10, handing.draw(10))
    stored = "SELECT count(*) FROM coupons.code WHERE batch_id = %s AND attempt = %s"
    assert superuser.execute(stored, [batch_id, 1]).fetchone() == (10,)
    assert superuser.execute(stored, [batch_id, 2]).fetchone() == (30,)


async def test_who_did_not_get_the_end_of_a_file_may_ask_again(db: Database, office: CodeOffice) -> None:
    """The last part was stored and sent, and got lost: nothing of it is good."""
    batch = await office.ask(10)
    await office.decide(batch)
    lost = handing.draw(10)
    async with db.transaction() as tx:
        begun = await handing.begin(tx, UUID(batch["batch_id"]), new_id())
        await handing.keep(tx, begun, 0, lost)
    assert (await office.read(batch))["batch"]["state"] == "handing"
    async with db.transaction(read_only=True) as tx:
        known = await codes_store.find(tx, lost.hashes[0])
    assert known is not None
    assert not known.good
    answer = await office.hand_out(batch)
    assert (answer.status_code, len(answer.text.splitlines())) == (200, 11)
    assert (await office.read(batch))["batch"]["state"] == "handed"
    assert (await office.hand_out(batch)).status_code == 409
    with pytest.raises(CodeBatchStateFixed):
        async with db.transaction() as tx:
            await handing.finish(tx, begun)


async def test_voiding_ends_a_batch_that_is_being_handed_out(db: Database, office: CodeOffice) -> None:
    batch = await office.ask(30)
    await office.decide(batch)
    async with db.transaction() as tx:
        begun = await handing.begin(tx, UUID(batch["batch_id"]), new_id())
        await handing.keep(tx, begun, 0, handing.draw(10))
    voided = await office.void(batch)
    assert (voided["batch"]["state"], voided["open"], voided["voided"]) == ("voided", 0, 10)
    with pytest.raises(CodeBatchStateFixed):
        async with db.transaction() as tx:
            await handing.keep(tx, begun, 10, handing.draw(10))
    assert (await office.hand_out(batch)).status_code == 409
    again = await office.void(batch)
    assert again == voided


async def test_batches_are_listed_the_latest_first(office: CodeOffice) -> None:
    made = [(await office.ask(5, name=f"batch {number}"))["batch_id"] for number in range(3)]
    pages = await walked(office.operator, PATH, 2)
    assert [[one["batch_id"] for one in page] for page in pages] == [made[:0:-1], made[:1]]
    unknown = await office.operator.get(f"{PATH}/{new_id()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "code_batch_unknown")


@pytest.mark.parametrize(
    "more",
    [
        {"codes": 0},
        {"codes": 1_000_001},
        {"closes_at": "2020-01-01T00:00:00+08:00"},
        {"opens_at": "2030-02-01T00:00:00+08:00", "closes_at": "2030-01-01T00:00:00+08:00"},
        {"template": "No Such"},
    ],
)
async def test_a_batch_that_cannot_be_is_refused(office: CodeOffice, more: dict[str, Any]) -> None:
    assert (await office.ask(**({"codes": 10, "status": 422} | more)))["code"] == "input_invalid"
