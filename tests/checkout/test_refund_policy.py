"""The rule document of kind `refund_policy`: what it may say, and what publishing it warns of."""

from __future__ import annotations

from typing import Any

import pytest

from huixiang.checkout.model.requests import DOCUMENT, RefundPolicy
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.errors import Problem
from huixiang.platform.db import Database
from huixiang.rulebook import service
from huixiang.rulebook.model import RuleDocumentInvalid
from tests.checkout.desk import GENEROUS, NAME

pytestmark = pytest.mark.requirement("CHK-10")


@pytest.fixture(autouse=True)
def kinds() -> None:
    register_rule_kinds()


def tier_is(value: object) -> dict[str, Any]:
    return {"type": "compare", "attribute": "tier", "op": "eq", "value": value}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"audience": tier_is(3)}, "$.instant.audience.value"),
        ({"audience": {"type": "all", "of": [tier_is("gold") | {"attribute": "colour"}]}},
         "$.instant.audience.of[0].attribute"),
        ({"audience": tier_is("app") | {"attribute": "channel"}}, "$.instant.audience"),
        ({"risk": {"attribute": "tier", "at_most": 3}}, "$.instant.risk.op"),
        ({"risk": {"attribute": "risk_score", "at_most": 3}}, "$.instant.risk.attribute"),
        ({"asked_by": []}, "$.instant.asked_by"),
        ({"asked_by": ["anybody"]}, "$.instant.asked_by[0]"),
        ({"within_days": -1}, "$.instant.within_days"),
        ({"request_fen": -1}, "$.instant.request_fen"),
        ({"period_days": 0}, "$.instant.period_days"),
        ({"pause_after": 0}, "$.instant.pause_after"),
        ({"limit": 1}, "$.instant"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_with_its_place(db: Database, changes: dict[str, Any], path: str) -> None:
    body = {"name": NAME, "instant": GENEROUS | changes}
    async with db.transaction() as tx:
        with pytest.raises(RuleDocumentInvalid) as refused:
            await service.publish(tx, *DOCUMENT, body, tx.now, "maker", "for the test")
    assert refused.value.fields["path"] == path


async def test_a_category_that_is_not_there_is_warned_of(db: Database) -> None:
    async with db.transaction() as tx:
        findings = await service.check(
            tx, *DOCUMENT, {"name": NAME, "instant": GENEROUS | {"not_returnable": ["fruit"]}}
        )
        without = await service.check(tx, *DOCUMENT, {"name": NAME})
    assert findings.warnings == (Problem("$.instant.not_returnable[0]", "the catalogue has no category fruit"),)
    assert (findings.problems, without.problems, without.warnings) == ((), (), ())


async def test_the_shipped_one_is_in_force_from_the_start(db: Database) -> None:
    async with db.transaction() as tx:
        await service.load_shipped(tx)
        instant = (await service.current(tx, *DOCUMENT, tx.now)).read(RefundPolicy).instant
    assert instant is not None
    assert (instant.asked_by, instant.within_days, instant.risk) == (("member",), 7, None)
    assert instant.request_fen <= instant.period_fen
