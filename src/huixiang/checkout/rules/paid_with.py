"""Of what is charged for the rest of an order, what points pay that were used on it, and what of both comes back."""

from __future__ import annotations

from collections.abc import Mapping

from huixiang.checkout.model.fulfilment import FulfilledLine, Policy
from huixiang.checkout.rules.parts import part
from huixiang.checkout.rules.policies import Change, Charged
from huixiang.kernel.allocation import allocate


def fulfilled_lines(policy: Policy, change: Change, charged: Charged) -> tuple[FulfilledLine, ...]:
    """The lines as they stand after a change, with what it gave back."""
    if policy is Policy.PROPORTIONAL:
        points, worth = _by_line(change, charged, "points"), _by_line(change, charged, "points_fen")
        points_back, worth_back = _less(change, "points", points), _less(change, "points_fen", worth)
    else:
        points, worth = _by_order(change, charged, "points"), _by_order(change, charged, "points_fen")
        points_back = _spread(change.before.points - sum(points.values()), charged.back_fen)
        worth_back = _spread(change.before.points_fen - sum(worth.values()), charged.back_fen)
    quantities = dict(change.left) | {goods.line_id: goods.quantity for goods in charged.substitutes}
    return tuple(
        FulfilledLine(
            line_id=line_id,
            quantity=quantity,
            payable_fen=charged.payable_fen[line_id],
            points=points[line_id],
            points_fen=worth[line_id],
            back_fen=charged.back_fen[line_id],
            points_back=points_back[line_id],
            cash_back_fen=charged.back_fen[line_id] - worth_back[line_id],
        )
        for line_id, quantity in quantities.items()
    )


def _by_line(change: Change, charged: Charged, what: str) -> dict[str, int]:
    """Points stay on a line in proportion to what is charged for it and for what took the place of its goods."""
    found: dict[str, int] = {}
    for line in change.granted.lines:
        own = [line.line_id, *(goods.line_id for goods in charged.substitutes if goods.replaces == line.line_id)]
        amounts = [charged.payable_fen[line_id] for line_id in own]
        stays = part(getattr(line, what), min(sum(amounts), line.payable_fen), line.payable_fen)
        found |= dict(zip(own, allocate(stays, amounts, own), strict=True))
    return found


def _by_order(change: Change, charged: Charged, what: str) -> dict[str, int]:
    """Points stay on the order in proportion to what is charged for it: the lines' shares may go up and down."""
    goods_fen = change.granted.goods_fen
    due = sum(charged.payable_fen.values())
    stays = part(getattr(change.granted, what), min(due, goods_fen), goods_fen)
    return _spread(stays, charged.payable_fen)


def _less(change: Change, what: str, after: Mapping[str, int]) -> dict[str, int]:
    before = {line.line_id: getattr(line, what) for line in change.before.lines}
    return {line_id: before.get(line_id, 0) - stays for line_id, stays in after.items()}


def _spread(total: int, amounts: Mapping[str, int]) -> dict[str, int]:
    weights = [max(0, amount) for amount in amounts.values()]
    return dict(zip(amounts, allocate(total, weights, list(amounts)), strict=True))
