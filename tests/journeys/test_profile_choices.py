"""What a member needs to fill in their profile: what may be chosen, and what it is worth (MEM-06, PTS-03)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryRow
from huixiang.platform.db import Database
from huixiang.points.model import EarningRules
from huixiang.rulebook import service as rulebook
from tests.entry.program import Program, running


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as made:
        yield made


async def asked(program: Program, path: str) -> list[dict[str, Any]]:
    answer = await program.client.get(f"/api/member/v1/{path}", headers=program.member)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def category(code: str, parent: str | None = None, state: str = "active", version: int = 1) -> CategoryRow:
    name: Any = {"zh": code, "en": code}
    row: Any = {"category": code, "name": name, "parent": parent, "state": state, "version": version}
    return msgspec.convert(row, CategoryRow)


@pytest.mark.requirement("MEM-06")
async def test_what_the_shop_sells_is_chosen_from(program: Program, db: Database) -> None:
    rows = [
        category("zz_food"), category("zz_fruit", "zz_food"), category("zz_old", "zz_food", "retired"),
        category("zz_deep", "zz_old"),
    ]  # fmt: skip
    async with db.transaction() as tx:
        outcomes = await catalogue.upsert_categories(tx, rows)
    assert [one.error for one in outcomes] == [None] * 4
    mine = [one for one in await asked(program, "categories") if one["category"].startswith("zz_")]
    assert [(one["category"], one["parent"]) for one in mine] == [("zz_food", None), ("zz_fruit", "zz_food")]
    assert mine[0]["name"] == {"zh": "zz_food", "en": "zz_food"}


@pytest.mark.requirement("PTS-03")
async def test_what_is_rewarded_is_told_by_the_rules_in_force(program: Program, db: Database) -> None:
    told = {one["code"]: one for one in await asked(program, "points/behaviours")}
    assert (told["profile"]["points"], told["profile"]["noticed"]) == (50, True)
    assert told["profile"]["frequency"] == {"times": 1, "per": "ever"}
    assert (told["share"]["points"], told["share"]["noticed"]) == (20, False)
    async with db.transaction() as tx:
        document = await rulebook.current(tx, "earning", "default", tx.now)
        rules = msgspec.to_builtins(document.read(EarningRules))
        behaviours = [one | {"points": 80} if one["code"] == "profile" else one for one in rules["behaviours"]]
        behaviours = [one | {"active": False} if one["code"] == "share" else one for one in behaviours]
        changed = msgspec.convert(rules | {"behaviours": behaviours}, EarningRules)
        await rulebook.publish(tx, "earning", "default", changed, tx.now, "test", "more for a profile")
    told = {one["code"]: one for one in await asked(program, "points/behaviours")}
    assert told["profile"]["points"] == 80
    assert "share" not in told
