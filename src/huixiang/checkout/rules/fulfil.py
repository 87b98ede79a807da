"""What a placed order comes to when it was picked, and what comes back of it later. Always reckoned from what was
granted (P13, P17): never from shares that were rounded before, but where that cannot be reckoned any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from huixiang.checkout.model import Measure, RefundFeesTooMuch, RefundLine, RefundLineUnknown
from huixiang.checkout.model.fulfilment import (
    Fulfilled,
    FulfilledLine,
    FulfilmentRules,
    Granted,
    GrantedLine,
    Picked,
    PickedLineTwice,
    PickedLineUnknown,
    Policy,
    Price,
    Substitute,
    SubstituteNotNeeded,
    SubstitutePriceNeeded,
    SubstitutesNotAllowed,
)
from huixiang.checkout.rules.paid_with import fulfilled_lines
from huixiang.checkout.rules.parts import part, require_left
from huixiang.checkout.rules.policies import Change, charge
from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.money import RATE_ONE


def as_placed(granted: Granted) -> Fulfilled:
    """An order of which nothing is missing yet."""
    return Fulfilled(
        lines=tuple(
            FulfilledLine(
                line_id=line.line_id,
                quantity=line.quantity,
                payable_fen=line.payable_fen,
                points=line.points,
                points_fen=line.points_fen,
            )
            for line in granted.lines
        ),
        delivery_fen=granted.delivery_fen,
        packaging_fen=granted.packaging_fen,
    )


def charged_for(granted: Granted, rules: FulfilmentRules, picks: Sequence[Picked]) -> dict[str, int]:
    """How much of each line is charged for. A line that is not named was picked as it was ordered; of what is more than
    was ordered only goods by weight are charged for, up to the tolerance.

    Raises PickedLineUnknown, PickedLineTwice, SubstitutesNotAllowed, SubstituteNotNeeded.
    """
    lines = {line.line_id: line for line in granted.lines}
    charged = {line_id: line.quantity for line_id, line in lines.items()}
    seen: set[str] = set()
    for pick in picks:
        line = lines.get(pick.line_id)
        if line is None:
            raise PickedLineUnknown(line_id=pick.line_id)
        _once(pick.line_id, seen)
        charged[pick.line_id] = min(pick.quantity, _most(line, rules))
        if pick.substitute is not None:
            _check_substitute(pick, line, rules)
    for pick in picks:
        if pick.substitute is not None:
            _once(pick.substitute.line_id, seen | set(lines))
            seen.add(pick.substitute.line_id)
    return charged


def fulfil(granted: Granted, rules: FulfilmentRules, picks: Sequence[Picked], price: Price | None) -> Fulfilled:
    """What is charged for what was picked. `price` is asked under *reckon* alone, once, for what `charged_for` answers;
    None: nobody can tell any more. Substitutes have a price (`substituting.priced`).

    Raises as charged_for does, and SubstitutePriceNeeded.
    """
    left = charged_for(granted, rules, picks)
    offered = [_offered(pick.line_id, pick.substitute) for pick in picks if pick.substitute is not None]
    return _changed(rules.policy, Change(granted, as_placed(granted), left, offered), price)


def base_of_refunds(granted: Granted, fulfilled: Fulfilled, rules: FulfilmentRules) -> Granted:
    """What refunds are reckoned from, of an order as it was picked: what was granted, for as long as the same policy
    goes on; else what was really charged. Goods in place of missing ones are lines like any other from here on."""
    picked = {line.line_id: line for line in fulfilled.lines}
    replaced = {goods.replaces for goods in fulfilled.substitutes}
    as_ordered = all(picked[line.line_id].quantity == line.quantity for line in granted.lines)
    if not replaced and (rules.policy is rules.refund_policy or as_ordered):
        return granted
    by_line = rules.policy is rules.refund_policy is Policy.PROPORTIONAL
    lines = [
        line if by_line and line.line_id not in replaced else _as_charged(line, picked[line.line_id])
        for line in granted.lines
    ]
    lines += [_as_charged(goods, picked[goods.line_id]) for goods in fulfilled.substitutes]
    return msgspec.structs.replace(granted, lines=tuple(lines))


def left_after(before: Fulfilled, wanted: Sequence[RefundLine]) -> dict[str, int]:
    """How much is left of each line when some come back. Raises RefundLineUnknown, RefundTooMuch."""
    left = {line.line_id: line.quantity for line in before.lines}
    for back in wanted:
        if back.line_id not in left:
            raise RefundLineUnknown(line_id=back.line_id)
        require_left(back.line_id, left[back.line_id], back.quantity)
        left[back.line_id] -= back.quantity
    return left


def give_back(
    base: Granted, before: Fulfilled, rules: FulfilmentRules, wanted: Sequence[RefundLine], price: Price | None
) -> Fulfilled:
    """A refund. base: of `base_of_refunds`; before: as the order stands after picking and earlier refunds. `price` is
    asked under *reckon* alone, once, for what `left_after` answers of lines that the quote knows, where any is left;
    None: nobody can tell any more.

    Raises as left_after does.
    """
    return _changed(rules.refund_policy, Change(base, before, left_after(before, wanted)), price)


def without_fees(stands: Fulfilled, fees_fen: int) -> Fulfilled:
    """With so much of its fees given back, of delivery first. Raises RefundFeesTooMuch."""
    require_fees(stands.delivery_fen + stands.packaging_fen, fees_fen)
    of_delivery_fen = min(fees_fen, stands.delivery_fen)
    return msgspec.structs.replace(
        stands,
        delivery_fen=stands.delivery_fen - of_delivery_fen,
        packaging_fen=stands.packaging_fen - (fees_fen - of_delivery_fen),
    )


def require_fees(left_fen: int, wanted_fen: int) -> None:
    """Raises RefundFeesTooMuch."""
    if wanted_fen > left_fen:
        raise RefundFeesTooMuch(refundable_fen=left_fen, requested_fen=wanted_fen)


def _changed(policy: Policy, change: Change, price: Price | None) -> Fulfilled:
    """What cannot be reckoned goes line by line from there on, of what each line stands for: between the two policies
    points would come back twice."""
    before = change.before
    not_reckoned = before.not_reckoned if policy is Policy.RECKON else None
    if change.left == change.had:  # nothing is priced anew for nothing
        lines = tuple(_unmoved(line) for line in before.lines)
        return msgspec.structs.replace(before, lines=lines, not_reckoned=not_reckoned)
    if policy is Policy.RECKON and (price is None or not_reckoned):
        policy, change, not_reckoned = Policy.PROPORTIONAL, _as_it_stands(change), "quote_facts_changed"
    charged = charge(policy, change, price or _nobody)
    return msgspec.structs.replace(
        before,
        lines=fulfilled_lines(policy, change, charged),
        substitutes=before.substitutes + charged.substitutes,
        not_reckoned=not_reckoned,
    )


def _nobody(asked: Mapping[str, int]) -> Mapping[str, int]:
    raise InvariantBroken(f"nobody can price {dict(asked)}")


def _as_it_stands(change: Change) -> Change:
    stands = {line.line_id: line for line in change.before.lines}
    lines = tuple(_as_charged(line, stands[line.line_id]) for line in change.granted.lines)
    return msgspec.structs.replace(change, granted=msgspec.structs.replace(change.granted, lines=lines))


def _unmoved(line: FulfilledLine) -> FulfilledLine:
    return msgspec.structs.replace(line, back_fen=0, points_back=0, cash_back_fen=0)


def _as_charged(line: GrantedLine, picked: FulfilledLine) -> GrantedLine:
    """A line as if it had been placed as it was picked."""
    own_fen = max(picked.payable_fen, part(line.own_fen, picked.quantity, line.quantity))
    return msgspec.structs.replace(
        line,
        quantity=picked.quantity,
        list_fen=own_fen,
        unit_fen=0,
        group_fen=0,
        order_fen=own_fen - picked.payable_fen,
        coupon_fen=0,
        points=picked.points,
        points_fen=picked.points_fen,
    )


def _most(line: GrantedLine, rules: FulfilmentRules) -> int:
    by_weight = line.measure is Measure.GRAM
    return line.quantity + (line.quantity * rules.overweight_bp // RATE_ONE if by_weight else 0)


def _once(line_id: str, seen: set[str]) -> None:
    if line_id in seen:
        raise PickedLineTwice(line_id=line_id)
    seen.add(line_id)


def _check_substitute(pick: Picked, line: GrantedLine, rules: FulfilmentRules) -> None:
    if not rules.substitutes:
        raise SubstitutesNotAllowed(line_id=pick.line_id)
    if pick.quantity >= line.quantity:
        raise SubstituteNotNeeded(line_id=pick.line_id, quantity=pick.quantity)


def _offered(replaces: str, goods: Substitute) -> GrantedLine:
    if goods.price_fen is None:
        raise SubstitutePriceNeeded(line_id=goods.line_id, sku=goods.sku, measure=goods.measure)
    return GrantedLine(
        line_id=goods.line_id,
        sku=goods.sku,
        measure=goods.measure,
        quantity=goods.quantity,
        list_fen=goods.price_fen,
        replaces=replaces,
    )
