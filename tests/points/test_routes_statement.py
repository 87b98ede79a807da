"""Statements over HTTP: filters, exact balances from page to page, exports; balances of past days, and what expires."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import routes_statement, service
from huixiang.points.model import POINTS, Credit, Source, Spend
from tests.entry.program import bearer, sign_in
from tests.points.surface import Surface, made, refused

SEED = 20260318


async def some_history(surface: Surface, clock: SettableClock, postings: int = 60) -> list[dict[str, Any]]:
    """Postings of many days and causes; each with the balance after it, as it is reckoned here, the latest first."""
    choose = random.Random(SEED)
    shown: list[dict[str, Any]] = []
    balance = 0
    for number in range(postings):
        clock.advance(timedelta(hours=choose.randrange(1, 20)))
        points = choose.randrange(-40, 100) if balance >= 40 else choose.randrange(1, 100)
        points = points or 1
        cause = choose.choice(["till", "mall", "care"])
        await post(surface, points, cause, f"h{number}")
        balance += points
        shown.append({"points": points, "cause": cause, "balance_after": balance})
    return shown[::-1]


async def post(surface: Surface, points: int, cause: str, key: str) -> None:
    source = Source(key=key, cause=cause, counter_account=f"test:{cause}", occurred_at=surface.db.clock.now())
    member = surface.member
    async with surface.db.transaction() as tx:
        await service.post(
            tx,
            [
                Credit(member_id=member, book=POINTS, points=points, source=source)
                if points > 0
                else Spend(member_id=member, book=POINTS, points=-points, source=source)
            ],
        )


async def pages(surface: Surface, limit: int, **filters: Any) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await surface.get("postings", limit=limit, **cursor, **filters)).json()
        assert len(page["items"]) <= limit
        lines += page["items"]
        if page["next_cursor"] is None:
            return lines
        cursor = {"cursor": page["next_cursor"]}


def reckoned(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: line[name] for name in ("points", "cause", "balance_after")} for line in lines]


@pytest.mark.requirement("PTS-18")
@pytest.mark.parametrize("limit", [1, 7, 200])
async def test_balances_are_exact_on_every_page_of_a_filtered_statement(
    surface: Surface, clock: SettableClock, limit: int
) -> None:
    history = await some_history(surface, clock)
    assert reckoned(await pages(surface, limit)) == history
    of_mall = [line for line in history if line["cause"] == "mall"]
    assert len(of_mall) > 5
    assert reckoned(await pages(surface, limit, cause="mall")) == of_mall
    spends = [line for line in of_mall if line["points"] < 0]
    assert spends != []
    assert reckoned(await pages(surface, limit, cause="mall", kind="spend")) == spends
    assert await pages(surface, limit, cause="nothing") == []


@pytest.mark.requirement("PTS-18")
async def test_days_are_business_days_both_included(surface: Surface, clock: SettableClock, db: Database) -> None:
    history = await some_history(surface, clock)
    lines = await pages(surface, 200)
    days = [db.calendar.day(msgspec.convert(line["occurred_at"], type=type(clock.now()))) for line in lines]
    first, last = days[40], days[10]
    expected = [line for line, day in zip(history, days, strict=True) if first <= day <= last]
    assert 10 < len(expected) < len(history)
    assert reckoned(await pages(surface, 7, **{"from": first.isoformat(), "to": last.isoformat()})) == expected
    turned = await surface.get("postings", **{"from": last.isoformat(), "to": first.isoformat()})
    assert refused(turned) == (422, "input_invalid")


@pytest.mark.requirement("PTS-18")
async def test_what_is_posted_between_pages_changes_no_balance(surface: Surface, clock: SettableClock) -> None:
    history = await some_history(surface, clock, 10)
    first = (await surface.get("postings", limit=4)).json()
    await surface.credit(1000, "meanwhile")
    rest = (await surface.get("postings", limit=50, cursor=first["next_cursor"])).json()
    assert reckoned(first["items"] + rest["items"]) == history


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 201},
        {"cursor": "e30"},
        {"cursor": "WzEsMl0="},
        {"from": "2026-02-30"},
        {"from": "2026-03-18T00:00:00Z"},
        {"kind": "x" * 33},
        {"order": "asc"},
        {"format": "xlsx"},
    ],
)
async def test_parameters_of_wrong_shape_are_refused(surface: Surface, parameters: dict[str, Any]) -> None:
    path = "postings/export" if "format" in parameters else "postings"
    assert refused(await surface.get(path, **parameters)) == (422, "input_invalid")


@pytest.mark.requirement("PTS-18")
async def test_the_export_is_the_whole_statement(surface: Surface, clock: SettableClock) -> None:
    history = await some_history(surface, clock)
    lines = await pages(surface, 200)
    streamed = await surface.get("postings/export", format="ndjson")
    assert streamed.headers["content-type"].startswith("application/x-ndjson")
    assert [msgspec.json.decode(line) for line in streamed.text.splitlines()] == lines
    table = await surface.get("postings/export", cause="mall")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="statement-points.csv"'
    assert table.content.startswith(b"\xef\xbb\xbfseq,business_day,occurred_at,")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    numbers = [{"cause": row["cause"]} | {n: int(row[n]) for n in ("points", "balance_after")} for row in rows]
    assert numbers == [line for line in history if line["cause"] == "mall"]
    assert rows[0]["occurred_at"].endswith("+08:00")
    assert rows[0]["occurred_at"].startswith(rows[0]["business_day"])
    assert rows[0]["order_id"] == rows[0]["rule"] == ""


@pytest.mark.requirement("PTS-18")
async def test_an_export_of_many_pages_misses_nothing(surface: Surface) -> None:
    count = 2 * routes_statement.EXPORTED_AT_ONCE + 1
    async with surface.db.transaction() as tx:
        source = [Source(key=f"e{n}", cause="till", counter_account="x", occurred_at=tx.now) for n in range(count)]
        await service.post(tx, [Credit(member_id=surface.member, book=POINTS, points=1, source=one) for one in source])
    exported = await surface.get("postings/export", format="ndjson")
    lines = [msgspec.json.decode(line) for line in exported.text.splitlines()]
    assert [(line["seq"], line["balance_after"]) for line in lines] == [(n, n) for n in range(count, 0, -1)]


@pytest.mark.requirement("SEC-01")
async def test_no_cell_of_an_export_is_a_formula(surface: Surface) -> None:
    await post(surface, 5, "=HYPERLINK(1)", "f1")
    await post(surface, 5, "@sum", "f2")
    await post(surface, -3, "-2+3", "f3")
    table = (await surface.get("postings/export")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["cause"] for row in rows] == ["'-2+3", "'@sum", "'=HYPERLINK(1)"]
    assert [row["points"] for row in rows] == ["-3", "5", "5"]


@pytest.mark.requirement("PTS-18")
async def test_members_export_their_own_and_staff_leave_a_trace(
    surface: Surface, superuser: psycopg.Connection[Any]
) -> None:
    await surface.credit(5, "c1")
    asked = (await surface.get("postings/export")).content
    assert (await surface.get_own("/postings/export")).content == asked
    address = f"/members/{surface.member}/points/postings/export"
    headers = await sign_in(surface.db)
    unknown = await surface.program.client.get(
        f"/api/console/v1{address.replace(str(surface.member), str(UUID(int=1)))}", headers=headers
    )
    assert refused(unknown) == (404, "member_unknown")
    taken = await surface.program.client.get(
        f"/api/console/v1{address}", params={"from": "2026-01-01"}, headers=headers
    )
    assert taken.content == asked
    logged = superuser.execute(
        "SELECT actor, member_id, after FROM staff.audit WHERE action = 'statement.exported'"
    ).fetchall()
    assert [(row[1], row[2]) for row in logged] == [
        (surface.member, {"book": "points", "from": "2026-01-01", "to": None})
    ]
    assert logged[0][0].startswith("staff:")


@pytest.mark.requirement("SEC-01")
async def test_whose_credentials_do_not_reach_a_statement(surface: Surface) -> None:
    answers = [
        await surface.program.client.get(f"{surface.points}/postings", headers=surface.program.member),
        await surface.program.client.get("/api/member/v1/me/points/postings", headers=surface.program.system),
        await surface.program.client.get("/api/member/v1/me/points/expiring", headers=bearer("x")),
        await surface.program.client.get(f"/api/console/v1/members/{surface.member}/points/postings/export"),
    ]
    assert [refused(answer) for answer in answers] == [(401, "not_authenticated")] * 4


@pytest.mark.requirement("PTS-10")
async def test_a_member_sees_every_day_of_the_next_twelve_months(surface: Surface) -> None:
    days = ["2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-12-31", "2027-03-19", "2027-03-20"]
    for number, day in enumerate(days):
        await surface.credit(10 + number, day, expires_on=day)
    await surface.credit(310, "more", expires_on="2026-12-31")
    await surface.spend(12, "s1")
    assert (await surface.get_own("/expiring")).json() == [
        {"expires_on": "2026-05-31", "points": 9},
        {"expires_on": "2026-06-30", "points": 12},
        {"expires_on": "2026-07-31", "points": 13},
        {"expires_on": "2026-12-31", "points": 324},
        {"expires_on": "2027-03-19", "points": 15},
    ]


@pytest.mark.requirement("PTS-20")
async def test_the_balance_at_the_end_of_a_day(surface: Surface, clock: SettableClock) -> None:
    await surface.credit(100, "c1", expires_on="2026-12-31")
    clock.advance(timedelta(hours=14))  # past midnight in Shanghai, the same day in UTC
    await surface.spend(30, "s1")
    clock.advance(timedelta(days=1))
    found = [(await surface.get(as_of=day)).json() for day in ("2026-03-17", "2026-03-18", "2026-03-19")]
    assert [one["balance"] for one in found] == [0, 100, 70]
    assert found[1]["expiring"] == [{"expires_on": "2026-12-31", "points": 100}]
    assert refused(await surface.get(as_of="2026-03-21")) == (422, "input_invalid")


@pytest.mark.requirement("PTS-21")
async def test_a_book_is_opened_once_and_used_like_points(surface: Surface) -> None:
    opened = made(await surface.post("/api/v1/points/books", {"code": "gift"}, "b1"))
    assert opened == {"number": 3, "code": "gift", "has_lots": True}
    again = await surface.post("/api/v1/points/books", {"code": "gift"}, "b2")
    assert made(again) == opened
    otherwise = await surface.post("/api/v1/points/books", {"code": "gift", "has_lots": False}, "b3")
    assert refused(otherwise) == (409, "book_taken")
    assert [book["code"] for book in (await surface.get("/api/v1/points/books")).json()] == ["points", "growth", "gift"]
    await surface.credit(50, "c1", book="gift")
    spent = await surface.spend(20, "s1", book="gift")
    assert (spent["book"], spent["after"]["balance"]) == ("gift", 30)
    assert (await surface.get()).json()["balance"] == 0
    balance = (await surface.get(book="gift")).json()
    assert (balance["balance"], balance["expiring"]) == (30, [])
    assert reckoned((await surface.get_own("/postings", book="gift")).json()["items"]) == [
        {"points": -20, "cause": "till", "balance_after": 30},
        {"points": 50, "cause": "goodwill", "balance_after": 50},
    ]
    assert (await surface.get_own("/postings")).json()["items"] == []


@pytest.mark.parametrize("body", [{}, {"code": "Gift"}, {"code": "gift\n"}, {"code": "gift", "number": 1}])
async def test_a_book_of_wrong_shape_is_refused(surface: Surface, body: dict[str, Any]) -> None:
    assert refused(await surface.post("/api/v1/points/books", body)) == (422, "input_invalid")
