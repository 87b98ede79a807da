"""Spending at a till: what shows that the member is there, for what, and how often (PTS-22, MEM-04)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute

from huixiang.entry.http import openapi_document
from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members
from huixiang.platform.access import Access
from huixiang.platform.db import Database
from tests.entry.program import application
from tests.points.presence import PHONE, TAKING, Till, till
from tests.points.surface import made, refused

pytestmark = [pytest.mark.requirement("PTS-22"), pytest.mark.requirement("MEM-04")]

HEADER = "Member-Presence"
REQUIRED = (403, "presence_required")
REFUSED = (403, "presence_refused")
# What else systems change. None of it takes points that the member could keep: a capture and a ticket's capture take
# what was set aside with the member there (so does the completion of a placed order), orders in bulk and refunds say
# what happened elsewhere.
TAKING_NOTHING = frozenset(
    {
        "create_webhook", "change_webhook", "delete_webhook", "rotate_webhook_secret", "pause_webhook",
        "resume_webhook", "try_webhook", "replay_webhook",
        "cancel_exchange", "capture_hold", "capture_pool_points", "change_member_attributes", "change_state",
        "change_profile", "note_behaviour", "link_identity", "merge_member", "tell_touch", "undo_merge",
        "unlink_identity",
        "send_one_time_code", "look_up_by_tail", "withdraw_consent", "give_trial",
        "credit_in_bulk", "credit_points", "open_book", "post_orders",
        "pay_order", "fulfil_order", "complete_order", "cancel_order", "refund_order", "register_member",
        "ask_refund", "withdraw_refund", "confirm_payment", "fail_payment", "retry_payment", "tell_payments",
        "register_members", "release_hold", "release_pool_points", "return_points", "return_pool_points",
        "reward_behaviour", "upsert_brands", "upsert_categories", "upsert_channels", "upsert_prices", "upsert_skus",
        "upsert_stores", "define_resources", "look_up_member", "reconcile_settlement", "undo_tier_upgrade",
        "check_rules", "compare_rules", "create_rule_draft", "discard_rule_draft", "publish_rule_version",
        "publish_rule_version_alone", "withdraw_rule_version_alone",
        "replace_rule_draft", "switch_rule", "withdraw_rule_version", "end_benefit", "end_plan", "give_benefit",
        "give_plan", "claim_coupon", "redeem_code", "grant_coupon", "grant_pack", "import_coupons",
        "void_coupon", "explain_quote",
        "price_goods", "quote_basket",
    }
)  # fmt: skip


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    async with till(db, clock) as one:
        yield one


def reason(response: Any) -> str:
    assert refused(response) == REFUSED
    return str(response.json()["reason"])


def postings(superuser: psycopg.Connection[Any]) -> int:
    row = superuser.execute("SELECT count(*) FROM points.posting").fetchone()
    assert row is not None
    return int(row[0])


def test_every_command_of_systems_is_known_to_take_points_or_not() -> None:
    """A new route stands in neither list: say here which it is, and in `TAKING` how to call it."""
    commands = [
        operation
        for methods in openapi_document()["paths"].values()
        for method, operation in methods.items()
        if method != "get" and {"systemKey": []} in operation["security"]
    ]
    says_so = {
        one["operationId"] for one in commands if HEADER in [field["name"] for field in one.get("parameters", ())]
    }
    assert says_so == set(TAKING)
    assert {one["operationId"] for one in commands} - says_so == TAKING_NOTHING


def is_for(kind: str, handler: Any) -> bool:
    access = handler.opt.get("access")
    return isinstance(access, Access) and access.kind == kind


def test_the_marks_in_the_code_are_the_table() -> None:
    """Whether a route can take something of a member stands at the route, here, and in the API document: all alike."""
    marks = {
        handler.fn.__name__: handler.opt["access"].presence
        for route in application().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if is_for("system", handler) and not handler.http_methods & {"GET"}
    }
    commands = set(marks) - {"upsert_rows"}  # one handler for all of the catalogue
    assert len(commands) > 40
    assert {name for name in commands if marks[name]} == set(TAKING)
    assert not commands & TAKING_NOTHING & set(TAKING)
    assert commands <= TAKING_NOTHING | set(TAKING)


def test_what_takes_of_a_member_is_not_opened_to_anybody_else() -> None:
    """No public route can: whoever is not known vouches for nobody."""
    doors = [
        handler
        for route in application().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if is_for("public", handler) and route.path.startswith("/api/v1/")
    ]
    assert doors == []


@pytest.mark.parametrize("operation", TAKING)
async def test_a_phone_is_never_enough(shop: Till, superuser: psycopg.Connection[Any], operation: str) -> None:
    found = await shop.client.post("/api/v1/members/lookup", json={"phone": PHONE}, headers=shop.key)
    assert found.json()["member_id"] == str(shop.shopper)
    before = postings(superuser)
    path, body = shop.taking(operation)
    without = await shop.send(path, body)
    assert refused(without) == REQUIRED
    assert HEADER in without.json()["detail"]
    for known in (PHONE, found.json()["number"], str(shop.shopper), ""):
        assert reason(await shop.send(path, body, shown=known)) == "wrong"
    assert postings(superuser) == before


@pytest.mark.parametrize("kind", ["card", "one-time"])
@pytest.mark.parametrize("operation", TAKING)
async def test_what_the_member_shows_is_good_for_one_command(shop: Till, operation: str, kind: str) -> None:
    path, body = shop.taking(operation)
    code = await (shop.code() if kind == "card" else shop.one_time())
    done = made(await shop.send(path, body, "first", code))
    assert reason(await shop.send(*shop.taking(operation, "A-2"), "second", code)) == "used"
    assert reason(await shop.spend("third", code)) == "used"
    assert made(await shop.send(path, body, "first", code)) == done
    shop.clock.advance(timedelta(days=1))
    late = await shop.send(path, body, "first")
    assert (made(late), late.headers["Idempotency-Replayed"]) == (done, "true")


@pytest.mark.parametrize("operation", TAKING)
async def test_a_system_that_vouches_for_its_members_shows_nothing(shop: Till, operation: str) -> None:
    path, body = shop.taking(operation)
    made(await shop.send(path, body, headers=shop.vouching))


async def test_a_code_of_the_card_holds_for_a_minute(shop: Till) -> None:
    early, late = await shop.code(), await shop.code()
    shop.clock.advance(timedelta(seconds=60))
    made(await shop.spend("1", early))
    shop.clock.advance(timedelta(seconds=1))
    assert reason(await shop.spend("2", late)) == "expired"


async def test_clocks_of_machines_may_differ_by_five_seconds(shop: Till) -> None:
    shop.clock.advance(timedelta(seconds=6))
    ahead = await shop.code()
    shop.clock.advance(timedelta(seconds=-6))
    assert reason(await shop.spend("1", ahead)) == "wrong"
    shop.clock.advance(timedelta(seconds=1))
    made(await shop.spend("2", ahead))


async def test_a_code_from_long_ago_is_not_taken_for_a_new_one(shop: Till) -> None:
    code = await shop.code()
    shop.clock.advance(timedelta(days=400))
    assert reason(await shop.spend("1", code)) == "expired"


@pytest.mark.parametrize("place", [0, 11, 30, 43, 44, 195])
async def test_a_code_with_another_digit_is_refused(shop: Till, place: int) -> None:
    code = await shop.code()
    forged = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
    assert reason(await shop.spend("1", forged)) == "wrong"


async def test_a_code_of_another_member_is_refused_and_not_used_up(shop: Till) -> None:
    assert reason(await shop.spend("1", await shop.code(shop.friend))) == "wrong"
    assert reason(await shop.spend("1", await shop.one_time(shop.friend))) == "wrong"
    theirs = f"/api/v1/members/{shop.friend}/points"
    await shop.send(f"{theirs}/credits", {"points": 100, "cause": "goodwill"}, "gift")
    made(await shop.send(f"{theirs}/spends", {"points": 50, "cause": "till"}, "2", await shop.code(shop.friend)))


async def test_a_code_can_be_typed_in_groups(shop: Till) -> None:
    code = await shop.code()
    made(await shop.spend("1", " ".join(code[start : start + 4] for start in range(0, len(code), 4))))


async def test_a_command_that_was_refused_is_corrected_under_its_own_key(shop: Till) -> None:
    code = await shop.code()
    assert refused(await shop.spend("1", code, points=5_000))[1] == "points_insufficient"
    shop.clock.advance(timedelta(minutes=9))
    assert reason(await shop.spend("2", code)) == "expired"
    made(await shop.spend("1", code, points=100))


async def test_of_many_commands_at_once_one_gets_the_code(shop: Till) -> None:
    code = await shop.code()
    answers = await asyncio.gather(*(shop.spend(f"k{n}", code) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[403] * 7]


async def test_a_key_that_was_answered_elsewhere_proves_nothing(shop: Till) -> None:
    body = {"behaviour": "review", "source_key": "r1"}
    made(await shop.send(shop.points("behaviours"), body, "known"))
    assert refused(await shop.spend("known")) == REQUIRED
    path, redemption = shop.taking("redeem_points")
    assert refused(await shop.send(path, redemption, "known")) == REQUIRED


async def test_one_key_takes_in_one_book(shop: Till) -> None:
    await shop.send("/api/v1/points/books", {"code": "gift"}, "book")
    await shop.send(shop.points("credits"), {"points": 100, "cause": "goodwill", "book": "gift"}, "gift")
    code, spend = await shop.code(), {"points": 5_000, "cause": "till"}
    assert refused(await shop.send(shop.points("spends"), spend, "1", code))[1] == "points_insufficient"
    assert reason(await shop.send(shop.points("spends"), spend | {"book": "gift"}, "1", code)) == "used"


async def test_what_only_ends_or_gives_needs_nothing(shop: Till) -> None:
    held = made(await shop.send(shop.points("holds"), {"points": 100, "cause": "order"}, "h", await shop.code()))
    made(await shop.send(shop.points(f"holds/{held['hold_id']}/capture"), {"points": 100}, "c"))
    given = made(await shop.send(shop.points("credits"), {"points": 50, "cause": "goodwill"}, "g"))
    back = {"points": 50, "origin_seq": given["posting"]["seq"]}
    made(await shop.send(shop.points("claw-backs"), back, "b"))
    path, exchange = shop.taking("exchange_points")
    made(await shop.send(path, exchange | {"direction": "in", "partner_points": 300}, "i"))


async def test_an_order_that_takes_no_points_needs_nothing(shop: Till) -> None:
    path, order = shop.taking("post_order")
    made(await shop.send(path, {name: order[name] for name in order if name != "redeem"}, "1"))
    _, redeeming = shop.taking("post_order", "A-2")
    first = made(await shop.send(path, redeeming, "2", await shop.code()))
    # The answer was lost, and the till asks again under another key: the code is used up, and nothing more is taken.
    again = made(await shop.send(path, redeeming, "3"))
    assert (again.pop("created"), first.pop("created"), again) == (False, True, first)
    more = redeeming | {"redeem": {"points": 200, "off_fen": 200}}
    assert refused(await shop.send(path, more, "4")) == (409, "order_conflict")


async def test_a_till_finds_a_member_by_the_code_and_then_spends_with_it(shop: Till) -> None:
    code = await shop.code()
    lookup = "/api/v1/members/lookup"
    by_phone = await shop.client.post(lookup, json={"phone": PHONE}, headers=shop.key)
    by_code = await shop.client.post(lookup, json={"code": code}, headers=shop.key)
    assert (by_code.status_code, by_code.json()) == (200, by_phone.json())
    made(await shop.spend("1", code))
    both = await shop.client.post(lookup, json={"code": code, "phone": PHONE}, headers=shop.key)
    assert refused(both) == (422, "input_invalid")
    shop.clock.advance(timedelta(seconds=61))
    stale = await shop.client.post(lookup, json={"code": code}, headers=shop.key)
    assert (refused(stale), stale.json()["by"]) == ((404, "member_unknown"), "code")


async def test_the_card_says_how_long_its_code_holds(shop: Till) -> None:
    answer = await shop.client.get("/api/member/v1/me/code", headers=shop.key)
    assert refused(answer) == (401, "not_authenticated")
    first, second = await shop.code(), await shop.code()
    shop.clock.advance(timedelta(seconds=1))
    assert first == second != await shop.code()


async def test_five_wrong_guesses_void_a_one_time_code(shop: Till) -> None:
    code = await shop.one_time()
    wrong = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 6)]
    assert [reason(await shop.spend("1", guess)) for guess in wrong] == [*["wrong"] * 4, "guessed"]
    assert reason(await shop.spend("1", code)) == "guessed"
    made(await shop.spend("1", await shop.one_time()))


async def test_guesses_at_once_are_counted_one_by_one(shop: Till) -> None:
    code = await shop.one_time()
    wrong = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 11)]
    answers = await asyncio.gather(*(shop.spend(f"k{n}", guess) for n, guess in enumerate(wrong)))
    assert sorted(map(reason, answers)) == [*["guessed"] * 6, *["wrong"] * 4]


async def test_a_one_time_code_holds_for_five_minutes_and_until_the_next(shop: Till) -> None:
    first = await shop.one_time()
    second = await shop.one_time()
    shop.clock.advance(timedelta(minutes=5, seconds=-1))
    if first != second:
        assert reason(await shop.spend("1", first)) == "wrong"
    made(await shop.spend("2", second))
    third = await shop.one_time()
    shop.clock.advance(timedelta(minutes=5))
    assert reason(await shop.spend("3", third)) == "expired"


async def test_one_time_codes_are_given_out_five_in_ten_minutes(shop: Till) -> None:
    for _ in range(5):
        await shop.one_time()
    more = await shop.ask_one_time()
    assert refused(more) == (429, "one_time_codes_exhausted")
    assert more.headers["Retry-After"] == str(more.json()["retry_after_s"]) == "600"
    await shop.one_time(shop.friend)
    shop.clock.advance(timedelta(minutes=10))
    await shop.one_time()


async def test_a_one_time_code_is_not_kept_in_clear(shop: Till, superuser: psycopg.Connection[Any]) -> None:
    code = await shop.one_time()
    rows = superuser.execute("SELECT one::text FROM members.one_time_code AS one").fetchall()
    assert len(rows) == 1
    assert code.encode().hex() not in str(rows) + code
    kept = superuser.execute("SELECT count(*) FROM platform.idempotency WHERE key LIKE '%one-time%'").fetchone()
    assert kept == (0,)


async def test_codes_are_forgotten_when_no_repetition_can_need_them(
    shop: Till, superuser: psycopg.Connection[Any]
) -> None:
    def kept() -> list[int]:
        tables = ("members.used_code", "members.one_time_code")
        found = [superuser.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]  # noqa: S608
        return [row[0] for row in found if row is not None]

    made(await shop.spend("1", await shop.code()))
    made(await shop.spend("2", await shop.one_time()))
    async with shop.db.transaction() as tx:
        assert await members.forget_codes(tx) == 0
    assert kept() == [1, 1]
    shop.clock.advance(timedelta(minutes=16))
    async with shop.db.transaction() as tx:
        assert await members.forget_codes(tx) == 2
    assert kept() == [0, 0]


async def test_the_end_of_a_phone_finds_members_and_shows_nobody(
    shop: Till, superuser: psycopg.Connection[Any]
) -> None:
    sought = await shop.client.post("/api/v1/members/lookup/tail", json={"tail": PHONE[-4:]}, headers=shop.key)
    (found,) = sought.json()["candidates"]
    before = postings(superuser)
    for operation in TAKING:
        path, body = shop.taking(operation)
        assert refused(await shop.send(path, body)) == REQUIRED
        for told in {PHONE[-4:], *(value for value in found.values() if isinstance(value, str) and value.isascii())}:
            assert reason(await shop.send(path, body, shown=told)) == "wrong"
    assert postings(superuser) == before
