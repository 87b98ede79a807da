"""Templates: what is refused when they are published, and that the shipped ones are sound (CPN-01)."""

from __future__ import annotations

from typing import Any

import pytest

from huixiang.coupons.model import KIND
from huixiang.platform.db import Database
from huixiang.pricing.model.rules import CouponRule
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings, NewSwitch
from tests.coupons.ground import TEMPLATE, publish_template
from tests.support.programme import load_programme

pytestmark = pytest.mark.requirement("CPN-01")


@pytest.mark.parametrize(
    ("more", "path", "said"),
    [
        ({"rule": "nothing"}, "$.rule", "no coupon nothing"),
        ({"until": "2026-12-31"}, "$", "last day"),
        ({"days": None}, "$", "last day"),
        ({"budget_fen": 1000}, "$", "takes a worth_fen"),
        ({"budget_fen": 1000, "worth_fen": 1001}, "$.worth_fen", "whole budget"),
        ({"codes": {}}, "$.codes", "public code"),
        ({"grant": False}, "$", "nobody could have it"),
        (
            {"claim": {"opens_at": "2026-03-02T00:00:00Z", "closes_at": "2026-03-01T00:00:00Z"}},
            "$.claim.closes_at",
            "after opens_at",
        ),
        (
            {"claim": {"audience": {"type": "known", "attribute": "nothing"}}},
            "$.claim.audience",
            "",
        ),
        ({"returned_days": 0}, "$.returned_days", ">= 1"),
        ({"other": 1}, "$", "unknown field"),
    ],
)
async def test_what_cannot_be_published(db: Database, more: dict[str, Any], path: str, said: str) -> None:
    await load_programme(db)
    await publish_template(db)
    body = {key: value for key, value in (TEMPLATE | more).items() if value is not None}
    async with db.transaction(read_only=True) as tx:
        found = (await rulebook.check(tx, KIND, "another", body)).problems
    assert found, body
    assert found[0].path.startswith(path), found
    assert said in found[0].problem


async def test_a_rule_that_is_no_coupon_is_refused_and_one_switched_off_warned_of(db: Database) -> None:
    await load_programme(db)
    async with db.transaction() as tx:
        await rulebook.switch(tx, "promotions", "main", NewSwitch(part="fresh_5", off=True, reason="test"), "test")
    async with db.transaction(read_only=True) as tx:
        line = await rulebook.check(tx, KIND, "one", TEMPLATE | {"rule": "stepped"})
        off = await rulebook.check(tx, KIND, "one", TEMPLATE | {"rule": "fresh_5"})
    assert [one.path for one in line.problems] == ["$.rule"]
    assert ([*off.problems], [one.path for one in off.warnings]) == ([], ["$.rule"])


async def test_the_shipped_templates_are_sound(db: Database) -> None:
    """Each of the shipped coupons has one, under its own code."""
    await load_programme(db)
    async with db.transaction(read_only=True) as tx:
        shipped = await rulebook.versions(tx, KIND)
        promotions = await rulebook.in_force(tx, "promotions", "main", tx.now)
        coupons = {rule.code for rule in promotions.body.rules if isinstance(rule, CouponRule)}
        assert {one.code for one in shipped} == coupons
        for one in shipped:
            body = (await rulebook.version(tx, KIND, one.code, 1)).body
            assert body.rule == one.code
            assert await rulebook.check(tx, KIND, one.code, body) == Findings((), ())
