"""What promotions name is held against the catalogue before they are published."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import pytest_asyncio

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import Named
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.text import Text
from huixiang.members import service as members
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.platform.db import Database
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.references import check_references
from huixiang.pricing.service.publication import examine
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings
from tests.pricing.test_validate import COUPON, GROUP, NAME, ORDER, UNIT, step

pytestmark = [pytest.mark.postgres15, pytest.mark.requirement("PRC-05")]

# Of the seed: 61003 is sold by the piece for 3.90, 61001 by weight; both are leafy greens of one brand.
PIECE, WEIGHED = "61003", "61001"


@pytest_asyncio.fixture(autouse=True)
async def seed(db: Database) -> None:
    register_rule_kinds()
    async with db.transaction() as tx:
        await catalogue.load_seed(tx)


async def found(db: Database, *rules: dict[str, Any]) -> Findings:
    promotions = msgspec.convert({"rules": list(rules)}, Promotions)
    async with db.transaction(read_only=True) as tx:
        return await examine(tx, promotions)


def slot(**scope: Any) -> dict[str, Any]:
    return {"goods": scope, "pieces": 3}


EXCHANGE = {"type": "exchange", "pieces": 1}
ADD_ON = {"type": "add_on", "at": 100, "price_fen": 100}
MISFITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a slot of a category with weighed goods": (
        GROUP | {"slots": [slot(categories=["leafy"])]},
        ".slots[0].goods",
        WEIGHED,
    ),
    "a slot of a brand within the rule's category": (
        GROUP | {"scope": {"categories": ["leafy"]}, "slots": [slot(brands=["moshang"])]},
        ".slots[0].goods",
        WEIGHED,
    ),
    "a slot of all goods": (GROUP | {"slots": [slot()]}, ".slots[0].goods", WEIGHED),
    "a slot of weighed goods alone": (
        GROUP | {"slots": [slot(skus=[WEIGHED], weighed=False)]},
        ".slots[0].goods",
        "none but weighed",
    ),
    "pieces of an order": (ORDER | {"count": "pieces"}, ".scope", WEIGHED),
    "pieces for a coupon": (COUPON | {"count": "pieces", "scope": {"tags": ["local"]}}, ".scope", WEIGHED),
    "pieces to exchange": (COUPON | {"effect": EXCHANGE, "scope": {"skus": [PIECE, WEIGHED]}}, ".scope", WEIGHED),
    "pieces to add": (ORDER | {"effect": ADD_ON | {"goods": {"skus": [WEIGHED]}}}, ".effect.goods", WEIGHED),
    "an add-on that is not cheaper": (
        ORDER | {"effect": ADD_ON | {"goods": {"skus": [PIECE]}, "price_fen": 390}},
        ".effect.price_fen",
        "below 390",
    ),
}


@pytest.mark.parametrize(("rule", "path", "told"), MISFITS.values(), ids=MISFITS.keys())
async def test_what_could_not_be_sold_so_is_refused(db: Database, rule: dict[str, Any], path: str, told: str) -> None:
    problems = [one for one in (await found(db, UNIT, rule)).problems if one.path == f"$.rules[1]{path}"]
    assert len(problems) == 1
    assert told in problems[0].problem


FITS: dict[str, dict[str, Any]] = {
    "without what is weighed": GROUP | {"slots": [slot(categories=["leafy"], weighed=False)]},
    "the rule leaves it out": GROUP | {"scope": {"weighed": False}, "slots": [slot(categories=["leafy"])]},
    "by name": GROUP | {"slots": [slot(skus=[PIECE])]},
    "but what is weighed": GROUP | {"slots": [slot(skus=[PIECE, WEIGHED], but={"skus": [WEIGHED]})]},
    "fen of an order with weighed goods": ORDER,
    "a quota of pieces": UNIT
    | {"code": "quota", "caps": [{"of": "pieces", "at_most": 3}], "scope": {"skus": [WEIGHED]}},
    "any goods by the piece": GROUP | {"slots": [slot(weighed=False)], "scope": {"but": {"skus": [WEIGHED]}}},
    "any goods to add": ORDER | {"effect": ADD_ON | {"goods": {"weighed": False}, "price_fen": 1_000_000}},
}


@pytest.mark.parametrize("rule", FITS.values(), ids=FITS.keys())
async def test_what_can_be_sold_so_is_not(db: Database, rule: dict[str, Any]) -> None:
    assert (await found(db, UNIT | {"scope": {"skus": [WEIGHED]}}, rule)) == Findings()


async def test_names_the_catalogue_does_not_have_may_be_slips(db: Database) -> None:
    gift = {"type": "gift", "at": 1, "gift": {"kind": "goods", "what": "teapot", "count": 1, "value_fen": 0}}
    findings = await found(
        db,
        UNIT | {"scope": {"skus": [PIECE, "6l003"], "but": {"brands": ["nobody"]}}},
        UNIT | {"code": "u2", "scope": {"categories": ["fresh", "frsh"], "tags": ["local", "lokal"]}},
        UNIT | {"code": "u3", "effect": {"type": "listed", "price_list": "gold"}},
        GROUP | {"slots": [slot(skus=["milk"])]},
        ORDER | {"effect": gift},
        ORDER | {"code": "o2", "effect": ADD_ON | {"goods": {"skus": ["egg"]}}},
    )
    assert findings.problems == ()
    assert [(one.path, one.problem) for one in findings.warnings] == [
        ("$.rules[0].scope.skus[1]", "the catalogue has no sku 6l003"),
        ("$.rules[0].scope.but.brands[0]", "the catalogue has no goods of brand nobody"),
        ("$.rules[1].scope.categories[1]", "the catalogue has no goods of category frsh"),
        ("$.rules[1].scope.tags[1]", "the catalogue has no goods with tag lokal"),
        ("$.rules[2].effect.price_list", "the catalogue has no price on list gold"),
        ("$.rules[3].slots[0].goods.skus[0]", "the catalogue has no sku milk"),
        ("$.rules[4].effect.gift.what", "the catalogue has no sku teapot"),
        ("$.rules[5].effect.goods.skus[0]", "the catalogue has no sku egg"),
    ]


async def test_what_an_operator_defined_may_be_asked_for(db: Database) -> None:
    pets = {"type": "compare", "attribute": "custom.pets", "op": "ge", "value": 1}
    rule = UNIT | {"when": pets}
    assert [one.path for one in (await found(db, rule)).problems] == ["$.rules[0].when.attribute"]
    async with db.transaction() as tx:
        title = Text(zh="宠物", en="Pets")
        await members.define_attributes(
            tx, [AttributeDefinition(code="pets", type="integer", title=title, purpose="food")]
        )
    assert (await found(db, rule)).problems == ()


async def test_what_is_wrong_by_itself_and_with_the_catalogue_is_told_at_once(db: Database) -> None:
    wrong = GROUP | {"name": NAME | {"zh": ""}, "slots": [slot(categories=["leafy"])]}
    late = ORDER | {"effect": {"type": "off", "steps": [step(1, off_fen=1)]}}
    async with db.transaction() as tx:
        findings = await rulebook.check(tx, "promotions", "main", {"rules": [wrong, late]})
    assert [one.path for one in findings.problems] == [
        "$.rules[0].name.zh",
        "$.rules[1].effect.steps[0].off_fen",
        "$.rules[0].slots[0].goods",
    ]


async def test_a_shape_that_is_none_is_told_for_every_rule(db: Database) -> None:
    rules = [
        UNIT | {"effect": {"type": "rate", "rate_bp": 10_000}},
        ORDER | {"effect": {"type": "off", "steps": []}},
        COUPON | {"public_code": "hello"},
        UNIT | {"period": {"start": "2026-02-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}},
        UNIT | {"when": {"type": "any", "of": [{"type": "weekdays", "days": [8]}]}},
        {"layer": "till", "code": "x", "name": NAME},
    ]
    async with db.transaction() as tx:
        findings = await rulebook.check(tx, "promotions", "main", {"rules": rules, "packaging_fen": -1})
    assert [one.path for one in findings.problems] == [
        "$.packaging_fen",
        "$.rules[0].effect.rate_bp",
        "$.rules[1].effect.steps",
        "$.rules[2].public_code",
        "$.rules[3].period",
        "$.rules[4].when.of[0].days[0]",
        "$.rules[5].layer",
    ]


async def test_goods_that_are_retired_are_not_in_the_way(db: Database) -> None:
    rule = GROUP | {"slots": [slot(skus=[PIECE, WEIGHED])]}
    assert (await found(db, rule)).problems != ()
    async with db.transaction() as tx:
        await tx.execute("UPDATE catalogue.sku SET state = 'retired' WHERE sku = $1", WEIGHED)
    assert await found(db, rule) == Findings()


def test_without_a_catalogue_nothing_is_held_against_it() -> None:
    rules = [GROUP | {"slots": [slot(skus=["milk"])]}, ORDER | {"count": "pieces"}]
    promotions = msgspec.convert({"rules": rules}, Promotions)
    nothing = Named(filled=False, price_lists=frozenset(), goods=[])
    assert check_references(promotions, nothing) == Findings()
