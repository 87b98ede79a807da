"""From what is asked and what the catalogue says to the lines of a basket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.money import AMOUNT_MAX, half_up
from huixiang.pricing.model.basket import Line, Measure
from huixiang.pricing.model.goods import Goods
from huixiang.pricing.model.quotes import QuoteLine
from huixiang.pricing.model.refusals import GoodsUnknown


def lines_of(
    asked: Sequence[QuoteLine],
    goods: Mapping[str, Goods],
    price_lists: Sequence[str],
    paths: Mapping[str, Sequence[str]],
    *,
    may_price: bool,
) -> tuple[Line, ...]:
    """paths: of the categories of goods that the caller describes. Raises GoodsUnknown with all that the catalogue does
    not sell, and InvalidInput for a line that its goods are not sold by, and for what the caller says of goods without
    being allowed to (`may_price`)."""
    unknown = sorted({line.sku for line in asked if line.sku not in goods and not (may_price and line.goods)})
    for place, line in enumerate(asked):
        if not may_price and (line.goods is not None or line.amount_fen is not None):
            what = "goods" if line.goods is not None else "amount_fen"
            raise InvalidInput(path=f"$.lines[{place}].{what}", problem="needs the permission quotes:price")
    if unknown:
        raise GoodsUnknown(skus=", ".join(unknown))
    lines = tuple(
        _known(place, line, goods[line.sku], price_lists) if line.sku in goods else _given(place, line, paths)
        for place, line in enumerate(asked)
    )
    if sum(map(list_amount, lines)) > AMOUNT_MAX:
        raise InvalidInput(path="$.lines", problem=f"come to at most {AMOUNT_MAX} fen")
    return lines


def list_amount(line: Line) -> int:
    if line.measure == "gram":
        return half_up(line.quantity * line.list_price_fen, 1000)
    return line.quantity * line.list_price_fen


def _known(place: int, line: QuoteLine, goods: Goods, price_lists: Sequence[str]) -> Line:
    if line.goods is not None:
        raise InvalidInput(path=f"$.lines[{place}].goods", problem="is for what the catalogue does not have")
    measure, quantity = _measured(place, line, goods.unit, goods.estimated_g)
    of_amount = measure == "amount"
    return Line(
        line_id=line.line_id,
        sku=line.sku,
        measure=measure,
        quantity=quantity,
        list_price_fen=goods.public_fen if line.amount_fen is None else line.amount_fen,
        categories=tuple(goods.categories),
        brand=goods.brand,
        tags=tuple(goods.tags),
        prices={} if of_amount else dict(listed(goods, price_lists)),
        cost_fen=None if of_amount else goods.cost_fen,
        hours_left=line.hours_left,
    )


def listed(goods: Goods, price_lists: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The prices that a sku has, by the list that each is on."""
    for code, price in zip(price_lists, goods.prices, strict=True):
        if price is not None:
            yield code, price


def _given(place: int, line: QuoteLine, paths: Mapping[str, Sequence[str]]) -> Line:
    assert line.goods is not None  # noqa: S101 - of what is unknown, something is given
    measure, quantity = _measured(place, line, line.goods.unit, None)
    of_amount = measure == "amount"
    return Line(
        line_id=line.line_id,
        sku=line.sku,
        measure=measure,
        quantity=quantity,
        list_price_fen=line.goods.list_price_fen if line.amount_fen is None else line.amount_fen,
        categories=tuple(paths.get(line.goods.category, (line.goods.category,))),
        brand=line.goods.brand,
        tags=line.goods.tags,
        cost_fen=None if of_amount else line.goods.cost_fen,
        hours_left=line.hours_left,
    )


def _measured(place: int, line: QuoteLine, unit: str, estimated_g: int | None) -> tuple[Measure, int]:
    """How the line is counted. Pieces of what is sold by weight weigh what the catalogue estimates (PRC-10)."""
    if line.amount_fen is not None:
        return "amount", 1
    if line.grams is not None:
        if unit != "gram":
            raise InvalidInput(path=f"$.lines[{place}].grams", problem=f"{line.sku} is sold by the piece")
        return "gram", line.grams
    pieces = line.pieces or 1
    if unit == "piece":
        return "piece", pieces
    if estimated_g is None:
        raise InvalidInput(
            path=f"$.lines[{place}].pieces", problem=f"{line.sku} is sold by weight, and no weight of a piece is known"
        )
    return "gram", pieces * estimated_g
