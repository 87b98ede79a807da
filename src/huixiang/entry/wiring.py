"""What the program is put together from: kinds of rule documents, reactions to events, schedules."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.benefits import service as benefits
from huixiang.benefits.model import BenefitTerms
from huixiang.checkout import service as checkout
from huixiang.checkout.model.fulfilment import KIND as FULFILMENT
from huixiang.checkout.model.fulfilment import FulfilmentRules
from huixiang.checkout.model.requests import KIND as REFUND_POLICY
from huixiang.checkout.model.requests import RefundPolicy
from huixiang.checkout.model.statements import KIND as PAYMENT_STATEMENT
from huixiang.checkout.model.statements import StatementRules
from huixiang.checkout.service import fulfilment, refund_policy
from huixiang.coupons import service as coupons
from huixiang.coupons.model import KIND as COUPON_TEMPLATE
from huixiang.coupons.model import CouponTemplate
from huixiang.coupons.model.messages import SAID as COUPONS_SAY
from huixiang.coupons.model.packs import PACK_KIND, CouponPack
from huixiang.coupons.service import packs, templates
from huixiang.entry.attributes import load_registry
from huixiang.grants import service as grants
from huixiang.habits.model import KIND as LIFECYCLE
from huixiang.habits.model import LifecycleRules
from huixiang.insight.model.delays import KIND as TILL_DELAY
from huixiang.insight.model.delays import DelayRules
from huixiang.members.model.attributes import KIND as ATTRIBUTES
from huixiang.members.model.attributes import Attributes
from huixiang.members.model.consents import KIND as CONSENTS
from huixiang.members.model.consents import ConsentTexts
from huixiang.members.model.merging import Held
from huixiang.members.model.messages import SAID as MEMBERS_SAY
from huixiang.members.rules.consents import check_texts
from huixiang.members.service import consents, definitions, merge_preview
from huixiang.messaging import service as messaging
from huixiang.messaging.model import MessagingRules
from huixiang.messaging.model.templates import KIND as TEMPLATE
from huixiang.messaging.model.templates import MessageTemplate
from huixiang.plans import service as plans
from huixiang.plans.model import PlanTerms, TrialRules
from huixiang.plans.service import trials
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import AdjustingRules, BreakerRules, EarningRules, SpendingRules
from huixiang.points.model.partner import PartnerTerms
from huixiang.points.model.pool import PoolRules
from huixiang.points.model.transfer import TransferRules
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.service import coupon_templates, publication, rule_sets
from huixiang.rulebook import service as rulebook
from huixiang.terms import rules as terms_rules
from huixiang.terms import service as terms
from huixiang.terms.model import SAID as TERMS_SAY
from huixiang.terms.model import ProgrammeTerms, TermsNotice
from huixiang.tiers.model import TierRules


def register_rule_kinds() -> None:
    """Let the rulebook know each module's kind of document. Harmless when repeated."""
    rulebook.register_kind("tiers", TierRules)
    rulebook.register_kind("earning", EarningRules, points.check_earning)
    rulebook.register_kind("spending", SpendingRules, points.check_spending)
    rulebook.register_kind("breaker", BreakerRules)
    rulebook.register_kind("adjusting", AdjustingRules)
    rulebook.register_kind("transfer", TransferRules)
    rulebook.register_kind("pool", PoolRules)
    rulebook.register_kind("partner", PartnerTerms)
    rulebook.register_kind("messaging", MessagingRules)
    rulebook.register_kind(
        TEMPLATE,
        MessageTemplate,
        messaging.check_template,
        named=messaging.check_said(*MEMBERS_SAY, *TERMS_SAY.values(), *COUPONS_SAY),
    )
    rulebook.register_kind(LIFECYCLE, LifecycleRules)
    rulebook.register_kind(TILL_DELAY, DelayRules)
    rulebook.register_kind(ATTRIBUTES, Attributes, examine=definitions.examine)
    rulebook.register_kind(CONSENTS, ConsentTexts, check_texts, examine=consents.examine)
    rulebook.register_kind("plan", PlanTerms)
    rulebook.register_kind("trial", TrialRules, examine=trials.examine)
    rulebook.register_kind("benefit", BenefitTerms)
    rulebook.register_kind(FULFILMENT, FulfilmentRules, examine=fulfilment.examine)
    rulebook.register_kind(REFUND_POLICY, RefundPolicy, examine=refund_policy.examine)
    rulebook.register_kind(PAYMENT_STATEMENT, StatementRules)
    rulebook.register_kind("promotions", Promotions, examine=publication.examine, parts=publication.codes)
    rulebook.register_kind(
        COUPON_TEMPLATE, CouponTemplate, examine=coupon_templates.examine, among=templates.problems_among
    )
    rulebook.register_kind(PACK_KIND, CouponPack, examine=packs.examine)
    rulebook.register_kind(
        "terms",
        ProgrammeTerms,
        terms_rules.check_terms,
        in_time=terms.check_in_time,
        withdrawable=terms.check_withdrawal,
    )
    rulebook.register_kind("terms_notice", TermsNotice, terms_rules.check_notice)
    rule_sets.use_registry(load_registry)
    grants.use_registry(load_registry)
    coupons.use_registry(load_registry)


def use_counters() -> None:
    """Let the preview of a merge count what the modules above members keep of them."""
    merge_preview.use_counters(
        {
            "plans": plans.counted,
            "benefits": benefits.counted,
            "coupons": coupons.counted,
            "grants": grants.counted,
            "orders": checkout.counted,
            "messages": _messages,
        }
    )


async def _messages(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Messaging stands below members: it counts, and knows nothing of merges."""
    counted = await messaging.counted(tx, member_ids)
    return {owner: Held(unread, rest) for owner, (unread, rest) in counted.items()}
