"""What is wrong with promotions that their types cannot say: all of it, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice

from huixiang.conditions.check import check as check_condition
from huixiang.conditions.depends import Dependency
from huixiang.conditions.registry import Registry
from huixiang.kernel.errors import Problem
from huixiang.kernel.text import Text
from huixiang.pricing.model.effects import AddOn
from huixiang.pricing.model.rules import LAYERS, CouponRule, GroupRule, Promotions, Rule, UnitRule
from huixiang.pricing.rules.validate_budgets import wrong_budgets
from huixiang.pricing.rules.validate_effects import wrong_effect
from huixiang.pricing.rules.validate_scopes import wrong_scope, wrong_slots

PROBLEMS_MAX = 100
YEARS = (1900, 2199)
# A rule is judged once for a basket, so it cannot ask for the goods of one line: its scope says which.
ALLOWED: frozenset[Dependency] = frozenset({"member", "context", "basket", "time"})


def validate(promotions: Promotions, registry: Registry) -> list[Problem]:
    """The first hundred problems, the document's rules in their order, then what stands between them."""
    found = (*_of_rules(promotions.rules, registry), *_between(promotions))
    return list(islice(found, PROBLEMS_MAX))


def _of_rules(rules: Sequence[Rule], registry: Registry) -> Iterator[Problem]:
    for place, rule in enumerate(rules):
        for path, problem in _of_rule(rule, registry):
            yield Problem(f"$.rules[{place}]{path}", problem)


def _of_rule(rule: Rule, registry: Registry) -> Iterator[tuple[str, str]]:
    yield from _of_name(".name", rule.name)
    yield from wrong_scope(".scope", rule.scope)
    if rule.when is not None:
        for one in check_condition(rule.when, registry, ALLOWED):
            yield f".when{one.path.removeprefix('$')}", one.problem
    if rule.period is not None:
        yield from _of_instant(".period.start", rule.period.start)
        yield from _of_instant(".period.end", rule.period.end)
    yield from _of_methods(rule.payment_methods)
    yield from _of_caps(rule)
    if isinstance(rule, GroupRule):
        yield from wrong_slots(rule)
    if isinstance(rule.effect, AddOn):
        yield from wrong_scope(".effect.goods", rule.effect.goods)
    yield from wrong_effect(rule)


def _of_name(path: str, name: Text) -> Iterator[tuple[str, str]]:
    for language in ("zh", "en"):
        if not getattr(name, language).strip():
            yield f"{path}.{language}", "expected a text, which receipts and pages show"


def _of_instant(path: str, instant: datetime | None) -> Iterator[tuple[str, str]]:
    first, last = YEARS
    if instant is not None and not first <= instant.year <= last:
        yield path, f"expected a year from {first} to {last}, found {instant.year}"


def _of_methods(methods: Sequence[str]) -> Iterator[tuple[str, str]]:
    for place, method in enumerate(methods):
        if not method:
            yield f".payment_methods[{place}]", "expected the name of a payment method, found an empty text"
        elif method in methods[:place]:
            yield f".payment_methods[{place}]", f"expected each method once, found {method} again"


def _of_caps(rule: Rule) -> Iterator[tuple[str, str]]:
    for place, cap in enumerate(rule.caps):
        same = [
            other for other in rule.caps[:place] if (other.of, other.per, other.in_a) == (cap.of, cap.per, cap.in_a)
        ]
        if same:
            yield f".caps[{place}]", f"expected one cap of {cap.of} for {cap.per} in a {cap.in_a}, found a second"
        if cap.of == "pieces" and not isinstance(rule, UnitRule):
            yield f".caps[{place}].of", "expected fen or uses: only unit prices are kept to a number of pieces"
        elif cap.of == "pieces" and isinstance(rule, UnitRule) and rule.on_top:
            yield f".caps[{place}].of", "expected fen or uses: what works on top of a price has no quota of pieces"


def _between(promotions: Promotions) -> Iterator[Problem]:
    yield from _doubled(promotions.rules)
    classes = {rule.stacking for rule in promotions.rules if rule.stacking is not None}
    yield from _of_exclusions(promotions, classes)
    yield from _of_maxima(promotions, classes)
    yield from wrong_budgets(promotions)


def _doubled(rules: Sequence[Rule]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if first.setdefault(rule.code, place) != place:
            there = f"$.rules[{first[rule.code]}]"
            yield Problem(f"$.rules[{place}].code", f"expected a code of its own, found {rule.code}, which {there} has")
    shown: dict[str, int] = {}
    for place, rule in enumerate(rules):
        code = rule.public_code if isinstance(rule, CouponRule) else None
        if code is None:
            continue
        path = f"$.rules[{place}].public_code"
        if shown.setdefault(code, place) != place:
            yield Problem(path, f"expected a code of its own, found {code}, which $.rules[{shown[code]}] has")
        elif code in first:
            # Who leaves out the coupon with this code must not leave out another rule with it.
            yield Problem(path, f"expected another text than the code of $.rules[{first[code]}], found {code}")


def _of_exclusions(promotions: Promotions, classes: AbstractSet[str]) -> Iterator[Problem]:
    known: dict[tuple[str, frozenset[str]], int] = {}
    for place, one in enumerate(promotions.exclusions):
        for name in ("first", "second"):
            if (named := getattr(one, name)) not in classes:
                yield Problem(f"$.exclusions[{place}].{name}", f"expected the class of a rule, found {named}")
        earlier = known.setdefault((one.on, frozenset((one.first, one.second))), place)
        if earlier != place:
            yield Problem(f"$.exclusions[{place}]", f"expected each exclusion once, found that of [{earlier}] again")


def _of_maxima(promotions: Promotions, classes: AbstractSet[str]) -> Iterator[Problem]:
    known: dict[tuple[str, str], int] = {}
    for place, one in enumerate(promotions.maxima):
        if one.by == "layer" and one.of not in LAYERS:
            yield Problem(f"$.maxima[{place}].of", f"expected one of {', '.join(LAYERS)}, found {one.of}")
        elif one.by == "class" and one.of not in classes:
            yield Problem(f"$.maxima[{place}].of", f"expected the class of a rule, found {one.of}")
        earlier = known.setdefault((one.by, one.of), place)
        if earlier != place:
            yield Problem(f"$.maxima[{place}]", f"expected one maximum of {one.of}, found that of [{earlier}] again")
