"""Promotions as data: one shape of rule for each layer, and what may stand together.

A rule belongs to the layer that its struct names. `stacking` is its stacking class; exclusions and maxima are between
classes. Rules are taken in the order (priority, code), the lower first.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.benefits.model import BenefitCode
from huixiang.conditions.model import All, Condition, Has, Term
from huixiang.kernel.money import AMOUNT_MAX, FenNonNegative
from huixiang.kernel.period import Period
from huixiang.kernel.text import Text
from huixiang.pricing.model.effects import (
    CouponEffect,
    DeliveryEffect,
    GroupEffect,
    OrderEffect,
    Pieces,
    Scope,
    UnitEffect,
)

RULES_MAX = 20_000
BUDGETS_MAX = 1_000
BUDGETS_DEEP = 4

RuleCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)", description="The id of a rule.")]
StackingClass = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)")]
Priority = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
BudgetCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)")]
PublicCode = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[A-Z0-9-]+$(?!\n)")]

Layer = Literal["unit", "group", "order", "coupon", "delivery"]
LAYERS: tuple[Layer, ...] = ("unit", "group", "order", "coupon", "delivery")

# What a unit price is called on a page and in a report; it has no other effect.
UnitLabel = Literal[
    "store_price", "member_price", "tier_rate", "member_day", "time_limited", "flash", "weekly_special", "early_bird",
    "birthday", "new_member", "markdown", "promotion",
]  # fmt: skip


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so much in a period: fen of discount, uses (orders) or pieces; for all together or for each member.

    Pieces are of unit rules: they are the quota of a price, and the one thing that lets a price take a part of a line.
    """

    of: Literal["fen", "uses", "pieces"]
    at_most: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    per: Literal["all", "member"] = "all"
    in_a: Literal["life", "month", "week", "day"] = "life"


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """At most so many fen in a period, of what rules that name it take off for all members together, and rules that
    name a budget within it. Budgets are nested up to four deep; the first that is exhausted stops a rule."""

    code: BudgetCode
    name: Text
    at_most: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    within: BudgetCode | None = None
    in_a: Literal["life", "month", "week", "day"] = "life"


class _Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="layer"
):
    """`personal`: an offer that is declared to be for some (new members, win-back, experiments). Without
    `payment_methods` a rule holds for any. budget: what it takes off is paid from it, and from all that it is within.
    benefit: it is given under that one: to members who have something left of it, and an order takes a use of it,
    however many rules name it.
    """

    code: RuleCode
    name: Text
    scope: Scope = Scope()
    when: Condition | None = None
    period: Period | None = None
    payment_methods: Annotated[tuple[Term, ...], Meta(max_length=20)] = ()
    caps: Annotated[tuple[Cap, ...], Meta(max_length=8)] = ()
    budget: BudgetCode | None = None
    benefit: BenefitCode | None = None
    priority: Priority = 0
    stacking: StackingClass | None = None
    personal: bool = False


class UnitRule(_Rule, frozen=True, kw_only=True, tag="unit"):
    """A candidate for the price of each line in scope. `on_top`: works on the price that was chosen (a rate or an
    amount off), instead of standing beside it."""

    effect: UnitEffect
    label: UnitLabel = "promotion"
    on_top: bool = False


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of these goods, of one sku or of several."""

    goods: Scope
    pieces: Pieces


class GroupRule(_Rule, frozen=True, kw_only=True, tag="group"):
    """Pieces taken together: a bundle has a slot for each of its goods, mix and match has one. `base`: what its pieces
    are worth before it, list price or the unit price of their line. `scope` narrows all slots. `times`: groups an
    order."""

    slots: Annotated[tuple[Slot, ...], Meta(min_length=1, max_length=8)]
    effect: GroupEffect
    base: Literal["list", "unit"] = "list"
    times: Pieces | None = None


class OrderRule(_Rule, frozen=True, kw_only=True, tag="order"):
    """Of the order as far as it is in scope. Its thresholds are reckoned on `base`, or count the pieces in scope; its
    rate is of `base`."""

    effect: OrderEffect
    base: Literal["list", "unit", "group"] = "group"
    count: Literal["fen", "pieces"] = "fen"


class CouponRule(_Rule, frozen=True, kw_only=True, tag="coupon"):
    """What a coupon does; a member holds copies, or shows the `public_code`. `base` as for order rules, after which it
    stands by default. At most one of a class is used, where no maximum says more."""

    effect: CouponEffect
    stacking: StackingClass | None = "coupon"
    base: Literal["list", "unit", "group", "order"] = "order"
    count: Literal["fen", "pieces"] = "fen"
    public_code: PublicCode | None = None


class DeliveryRule(_Rule, frozen=True, kw_only=True, tag="delivery"):
    """Of the delivery fee. The threshold is reckoned on goods in scope after coupons and before points."""

    effect: DeliveryEffect


Rule = UnitRule | GroupRule | OrderRule | CouponRule | DeliveryRule
BENEFITS = "benefits"  # the attribute with what a member has something left of


def condition_of(rule: Rule) -> Condition | None:
    """All that must hold for a rule: what it says, and that the member has its benefit."""
    if rule.benefit is None:
        return rule.when
    has = Has(BENEFITS, (rule.benefit,))
    return has if rule.when is None else All((has, rule.when))


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules of two classes do not stand together; of one class with itself: no two rules of it do.

    on line: a line that a rule holds is not in the scope of a later one (by layer, priority, code). on order: not both
    in one order.
    """

    first: StackingClass
    second: StackingClass
    on: Literal["line", "order"]


class Maximum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many rules of a class, or of a layer, in one order. Each coupon counts."""

    of: StackingClass | Layer
    at_most: Annotated[int, Meta(ge=0, le=100)]
    by: Literal["class", "layer"] = "class"


class Promotions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """All rules of a programme, as one document: what belongs together is published together.

    reference_days: how far back the lowest price really charged is looked for, for a price that is struck through.
    """

    rules: Annotated[tuple[Rule, ...], Meta(max_length=RULES_MAX)]
    exclusions: Annotated[tuple[Exclusion, ...], Meta(max_length=500)] = ()
    maxima: Annotated[tuple[Maximum, ...], Meta(max_length=100)] = ()
    budgets: Annotated[tuple[Budget, ...], Meta(max_length=BUDGETS_MAX)] = ()
    packaging_fen: FenNonNegative = 0
    reference_days: Annotated[int, Meta(ge=1, le=90)] = 7
