"""What one piece, or 1,000 grams, of each good costs by the unit layer alone: for a page of goods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from huixiang.pricing.model.basket import Basket, Line, Situation
from huixiang.pricing.model.effects import PriceOff, PriceRate
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.compiled import UNIT, Compiled
from huixiang.pricing.rules.merge import Merged, apart
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.stacking import Stacking
from huixiang.pricing.rules.unit import Prices, candidate, on_top_sets, priced


class UnitPrice:
    """rules: the price first, then what is on top of it; none where the list price is the best."""

    __slots__ = ("price_fen", "rules")

    def __init__(self, price_fen: int, rules: tuple[Compiled, ...]) -> None:
        self.price_fen = price_fen
        self.rules = rules


def unit_prices(rule_set: RuleSet, lines: Sequence[Line], situation: Situation) -> list[UnitPrice]:
    """The best unit price of each line by itself, in their order. Conditions on a basket see an empty one."""
    return UnitPricer(rule_set, lines).prices(situation)


class UnitPricer:
    """Lines made ready once, to be priced in several situations."""

    def __init__(self, rule_set: RuleSet, lines: Sequence[Line]) -> None:
        self._rule_set = rule_set
        self._lines = apart(lines, rule_set)
        self._free = not _limits(rule_set)
        self._steady = [self._of_steady(line) if self._free else None for line in self._lines]

    @staticmethod
    def _of_steady(line: Merged) -> _Steady:
        rules = line.touching.unit
        return _Steady(
            _lowest(_listed(line), line, [rule for rule in rules if rule.simple]),
            tuple([rule for rule in rules if not rule.simple]),
        )

    def prices(self, situation: Situation) -> list[UnitPrice]:
        quote = Quote(self._rule_set, Basket(lines=()), situation)
        available = _Available(quote)
        general = [rule for rule in quote.unit if available(rule)]
        if self._free:
            general = list(_deepest(general))
        on_top = [rule for rule in self._rule_set.general_on_top if available(rule)]
        unwanted = bool(situation.killed or situation.left_out)
        return [
            self._best(line, available, general, on_top)
            if steady is None or unwanted or on_top or line.touching.on_top
            else _lowest(steady.best, line, (*filter(available, steady.asked), *general))
            for line, steady in zip(self._lines, self._steady, strict=True)
        ]

    def _best(
        self, line: Merged, available: _Available, general: Sequence[Compiled], general_on_top: Sequence[Compiled]
    ) -> UnitPrice:
        touching = line.touching
        candidates = [rule for rule in touching.unit if available(rule)]
        candidates += general
        on_top = general_on_top
        if touching.on_top:
            on_top = [*general_on_top, *(rule for rule in touching.on_top if available(rule))]
        if self._free and not on_top:
            return _lowest(_listed(line), line, candidates)
        best: tuple[tuple[int, bool, list[str]], Prices] | None = None
        for prices in self._ways(candidates, on_top):
            amount, used = priced(prices, line, 1)
            if best is not None and amount > best[0][0]:
                continue
            key = (amount, any(rule.quota for rule in used), sorted(rule.code for rule in used))
            if best is None or key < best[0]:
                best = (key, used)
        assert best is not None  # noqa: S101 - the list price is always there
        return UnitPrice(best[0][0], best[1])

    def _ways(self, candidates: Sequence[Compiled], on_top: Sequence[Compiled]) -> Iterator[Prices]:
        """Every price with what may be on top of it; where nothing forbids it, all that is on top: each only lowers."""
        if self._free:
            tops = tuple(sorted(on_top, key=lambda rule: rule.place)) if len(on_top) > 1 else tuple(on_top)
            yield tops
            yield from ((rule, *tops) for rule in candidates)
            return
        prices: list[Prices] = [(), *((rule,) for rule in candidates)]
        for price, tops in product(prices, on_top_sets(on_top)):
            if _may_stand(self._rule_set.stacking, (*price, *tops)):
                yield (*price, *tops)


class _Steady:
    """What does not depend on the situation: the best price by rules that are always available, and the others."""

    __slots__ = ("asked", "best")

    def __init__(self, best: UnitPrice, asked: tuple[Compiled, ...]) -> None:
        self.best = best
        self.asked = asked


def _listed(line: Merged) -> UnitPrice:
    return UnitPrice(line.amount, ())


def _lowest(found: UnitPrice, line: Merged, candidates: Iterable[Compiled]) -> UnitPrice:
    """The lowest of what was found and prices that stand by themselves; of equal ones the list price, then one without
    a quota, then the smaller code."""
    best = found.price_fen
    chosen = before = found.rules[0] if found.rules else None
    full, by_piece = line.amount, line.by_piece
    for rule in candidates:
        if rule.rate >= 0:
            amount = (full * rule.rate + 5000) // 10000
        elif rule.off >= 0 and by_piece:
            amount = max(0, full - rule.off)
        else:
            amount = candidate(rule, line, 1)
        if amount < best:
            best, chosen = amount, rule
        elif amount == best and chosen is not None and (rule.quota, rule.code) < (chosen.quota, chosen.code):
            chosen = rule
    return found if chosen is before else UnitPrice(best, (chosen,) if chosen is not None else ())


class _Available:
    """Whether a rule can be used, asked of each once."""

    def __init__(self, quote: Quote) -> None:
        self._quote = quote
        self._known: dict[int, bool] = {}

    def __call__(self, rule: Compiled) -> bool:
        known = self._known.get(rule.index)
        if known is None:
            known = self._known[rule.index] = self._quote.unavailable(rule) is None
        return known


def _deepest(rules: Iterable[Compiled]) -> Iterator[Compiled]:
    """Of rates and of amounts off for all goods the deepest alone; everything else."""
    rates, offs = [], []
    for rule in rules:
        if isinstance(rule.effect, PriceRate):
            rates.append((rule.effect.rate_bp, rule.quota, rule.code, rule))
        elif isinstance(rule.effect, PriceOff):
            offs.append((-rule.effect.off_fen, rule.quota, rule.code, rule))
        else:
            yield rule
    for found in (rates, offs):
        if found:
            yield min(found, key=lambda one: one[:3])[3]


def _limits(rule_set: RuleSet) -> bool:
    """Whether two unit rules of one order may be forbidden to stand together, or one to stand at all."""
    stacking = rule_set.stacking
    if UNIT in stacking.of_layer:
        return True
    limited = stacking.on_order.keys() | stacking.of_class.keys()
    return bool(limited) and any(rule.stacking in limited for rule in rule_set.rules if rule.layer == UNIT)


def _may_stand(stacking: Stacking, rules: Prices) -> bool:
    layer = stacking.of_layer.get(UNIT)
    if layer is not None and len(rules) > layer:
        return False
    classes = [rule.stacking for rule in rules if rule.stacking is not None]
    for place, name in enumerate(classes):
        if classes.count(name) > stacking.of_class.get(name, len(classes)):
            return False
        if not stacking.on_order.get(name, frozenset()).isdisjoint(classes[:place]):
            return False
    return True
