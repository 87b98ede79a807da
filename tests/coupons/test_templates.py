"""Templates: what is refused when they are published, and that the shipped ones are sound (CPN-01)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huixiang.coupons.model import KIND
from huixiang.platform.db import Database
from huixiang.pricing.model.rules import CouponRule
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings, NewSwitch, RuleDocumentInvalid
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


@pytest.mark.requirement("CPN-02")
async def test_two_templates_with_one_public_code_are_refused(db: Database) -> None:
    """As people type it: case, dashes, and letters that look alike do not tell two codes apart."""
    await load_programme(db)
    await publish_template(db, "spring", codes={"public": "SALE-10"})
    async with db.transaction() as tx:
        later = TEMPLATE | {"codes": {"public": "AUTUMN"}}
        await rulebook.publish(tx, KIND, "autumn", later, tx.now + timedelta(days=30), "test", "test")
    for code, other in (("SALE10", "spring"), ("SA1E-1O", "spring"), ("AUTUMN", "autumn")):
        with pytest.raises(RuleDocumentInvalid) as refusal:
            await publish_template(db, "another", codes={"public": code})
        [problem] = refusal.value.problems
        assert (problem.path, other in problem.problem) == ("$.codes.public", True)
    await publish_template(db, "another", codes={"public": "SALE11"})
    await publish_template(db, "spring", codes={"public": "SALE-10"}, per_member=2)
    await publish_template(db, "spring", codes={"public": "SPRING"})
    await publish_template(db, "another", codes={"public": "SALE10"})
