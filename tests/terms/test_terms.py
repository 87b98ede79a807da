"""The programme's terms: published with notice, told to members before they change, read in every version, accepted by
version (CON-08)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.rulebook import handlers as rulebook_handlers
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import RuleDocumentInvalid
from huixiang.rulebook.routes import ROUTES as RULEBOOK
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from huixiang.terms.model import TermsBinding
from huixiang.terms.routes import ROUTES
from tests.support.http_client import client_of
from tests.support.programme import register_members
from tests.terms.hall import NOTICE, body, inbox, join_by_phone, look, publish, relay, rule, tell_all, told

pytestmark = pytest.mark.requirement("CON-08")


async def test_a_change_within_the_notice_is_refused_with_the_earliest_day(
    db: Database, clock: SettableClock, members: list[UUID]
) -> None:
    assert members
    with pytest.raises(RuleDocumentInvalid) as refused:
        await publish(db, clock.now() + NOTICE - timedelta(seconds=1))
    [problem] = refused.value.problems
    assert (problem.path, "the earliest is 2026-04-03T00:00:00+08:00" in problem.problem) == ("valid_from", True)
    assert (await publish(db, clock.now() + NOTICE)).version == 2


async def test_the_notice_is_a_rule_and_terms_have_no_end(
    db: Database, clock: SettableClock, members: list[UUID]
) -> None:
    assert members
    await rule(db, 30, "inbox")
    with pytest.raises(RuleDocumentInvalid):
        await publish(db, clock.now() + NOTICE)
    with pytest.raises(RuleDocumentInvalid):
        await publish(db, clock.now() + timedelta(days=40), until=clock.now() + timedelta(days=50))
    with pytest.raises(RuleDocumentInvalid):
        await rule(db, 3, "sms")


async def test_where_nobody_is_a_member_yet_terms_hold_at_once(
    db: Database,
    clock: SettableClock,
    programme: None,  # noqa: ARG001 - rules first
) -> None:
    assert (await publish(db, clock.now())).version == 2


async def test_at_the_console_it_waits_for_another_person_and_for_the_notice(
    db: Database, clock: SettableClock, members: list[UUID]
) -> None:
    assert members
    routes = [*RULEBOOK, *APPROVALS]
    path = "/api/console/v1/rulebook/terms/default/versions"
    asked = {"base": 1, "note": "shorter", "body": body()}
    async with (
        client_of(db, routes, "rulebook:publish", "approvals:read") as maker,
        client_of(db, routes, "rulebook:approve", "approvals:read", "approvals:decide") as checker,
    ):
        now = await maker.post(path, json=asked, headers={"Idempotency-Key": "a"})
        assert (now.status_code, now.json()["code"]) == (422, "rule_document_invalid")
        at = (clock.now() + NOTICE + timedelta(days=2)).isoformat()
        waiting = await maker.post(path, json=asked | {"valid_from": at}, headers={"Idempotency-Key": "b"})
        assert waiting.status_code == 202, waiting.text
        clock.advance(timedelta(days=1))
        decision = f"/api/console/v1/approvals/{waiting.json()['approval_id']}/decision"
        body_ = {"decision": "approve", "note": "seen"}
        assert (await checker.post(decision, json=body_, headers={"Idempotency-Key": "c"})).status_code == 200
    await Relay(db, rulebook_handlers.SUBSCRIPTIONS).drain()
    async with db.transaction(read_only=True) as tx:
        assert (await rulebook.standing(tx, "terms", "default")).latest == 2


async def test_every_active_member_is_told_once_before_it_takes_effect(
    db: Database, members: list[UUID], superuser: psycopg.Connection[tuple[str, int]]
) -> None:
    superuser.execute("UPDATE members.member SET state = 'closed' WHERE member_id = %s", (members[2],))
    await publish(db)
    await tell_all(db)
    await tell_all(db)
    [announced] = await told(db)
    assert (announced.kind, announced.members, announced.messages) == ("coming", 6, 6)
    assert announced.ended_at is not None
    for member in members:
        texts = await inbox(db, member)
        assert len(texts) == (0 if member == members[2] else 1)
    assert "《会员条款》将于 2026 年 4 月 2 日 变更：积分有效期改为 two。" in (await inbox(db, members[0]))[0]
    classes = superuser.execute("SELECT class, count(*) FROM messaging.message GROUP BY class").fetchall()
    assert classes == [("service", 6)]


async def test_who_has_a_phone_gets_a_text_message_where_the_rule_says_so(db: Database, members: list[UUID]) -> None:
    await rule(db, 15, "inbox", "sms")
    await join_by_phone(db, "13800000009")
    await publish(db)
    await tell_all(db)
    [announced] = await told(db)
    assert (announced.members, announced.messages) == (len(members) + 1, len(members) + 2)


async def test_who_registers_meanwhile_is_told_and_has_accepted_what_holds(
    db: Database, clock: SettableClock, members: list[UUID]
) -> None:
    await publish(db)
    await tell_all(db)
    [newcomer] = await register_members(db, 1, "new")
    [moved] = await register_members(db, 1, "old", registered_at=clock.now() - timedelta(days=90))
    await relay(db)
    assert (len(await inbox(db, newcomer)), len(await inbox(db, moved))) == (1, 1)
    async with client_of(db, ROUTES, member=newcomer) as client:
        mine = (await client.get("/api/member/v1/me/terms")).json()
        assert [(one["version"], one["how"]) for one in mine["accepted"]] == [(1, "registration")]
        assert mine["current"] == 1
    for other in (moved, members[0]):
        async with client_of(db, ROUTES, member=other) as client:
            assert (await client.get("/api/member/v1/me/terms")).json()["accepted"] == []


async def test_a_version_to_come_can_be_called_off_and_members_are_told(db: Database, members: list[UUID]) -> None:
    await publish(db)
    await tell_all(db)
    async with db.transaction() as tx:
        await rulebook.withdraw(tx, "terms", "default", 2, by="test", note="second thoughts")
    await tell_all(db)
    assert [(one.version, one.kind) for one in await told(db)] == [(2, "called_off"), (2, "coming")]
    assert ["已取消" in text for text in await inbox(db, members[0])] == [True, False]


async def test_what_holds_or_held_is_not_withdrawn(db: Database, clock: SettableClock, members: list[UUID]) -> None:
    assert members
    await publish(db)
    clock.advance(timedelta(days=16))
    for number in (1, 2):
        with pytest.raises(TermsBinding):
            async with db.transaction() as tx:
                await rulebook.withdraw(tx, "terms", "default", number, by="test", note="oh")


async def test_present_coming_and_former_terms_are_read_by_everybody_and_accepted_by_members(
    db: Database, clock: SettableClock, members: list[UUID]
) -> None:
    await publish(db, name="two")
    clock.advance(timedelta(days=16))
    await publish(db, name="three")
    async with client_of(db, ROUTES, "rulebook:read", member=members[0]) as client:
        client.headers.pop("authorization")
        shown = (await client.get("/api/member/v1/terms")).json()
        assert shown["current"]["version"] == 2
        assert [(one["version"], one["summary"]["en"]) for one in shown["coming"]] == [(3, "Points last three.")]
        assert [(one["version"], one["effective_at"]) for one in shown["former"]] == [(1, None)]
        assert "text" not in shown["former"][0]
        assert "## 1. Membership" in (await client.get("/api/member/v1/terms/1")).json()["text"]["en"]
        unknown = await client.get("/api/member/v1/terms/9")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "terms_unknown")
        client.headers["authorization"] = "Bearer token"

        async def accept(version: int) -> tuple[int, str]:
            key = {"Idempotency-Key": str(new_id())}
            answer = await client.post("/api/member/v1/me/terms/acceptance", json={"version": version}, headers=key)
            return answer.status_code, answer.json().get("code", "")

        assert [await accept(version) for version in (3, 2, 2, 1, 9)] == [
            (200, ""),
            (200, ""),
            (200, ""),
            (409, "terms_not_open"),
            (404, "terms_unknown"),
        ]
        mine = (await client.get("/api/member/v1/me/terms")).json()
        assert [(one["version"], one["how"]) for one in mine["accepted"]] == [(3, "page"), (2, "page")]
        evidence = (await client.get("/api/console/v1/terms")).json()
        assert evidence["accepted"] == {"2": 1, "3": 1}


async def test_a_chain_that_came_to_rest_is_begun_again(
    db: Database, clock: SettableClock, members: list[UUID], superuser: psycopg.Connection[tuple[int]]
) -> None:
    """As when its job was held after a fault."""
    assert members
    await publish(db)
    await look(db)
    superuser.execute("DELETE FROM jobs.pgqueuer")
    await look(db)
    assert superuser.execute("SELECT count(*) FROM jobs.pgqueuer").fetchone() == (0,)
    clock.advance(timedelta(minutes=20))
    await look(db)
    assert superuser.execute("SELECT count(*) FROM jobs.pgqueuer").fetchone() == (1,)
    await tell_all(db)
    assert (await told(db))[0].members == 7


@pytest.mark.parametrize("field", ["title", "text", "summary"])
async def test_terms_say_something_in_both_languages(db: Database, members: list[UUID], field: str) -> None:
    assert members
    empty = body() | {field: {"zh": "条款", "en": " "}}
    with pytest.raises(RuleDocumentInvalid):
        async with db.transaction() as tx:
            await rulebook.publish(tx, "terms", "default", empty, tx.now + NOTICE, "test", "test")
