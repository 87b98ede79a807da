"""From a document of promotions to a rule set: indexed, so that a quote meets only rules that touch its basket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from huixiang.conditions import model as conditions
from huixiang.conditions.facts import Facts, Value
from huixiang.conditions.predicate import Predicate
from huixiang.conditions.predicate import compile as compile_condition
from huixiang.conditions.registry import Registry
from huixiang.pricing.model.basket import Line
from huixiang.pricing.model.effects import Scope
from huixiang.pricing.model.rules import CouponRule, GroupRule, Promotions, UnitRule, condition_of
from huixiang.pricing.rules.budgets import chains_of
from huixiang.pricing.rules.compiled import Compiled, Profile, is_general
from huixiang.pricing.rules.known_prices import KnownPrices
from huixiang.pricing.rules.stacking import Stacking
from huixiang.pricing.rules.touching import Touching

KEPT = 50_000
Key = tuple[str, str, Value]


class General:
    """Rules of one layer for all goods. Those whose condition asks for one value of a text are found by that value."""

    def __init__(self) -> None:
        self.always: list[Compiled] = []
        self.keyed: dict[tuple[str, str], dict[Value, list[Compiled]]] = {}
        self._ready: dict[Value | None, list[Compiled]] = {}

    def add(self, rule: Compiled, keys: Sequence[Key]) -> None:
        if not keys:
            self.always.append(rule)
        for scope, code, value in keys:
            self.keyed.setdefault((scope, code), {}).setdefault(value, []).append(rule)

    def make_ready(self) -> None:
        """Where only one text is asked for: the rules for each of its values."""
        if len(self.keyed) == 1:
            ((self._scope, self._code),) = self.keyed
            for value, rules in self.keyed[self._scope, self._code].items():
                self._ready[value] = list(dict.fromkeys([*self.always, *rules]))

    def find(self, facts: Facts) -> list[Compiled]:
        """Those that may hold: each once."""
        if not self.keyed:
            return self.always
        if self._ready:
            value = getattr(facts, self._scope).get(self._code)
            if not isinstance(value, frozenset):
                return self._ready.get(value, self.always)
        found = list(self.always)
        for (scope, code), by_value in self.keyed.items():
            value = getattr(facts, scope).get(code)
            for one in value if isinstance(value, frozenset) else (value,):
                found += by_value.get(one, ()) if one is not None else ()
        return list(dict.fromkeys(found))


class RuleSet:
    """One version of a programme's promotions, ready to price by. Keeps what it found for goods; else never changes.
    always: by index, whether a rule is always available. chains: of budgets, by rule; limits_fen: whether any rule may
    take only so many fen."""

    def __init__(self, promotions: Promotions, version: int, registry: Registry) -> None:
        self.promotions = promotions
        self.version = version
        self.registry = registry
        self.predicates: list[Predicate] = []
        ordered = sorted(promotions.rules, key=lambda rule: rule.code)
        numbers: dict[bytes, int] = {}
        self.chains = chains_of(promotions)
        self.rules = [
            Compiled(
                rule, index, self._predicate(condition_of(rule), registry, numbers), self.chains.get(rule.code, ())
            )
            for index, rule in enumerate(ordered)
        ]
        self.limits_fen = bool(self.chains) or any(cap.of == "fen" for rule in promotions.rules for cap in rule.caps)
        self.always = bytes([rule.simple for rule in self.rules])
        self.by_code = {rule.code: rule for rule in self.rules}
        self.taken = sorted(self.rules, key=lambda one: (one.layer, one.rule.priority, one.code))
        for place, rule in enumerate(self.taken):
            rule.place = place
        self.stacking = Stacking(promotions)
        self.public_codes = {
            one.rule.public_code: one for one in self.rules if isinstance(one.rule, CouponRule) and one.rule.public_code
        }
        self.general_unit = General()
        self.general_above = General()
        self.general_groups: list[Compiled] = []
        self.general_on_top: list[Compiled] = []
        self._index: dict[tuple[str, str], list[Compiled]] = defaultdict(list)
        self._scanned: list[Compiled] = []
        for rule in self.rules:
            self._place(rule, registry)
        self.general_unit.make_ready()
        self.general_above.make_ready()
        self._touching: dict[object, Touching] = {}
        self.known_prices = KnownPrices()
        self.packaging_fen = promotions.packaging_fen
        self.has_quotas = any(rule.quota for rule in self.rules)
        self.asks_basket = any(_asks_basket(rule.when) for rule in promotions.rules)

    def touching(self, lines: Sequence[Line]) -> list[Touching]:
        """The rules for the goods of each line. Looked up once for goods that are in the same scopes."""
        known = self._touching
        found = []
        for line in lines:
            key = (line.sku, line.measure, line.categories, line.brand, line.tags)
            touching = known.get(key)
            if touching is None:
                if len(known) >= KEPT:
                    known.clear()
                profile = Profile(line.sku, line.categories, line.brand, line.tags, line.measure == "piece")
                touching = known[key] = self._look_up(profile)
            found.append(touching)
        return found

    def _predicate(
        self, condition: conditions.Condition | None, registry: Registry, numbers: dict[bytes, int]
    ) -> int | None:
        """Rules that ask the same share one predicate, and so one answer in a quote."""
        if condition is None:
            return None
        text = conditions.encode(condition)
        if text not in numbers:
            numbers[text] = len(self.predicates)
            self.predicates.append(compile_condition(condition, registry))
        return numbers[text]

    def _place(self, compiled: Compiled, registry: Registry) -> None:
        rule = compiled.rule
        scopes = [slot.goods for slot in rule.slots] if isinstance(rule, GroupRule) else [rule.scope]
        if isinstance(rule, GroupRule):
            scopes = scopes if compiled.general else [rule.scope]
        if isinstance(rule, CouponRule):
            # Coupons are met by the copies that are held; whether they touch a line is asked then.
            return
        if all(is_general(scope) for scope in scopes):
            self._place_general(compiled, registry)
            return
        for scope in scopes:
            entries = _entries(scope)
            if entries is None:
                self._scanned.append(compiled)
                return
            for entry in entries:
                self._index[entry].append(compiled)

    def _place_general(self, compiled: Compiled, registry: Registry) -> None:
        if isinstance(compiled.rule, GroupRule):
            self.general_groups.append(compiled)
        elif compiled.on_top:
            self.general_on_top.append(compiled)
        else:
            layer = self.general_unit if isinstance(compiled.rule, UnitRule) else self.general_above
            layer.add(compiled, list(_keys(condition_of(compiled.rule), registry)))

    def _look_up(self, profile: Profile) -> Touching:
        met = dict.fromkeys(self._scanned)
        for entry in _entries_of(profile):
            met.update(dict.fromkeys(self._index.get(entry, ())))
        inside = sorted((rule for rule in met if rule.matches(profile)), key=lambda rule: rule.index)
        return Touching(profile, inside)


def compile_promotions(promotions: Promotions, version: int, registry: Registry) -> RuleSet:
    """Raises InvalidInput where a condition does not fit the registry; documents are validated before."""
    return RuleSet(promotions, version, registry)


def _asks_basket(condition: conditions.Condition | None) -> bool:
    return condition is not None and any(
        isinstance(node, conditions.BasketSum) for _, _, node in conditions.walk(condition)
    )


def _entries(scope: Scope) -> Iterable[tuple[str, str]] | None:
    """Under what a scope is indexed: the narrowest of its lists; None where it has none."""
    for kind, values in (
        ("sku", scope.skus),
        ("tag", scope.tags),
        ("brand", scope.brands),
        ("category", scope.categories),
    ):
        if values is not None:
            return [(kind, value) for value in values]
    return None


def _entries_of(profile: Profile) -> Iterator[tuple[str, str]]:
    yield "sku", profile.sku
    yield from (("category", category) for category in profile.categories)
    if profile.brand is not None:
        yield "brand", profile.brand
    yield from (("tag", tag) for tag in profile.tags)


def _keys(condition: conditions.Condition | None, registry: Registry) -> Iterator[Key]:
    """Values of one text, one of which a condition needs: what a rule can be found by."""
    parts = condition.of if isinstance(condition, conditions.All) else (condition,)
    for part in parts:
        values: Sequence[object] = ()
        if isinstance(part, conditions.Compare) and part.op == "eq":
            values = (part.value,)
        elif isinstance(part, conditions.OneOf | conditions.Has) and not (
            isinstance(part, conditions.Has) and part.match == "all"
        ):
            values = part.values
        if not values or isinstance(part, conditions.BasketSum):
            continue
        assert isinstance(part, conditions.Compare | conditions.OneOf | conditions.Has)  # noqa: S101
        attribute = registry.find(part.attribute)
        if attribute is None or attribute.type not in ("text", "texts") or attribute.scope == "goods":
            continue
        for value in values:
            assert isinstance(value, str)  # noqa: S101 - of an attribute that is text
            yield attribute.scope, part.attribute, value
        return
