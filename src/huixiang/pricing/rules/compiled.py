"""A rule as the engine keeps it: what every quote would otherwise look up again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from huixiang.conditions.basket import in_scope
from huixiang.conditions.facts import BasketLine
from huixiang.pricing.model import effects
from huixiang.pricing.model.basket import Room
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.priced import NotApplied, Reason
from huixiang.pricing.model.rules import LAYERS, Budget, Cap, CouponRule, GroupRule, Maximum, OrderRule, Rule, UnitRule

UNIT, GROUP, ORDER, COUPON, DELIVERY = range(5)
LIST, UNIT_AMOUNT, GROUP_AMOUNT, LEFT, PAID, PIECES = range(6)
_BASES = {"list": LIST, "unit": UNIT_AMOUNT, "group": GROUP_AMOUNT, "order": LEFT}
Taker = Callable[[int, int], int]
"""What an effect takes off: of what its thresholds are reckoned on, and of the base in fen, which differ where pieces
are counted. Fen of discount before caps of money, 0 where no step is reached."""


class Profile(NamedTuple):
    """Goods as scopes see them: lines with the same profile are in the same scopes."""

    sku: str
    categories: tuple[str, ...]
    brand: str | None
    tags: tuple[str, ...]
    by_piece: bool


def matcher(scope: Scope) -> Callable[[Profile], bool]:
    inside = in_scope(scope)
    but = scope.but and (in_scope(scope.but) or (lambda _: True))
    weighed = scope.weighed

    def matches(profile: Profile) -> bool:
        if not (weighed or profile.by_piece):
            return False
        line = BasketLine(
            sku=profile.sku, categories=profile.categories, brand=profile.brand, tags=profile.tags, list_fen=0
        )
        return (inside is None or inside(line)) and not (but and but(line))

    return matches


def is_general(scope: Scope) -> bool:
    """Whether all goods are in it."""
    return scope.weighed and scope.but is None and _lists(scope) == 0


def _lists(scope: Scope) -> int:
    return sum(one is not None for one in (scope.skus, scope.categories, scope.brands, scope.tags))


def taker_of(effect: object) -> Taker:
    match effect:
        case effects.Off(steps=[only], repeat=True, times=times) if only.at > 0:
            at, off = only.at, only.off_fen
            if times is None:
                return lambda reach, _: reach // at * off
            return lambda reach, _: min(reach // at, times) * off
        case effects.Off(steps=[only]):
            at, off = only.at, only.off_fen
            return lambda reach, _: off if reach >= at else 0
        case effects.Off(steps=steps):
            return _stepped([(step.at, step.off_fen) for step in steps])
        case effects.RateOff(steps=steps, max_off_fen=bound):
            return _stepped_rate([(step.at, step.rate_bp) for step in steps], bound)
    return lambda _, __: 0


def _stepped(steps: Sequence[tuple[int, int]]) -> Taker:
    falling = sorted(steps, reverse=True)

    def take(reach: int, _: int) -> int:
        for at, off in falling:
            if reach >= at:
                return off
        return 0

    return take


def _stepped_rate(steps: Sequence[tuple[int, int]], bound: int | None) -> Taker:
    falling = sorted(steps, reverse=True)

    def take(reach: int, base: int) -> int:
        for at, rate in falling:
            if reach >= at:
                off = base - (base * rate + 5000) // 10000
                return off if bound is None or off < bound else bound
        return 0

    return take


class Compiled:
    """One rule. `index` is its place among all rules by code, so that a lower index is a smaller code; `place` is its
    place in the order (layer, priority, code) in which rules are taken. lowest: the threshold below which it does
    nothing. simple: it is always available. cuts: it takes no more fen than its room has. least_rate: basis points that
    its rate leaves at least. rate, off: of a unit price that is a rate or an amount off, -1 of any other; by_price: a
    unit price that looks at the list price alone. by_sum: a rule above the groups that is a function of what its
    portions come to, and gives nothing else.
    per_fen: basis points of a further fen that it takes at most in the long run; repeats: by a step that repeats.
    sees: what its threshold is reckoned on, one of the four amounts, what is paid after coupons, or pieces."""

    __slots__ = (
        "base", "by_price", "by_sum", "code", "counts_pieces", "cuts", "effect", "ends", "exchange", "fee", "full_room",
        "general", "gift", "index", "lacks", "layer", "least_rate", "lowest", "matches", "methods", "off", "on_top",
        "per_fen", "place", "predicate", "quota", "rate", "reasons", "repeats", "rule", "sees", "simple", "slots",
        "sold", "stacking", "starts", "take", "thresholds",
    )  # fmt: skip

    def __init__(self, rule: Rule, index: int, predicate: int | None, budgets: Sequence[Budget] = ()) -> None:
        self.rule = rule
        self.code = rule.code
        self.index = index
        self.place = 0
        self.layer = LAYERS.index(layer_of(rule))
        self.predicate = predicate
        self.starts: datetime | None = rule.period.start if rule.period else None
        self.ends: datetime | None = rule.period.end if rule.period else None
        self.methods = frozenset(rule.payment_methods)
        self.stacking = rule.stacking
        self.effect = rule.effect
        self.general = is_general(rule.scope)
        self.matches = matcher(rule.scope)
        self.full_room = full_room(rule.caps, budgets)
        self.on_top = isinstance(rule, UnitRule) and rule.on_top
        self.quota = any(cap.of == "pieces" for cap in rule.caps)
        self.base = _BASES[getattr(rule, "base", "order")]
        self.fee = isinstance(rule.effect, effects.Fee | effects.FeeOff)
        self.exchange = isinstance(rule.effect, effects.Exchange)
        self.simple = not (rule.period or rule.payment_methods or rule.caps or budgets or predicate is not None)
        self.cuts = isinstance(rule, OrderRule | CouponRule) and isinstance(rule.effect, effects.Off | effects.RateOff)
        self.counts_pieces = isinstance(rule, OrderRule | CouponRule) and rule.count == "pieces"
        self.sees = PIECES if self.counts_pieces else PAID if self.fee else self.base
        self.take = taker_of(rule.effect)
        self.gift = rule.effect.gift if isinstance(rule.effect, effects.GiftOver) else None
        slots = rule.slots if isinstance(rule, GroupRule) else ()
        self.slots = tuple((matcher(slot.goods), slot.pieces) for slot in slots)
        self.sold = matcher(rule.effect.goods) if isinstance(rule.effect, effects.AddOn) else None
        steps = rule.effect.steps if isinstance(rule.effect, effects.RateOff) else ()
        self.repeats = isinstance(rule.effect, effects.Off) and rule.effect.repeat
        self.by_sum = not self.exchange and self.base != UNIT_AMOUNT and self.gift is None
        self.least_rate = min((step.rate_bp for step in steps), default=10_000)
        self.per_fen = 10_000 - self.least_rate
        if isinstance(rule.effect, effects.Off) and rule.effect.repeat and rule.effect.steps[0].at:
            self.per_fen = -(-rule.effect.steps[0].off_fen * 10_000 // rule.effect.steps[0].at)
        unit_effect = rule.effect if isinstance(rule, UnitRule) else None
        self.rate = unit_effect.rate_bp if isinstance(unit_effect, effects.PriceRate) else -1
        self.off = unit_effect.off_fen if isinstance(unit_effect, effects.PriceOff) else -1
        self.by_price = isinstance(unit_effect, effects.PriceRate | effects.PriceOff | effects.Price)
        self.reasons: dict[str, NotApplied] = {}
        self.lacks: dict[int, NotApplied] = {}
        self.thresholds: tuple[int, ...] = thresholds_of(rule.effect)
        self.lowest = self.thresholds[0]

    def because(self, reason: Reason) -> NotApplied:
        """The plain answer that it was not applied, made once for each reason."""
        found = self.reasons.get(reason)
        if found is None:
            found = self.reasons[reason] = NotApplied(self.code, LAYERS[self.layer], self.rule.name, reason)
        return found

    def too_few(self, pieces: int) -> NotApplied:
        """The answer that so many pieces are missing for a group, made once for each number."""
        found = self.lacks.get(pieces)
        if found is None:
            found = self.lacks[pieces] = NotApplied(
                self.code, LAYERS[self.layer], self.rule.name, "too_few", short=pieces, counts="pieces"
            )
        return found


def layer_of(rule: Rule) -> str:
    layer = rule.__struct_config__.tag
    assert isinstance(layer, str)  # noqa: S101 - each rule's tag is its layer
    return layer


def full_room(caps: Sequence[Cap], budgets: Sequence[Budget]) -> Room | None:
    """What caps and budgets leave where nothing is used yet; None without any."""
    if not caps and not budgets:
        return None
    least: dict[str, int] = {}
    for of, at_most in [*((cap.of, cap.at_most) for cap in caps), *(("fen", one.at_most) for one in budgets)]:
        least[of] = min(at_most, least.get(of, at_most))
    return Room(**least)


def thresholds_of(effect: object) -> tuple[int, ...]:
    """The bases from which an effect takes more, ascending. A repeating step: where it first pays."""
    if isinstance(effect, effects.Off | effects.RateOff):
        return tuple(sorted(step.at for step in effect.steps))
    return (getattr(effect, "at", 0),)


def limit_of(maxima: Sequence[Maximum], by: str, name: str) -> int | None:
    """The least maximum of a class or a layer, None without one."""
    return min((one.at_most for one in maxima if one.by == by and one.of == name), default=None)
