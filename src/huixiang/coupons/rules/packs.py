"""What a pack holds, what it is worth, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huixiang.coupons.model import CouponTemplate
from huixiang.coupons.model.packs import PACK_COPIES_MAX, CouponPack
from huixiang.coupons.rules.issuing import problems_of_claim
from huixiang.kernel.errors import Problem


def worth_of(pack: CouponPack, templates: Mapping[str, CouponTemplate]) -> int:
    """What all copies together are worth, in fen; a template that does not say counts as nothing."""
    known = [
        (templates[item.template].worth_fen or 0, item.copies) for item in pack.holds if item.template in templates
    ]
    return sum(worth_fen * copies for worth_fen, copies in known)


def problems_of(pack: CouponPack, templates: Mapping[str, CouponTemplate]) -> Iterator[Problem]:
    """What is wrong with a pack. templates: those of it that are in force."""
    seen = set[str]()
    for place, item in enumerate(pack.holds):
        at = f"$.holds[{place}]"
        terms = templates.get(item.template)
        if item.template in seen:
            yield Problem(f"{at}.template", f"{item.template} stands here twice: say its copies once")
        seen.add(item.template)
        if terms is None:
            yield Problem(f"{at}.template", f"there is no coupon template {item.template} in force")
        elif not terms.grant:
            yield Problem(f"{at}.template", f"{item.template} is not to be granted")
        elif terms.per_member is not None and item.copies > terms.per_member:
            yield Problem(f"{at}.copies", f"a member may have {terms.per_member} of {item.template}")
    if sum(item.copies for item in pack.holds) > PACK_COPIES_MAX:
        yield Problem("$.holds", f"holds more than {PACK_COPIES_MAX} copies")
    if not (pack.grant or pack.claim):
        yield Problem("$", "nobody could have it: give claim or grant")
    if pack.given_on is not None and not (pack.given_on.tiers or pack.given_on.plans):
        yield Problem("$.given_on", "name tiers or plans")
    if pack.given_on is not None and not pack.grant:
        yield Problem("$.given_on", "takes grant: what is given by itself is granted")
    yield from problems_of_claim(pack.claim)


def warnings_of(pack: CouponPack, templates: Mapping[str, CouponTemplate]) -> Iterator[Problem]:
    """What may be as it is meant."""
    for place, item in enumerate(pack.holds):
        if item.template in templates and templates[item.template].worth_fen is None:
            yield Problem(f"$.holds[{place}]", f"{item.template} says no worth_fen, and counts as nothing in the worth")
