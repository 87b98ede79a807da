"""docs/domain/fulfilment.md says what is charged for what was picked, and what comes back."""

from __future__ import annotations

import re

import msgspec
import pytest

from huixiang.checkout.model import Measure, RefundLine, fulfilment
from huixiang.checkout.model.fulfilment import FulfilmentRules, Granted, Picked, Policy
from huixiang.checkout.rules.fulfil import as_placed, base_of_refunds, fulfil, give_back
from huixiang.kernel.errors import DomainError
from tests.checkout.fulfil_model import Ordered
from tests.checkout.fulfilling import granted_of, instead_of, rules, stepped
from tests.documents.pages import page, sections, shipped, table

pytestmark = pytest.mark.requirement("CHK-03", "CHK-06", "PRC-10")

PAGE = page("fulfilment")
SECTIONS = sections(PAGE)
ORDERS = table(SECTIONS["Orders for the examples"])
PICKED = re.compile(r"([\w-]+):(-?\d+)(?:=(\d+))?")


def ordered(name: str) -> dict[str, Ordered]:
    return {
        row["line"]: Ordered(
            quantity=int(row["quantity"]),
            own=int(row["own_fen"]),
            granted=int(row["granted_fen"]),
            points=int(row["points"]),
            worth=int(row["points"]),
            weighed=row["measure"] == Measure.GRAM,
        )
        for row in ORDERS
        if row["order"] == name
    }


def picks(cell: str) -> list[Picked]:
    return [
        Picked(line_id=line_id, quantity=int(quantity), substitute=instead_of(line_id, int(price)) if price else None)
        for line_id, quantity, price in PICKED.findall(cell)
    ]


def numbers(cell: str) -> list[int]:
    return [int(one) for one in cell.split()]


def test_the_table_of_fields_is_the_shipped_document() -> None:
    document = shipped("fulfilment.default", FulfilmentRules)
    said = {row["field"].strip("`"): row["shipped"] for row in table(SECTIONS["The document"])}
    known = {name: getattr(document, name) for name in document.__struct_fields__}
    assert said == {name: "" if name == "name" else str(value).lower() for name, value in known.items()}
    left_out = FulfilmentRules(name=document.name)
    assert msgspec.structs.asdict(left_out) == known


def test_the_policies_are_those_there_are() -> None:
    assert [row["policy"].strip("`") for row in table(SECTIONS["The policies"])] == [str(policy) for policy in Policy]


@pytest.mark.parametrize(
    "row", table(SECTIONS["Examples of picking"]), ids=lambda row: f"{row['order']} {row['policy']} {row['picked']}"
)
def test_an_example_of_picking(row: dict[str, str]) -> None:
    order = ordered(row["order"])
    granted = granted_of(order)
    both = rules(Policy(row["policy"]), overweight_bp=int(row["overweight_bp"]))
    made = fulfil(granted, both, picks(row["picked"]), stepped(order))
    assert made.goods_fen == int(row["goods_fen"])
    assert {one.line_id: one.back_fen for one in made.lines if one.back_fen} == {
        line_id: int(fen) for line_id, fen, _ in PICKED.findall(row["back by line"])
    }
    assert (made.points_back, made.cash_back_fen) == (int(row["points_back"]), int(row["cash_back_fen"]))
    assert made.goods_fen + made.back_fen == granted.goods_fen


@pytest.mark.parametrize(
    "row", table(SECTIONS["Examples of refunds"]), ids=lambda row: f"{row['order']} {row['policy']} {row['refunds']}"
)
def test_an_example_of_refunds(row: dict[str, str]) -> None:
    order = ordered(row["order"])
    granted, both = granted_of(order), rules(Policy(row["policy"]))
    now = as_placed(granted)
    base: Granted = base_of_refunds(granted, now, both)
    made = []
    for asked in row["refunds"].split(","):
        wanted = [RefundLine(line_id, int(quantity)) for line_id, quantity, _ in PICKED.findall(asked)]
        now = give_back(base, now, both, wanted, stepped(order))
        made.append((now.back_fen, now.points_back, now.cash_back_fen))
    said = [numbers(row[column]) for column in ("back_fen", "points_back", "cash_back_fen")]
    assert [list(column) for column in zip(*made, strict=True)] == said


def test_every_refusal_of_its_own_is_named() -> None:
    codes = {kind.code for kind in DomainError.__subclasses__() if kind.__module__ == fulfilment.__name__}
    assert len(codes) == 5
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []
