"""The page about facts of members: its worked example comes out as it says, its rules are those that are shipped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import msgspec
import pytest

from huixiang.habits import service
from huixiang.habits.model import USUAL, LifecycleRules
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.documents.pages import page, sections, table
from tests.habits.market import Market

pytestmark = pytest.mark.requirement("MEM-07")

SECTIONS = sections(page("facts"))
SKUS = {"rice": "rice", "fish": "fish", "apples": "apple", "soap": "soap", "milk": "milk"}
NAMED = {"spend_30d": "spend_30d_fen", "spend_90d": "spend_90d_fen", "spend_365d": "spend_365d_fen"}


async def test_the_worked_example_comes_out_as_it_says(db: Database, clock: SettableClock) -> None:
    today = date(2026, 3, 18)
    clock.set(datetime(2026, 3, 18, 14, tzinfo=UTC))
    market = Market(db, clock)
    await market.open(1)
    (member,) = market.members
    orders, facts = SECTIONS["Worked example"].split("| fact |")
    for row in table(orders):
        day = date.fromisoformat(row["order on"])
        names = [SKUS[goods.split()[0]] for goods in row["goods"].split(", ")]
        fen = [int(paid.replace(".", "")) for paid in row["paid"].split(", ")]
        goods = list(zip(names, fen, strict=True))
        order = await market.post(market.order(member, (today - day).days, goods, row["store"]))
        if day == date(2026, 2, 20):
            await market.bring_back(order)
    await market.settle()
    async with db.transaction(read_only=True) as tx:
        known = msgspec.to_builtins(await service.facts(tx, member))
    rows = table("| fact |" + facts)
    assert len(rows) == 11
    for row in rows:
        found: Any = known[NAMED.get(row["fact"], row["fact"])]
        shown = ", ".join(found) if isinstance(found, list) else str(found)
        assert shown == row["value"], row["fact"]


def test_the_rules_are_those_that_are_shipped() -> None:
    rows = {row["field"]: row["value"].strip("`") for row in table(SECTIONS["Stages"])}
    usual = msgspec.to_builtins(USUAL)
    assert rows == {field: str(value) for field, value in usual.items() if field != "name"}
    shipped = resources.files("huixiang.rulebook") / "shipped" / "lifecycle.default.json"
    assert msgspec.json.decode(shipped.read_bytes(), type=LifecycleRules) == USUAL
