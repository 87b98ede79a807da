"""What is charged for the rest of an order under each policy (P13, P14), and which line gives back the difference.

Lines of the quote and goods in place of missing ones are told apart only where it matters: those have no price in the
quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from huixiang.checkout.model.fulfilment import Fulfilled, Granted, GrantedLine, Policy, Price
from huixiang.checkout.rules.parts import part
from huixiang.kernel.allocation import allocate


class Change(msgspec.Struct, frozen=True):
    """granted: what the order is reckoned from; before: as it stands; left: quantities by line, of all its lines;
    offered: goods in place of what is missing, at their own price."""

    granted: Granted
    before: Fulfilled
    left: Mapping[str, int]
    offered: Sequence[GrantedLine] = ()

    @property
    def had(self) -> dict[str, int]:
        return {line.line_id: line.quantity for line in self.before.lines}


class Charged(msgspec.Struct, frozen=True):
    """By line: its share of what is charged, and what it gives back. substitutes: those offered, as charged."""

    payable_fen: Mapping[str, int]
    back_fen: Mapping[str, int]
    substitutes: tuple[GrantedLine, ...]


def charge(policy: Policy, change: Change, price: Price) -> Charged:
    if policy is Policy.PROPORTIONAL:
        return _proportional(change)
    return _keep(change) if policy is Policy.KEEP else _reckon(change, price)


def _proportional(change: Change) -> Charged:
    """Each line by itself."""
    kept = {line.line_id: part(line.payable_fen, change.left[line.line_id], line.quantity) for line in _lines(change)}
    missing = {line.line_id: line.payable_fen - kept[line.line_id] for line in _lines(change)}
    substitutes = _capped(change.offered, missing)
    had = {line.line_id: line.payable_fen for line in change.before.lines}
    back = {line_id: had[line_id] - kept[line_id] for line_id in kept}
    return Charged(kept | _prices(substitutes), back | _charges(substitutes), substitutes)


def _keep(change: Change) -> Charged:
    """A line may give back more than it paid, the order never: what would be more is cut, from the last line on."""
    lines, had = _lines(change), change.had
    missing = {
        line.line_id: line.own_fen - part(line.own_fen, change.left[line.line_id], line.quantity) for line in lines
    }
    substitutes = _capped(change.offered, missing)
    worth = {line.line_id: _worth(line, change.left[line.line_id]) for line in lines} | _prices(substitutes)
    due = max(0, sum(worth.values()))
    back = {line.line_id: _worth(line, had[line.line_id]) - worth[line.line_id] for line in lines}
    back |= _charges(substitutes)
    over = sum(back.values()) - (change.before.goods_fen - due)
    for line_id in sorted(back, reverse=True):
        cut = min(over, max(0, back[line_id]))
        back[line_id] -= cut
        over -= cut
    return Charged(_shared(due, {line_id: max(0, fen) for line_id, fen in worth.items()}), back, substitutes)


def _worth(line: GrantedLine, left: int) -> int:
    """The rest of a line at its own price, less what it was granted. What it weighs more costs what the rest did."""
    if left > line.quantity:
        return part(line.payable_fen, left, line.quantity)
    return part(line.own_fen, left, line.quantity) - line.granted_fen


def _reckon(change: Change, price: Price) -> Charged:
    """Only lines that changed give anything back, in proportion to what was paid for what went: thresholds that are no
    longer met are theirs to bear."""
    lines, had, left = _lines(change), change.had, change.left
    then = {line.line_id: part(line.payable_fen, had[line.line_id], line.quantity) for line in lines}
    now = {line.line_id: part(line.payable_fen, left[line.line_id], line.quantity) for line in lines}
    more = {line_id: max(0, now[line_id] - then[line_id]) for line_id in now}
    missing = {line.line_id: line.payable_fen - now[line.line_id] for line in lines}
    substitutes = _capped(change.offered, missing)
    asked = {line.line_id: left[line.line_id] for line in lines if line.replaces is None and left[line.line_id]}
    found = price(asked) if asked else {}
    prices = {line.line_id: now[line.line_id] if line.replaces else 0 for line in lines} | _prices(substitutes)
    prices |= {line_id: found[line_id] for line_id in asked}
    most = change.before.goods_fen + sum(more.values())
    due = min(most, sum(prices.values()))
    went = {line_id: max(0, then[line_id] - now[line_id]) for line_id in now}
    if not any(went.values()):
        went = {line_id: abs(had[line_id] - left[line_id]) for line_id in now}
    charges = _charges(substitutes)
    back = _shared(most - due - sum(charges.values()), went)
    back = {line_id: fen - more[line_id] for line_id, fen in back.items()}
    return Charged(_shared(due, prices), back | charges, substitutes)


def _lines(change: Change) -> tuple[GrantedLine, ...]:
    return change.granted.lines


def _capped(offered: Iterable[GrantedLine], missing: Mapping[str, int]) -> tuple[GrantedLine, ...]:
    """Never above what it replaces."""
    capped = []
    for goods in offered:
        most = max(0, missing[goods.replaces or ""])
        capped.append(msgspec.structs.replace(goods, unit_fen=goods.list_fen - min(goods.list_fen, most)))
    return tuple(capped)


def _prices(substitutes: Iterable[GrantedLine]) -> dict[str, int]:
    return {goods.line_id: goods.own_fen for goods in substitutes}


def _charges(substitutes: Iterable[GrantedLine]) -> dict[str, int]:
    return {goods.line_id: -goods.own_fen for goods in substitutes}


def _shared(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(weights, allocate(total, list(weights.values()), list(weights)), strict=True))
