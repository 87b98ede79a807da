"""Points that are taken with an order that was priced elsewhere."""

from __future__ import annotations

import msgspec

from huixiang.checkout.model import POINTS_TENDER, NewOrder, Redeem, RedeemNotAllowed, RedeemWorth, Tender
from huixiang.points.model import CashOff


def paid_with_points(order: NewOrder) -> NewOrder:
    """The order as it is settled and kept: what its points take off is a tender of the whole order."""
    if order.redeem is None:
        return order
    tender = Tender(POINTS_TENDER, order.redeem.off_fen)
    return msgspec.structs.replace(order, tenders=[*order.tenders, tender], redeem=None)


def require_worth(redeem: Redeem, found: CashOff) -> None:
    """A till may price goods as it likes, but not points: what they take off, and how many an order may use, is what
    members are told. found: what the rules make of so many points. Raises RedeemNotAllowed, RedeemWorth."""
    if found.usable != redeem.points:
        raise RedeemNotAllowed(
            points=redeem.points,
            step=found.step,
            minimum=found.minimum,
            limit_fen=found.limit_fen,
            usable=found.usable,
        )
    if found.fen_off != redeem.off_fen:
        raise RedeemWorth(
            points=redeem.points,
            worth_fen=found.fen_off,
            off_fen=redeem.off_fen,
            rule=found.rule,
            rule_version=found.rule_version,
        )
