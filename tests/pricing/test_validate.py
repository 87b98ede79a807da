"""What is wrong with promotions is told with its place and with what was expected there, all of it at once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.errors import Problem
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.validate import PROBLEMS_MAX, validate

pytestmark = pytest.mark.requirement("PRC-05")

NAME = {"zh": "规则", "en": "Rule"}
UNIT = {"layer": "unit", "code": "u", "name": NAME, "effect": {"type": "rate", "rate_bp": 9000}}
GROUP = {
    "layer": "group",
    "code": "g",
    "name": NAME,
    "slots": [{"goods": {"categories": ["dairy"], "weighed": False}, "pieces": 3}],
    "effect": {"type": "rate", "rate_bp": 0, "cheapest": 1},
}
OFF = {"type": "off", "steps": [{"at": 10_000, "off_fen": 2_000}, {"at": 20_000, "off_fen": 5_000}]}
ORDER = {"layer": "order", "code": "o", "name": NAME, "effect": OFF, "stacking": "step"}
COUPON = {"layer": "coupon", "code": "c", "name": NAME, "effect": OFF}
FREE = {"type": "fee"}
DELIVERY = {"layer": "delivery", "code": "d", "name": NAME, "effect": FREE}


def step(at: int, **gives: int) -> dict[str, int]:
    return {"at": at, **gives}


def found(*rules: dict[str, Any], **document: Any) -> list[Problem]:
    promotions = msgspec.convert({"rules": list(rules), **document}, Promotions)
    return validate(promotions, REGISTRY)


BUDGET = {"code": "b", "name": NAME, "at_most": 100_000}
WRONG_BUDGETS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "a blank name": ([BUDGET | {"name": {"zh": "预算", "en": " "}}], "[0].name.en", "pages show"),
    "a code twice": ([BUDGET, BUDGET], "[1].code", "b, which $.budgets[0] has"),
    "within a stranger": ([BUDGET | {"within": "c"}], "[0].within", "code of a budget, found c"),
    "within itself": ([BUDGET | {"within": "b"}], "[0].within", "no circle, found b within b"),
    "a circle": (
        [BUDGET | {"within": "c"}, BUDGET | {"code": "c", "within": "b"}], "[0].within", "b within c within b",
    ),
    "five deep": (
        [BUDGET, *(BUDGET | {"code": f"b{n}", "within": f"b{n - 1}" if n > 1 else "b"} for n in range(1, 5))],
        "[4].within",
        "at most 4 budgets within each other, found b4 within b3 within b2 within b1 within b",
    ),
}  # fmt: skip


@pytest.mark.requirement("PRC-13")
@pytest.mark.parametrize("case", WRONG_BUDGETS)
def test_budgets_that_cannot_be_are_told(case: str) -> None:
    budgets, path, expected = WRONG_BUDGETS[case]
    problems = found(ORDER | {"budget": "b"}, budgets=budgets)
    assert problems[0].path == f"$.budgets{path}"
    assert expected in problems[0].problem


@pytest.mark.requirement("PRC-13")
def test_a_rule_is_paid_from_a_budget_that_there_is() -> None:
    [problem] = found(UNIT, ORDER | {"budget": "x"}, budgets=[BUDGET])
    assert (problem.path, problem.problem) == ("$.rules[1].budget", "expected the code of a budget, found x")
    nested = [BUDGET, *(BUDGET | {"code": f"b{n}", "within": f"b{n - 1}" if n > 1 else "b"} for n in range(1, 4))]
    assert found(UNIT | {"budget": "b"}, ORDER | {"budget": "b3"}, budgets=nested) == []


def test_what_can_be_is_not_refused() -> None:
    assert found(UNIT, GROUP, ORDER, COUPON, DELIVERY) == []


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a blank name": (UNIT | {"name": {"zh": " ", "en": "x"}}, ".name.zh", "receipts"),
    "an empty list of goods": (UNIT | {"scope": {"skus": []}}, ".scope.skus", "at least one"),
    "an empty code": (UNIT | {"scope": {"tags": ["a", ""]}}, ".scope.tags[1]", "empty text"),
    "a code twice": (UNIT | {"scope": {"brands": ["a", "b", "a"]}}, ".scope.brands", "a again"),
    "an empty exception": (UNIT | {"scope": {"but": {}}}, ".scope.but", "which is all"),
    "an exception with an empty list": (UNIT | {"scope": {"but": {"skus": []}}}, ".scope.but.skus", "at least one"),
    "an exception of everything": (
        UNIT | {"scope": {"skus": ["a"], "but": {"skus": ["b", "a"]}}},
        ".scope.but.skus",
        "all of them taken out",
    ),
    "an unknown attribute": (
        UNIT | {"when": {"type": "compare", "attribute": "mood", "op": "eq", "value": "good"}},
        ".when.attribute",
        "mood",
    ),
    "a node deep in a condition": (
        UNIT
        | {
            "when": {
                "type": "all",
                "of": [
                    {"type": "weekdays", "days": [3]},
                    {"type": "not", "of": {"type": "compare", "attribute": "orders", "op": "ge", "value": "two"}},
                ],
            }
        },
        ".when.of[1].of.value",
        "an integer",
    ),
    "a condition on one line's goods": (
        UNIT | {"when": {"type": "compare", "attribute": "goods.brand", "op": "eq", "value": "a"}},
        ".when",
        "goods",
    ),
    "a year nobody reckons in": (
        UNIT | {"period": {"start": "2026-01-01T00:00:00Z", "end": "9999-01-01T00:00:00Z"}},
        ".period.end",
        "9999",
    ),
    "a payment method twice": (UNIT | {"payment_methods": ["wx", "ali", "wx"]}, ".payment_methods[2]", "wx again"),
    "a payment method without a name": (UNIT | {"payment_methods": [""]}, ".payment_methods[0]", "empty text"),
    "two caps of one kind": (
        UNIT | {"caps": [{"of": "uses", "at_most": 1}, {"of": "uses", "at_most": 2}]},
        ".caps[1]",
        "a second",
    ),
    "pieces of an order rule": (ORDER | {"caps": [{"of": "pieces", "at_most": 1}]}, ".caps[0].of", "fen or uses"),
    "pieces of a group rule": (GROUP | {"caps": [{"of": "pieces", "at_most": 1}]}, ".caps[0].of", "fen or uses"),
    "pieces of a coupon": (COUPON | {"caps": [{"of": "pieces", "at_most": 1}]}, ".caps[0].of", "fen or uses"),
    "pieces of a delivery rule": (DELIVERY | {"caps": [{"of": "pieces", "at_most": 1}]}, ".caps[0].of", "fen or uses"),
    "pieces of what is on top": (
        UNIT | {"on_top": True, "caps": [{"of": "pieces", "at_most": 1}]},
        ".caps[0].of",
        "on top",
    ),
    "a price on top": (UNIT | {"on_top": True, "effect": {"type": "price", "price_fen": 1}}, ".effect", "found price"),
    "a price list on top": (
        UNIT | {"on_top": True, "effect": {"type": "listed", "price_list": "m"}},
        ".effect",
        "found listed",
    ),
    "a markdown on top": (
        UNIT | {"on_top": True, "effect": {"type": "markdown", "steps": [{"hours_left": 1, "rate_bp": 1}]}},
        ".effect",
        "found markdown",
    ),
    "a price list without a name": (
        UNIT | {"effect": {"type": "listed", "price_list": ""}},
        ".effect.price_list",
        "empty text",
    ),
    "hours that do not grow": (
        UNIT
        | {
            "effect": {
                "type": "markdown",
                "steps": [{"hours_left": 24, "rate_bp": 7000}, {"hours_left": 6, "rate_bp": 8000}],
            }
        },
        ".effect.steps[1].hours_left",
        "more than 24",
    ),
    "dearer with less time": (
        UNIT
        | {
            "effect": {
                "type": "markdown",
                "steps": [{"hours_left": 6, "rate_bp": 7000}, {"hours_left": 24, "rate_bp": 6000}],
            }
        },
        ".effect.steps[1].rate_bp",
        "above 7000",
    ),
    "more cheapest than pieces": (
        GROUP | {"effect": {"type": "rate", "rate_bp": 0, "cheapest": 4}},
        ".effect.cheapest",
        "at most 3",
    ),
    "an empty list in a slot": (
        GROUP | {"slots": [{"goods": {"categories": []}, "pieces": 1}]},
        ".slots[0].goods.categories",
        "at least one",
    ),
    "a slot outside of the rule": (
        GROUP | {"scope": {"skus": ["a"]}, "slots": [{"goods": {"skus": ["b"]}, "pieces": 3}]},
        ".slots[0].goods.skus",
        "of the rule's scope",
    ),
    "thresholds that do not grow": (
        ORDER | {"effect": {"type": "off", "steps": [step(200, off_fen=10), step(200, off_fen=20)]}},
        ".effect.steps[1].at",
        "above 200",
    ),
    "a higher step that gives no more": (
        ORDER | {"effect": {"type": "off", "steps": [step(100, off_fen=20), step(200, off_fen=20)]}},
        ".effect.steps[1].off_fen",
        "above 20",
    ),
    "a reduction of all that is spent": (
        ORDER | {"effect": {"type": "off", "steps": [step(100, off_fen=100)]}},
        ".effect.steps[0].off_fen",
        "below the threshold 100",
    ),
    "two steps that repeat": (
        ORDER | {"effect": OFF | {"repeat": True}},
        ".effect.steps",
        "one step",
    ),
    "a repetition of nothing": (
        ORDER | {"effect": {"type": "off", "steps": [step(0, off_fen=1)], "repeat": True}},
        ".effect.steps[0].at",
        "above 0",
    ),
    "times of what does not repeat": (ORDER | {"effect": OFF | {"times": 2}}, ".effect.times", "without repeat"),
    "rates at thresholds that do not grow": (
        ORDER | {"effect": {"type": "rate", "steps": [step(2, rate_bp=9000), step(1, rate_bp=8000)]}},
        ".effect.steps[1].at",
        "above 2",
    ),
    "a higher step that gives less": (
        COUPON | {"effect": {"type": "rate", "steps": [step(1, rate_bp=8000), step(2, rate_bp=9000)]}},
        ".effect.steps[1].rate_bp",
        "below 8000",
    ),
    "a gift of nothing": (
        ORDER
        | {"effect": {"type": "gift", "at": 1, "gift": {"kind": "goods", "what": "", "count": 1, "value_fen": 0}}},
        ".effect.gift.what",
        "empty text",
    ),
    "an add-on of no goods": (
        ORDER | {"effect": {"type": "add_on", "at": 1, "goods": {"skus": []}, "price_fen": 1}},
        ".effect.goods.skus",
        "at least one",
    ),
    "a coupon of the fee with a base": (COUPON | {"effect": FREE, "base": "list"}, ".base", "found list"),
    "a coupon of the fee that counts pieces": (COUPON | {"effect": FREE, "count": "pieces"}, ".count", "found pieces"),
    "a coupon off the fee with a base": (
        COUPON | {"effect": {"type": "fee_off", "off_fen": 300}, "base": "unit"},
        ".base",
        "found unit",
    ),
}


@pytest.mark.parametrize(("rule", "path", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_rule_that_cannot_be(rule: dict[str, Any], path: str, told: str) -> None:
    (problem,) = found(DELIVERY | {"code": "other"}, rule)
    assert problem.path == f"$.rules[1]{path}"
    assert told in problem.problem
    assert problem.problem.startswith(("expected", "this asks", "there is no attribute"))


RIGHT: dict[str, dict[str, Any]] = {
    "so much off from nothing on": COUPON | {"effect": {"type": "off", "steps": [step(0, off_fen=500)]}},
    "a reduction by pieces": ORDER | {"count": "pieces", "effect": {"type": "off", "steps": [step(3, off_fen=500)]}},
    "one step that repeats": ORDER
    | {"effect": {"type": "off", "steps": [step(100, off_fen=20)], "repeat": True, "times": 3}},
    "a quota of pieces": UNIT
    | {"caps": [{"of": "pieces", "at_most": 5}, {"of": "pieces", "at_most": 1, "per": "member"}]},
    "an amount off on top": UNIT | {"on_top": True, "effect": {"type": "off", "off_fen": 10}},
    "vegetables that sell eggs": ORDER
    | {
        "scope": {"categories": ["vegetables"], "skus": ["a"]},
        "effect": {"type": "add_on", "at": 1, "goods": {"skus": ["egg"]}, "price_fen": 1},
    },
    "all pieces of a group": GROUP | {"effect": {"type": "rate", "rate_bp": 8000, "cheapest": 3}},
    "a category but one of its goods": UNIT | {"scope": {"categories": ["fresh"], "but": {"skus": ["a"]}}},
    "a coupon without a class": COUPON | {"stacking": None, "public_code": "HELLO"},
}


@pytest.mark.parametrize("rule", RIGHT.values(), ids=RIGHT.keys())
def test_a_rule_that_can_be(rule: dict[str, Any]) -> None:
    assert found(rule) == []


def test_codes_are_their_own() -> None:
    shown = COUPON | {"public_code": "HELLO"}
    problems = found(UNIT, ORDER | {"code": "u"}, shown, shown | {"code": "c2"}, DELIVERY | {"code": "HELLO"})
    assert [(one.path, one.problem) for one in problems] == [
        ("$.rules[1].code", "expected a code of its own, found u, which $.rules[0] has"),
        ("$.rules[2].public_code", "expected another text than the code of $.rules[4], found HELLO"),
        ("$.rules[3].public_code", "expected a code of its own, found HELLO, which $.rules[2] has"),
    ]


def test_exclusions_and_maxima_name_what_there_is() -> None:
    exclusions = [
        {"first": "step", "second": "coupon", "on": "line"},
        {"first": "coupon", "second": "steps", "on": "order"},
        {"first": "coupon", "second": "step", "on": "line"},
        {"first": "step", "second": "step", "on": "order"},
    ]
    maxima = [
        {"of": "step", "at_most": 1},
        {"of": "order", "at_most": 1},
        {"of": "order", "at_most": 1, "by": "layer"},
        {"of": "step", "at_most": 1, "by": "layer"},
        {"of": "step", "at_most": 2},
    ]
    problems = found(ORDER, COUPON, exclusions=exclusions, maxima=maxima)
    assert [(one.path, one.problem) for one in problems] == [
        ("$.exclusions[1].second", "expected the class of a rule, found steps"),
        ("$.exclusions[2]", "expected each exclusion once, found that of [0] again"),
        ("$.maxima[1].of", "expected the class of a rule, found order"),
        ("$.maxima[3].of", "expected one of unit, group, order, coupon, delivery, found step"),
        ("$.maxima[4]", "expected one maximum of step, found that of [0] again"),
    ]


def test_everything_is_told_at_once_up_to_a_hundred() -> None:
    problems = found(*(rule | {"code": f"r{place}"} for place, (rule, _, _) in enumerate(WRONG.values())))
    assert [one.path for one in problems] == [
        f"$.rules[{place}]{path}" for place, (_, path, _) in enumerate(WRONG.values())
    ]
    blank = UNIT | {"name": {"zh": "", "en": ""}}
    assert len(found(*(blank | {"code": f"r{n}"} for n in range(200)))) == PROBLEMS_MAX
