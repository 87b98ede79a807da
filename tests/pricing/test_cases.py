"""The page of worked examples says what the engine answers."""

from __future__ import annotations

import msgspec
import pytest

from huixiang.kernel.money import half_up
from huixiang.pricing.model.basket import Basket
from huixiang.pricing.model.priced import PricedLine
from tests.pricing.worked import Example, examples, fen, tables

pytestmark = pytest.mark.requirement("PRC-07")

EXAMPLES = examples()
SHORT_PICK = "5. A short pick"
IDS = [f"{example.case} ({len(example.rows)})" for example in EXAMPLES]
WITHOUT = [(example, left_out, payable) for example in EXAMPLES for left_out, payable in example.without]


def before(line: PricedLine, *layers: str) -> int:
    """What a line would pay without what rules of these layers took off it."""
    return line.payable_fen + sum(one.amount_fen for one in line.adjustments if one.layer in layers)


def test_the_page_has_its_cases() -> None:
    assert len({example.case for example in EXAMPLES}) == 9
    assert len(EXAMPLES) == 11
    assert len(WITHOUT) == 12
    assert all(example.rows and example.taken for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_each_line_pays_what_the_page_says(example: Example) -> None:
    priced = example.price()
    assert [
        (line.line_id, line.list_fen, before(line, "group", "order", "coupon"), line.payable_fen)
        for line in priced.lines
    ] == [(row.line, row.list, row.unit, row.pays) for row in example.rows]
    listed, _, paid = example.together
    assert (priced.list_fen, priced.payable_fen, priced.proven) == (listed, paid, True)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_rules_that_are_taken_save_what_the_page_says(example: Example) -> None:
    assert {(one.rule, one.coupon_id, one.saved_fen) for one in example.price().applied} == example.taken


@pytest.mark.parametrize(("example", "left_out", "payable"), WITHOUT)
def test_without_a_rule_it_costs_what_the_page_says(example: Example, left_out: frozenset[str], payable: int) -> None:
    assert example.price(left_out).payable_fen == payable


@pytest.mark.parametrize("row", list(tables(SHORT_PICK))[-2:], ids=lambda row: str(row[0]))
def test_what_a_short_pick_gives_back(row: list[str]) -> None:
    """The three policies reckon from what the engine said of the order."""
    example = next(example for example in EXAMPLES if example.case == SHORT_PICK)
    ordered = example.price()
    picked = int(row[0].removesuffix(" g"))
    basket = example.basket()
    chicken, rice = basket.lines
    line = ordered.lines[0]
    proportional = line.payable_fen - half_up(line.payable_fen * picked, chicken.quantity)
    rest = (msgspec.structs.replace(chicken, quantity=picked),) if picked else ()
    again = example.price(basket=Basket(lines=(*rest, rice)))
    granted = sum(one.saved_fen for one in ordered.applied if one.layer in ("order", "coupon"))
    keep = ordered.goods_fen - max(0, sum(before(line, "order", "coupon") for line in again.lines) - granted)
    reckoned = ordered.goods_fen - min(ordered.goods_fen, again.payable_fen)
    assert [proportional, keep, reckoned] == [fen(cell) for cell in row[1:]]
