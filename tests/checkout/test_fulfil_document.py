"""The rule document of kind `fulfilment`: what it may say, and what publishing it warns of."""

from __future__ import annotations

import pytest

from huixiang.checkout.model.fulfilment import DOCUMENT, FulfilmentRules, Policy
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.errors import Problem
from huixiang.platform.db import Database
from huixiang.rulebook import service
from huixiang.rulebook.model import RuleDocumentInvalid

pytestmark = pytest.mark.requirement("CHK-03", "CHK-06")

BODY = {"name": {"zh": "履约", "en": "Fulfilment"}}
TOLD = "what comes back depends on the order of the requests: all at once may give back more, or less"


@pytest.fixture(autouse=True)
def kinds() -> None:
    register_rule_kinds()


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({}, []),
        ({"policy": "keep", "refund_policy": "keep", "overweight_bp": 5_000, "substitutes": False}, []),
        ({"policy": "reckon"}, ["$.policy"]),
        ({"policy": "reckon", "refund_policy": "reckon"}, ["$.policy", "$.refund_policy"]),
    ],
)
async def test_reckoning_again_is_warned_of(db: Database, changes: dict[str, object], warned: list[str]) -> None:
    async with db.transaction() as tx:
        findings = await service.check(tx, *DOCUMENT, BODY | changes)
    assert findings.problems == ()
    assert findings.warnings == tuple(Problem(path, TOLD) for path in warned)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"policy": "generous"}, "$.policy"),
        ({"refund_policy": None}, "$.refund_policy"),
        ({"overweight_bp": -1}, "$.overweight_bp"),
        ({"overweight_bp": 5_001}, "$.overweight_bp"),
        ({"overweight_bp": 2.5}, "$.overweight_bp"),
        ({"substitutes": "yes"}, "$.substitutes"),
        ({"substitute": True}, "$"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_place(db: Database, changes: dict[str, object], path: str) -> None:
    async with db.transaction() as tx:
        with pytest.raises(RuleDocumentInvalid) as refused:
            await service.publish(tx, *DOCUMENT, BODY | changes, tx.now, "maker", "for the test")
    assert refused.value.fields["path"] == path


async def test_the_shipped_one_is_in_force_from_the_start(db: Database) -> None:
    async with db.transaction() as tx:
        await service.load_shipped(tx)
        rules = (await service.current(tx, *DOCUMENT, tx.now)).read(FulfilmentRules)
    assert (rules.policy, rules.refund_policy) == (Policy.PROPORTIONAL, Policy.PROPORTIONAL)
