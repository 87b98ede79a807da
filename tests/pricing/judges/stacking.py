"""Which rules may stand together: exclusions and maxima, section 5 of docs/domain/pricing.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from huixiang.pricing.model.rules import CouponRule, Layer, Promotions, Rule
from tests.pricing.judges.availability import layer_of


class Stacking:
    def __init__(self, promotions: Promotions) -> None:
        self._rules: dict[str, Rule] = {rule.code: rule for rule in promotions.rules}
        self._layers: dict[str, Layer] = {rule.code: layer_of(rule) for rule in promotions.rules}
        self._on: dict[str, set[frozenset[str]]] = {"line": set(), "order": set()}
        for one in promotions.exclusions:
            self._on[one.on].add(frozenset((one.first, one.second)))
        self._maxima: dict[tuple[str, str], int] = {}
        for maximum in promotions.maxima:
            key = maximum.by, maximum.of
            self._maxima[key] = min(maximum.at_most, self._maxima.get(key, maximum.at_most))
        for rule in promotions.rules:
            if isinstance(rule, CouponRule) and rule.stacking is not None:
                self._maxima.setdefault(("class", rule.stacking), 1)
        self._known: dict[tuple[str, ...], bool] = {}

    def bars(self, code: str) -> frozenset[str]:
        """Codes of the rules whose portions this one may not count."""
        own = self._rules[code].stacking
        return frozenset(
            other
            for other, rule in self._rules.items()
            if own is not None and rule.stacking is not None and frozenset((own, rule.stacking)) in self._on["line"]
        )

    def allowed(self, applied: Iterable[str]) -> bool:
        """applied: codes, a coupon's once for each copy."""
        codes = tuple(applied)
        if codes not in self._known:
            self._known[codes] = self._reckoned(codes)
        return self._known[codes]

    def _reckoned(self, codes: tuple[str, ...]) -> bool:
        classes: Counter[str] = Counter()
        counted: Counter[tuple[str, str]] = Counter()
        for code in codes:
            counted["layer", self._layers[code]] += 1
            if (own := self._rules[code].stacking) is not None:
                classes[own] += 1
                counted["class", own] += 1
        if any(counted[key] > at_most for key, at_most in self._maxima.items()):
            return False
        return not any(
            classes[own] > 1 if len(pair) == 1 else all(classes[one] for one in pair)
            for pair in self._on["order"]
            for own in [min(pair)]
        )
