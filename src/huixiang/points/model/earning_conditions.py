"""What a multiplier or an exclusion may ask for: what is known of every order when it is completed, one or a year of
them. The attributes are those that the whole program has under these codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from huixiang.conditions.depends import Dependency, scope_of
from huixiang.conditions.facts import Facts
from huixiang.conditions.model import Bought, Condition, walk
from huixiang.conditions.predicate import Predicate, build
from huixiang.conditions.registry import Attribute, Registry, Source
from huixiang.kernel.text import Text

KNOWN = Registry(
    [
        Attribute(
            code="tier",
            name=Text(zh="等级", en="Tier"),
            type="text",
            scope="member",
            source=Source("tiers.tiers_facts", "tier"),
        ),
        Attribute(
            code="birthday",
            name=Text(zh="生日", en="Birthday"),
            type="month_day",
            scope="member",
            source=Source("members.members_facts", "birthday"),
        ),
        Attribute(code="channel", name=Text(zh="渠道", en="Channel"), type="text", scope="context"),
        Attribute(code="store", name=Text(zh="门店", en="Store"), type="text", scope="context"),
        Attribute(code="tenders", name=Text(zh="已用支付种类", en="Kinds of tender"), type="texts", scope="context"),
        Attribute(code="goods.sku", name=Text(zh="商品", en="Sku"), type="text", scope="goods"),
        Attribute(
            code="goods.categories",
            name=Text(zh="品类（含上级）", en="Category, or one above"),
            type="texts",
            scope="goods",
        ),
        Attribute(code="goods.brand", name=Text(zh="品牌", en="Brand"), type="text", scope="goods"),
    ]
)
ALLOWED: frozenset[Dependency] = frozenset({"member", "context", "goods", "time"})
OF_THE_CATALOGUE = frozenset({"goods.categories", "goods.brand"})


class Rated(msgspec.Struct, frozen=True):
    """A condition that was compiled, and the basis points that a multiplier gives where it holds."""

    holds: Predicate
    bp: int


class Compiled(msgspec.Struct, frozen=True):
    """Conditions of a document, apart by whether the lines of an order can differ in them."""

    of_order: Sequence[Rated]
    of_goods: Sequence[Rated]

    def in_order(self, facts: Facts) -> list[int]:
        return [rated.bp for rated in self.of_order if rated.holds(facts)]

    def in_line(self, facts: Facts) -> list[int]:
        """Beside those of the order."""
        return [rated.bp for rated in self.of_goods if rated.holds(facts)]


def compile_all(conditions: Iterable[tuple[Condition, int]]) -> Compiled:
    of_order: list[Rated] = []
    of_goods: list[Rated] = []
    for condition, bp in conditions:
        rated = Rated(build(condition, KNOWN), bp)
        (of_goods if "goods" in scope_of(condition, KNOWN) else of_order).append(rated)
    return Compiled(of_order, of_goods)


def asks_for_a_history(condition: Condition) -> str | None:
    """The path of a node that asks what a member bought, None where none does."""
    return next((path for path, _, node in walk(condition) if isinstance(node, Bought)), None)
