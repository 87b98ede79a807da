"""What operators want to know of members: defined under approval, set by whom it is open to, kept with consent, used by
conditions at once, and retired (MEM-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
import pytest_asyncio

from huixiang.conditions.facts import Facts
from huixiang.conditions.model import decode
from huixiang.conditions.predicate import compile as compile_predicate
from huixiang.conditions.sql import compile as compile_sql
from huixiang.conditions.sql import select_values, values_of
from huixiang.entry.attributes import load_registry
from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.entry.program import running, sign_in
from tests.journeys.merging import House

pytestmark = pytest.mark.requirement("MEM-06")

DEFINITIONS = "/api/console/v1/attributes"
MINE = "/api/member/v1/me/attributes"
PETS: dict[str, Any] = {
    "code": "pets", "type": "choices", "choices": ["cat", "dog"], "title": {"zh": "宠物", "en": "Pets"},
    "purpose": "pet food", "member": "write",
}  # fmt: skip
DIET: dict[str, Any] = {
    "code": "diet", "type": "choice", "choices": ["halal", "vegan"], "title": {"zh": "饮食", "en": "Diet"},
    "purpose": "offers", "member": "write", "consent": "personalisation",
}  # fmt: skip
WECHAT_ID: dict[str, Any] = {
    "code": "wecom_name", "type": "text", "max_length": 8, "title": {"zh": "企微", "en": "WeCom"},
    "purpose": "service", "personal": True, "member": "hidden", "seen_by": ["customer_service"],
    "otherwise": "masked",
}  # fmt: skip
CONSENT = {"purpose": "personalisation", "text_version": "2026-01"}


class Shop(House):
    """People of the console decide for each other."""

    people: dict[Role, dict[str, str]] = msgspec.field(default_factory=dict)

    async def person(self, role: Role) -> dict[str, str]:
        if role not in self.people:
            self.people[role] = await sign_in(self.db, role, name=role.value.replace("_", "-"))
        return self.people[role]

    async def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        self.commands += 1
        keyed = headers | {"Idempotency-Key": f"sent {self.commands}"}
        return await self.program.client.request(method, path, json=body, headers=keyed)

    async def define(self, *definitions: dict[str, Any]) -> None:
        for one in definitions:
            asked = await self.send(
                "POST", DEFINITIONS, {"attribute": one, "reason": "wanted"}, await self.person(Role.OPERATIONS)
            )
            await self.approve(asked)

    async def approve(self, asked: httpx.Response) -> None:
        assert asked.status_code == 202, asked.text
        path = f"/api/console/v1/approvals/{asked.json()['approval_id']}/decision"
        body = {"decision": "approve", "note": "seen"}
        decided = await self.send("POST", path, body, await self.person(Role.FINANCE))
        assert decided.status_code == 200, decided.text
        await self.relay()

    async def tell(self, attributes: dict[str, Any], *consents: dict[str, str]) -> httpx.Response:
        body = {"attributes": attributes, "consents": list(consents)}
        return await self.send("PATCH", MINE, body, self.program.member)

    async def by_shop(self, attributes: dict[str, Any], *consents: dict[str, str]) -> httpx.Response:
        path = f"/api/v1/members/{self.program.member_id}/attributes"
        return await self.send("PATCH", path, {"attributes": attributes, "consents": consents}, self.program.system)

    async def seen(self, headers: dict[str, str], door: str) -> dict[str, tuple[Any, bool, bool]]:
        """value, masked and writable by code."""
        shown = await self.get(f"{door}/members/{self.program.member_id}/attributes", headers)
        return {one["code"]: (one["value"], one["masked"], one["writable"]) for one in shown}

    async def holds(self, condition: dict[str, Any]) -> bool:
        """Of the member, in memory and in SQL, which have to agree."""
        written = decode(msgspec.json.encode(condition))
        async with self.db.transaction() as tx:
            registry = await load_registry(tx)
            member = self.program.member_id
            query = compile_sql(written, registry, now=tx.now, calendar=tx.calendar)
            found = member in {row["member_id"] for row in await tx.fetch(query.text, *query.parameters)}
            codes = sorted(code for code in registry.attributes if code.startswith("custom."))
            asked = select_values(codes, registry, tx.calendar)
            (row,) = await tx.fetch(asked.text, [member], *asked.parameters)
            facts = Facts(now=tx.now, calendar=tx.calendar, member=values_of(codes, row[1:]))
            assert compile_predicate(written, registry)(facts) is found
        return found


@pytest_asyncio.fixture
async def shop(db: Database) -> AsyncIterator[Shop]:
    async with running(db) as program:
        made = Shop(program, db)
        await made.relay()
        yield made


def has(*pets: str) -> dict[str, Any]:
    return {"type": "has", "attribute": "custom.pets", "values": list(pets)}


def codes(shown: Sequence[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in shown]


async def test_what_is_defined_is_set_by_the_member_and_asked_for_at_once(shop: Shop) -> None:
    await shop.define(PETS)
    listed = await shop.get(DEFINITIONS, await shop.person(Role.CUSTOMER_SERVICE))
    assert (listed["version"], codes(listed["attributes"])) == (1, ["pets"])
    assert not await shop.holds(has("cat"))
    (told,) = (await shop.tell({"pets": ["cat"]})).json()
    assert (told["value"], told["writable"]) == (["cat"], True)
    assert await shop.holds(has("cat", "dog"))
    assert not await shop.holds(has("dog"))
    assert (await shop.get("/api/member/v1/me", shop.program.member))["attributes"] == {"pets": ["cat"]}
    await shop.tell({"pets": []})
    assert not await shop.holds({"type": "known", "attribute": "custom.pets"})


async def test_without_consent_nothing_is_kept_and_its_withdrawal_deletes(shop: Shop) -> None:
    await shop.define(DIET, WECHAT_ID | {"code": "nick", "consent": "personalisation", "member": "write"})
    refused = await shop.tell({"diet": "vegan"})
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    assert (refused.json()["attribute"], refused.json()["purpose"]) == ("diet", "personalisation")
    assert (await shop.by_shop({"diet": "vegan"})).json()["code"] == "consent_missing"
    vegan = {"type": "compare", "attribute": "custom.diet", "op": "eq", "value": "vegan"}
    assert not await shop.holds(vegan)
    assert (await shop.tell({"diet": "vegan", "nick": "小王"}, CONSENT)).status_code == 200
    assert await shop.holds(vegan)
    (stands,) = await shop.get("/api/member/v1/me/consents", shop.program.member)
    assert (stands["purpose"], stands["given"], stands["told_by"]) == ("personalisation", True, "member")
    gone = await shop.send(
        "POST", "/api/member/v1/me/consents/withdraw", {"purpose": "personalisation"}, shop.program.member
    )
    assert [one["given"] for one in gone.json()] == [False]
    assert not await shop.holds(vegan)
    assert await shop.rows("SELECT field FROM members.personal WHERE starts_with(field, 'custom:')") == []
    assert {one["value"] for one in await shop.get(MINE, shop.program.member)} == {None}
    assert (await shop.by_shop({"diet": "halal"})).json()["code"] == "consent_missing"
    again = {"purpose": "personalisation", "text_version": "2026-02"}
    await shop.send("POST", "/api/member/v1/me/consents", again, shop.program.member)
    assert (await shop.by_shop({"diet": "halal"})).status_code == 200


async def test_personal_ones_are_sealed_and_seen_by_whom_they_are_open_to(
    shop: Shop, superuser: psycopg.Connection[Any]
) -> None:
    await shop.define(WECHAT_ID, PETS | {"code": "risk", "type": "integer", "choices": [], "seen_by": ["finance"]})
    assert (await shop.by_shop({"wecom_name": "王小明", "risk": 7})).status_code == 200
    kept = superuser.execute(
        "SELECT string_agg(p::text, '') || (SELECT string_agg(m::text, '') FROM members.member AS m)"
        " || coalesce((SELECT string_agg(o::text, '') FROM platform.outbox AS o), '')"
        " || (SELECT string_agg(a::text, '') FROM staff.audit AS a)"
        " || (SELECT string_agg(i::text, '') FROM platform.idempotency AS i) FROM members.personal AS p"
    ).fetchone()
    assert kept is not None
    assert "王小明" not in kept[0]
    assert "王小明".encode().hex() not in kept[0]
    console = "/api/console/v1"
    assert await shop.seen(await shop.person(Role.CUSTOMER_SERVICE), console) == {"wecom_name": ("王小明", False, True)}
    assert await shop.seen(await shop.person(Role.OPERATIONS), console) == {"wecom_name": (None, True, False)}
    assert await shop.seen(shop.program.system, "/api/v1") == {"wecom_name": (None, True, True)}
    assert codes(await shop.get(MINE, shop.program.member)) == ["risk"]
    for card in (f"/api/v1/members/{shop.program.member_id}", f"{console}/members/{shop.program.member_id}"):
        headers = shop.program.system if "console" not in card else await shop.person(Role.CUSTOMER_SERVICE)
        assert (await shop.get(card, headers))["attributes"] == {}
    async with shop.db.transaction() as tx:
        assert [code for code in (await load_registry(tx)).attributes if code.startswith("custom.")] == ["custom.risk"]


async def test_staff_set_what_they_see_for_a_reason_that_is_kept(shop: Shop) -> None:
    await shop.define(PETS, PETS | {"code": "risk", "seen_by": ["finance"]})
    path = f"/api/console/v1/members/{shop.program.member_id}/attributes"
    clerk = await shop.person(Role.CUSTOMER_SERVICE)
    body = {"attributes": {"pets": ["dog"]}, "reason": "they said so on the phone"}
    assert (await shop.send("PATCH", path, body, clerk)).json()[0]["value"] == ["dog"]
    hidden = await shop.send("PATCH", path, body | {"attributes": {"risk": ["dog"]}}, clerk)
    assert (hidden.status_code, hidden.json()["code"], hidden.json()["attribute"]) == (403, "attribute_closed", "risk")
    (entry,) = await shop.rows("SELECT reason, member_id FROM staff.audit WHERE action = 'member.attributes_changed'")
    assert entry == ("they said so on the phone", shop.program.member_id)


async def test_a_retired_one_is_kept_and_used_no_more(shop: Shop) -> None:
    await shop.define(PETS)
    await shop.tell({"pets": ["cat"]})
    body = {"reason": "nobody asks"}
    clerk = await shop.person(Role.OPERATIONS)
    await shop.approve(await shop.send("POST", f"{DEFINITIONS}/pets/retirement", body, clerk))
    assert not await shop.holds(has("cat"))
    assert await shop.holds({"type": "not", "of": has("cat")})
    assert await shop.get(MINE, shop.program.member) == []
    assert (await shop.get("/api/member/v1/me", shop.program.member))["attributes"] == {}
    refused = await shop.tell({"pets": ["dog"]})
    assert (refused.status_code, refused.json()["code"], refused.json()["attribute"]) == (
        409,
        "attribute_retired",
        "pets",
    )
    again = await shop.send("POST", f"{DEFINITIONS}/pets/retirement", body, clerk)
    assert again.json()["code"] == "attribute_retired"
    assert (await shop.send("POST", f"{DEFINITIONS}/hats/retirement", body, clerk)).json()[
        "code"
    ] == "attribute_unknown"
    assert await shop.rows("SELECT attributes::text FROM members.member WHERE attributes <> '{}'") == [
        ('{"pets": ["cat"]}',)
    ]
    await shop.define(PETS)
    assert await shop.holds(has("cat"))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": "text", "choices": []}, "$.attributes[0].type"),
        ({"personal": True}, "$.attributes[0].personal"),
        ({"consent": "marketing"}, "$.attributes[0].consent"),
        ({"profile": True, "member": "read"}, None), ({"choices": []}, None), ({"code": "Pets"}, None),
        ({"choices": ["cat", "cat"]}, None), ({"max_length": 5}, None), ({"consent": "All of it"}, None),
    ],
)  # fmt: skip
async def test_what_was_promised_of_an_attribute_stays(shop: Shop, change: dict[str, Any], path: str | None) -> None:
    await shop.define(PETS)
    body = {"attribute": PETS | change, "reason": "another idea"}
    refused = await shop.send("POST", DEFINITIONS, body, await shop.person(Role.OPERATIONS))
    assert (refused.status_code, refused.json()["code"]) == (422, "rule_document_invalid" if path else "input_invalid")
    if path:
        assert [one["path"] for one in refused.json()["errors"]] == [path]
    assert (await shop.get(DEFINITIONS, await shop.person(Role.OPERATIONS)))["attributes"][0]["choices"] == [
        "cat",
        "dog",
    ]


@pytest.mark.parametrize(
    ("attributes", "code", "named"),
    [
        ({"hats": 1}, "attribute_unknown", "hats"),
        ({"pets": "cat"}, "attribute_refused", "pets"),
        ({"pets": ["cow"]}, "attribute_refused", "pets"),
        ({"pets": ["cat", "cat"]}, "attribute_refused", "pets"),
        ({"pets": ["cat"], "wecom_name": "x"}, "attribute_closed", "wecom_name"),
    ],
)
async def test_what_is_refused_names_the_attribute_and_changes_nothing(
    shop: Shop, attributes: dict[str, Any], code: str, named: str
) -> None:
    await shop.define(PETS, WECHAT_ID)
    await shop.tell({"pets": ["dog"]})
    refused = await shop.tell(attributes)
    assert (refused.json()["code"], refused.json()["attribute"]) == (code, named)
    assert [one["value"] for one in await shop.get(MINE, shop.program.member)] == [["dog"]]
    assert (await shop.by_shop({"wecom_name": "x" * 9})).json()["code"] == "attribute_refused"


async def test_an_attribute_may_count_for_the_profile(shop: Shop) -> None:
    profile = "/api/member/v1/me/profile"
    assert "custom.pets" not in (await shop.get(profile, shop.program.member))["missing"]
    await shop.define(PETS | {"profile": True})
    full = {
        "name": "王小明", "birthday": "1990-05-17", "household": 3, "delivery": "evening", "contact": ["sms"],
        "address": {"province": "浙江省", "city": "杭州市", "street": "龙井路1号"}, "favourite_categories": ["fruit"],
    }  # fmt: skip
    told = (await shop.send("PATCH", profile, full, shop.program.member)).json()
    assert (told["complete_percent"], told["missing"]) == (87, ["custom.pets"])
    await shop.relay()
    rewards = "SELECT points FROM points.posting WHERE cause = 'profile'"
    assert await shop.rows(rewards) == []
    await shop.tell({"pets": ["cat"]})
    assert (await shop.get(profile, shop.program.member))["complete_percent"] == 100
    await shop.tell({"pets": ["dog"]})
    await shop.relay()
    assert await shop.rows(rewards) == [(50,)]


async def test_who_joins_brings_only_what_needs_no_consent_and_identifies_nobody(shop: Shop) -> None:
    await shop.define(PETS, DIET, WECHAT_ID)
    new = {"channel": "app", "external_ids": [{"source": "app", "external_id": "new"}]}
    for attributes, code in (({"diet": "vegan"}, "consent_missing"), ({"wecom_name": "x"}, "attribute_refused")):
        assert (await shop.post("members", new | {"attributes": attributes})).json()["code"] == code
    made = await shop.post("members", new | {"attributes": {"pets": ["cat"]}})
    assert made.json()["attributes"] == {"pets": ["cat"]}
    assert made.json()["member_id"] != str(shop.program.member_id)
