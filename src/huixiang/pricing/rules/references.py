"""Whether what promotions name is in the catalogue, and can be sold as they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import msgspec

from huixiang.catalogue.model import Named, NamedGood, Names
from huixiang.kernel.errors import Problem
from huixiang.pricing.model.effects import AddOn, Exchange, GiftOver, ListedPrice, Scope
from huixiang.pricing.model.rules import CouponRule, GroupRule, OrderRule, Promotions, Rule
from huixiang.pricing.rules.compiled import Profile, matcher
from huixiang.pricing.rules.validate_scopes import LISTS
from huixiang.rulebook.model.findings import Findings

Place = tuple[str, str]  # what is named (a list of a scope, price_lists), and its name
_SAID = {
    "skus": "sku",
    "categories": "goods of category",
    "brands": "goods of brand",
    "tags": "goods with tag",
    "price_lists": "price on list",
}


def names_of(promotions: Promotions) -> Names:
    """What has to be looked up."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule in promotions.rules:
        for _, (what, name) in _named(rule):
            found[what].add(name)
    return Names(
        skus=frozenset(found["skus"]),
        categories=frozenset(found["categories"]),
        brands=frozenset(found["brands"]),
        tags=frozenset(found["tags"]),
        price_lists=frozenset(found["price_lists"]),
        weighed=any(
            all(scope.weighed and _first_list(scope) is None for scope in scopes)
            for rule in promotions.rules
            for _, scopes in _counted(rule)
        ),
    )


def check_references(promotions: Promotions, named: Named) -> Findings:
    """A problem is what could never be sold so; a name that the catalogue does not have yet is a warning. Against a
    catalogue without any goods nothing is said: the shop gives prices and categories with each quote."""
    if not named.filled:
        return Findings()
    shelf = _Shelf(named)
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for place, rule in enumerate(promotions.rules):
        path = f"$.rules[{place}]"
        problems += [Problem(f"{path}{where}", what) for where, what in _misfits(rule, shelf)]
        warnings += [
            Problem(f"{path}{where}", f"the catalogue has no {_SAID[what]} {name}")
            for where, (what, name) in _named(rule)
            if (what, name) not in shelf.known
        ]
    return Findings(tuple(problems), tuple(warnings))


def benefits_of(promotions: Promotions) -> set[str]:
    return {rule.benefit for rule in promotions.rules if rule.benefit is not None}


def unknown_benefits(promotions: Promotions, known: Collection[str]) -> Iterator[Problem]:
    """Rules that nobody gets before their benefit is published, and given."""
    for place, rule in enumerate(promotions.rules):
        if rule.benefit is not None and rule.benefit not in known:
            yield Problem(f"$.rules[{place}].benefit", f"there is no benefit {rule.benefit} yet")


class _Shelf:
    """The goods that are named, by what names them."""

    def __init__(self, named: Named) -> None:
        self.goods = [good for good in named.goods if good.sold]
        self._by: defaultdict[Place, list[NamedGood]] = defaultdict(list)
        self.known: set[Place] = {("price_lists", name) for name in named.price_lists}
        for good in named.goods:
            for place in _places(good):
                self.known.add(place)
                if good.sold:
                    self._by[place].append(good)

    def find(self, scopes: Sequence[Scope]) -> Iterator[NamedGood]:
        """The goods that are in all of some scopes; of a scope without lists only those that are named elsewhere."""
        inside = [matcher(scope) for scope in scopes]
        for good in self._near(scopes):
            profile = Profile(good.sku, good.categories, good.brand, good.tags, not good.weighed)
            if all(matches(profile) for matches in inside):
                yield good

    def _near(self, scopes: Sequence[Scope]) -> Sequence[NamedGood]:
        for scope in scopes:
            if (what := _first_list(scope)) is not None:
                names = getattr(scope, what)
                return list({good.sku: good for name in names for good in self._by[what, name]}.values())
        return self.goods


def _misfits(rule: Rule, shelf: _Shelf) -> Iterator[tuple[str, str]]:
    for where, scopes in _counted(rule):
        goods = list(shelf.find(scopes))
        weighed = next((good for good in goods if good.weighed), None)
        if weighed is not None:
            yield where, f"expected goods sold by the piece, found {weighed.sku}, which is weighed: say weighed false"
        elif not goods and _is_narrow(scopes) and any(shelf.find([_with_weighed(one) for one in scopes])):
            yield where, "expected goods sold by the piece, found none but weighed ones"
    if isinstance(rule.effect, AddOn) and _is_narrow([rule.effect.goods]):
        prices = [good.list_price_fen for good in shelf.find([rule.effect.goods]) if not good.weighed]
        if prices and max(prices) <= rule.effect.price_fen:
            told = f"expected below {max(prices)}, the dearest of the goods, found {rule.effect.price_fen}"
            yield ".effect.price_fen", told


def _is_narrow(scopes: Sequence[Scope]) -> bool:
    """Whether goods are named, so that all that may be in them were looked up."""
    return any(_first_list(scope) is not None for scope in scopes)


def _counted(rule: Rule) -> Iterator[tuple[str, list[Scope]]]:
    """Where a rule counts pieces, and the scopes that the goods have to be in."""
    if isinstance(rule, GroupRule):
        for place, slot in enumerate(rule.slots):
            yield f".slots[{place}].goods", [slot.goods, rule.scope]
    elif isinstance(rule, OrderRule | CouponRule) and (rule.count == "pieces" or isinstance(rule.effect, Exchange)):
        yield ".scope", [rule.scope]
    if isinstance(rule.effect, AddOn):
        yield ".effect.goods", [rule.effect.goods]


def _named(rule: Rule) -> Iterator[tuple[str, Place]]:
    """Each name that stands in a rule, with where."""
    yield from _named_in(".scope", rule.scope)
    if isinstance(rule, GroupRule):
        for place, slot in enumerate(rule.slots):
            yield from _named_in(f".slots[{place}].goods", slot.goods)
    match rule.effect:
        case AddOn(goods=goods):
            yield from _named_in(".effect.goods", goods)
        case ListedPrice(price_list=price_list):
            yield ".effect.price_list", ("price_lists", price_list)
        case GiftOver(gift=gift) if gift.kind == "goods":
            yield ".effect.gift.what", ("skus", gift.what)


def _named_in(path: str, scope: Scope) -> Iterator[tuple[str, Place]]:
    for goods, where in ((scope, path), (scope.but, f"{path}.but")):
        for what in LISTS if goods is not None else ():
            for place, name in enumerate(getattr(goods, what) or ()):
                yield f"{where}.{what}[{place}]", (what, name)


def _places(good: NamedGood) -> Iterator[Place]:
    yield "skus", good.sku
    yield from (("categories", category) for category in good.categories)
    yield from (("tags", tag) for tag in good.tags)
    if good.brand is not None:
        yield "brands", good.brand


def _first_list(scope: Scope) -> str | None:
    return next((name for name in LISTS if getattr(scope, name) is not None), None)


def _with_weighed(scope: Scope) -> Scope:
    return msgspec.structs.replace(scope, weighed=True)
