"""From a quote to what its token keeps, and back."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from huixiang.conditions.facts import Facts, Purchase, Value
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Room, Situation
from huixiang.pricing.model.effects import GiftOver
from huixiang.pricing.model.kept import Choices, Kept, KeptApplied, KeptLine
from huixiang.pricing.model.priced import Adjustment, Applied, Priced, PricedLine
from huixiang.pricing.model.rules import Rule
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.needs import is_personal

UNPACKED_MAX = 4 << 20
DIGEST_BYTES = 16


_decoder = msgspec.msgpack.Decoder(Kept)


def packed(kept: Kept) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(kept), 1)


def unpacked(content: bytes) -> Kept:
    """Raises ValueError for what is not a packed quote."""
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(content, UNPACKED_MAX)
    except zlib.error as error:
        raise ValueError("not compressed") from error
    return _decoder.decode(plain)


def digest_of(member: Mapping[str, Value]) -> bytes:
    """Of all that was known of a member."""
    known = {code: sorted(value) if isinstance(value, frozenset) else value for code, value in member.items()}
    return hashlib.sha256(msgspec.msgpack.encode(known, order="deterministic")).digest()[:DIGEST_BYTES]


def keep(basket: Basket, situation: Situation, priced: Priced, choices: Choices) -> Kept:
    facts = situation.facts
    open_values = {code: value for code, value in facts.member.items() if not is_personal(code)}
    return Kept(
        version=choices.version,
        issued_at=choices.issued_at,
        expires_at=choices.expires_at,
        member=choices.member_id.bytes if choices.member_id is not None else None,
        lines=[KeptLine(*_fields(line)) for line in basket.lines],
        delivery_fen=basket.delivery_fen,
        packaging_fen=basket.packaging_fen,
        context={code: str(value) for code, value in facts.context.items()},
        numbers={code: value for code, value in open_values.items() if isinstance(value, bool | int | str)},
        days={code: value for code, value in open_values.items() if isinstance(value, date)},
        sets={code: sorted(value) for code, value in open_values.items() if isinstance(value, frozenset)},
        hidden=sorted(facts.member.keys() - open_values.keys()),
        digest=digest_of(facts.member),
        purchases=None
        if facts.purchases is None
        else [(one.day, one.category, one.sku, one.orders, one.quantity, one.spend_fen) for one in facts.purchases],
        coupons=[(one.coupon_id, one.rule, one.expires_at) for one in situation.coupons],
        codes=list(situation.codes),
        payment_method=situation.payment_method,
        left_out=sorted(situation.left_out),
        killed=sorted(situation.killed),
        room={rule: (room.fen, room.uses, room.pieces) for rule, room in situation.room.items()},
        chosen_points=choices.points,
        totals=choices.totals,
        programme=choices.programme,
        rate=choices.rate,
        applied=_applied(priced, situation),
        sums=_sums(priced),
    )


def _applied(priced: Priced, situation: Situation) -> list[KeptApplied]:
    places = {one.coupon_id: place for place, one in enumerate(situation.coupons)}
    return [
        KeptApplied(
            rule=one.rule,
            layer=one.layer,
            saved_fen=one.saved_fen,
            cut_fen=one.cut_fen,
            coupon=None if one.coupon_id is None else places.get(one.coupon_id, one.coupon_id),
            times=one.times,
            pieces=one.pieces,
        )
        for one in priced.applied
    ]


def _sums(priced: Priced) -> list[list[int]]:
    places = {(one.rule, one.coupon_id): place for place, one in enumerate(priced.applied)}
    sums = []
    for line in priced.lines:
        mine = [line.list_fen]
        for one in line.adjustments:
            mine += (places[one.rule, one.coupon_id], one.amount_fen)
        sums.append(mine)
    return sums


def _fields(line: Line) -> tuple[Any, ...]:
    return (
        line.line_id,
        line.sku,
        line.measure,
        line.quantity,
        line.list_price_fen,
        line.categories,
        line.brand,
        line.tags,
        dict(line.prices),
        line.cost_fen,
        line.hours_left,
    )


def basket_of(kept: Kept) -> Basket:
    lines = tuple(Line(**{name: getattr(line, name) for name in KeptLine.__struct_fields__}) for line in kept.lines)
    return Basket(lines=lines, delivery_fen=kept.delivery_fen, packaging_fen=kept.packaging_fen)


def answer_of(kept: Kept, rule_set: RuleSet) -> Priced:
    """What was answered, but for portions and for what was not applied. rule_set: of the version of the quote."""
    documents = {rule.code: rule for rule in rule_set.promotions.rules}
    applied = tuple(_applied_of(one, kept, documents[one.rule]) for one in kept.applied)
    lines = tuple(_priced_line(line, sums, applied) for line, sums in zip(kept.lines, kept.sums, strict=True))
    totals = kept.totals
    return Priced(
        lines=lines,
        list_fen=sum(line.list_fen for line in lines),
        goods_fen=totals.goods_fen,
        delivery_fen=totals.delivery_fen,
        packaging_fen=totals.packaging_fen,
        payable_fen=totals.payable_fen,
        applied=applied,
        not_applied=(),
        proven=totals.proven,
        bound_fen=totals.payable_fen,
        nodes=0,
    )


def _applied_of(one: KeptApplied, kept: Kept, rule: Rule) -> Applied:
    return Applied(
        rule=one.rule,
        layer=one.layer,
        name=rule.name,
        saved_fen=one.saved_fen,
        cut_fen=one.cut_fen,
        coupon_id=kept.coupons[one.coupon][0] if isinstance(one.coupon, int) else one.coupon,
        times=one.times,
        pieces=one.pieces,
        gift=rule.effect.gift if isinstance(rule.effect, GiftOver) else None,
    )


def _priced_line(line: KeptLine, sums: Sequence[int], applied: Sequence[Applied]) -> PricedLine:
    list_fen, *taken = sums
    adjustments = tuple(
        Adjustment(applied[place].rule, applied[place].layer, amount_fen, applied[place].coupon_id)
        for place, amount_fen in zip(taken[::2], taken[1::2], strict=True)
    )
    return PricedLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        list_fen=list_fen,
        payable_fen=list_fen - sum(taken[1::2]),
        adjustments=adjustments,
        portions=(),
    )


def situation_of(kept: Kept, calendar: BusinessCalendar, hidden: Mapping[str, Value]) -> Situation | None:
    """As the quote saw it; `hidden` are the personal attributes as they are now. None where they are not what they were
    then."""
    member: dict[str, Value] = {**kept.numbers, **kept.days, **hidden}
    member |= {code: frozenset(values) for code, values in kept.sets.items()}
    if digest_of(member) != kept.digest:
        return None
    facts = Facts(
        now=kept.issued_at,
        calendar=calendar,
        member=member,
        context=dict(kept.context),
        purchases=None
        if kept.purchases is None
        else [
            Purchase(day=day, category=category, sku=sku, orders=orders, quantity=quantity, spend_fen=fen)
            for day, category, sku, orders, quantity, fen in kept.purchases
        ],
    )
    return Situation(
        facts=facts,
        coupons=tuple(HeldCoupon(*one) for one in kept.coupons),
        codes=tuple(kept.codes),
        payment_method=kept.payment_method,
        room={rule: Room(*left) for rule, left in kept.room.items()},
        left_out=frozenset(kept.left_out),
        killed=frozenset(kept.killed),
    )
