"""A quote made anew: of the same basket and the same choices, as things are now."""

from __future__ import annotations

import msgspec

from huixiang.pricing.model.basket import Basket, Line
from huixiang.pricing.model.goods import Goods
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.quotes import Delivery, Quote, QuoteLine, QuoteRequest
from huixiang.pricing.rules import asking
from huixiang.pricing.rules.kept import basket_of
from huixiang.pricing.service import facts as facts_of
from huixiang.pricing.service.facts import Where
from huixiang.pricing.service.quote import quoted
from huixiang.pricing.service.reads import Reads

EXPERIMENT = "experiment."


async def requote(reads: Reads, kept: Kept) -> Quote:
    """Goods cost what the catalogue says now; those that it does not have keep what the shop said of them. Raises as
    `quote` does."""
    asked = _asked(kept)
    where = Where(asked.channel, asked.store, asked.city, asked.experiments)
    known = await facts_of.gather(reads, kept.member_id, list({one.sku for one in kept.lines}), where, kept.programme)
    lines = tuple(
        _line(before, line, known.goods.get(before.sku), known.price_lists)
        for before, line in zip(basket_of(kept).lines, asked.lines, strict=True)
    )
    basket = Basket(lines=lines, delivery_fen=kept.delivery_fen, packaging_fen=kept.packaging_fen)
    return await quoted(reads, asked, known, basket, kept.member_id)


def _line(before: Line, asked: QuoteLine, goods: Goods | None, price_lists: tuple[str, ...]) -> Line:
    if goods is None or (goods.unit == "gram") != (before.measure == "gram"):
        return before
    [line] = asking.lines_of([asked], {before.sku: goods}, price_lists, {}, may_price=True)
    return line


def _asked(kept: Kept) -> QuoteRequest:
    context = kept.context
    return QuoteRequest(
        channel=context["channel"],
        lines=tuple(_asked_line(line) for line in basket_of(kept).lines),
        store=context.get("store"),
        city=context.get("city"),
        delivery=Delivery(kept.delivery_fen) if kept.delivery_fen else None,
        packaging_fen=kept.packaging_fen,
        codes=tuple(kept.codes),
        left_out=tuple(kept.left_out),
        payment_method=kept.payment_method,
        points=kept.chosen_points,
        experiments={
            code.removeprefix(EXPERIMENT): variant for code, variant in context.items() if code.startswith(EXPERIMENT)
        },
        programme=kept.programme,
    )


def _asked_line(line: Line) -> QuoteLine:
    asked = QuoteLine(line_id=line.line_id, sku=line.sku, pieces=1, hours_left=line.hours_left)
    match line.measure:
        case "piece":
            return msgspec.structs.replace(asked, pieces=line.quantity)
        case "gram":
            return msgspec.structs.replace(asked, pieces=None, grams=line.quantity)
        case "amount":
            return msgspec.structs.replace(asked, pieces=None, amount_fen=line.list_price_fen)
