"""Drafts over HTTP: kept, replaced, compared, published against what they were made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.platform.web.limits import BODY_BYTES
from huixiang.rulebook.handlers import SUBSCRIPTIONS
from huixiang.rulebook.routes import ROUTES
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.rulebook.sample import menu, register
from tests.support.http_client import client_of
from tests.support.paging import walked

SYSTEM, CONSOLE = "/api/v1/rulebook/menu/spring", "/api/console/v1/rulebook/menu/spring"
EVERYTHING = ("rulebook:read", "rulebook:write", "rulebook:publish", "rulebook:publish_alone", "rulebook:switch")
DECIDING = ("approvals:read", "approvals:decide", "rulebook:approve")

pytestmark = pytest.mark.requirement("INV-5")


class Doors:
    """One caller of both doors; `at` is the one that is used. At the console another person approves what is asked."""

    def __init__(self, db: Database, client: httpx.AsyncClient, checker: httpx.AsyncClient, at: str) -> None:
        self._db, self._client, self._checker = db, client, checker
        self.at = at

    async def get(self, path: str = "", status: int = 200) -> Any:
        return self._said(await self._client.get(self.at + path), status)

    async def listed(self, path: str) -> Any:
        """All of a list, two at a time."""
        pages = await walked(self._client, self.at + path, 2)
        assert all(len(page) == 2 for page in pages[:-1])
        return [one for page in pages for one in page]

    async def send(self, path: str, body: object = None, status: int = 201, method: str = "POST", key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(new_id())}
        return self._said(await self._client.request(method, self.at + path, json=body, headers=headers), status)

    async def publish(self, base: int, status: int = 201, **given: Any) -> Any:
        return await self.change("/versions", {"base": base, "note": "spring", **given}, status)

    async def withdraw(self, version: int, status: int = 200) -> Any:
        return await self.change(f"/versions/{version}/withdrawal", {"note": "no"}, status)

    async def change(self, path: str, body: object, status: int, key: str = "") -> Any:
        """What becomes of a publication or a withdrawal, in the shape in which a system publishes alone."""
        if self.at == SYSTEM:
            return await self.send(f"{path}/alone", body, status, key=key)
        if status >= 400:
            return await self.send(path, body, status, key=key)
        asked = await self.send(path, body, 202, key=key)
        warnings = [
            {"path": one["path"].removeprefix("warning "), "problem": one["after"]}
            for one in asked["difference"]
            if one["path"].startswith("warning ")
        ]
        done = await self.approved(asked)
        assert done["state"] == "done", done["code"]
        version = await self.get(f"/versions/{done['result']['version']}")
        return version if path.endswith("withdrawal") else {"version": version, "warnings": warnings}

    async def approved(self, asked: dict[str, Any]) -> Any:
        """The request, once another person has approved it and the relay has been at work."""
        headers, path = {"Idempotency-Key": str(new_id())}, f"/api/console/v1/approvals/{asked['approval_id']}"
        await self._checker.post(f"{path}/decision", json={"decision": "approve", "note": "seen"}, headers=headers)
        await Relay(self._db, SUBSCRIPTIONS).drain()
        return self._said(await self._checker.get(path), 200)

    def _said(self, answer: httpx.Response, status: int) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest_asyncio.fixture(params=[SYSTEM, CONSOLE])
async def doors(db: Database, request: pytest.FixtureRequest) -> AsyncIterator[Doors]:
    register()
    async with client_of(db, ROUTES, *EVERYTHING) as client, client_of(db, APPROVALS, *DECIDING) as checker:
        yield Doors(db, client, checker, request.param)


@pytest_asyncio.fixture
async def console(db: Database) -> AsyncIterator[Doors]:
    register()
    async with client_of(db, ROUTES, *EVERYTHING) as client, client_of(db, APPROVALS, *DECIDING) as checker:
        yield Doors(db, client, checker, CONSOLE)


@pytest.mark.requirement("CON-02", "PRC-05")
async def test_what_a_person_publishes_waits_for_another(console: Doors) -> None:
    first = await console.send("/versions", {"base": 0, "note": "spring", "body": menu(tofu=0)}, 202)
    assert (first["state"], first["command"], first["subject"], first["base"]) == (
        "waiting",
        "rulebook.publish",
        "rule:menu/spring",
        "0",
    )
    assert {"path": "warning $.dishes[0]", "before": None, "after": "tofu is free"} in first["difference"]
    assert await console.listed("/versions") == []
    assert (await console.approved(first))["result"] == {"version": 1}
    asked = await console.send("/versions", {"base": 1, "note": "dearer", "body": menu(tofu=1900)}, 202)
    assert asked["difference"] == [{"path": "$.dishes[tofu].price_fen", "before": 0, "after": 1900}]
    pulled = await console.send("/versions/1/withdrawal", {"note": "a slip"}, 202)
    assert pulled["difference"] == [{"path": "version 1", "before": "published", "after": "withdrawn"}]
    assert (await console.get())["version"] == 1
    assert (await console.approved(pulled))["state"] == "done"
    assert (await console.get("", 404))["code"] == "rule_document_unknown"
    published = (await console.approved(asked))["result"]["version"]
    version = await console.get(f"/versions/{published}")
    assert (version["note"], version["published_by"]) == ("dearer", f"staff:{asked['made_by']}")


@pytest.mark.requirement("CON-02")
async def test_what_was_approved_and_overtaken_is_not_published(console: Doors) -> None:
    await console.publish(0, body=menu(tofu=1800))
    made = await console.send("/drafts", {"body": menu(tofu=1900), "note": "mine"})
    mine = {"base": 1, "note": "mine", "draft_id": made["draft_id"]}
    asked, other = await console.send("/versions", mine, 202), await console.send("/versions", mine, 202)
    written = {"body": menu(tofu=1), "note": "changed after it was asked for", "edition": 1}
    await console.send(f"/drafts/{made['draft_id']}", written, 200, "PATCH")
    stale = await console.approved(asked)
    assert (stale["state"], stale["code"]) == ("failed", "rule_draft_moved")
    await console.publish(1, body=menu(tofu=1700))
    overtaken = await console.approved(other)
    assert (overtaken["state"], overtaken["code"]) == ("failed", "rule_draft_moved")
    late = await console.send("/versions", {"base": 2, "note": "late", "body": menu(tofu=5)}, 202)
    await console.publish(2, body=menu(tofu=6))
    moved = await console.approved(late)
    assert (moved["state"], moved["code"]) == ("failed", "rule_base_moved")
    assert [one["version"] for one in await console.listed("/versions")] == [3, 2, 1]


async def test_a_draft_becomes_a_version(doors: Doors, superuser: psycopg.Connection[Any]) -> None:
    await doors.publish(0, body=menu(tofu=1800))
    made = await doors.send("/drafts", {"body": menu(tofu=1900), "note": "dearer beans"})
    assert (made["base"], made["edition"], made["state"]) == (1, 1, "open")
    path = f"/drafts/{made['draft_id']}"
    changed = {"body": menu(tofu=2000, eel=6800), "note": "eel is in", "edition": 1}
    written = await doors.send(path, changed, 200, "PATCH")
    assert (written["edition"], written["body"]["dishes"][1]["code"]) == (2, "eel")
    assert [one["note"] for one in await doors.listed("/drafts")] == ["eel is in"]
    assert (await doors.get(path))["body"] == menu(tofu=2000, eel=6800)

    done = await doors.publish(1, draft_id=made["draft_id"], edition=2)
    assert (done["version"]["version"], done["version"]["state"], done["warnings"]) == (2, "published", [])
    assert (await doors.get())["body"]["dishes"][0]["price_fen"] == 2000
    closed = await doors.get(path)
    assert (closed["state"], closed["version"]) == ("published", 2)
    assert await doors.listed("/drafts") == []
    refused = await doors.send(path, changed | {"edition": 2}, 409, "PATCH")
    assert (refused["code"], refused["state"]) == ("rule_draft_closed", "published")

    rows = superuser.execute(
        "SELECT action, split_part(actor, ':', 1) FROM staff.audit WHERE action LIKE 'rule%' ORDER BY audit_id"
    ).fetchall()
    by = "key" if doors.at == SYSTEM else "staff"
    actions = ["rule.published", "rule_draft.created", "rule_draft.replaced", "rule.published"]
    assert rows == [(action, by) for action in actions]


async def test_who_was_overtaken_is_told(doors: Doors) -> None:
    await doors.publish(0, body=menu(tofu=1800))
    made = await doors.send("/drafts", {"body": menu(tofu=1900), "note": "mine"})
    await doors.publish(1, body=menu(tofu=1700))
    refused = await doors.publish(1, 409, draft_id=made["draft_id"])
    assert (refused["code"], refused["base"], refused["latest"]) == ("rule_base_moved", 1, 2)
    assert (await doors.listed("/drafts"))[0]["state"] == "open"
    compared = await doors.get(f"/drafts/{made['draft_id']}/difference")
    assert compared["against"] == 2
    await doors.publish(2, draft_id=made["draft_id"])
    assert (await doors.publish(0, 409, body=menu()))["latest"] == 3


async def test_of_two_publications_at_once_one_is_refused(doors: Doors) -> None:
    await doors.publish(0, body=menu(tofu=1800))

    async def publish(price: int) -> str:
        try:
            await doors.publish(1, body=menu(tofu=price))
        except AssertionError as error:
            return "rule_base_moved" if "rule_base_moved" in str(error) else str(error)
        return "published"

    assert sorted(await asyncio.gather(publish(1), publish(2), publish(3))) == [
        "published",
        "rule_base_moved",
        "rule_base_moved",
    ]


async def test_two_who_write_one_draft(doors: Doors) -> None:
    made = await doors.send("/drafts", {"body": menu(), "note": "first"})
    path = f"/drafts/{made['draft_id']}"
    await doors.send(path, {"body": menu(tofu=1), "note": "mine", "edition": 1}, 200, "PATCH")
    refused = await doors.send(path, {"body": menu(tofu=2), "note": "yours", "edition": 1}, 409, "PATCH")
    assert (refused["code"], refused["edition"], refused["read"]) == ("rule_draft_moved", 2, 1)
    stale = await doors.publish(0, 409, draft_id=made["draft_id"], edition=1)
    assert stale["code"] == "rule_draft_moved"
    dropped = await doors.send(f"{path}/discard", None, 200)
    assert dropped["state"] == "discarded"
    assert (await doors.publish(0, 409, draft_id=made["draft_id"]))["code"] == "rule_draft_closed"
    missing = f"/drafts/{new_id()}"
    assert (await doors.get(missing, 404))["code"] == "rule_draft_unknown"


async def test_a_draft_may_hold_what_cannot_be_published(doors: Doors) -> None:
    made = await doors.send("/drafts", {"body": {"title": 7}, "note": "not yet"})
    assert made["body"] == {"title": 7}
    refused = await doors.publish(0, 422, draft_id=made["draft_id"])
    assert refused["code"] == "rule_document_invalid"
    assert await doors.listed("/versions") == []


async def test_all_that_is_wrong_is_told_at_once(doors: Doors) -> None:
    body = menu(eel=99_900, tofu=0, crab=45_000)
    problems = [
        {"path": "$.dishes[0].price_fen", "problem": "expected at most 10000, found 99900"},
        {"path": "$.dishes[2].price_fen", "problem": "expected at most 10000, found 45000"},
    ]
    assert (await doors.send("/check", {"body": body}, 200))["problems"] == problems
    refused = await doors.publish(0, 422, body=body)
    assert (refused["errors"], refused["path"]) == (problems, "$.dishes[0].price_fen")
    slip = [{"path": "$.dishes[0]", "problem": "tofu is free"}]
    assert await doors.send("/check", {"body": menu(tofu=0)}, 200) == {"problems": [], "warnings": slip}
    assert (await doors.publish(0, body=menu(tofu=0)))["warnings"] == slip


async def test_a_body_may_be_long(doors: Doors) -> None:
    body = menu(**{f"dish-number-{number}": 1 for number in range(30_000)})
    assert len(msgspec.json.encode(body)) > BODY_BYTES
    assert await doors.send("/check", {"body": body}, 200) == {"problems": [], "warnings": []}
    assert (await doors.publish(0, body=body))["version"]["version"] == 1


async def test_every_entry_of_another_shape_is_told(doors: Doors) -> None:
    body = menu(eel=1, tofu=2) | {"days": [1, "two", 3.5], "colour": "red"}
    body["dishes"] += [{"code": "crab"}, {"code": 7, "price_fen": 1}, "soup"]
    found = (await doors.send("/check", {"body": body}, 200))["problems"]
    assert [one["path"] for one in found] == [
        "$",
        "$.dishes[2]",
        "$.dishes[3].code",
        "$.dishes[4]",
        "$.days[1]",
        "$.days[2]",
    ]
    assert "colour" in found[0]["problem"]
    assert "price_fen" in found[1]["problem"]


async def test_what_a_body_would_change_field_by_field(doors: Doors) -> None:
    assert (await doors.send("/difference", {"body": menu(tofu=1)}, 200))["against"] is None
    await doors.publish(0, body=menu(tofu=1800, eel=6800, soup=500) | {"days": [1, 2, 3]})
    body = menu(crab=9900, tofu=1900, soup=500) | {"title": "夏", "days": [1, 3]}
    changed = await doors.send("/difference", {"body": body}, 200)
    assert (changed["against"], changed["more"]) == (1, 0)
    assert [(one["path"], one["what"], one["before"], one["after"]) for one in changed["changes"]] == [
        ("$.days", "changed", [1, 2, 3], [1, 3]),
        ("$.dishes[tofu].price_fen", "changed", 1800, 1900),
        ("$.dishes[eel]", "removed", {"code": "eel", "price_fen": 6800, "spicy": False}, None),
        ("$.dishes[crab]", "added", None, {"code": "crab", "price_fen": 9900, "spicy": False}),
        ("$.title", "changed", "春", "夏"),
    ]
    await doors.publish(1, body=body)
    back = await doors.send("/difference?against=1", {"body": body}, 200)
    assert back["changes"] == changed["changes"]
    assert (await doors.send("/difference", {"body": (await doors.get())["body"]}, 200))["changes"] == []
    assert (await doors.send("/difference?against=9", {"body": body}, 404))["code"] == "rule_document_unknown"


async def test_going_back_is_publishing_what_was(doors: Doors) -> None:
    first = await doors.publish(0, body=menu(tofu=1800))
    await doors.publish(1, body=menu(tofu=1900))
    again = await doors.publish(2, of_version=1)
    assert (again["version"]["version"], again["version"]["hash"]) == (3, first["version"]["hash"])
    assert (await doors.get())["body"]["dishes"][0]["price_fen"] == 1800
    assert [one["version"] for one in await doors.listed("/versions")] == [3, 2, 1]
    pulled = await doors.withdraw(3)
    assert pulled["state"] == "withdrawn"
    assert (await doors.get())["version"] == 2
    assert (await doors.get("/versions/3"))["state"] == "withdrawn"
    assert (await doors.withdraw(3, 409))["code"] == "rule_document_withdrawn"
    assert (await doors.publish(3, 404, of_version=9))["code"] == "rule_document_unknown"


async def test_a_publication_names_one_thing_and_is_repeated_harmlessly(doors: Doors) -> None:
    for given in ({}, {"body": menu(), "of_version": 1}):
        assert (await doors.publish(0, 422, **given))["code"] == "input_invalid"
    body = {"base": 0, "note": "n", "body": menu(tofu=1), "valid_from": "2030-01-01T00:00:00+08:00"}
    first = await doors.send("/versions", body, 202, key="k")
    assert await doors.send("/versions", body, 202, key="k") == first
    assert (await doors.approved(first))["state"] == "done"
    assert (await doors.get("", 404))["code"] == "rule_document_unknown"
    assert (await doors.get("?at=2030-01-01T00:00:00%2B08:00"))["version"] == 1
    assert len(await doors.listed("/versions")) == 1
    naive = body | {"base": 1, "valid_from": "2030-01-01T00:00:00"}
    assert (await doors.send("/versions", naive, 422))["errors"][0]["path"] == "$.valid_from"
    assert (await doors.send("/versions", body | {"base": 1, "valid_to": body["valid_from"]}, 422))[
        "path"
    ] == "valid_to"


@pytest.mark.parametrize("at", [SYSTEM, CONSOLE])
@pytest.mark.parametrize(
    ("held", "method", "path", "body"),
    [
        ("rulebook:write", "GET", "/versions", None),
        ("rulebook:read", "POST", "/drafts", {"body": {}, "note": "n"}),
        ("rulebook:read", "POST", "/check", {"body": {}}),
        ("rulebook:write", "POST", "/versions", {"base": 0, "note": "n", "body": {}}),
        ("rulebook:write", "POST", "/versions/1/withdrawal", {"note": "n"}),
        ("rulebook:publish_alone", "POST", "/versions", {"base": 0, "note": "n", "body": {}}),
        ("rulebook:publish", "POST", "/switches", {"part": "tofu", "off": True, "reason": "r"}),
    ],
)
async def test_each_verb_needs_its_own_permission(
    db: Database, at: str, held: str, method: str, path: str, body: object
) -> None:
    register()
    async with client_of(db, ROUTES, held) as client:
        answer = await client.request(method, at + path, json=body, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.requirement("CON-02")
async def test_what_a_system_publishes_waits_unless_it_was_trusted_to_publish_alone(db: Database) -> None:
    register()
    body, keyed = {"base": 0, "note": "n", "body": menu(tofu=1)}, {"Idempotency-Key": "k"}
    async with client_of(db, ROUTES, "rulebook:read", "rulebook:publish") as client:
        for path in ("/versions/alone", "/versions/1/withdrawal/alone"):
            alone = await client.post(SYSTEM + path, json=body, headers={"Idempotency-Key": path})
            assert (alone.status_code, alone.json()["permission"]) == (403, "rulebook:publish_alone")
        asked = (await client.post(SYSTEM + "/versions", json=body, headers=keyed)).json()
        assert (asked["state"], asked["maker_kind"], asked["maker"]) == ("waiting", "key", None)
        assert (await client.get(SYSTEM + "/versions")).json()["items"] == []
        async with client_of(db, APPROVALS, *DECIDING) as checker:
            door = Doors(db, client, checker, SYSTEM)
            assert (await door.approved(asked))["state"] == "done"
        [version] = (await client.get(SYSTEM + "/versions")).json()["items"]
    assert version["published_by"] == f"key:{asked['made_by']}"
    async with client_of(db, ROUTES, "rulebook:publish_alone") as trusted:
        done = await trusted.post(SYSTEM + "/versions/alone", json=body | {"base": 1}, headers=keyed)
        assert (done.status_code, done.json()["version"]["version"]) == (201, 2)


@pytest.mark.requirement("CON-02")
async def test_a_draft_that_is_written_anew_after_it_was_asked_for_is_not_published(console: Doors) -> None:
    draft = await console.send("/drafts", {"body": menu(tofu=1), "note": "n"})
    asked = await console.send("/versions", {"base": 0, "note": "n", "draft_id": draft["draft_id"]}, 202)
    change = {"body": menu(tofu=9), "note": "n", "edition": 1}
    await console.send(f"/drafts/{draft['draft_id']}", change, 200, method="PATCH")
    late = await console.approved(asked)
    assert (late["state"], late["code"]) == ("failed", "rule_draft_moved")
    assert [one["path"] for one in late["problems"]] == ["$.edition"]
    assert await console.listed("/versions") == []


@pytest.mark.requirement("CON-02")
async def test_a_publication_that_was_overtaken_says_what_changed(console: Doors) -> None:
    await console.publish(0, body=menu(tofu=1, eel=2))
    mine = await console.send("/versions", {"base": 1, "note": "n", "body": menu(tofu=5, eel=2)}, 202)
    await console.publish(1, body=menu(tofu=1, eel=7))
    late = await console.approved(mine)
    assert (late["state"], late["code"]) == ("failed", "rule_base_moved")
    told = {one["path"]: one["problem"] for one in late["problems"]}
    assert told.pop("$.base") == "version 2 is the latest now, and it was 1"
    assert len(told) == 1
    assert "eel" in next(iter(told)) or "changed" in next(iter(told.values()))


async def test_versions_and_drafts_are_told_a_page_at_a_time(doors: Doors) -> None:
    for number in range(5):
        await doors.publish(number, body=menu(tofu=100 + number))
        await doors.send("/drafts", {"body": menu(), "note": f"draft {number}"})
    assert [one["version"] for one in await doors.listed("/versions")] == [5, 4, 3, 2, 1]
    assert sorted(one["note"] for one in await doors.listed("/drafts")) == [f"draft {number}" for number in range(5)]
    for path in ("/versions", "/drafts"):
        refused = await doors.get(f"{path}?cursor=WyJub25zZW5zZSJd", 422)
        assert refused["errors"][0]["path"] == "cursor"
        assert (await doors.get(f"{path}?limit=201", 422))["code"] == "input_invalid"
