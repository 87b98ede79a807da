"""A member's coupons with what they are called and give, by their templates and the promotions in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from huixiang.catalogue import service as catalogue
from huixiang.coupons.model import KIND, Coupon, CouponTemplate, State
from huixiang.coupons.service import wallet
from huixiang.kernel.page import Page
from huixiang.kernel.text import Text
from huixiang.platform.db import Transaction
from huixiang.pricing.model.rules import CouponRule
from huixiang.pricing.model.wallet import NAMED_GOODS, WalletCoupon
from huixiang.pricing.rules.gives import gives, is_narrow
from huixiang.pricing.service import rule_sets
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import RuleDocumentUnknown

Issued = tuple[str, int]  # a template, and the version of it that a copy was issued by


async def listed(tx: Transaction, member_id: UUID, state: State, cursor: str | None, limit: int) -> Page[WalletCoupon]:
    """As `coupons.wallet.listed`. Raises MemberUnknown, and InvalidInput for a cursor of another list."""
    page = await wallet.listed(tx, member_id, state, cursor, limit)
    rules, off = await _rules(tx, {one.rule for one in page.items})
    terms = await _terms(tx, page.items)
    named = await _goods(tx, rules.values())
    shown = [_shown(one, terms.get(_issued(one)), rules.get(one.rule), one.rule in off, named) for one in page.items]
    return Page(shown, page.next_cursor)


def _shown(
    copy: Coupon,
    terms: CouponTemplate | None,
    rule: CouponRule | None,
    off: bool,  # noqa: FBT001 - one of the facts
    named: Mapping[str, Text],
) -> WalletCoupon:
    name = terms.name if terms is not None else rule.name if rule is not None else None
    codes = (*(rule.scope.categories or ()), *(rule.scope.skus or ())) if rule is not None else ()
    return WalletCoupon(
        coupon_id=copy.coupon_id,
        state=copy.state,
        template=copy.template,
        name=name,
        picture=terms.picture if terms is not None else None,
        gives=gives(rule) if rule is not None else None,
        some_goods=rule is not None and is_narrow(rule),
        goods=[named[code] for code in codes if code in named][:NAMED_GOODS],
        why_not="withdrawn" if rule is None else "switched_off" if off else None,
        giftable=terms is not None and terms.giftable,
        order_id=copy.order_id,
        issued_at=copy.issued_at,
        expires_at=copy.expires_at,
    )


async def _rules(tx: Transaction, codes: Collection[str]) -> tuple[dict[str, CouponRule], frozenset[str]]:
    """Those of the promotions in force, and which rules are switched off."""
    try:
        in_force = await rule_sets.in_force(tx)
    except RuleDocumentUnknown:
        return {}, frozenset()
    found = {code: in_force.rule_set.by_code[code].rule for code in codes if code in in_force.rule_set.by_code}
    return {code: rule for code, rule in found.items() if isinstance(rule, CouponRule)}, in_force.killed


async def _terms(tx: Transaction, copies: Collection[Coupon]) -> dict[Issued, CouponTemplate]:
    """What the templates said when the copies were issued."""
    issued = sorted({_issued(one) for one in copies} - {("", 0)})
    return {one: (await rulebook.version(tx, KIND, *one)).read(CouponTemplate) for one in issued}


def _issued(copy: Coupon) -> Issued:
    return copy.template or "", copy.template_version or 0


async def _goods(tx: Transaction, rules: Collection[CouponRule]) -> dict[str, Text]:
    """How the categories and goods are called that rules are for."""
    categories, _ = await catalogue.names(tx, {code for rule in rules for code in rule.scope.categories or ()}, None)
    return categories | await catalogue.sku_names(tx, {code for rule in rules for code in rule.scope.skus or ()})
