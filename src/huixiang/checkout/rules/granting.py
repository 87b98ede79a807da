"""What a quote grants, as an order keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from huixiang.checkout.model import Measure
from huixiang.checkout.model.fulfilment import Granted, GrantedLine
from huixiang.pricing.model.priced import Priced, PricedLine
from huixiang.pricing.model.quotes import LinePoints

_Layer = Literal["unit", "group", "order", "coupon"]


def granted_of(
    priced: Priced, measures: Mapping[str, Measure], shares: Sequence[LinePoints], exchanges: Collection[str] = ()
) -> Granted:
    """measures: by line id; shares: of the points used, of every line or of none. exchanges: coupons that set a price
    of goods. What they take off belongs to those goods, so it counts with the unit prices; so do add-ons."""
    # Of rules above the groups only add-ons count pieces.
    own = {one.rule for one in priced.applied if one.layer == "order" and one.pieces is not None} | set(exchanges)
    points = {share.line_id: share for share in shares}
    return Granted(
        lines=tuple(
            _granted_line(line, measures[line.line_id], points.get(line.line_id), own) for line in priced.lines
        ),
        delivery_fen=priced.delivery_fen,
        packaging_fen=priced.packaging_fen,
    )


def _granted_line(line: PricedLine, measure: Measure, share: LinePoints | None, own: Collection[str]) -> GrantedLine:
    taken: dict[_Layer, int] = {"unit": 0, "group": 0, "order": 0, "coupon": 0}
    for one in line.adjustments:
        if one.layer != "delivery":
            taken["unit" if one.rule in own else one.layer] += one.amount_fen
    return GrantedLine(
        line_id=line.line_id,
        sku=line.sku,
        measure=measure,
        quantity=line.quantity,
        list_fen=line.list_fen,
        unit_fen=taken["unit"],
        group_fen=taken["group"],
        order_fen=taken["order"],
        coupon_fen=taken["coupon"],
        points=share.used if share else 0,
        points_fen=share.off_fen if share else 0,
    )
