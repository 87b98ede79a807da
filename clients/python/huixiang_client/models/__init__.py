"""Contains all the data models used in inputs/outputs"""

from .address import Address
from .age_bucket import AgeBucket
from .age_rate import AgeRate
from .applied import Applied
from .applied_layer import AppliedLayer
from .approval import Approval
from .approval_maker_kind import ApprovalMakerKind
from .approval_result_type_0 import ApprovalResultType0
from .approval_state import ApprovalState
from .attempt import Attempt
from .attribute_changes import AttributeChanges
from .attribute_changes_attributes import AttributeChangesAttributes
from .attribution import Attribution
from .back_test import BackTest
from .balance import Balance
from .balance_as_of import BalanceAsOf
from .basis import Basis
from .behaviour import Behaviour
from .book import Book
from .breakage import Breakage
from .bulk_outcome import BulkOutcome
from .candidate import Candidate
from .candidates import Candidates
from .cash_off import CashOff
from .catalogue_bulk_outcome import CatalogueBulkOutcome
from .catalogue_row_outcome import CatalogueRowOutcome
from .catalogue_row_outcome_outcome import CatalogueRowOutcomeOutcome
from .checked_body import CheckedBody
from .checked_body_body import CheckedBodyBody
from .claw_back_policy import ClawBackPolicy
from .code_entry import CodeEntry
from .cohort import Cohort
from .completion import Completion
from .consent import Consent
from .coupon import Coupon
from .coupon_change import CouponChange
from .coupon_change_state import CouponChangeState
from .coupon_change_what import CouponChangeWhat
from .coupon_state import CouponState
from .current_tier import CurrentTier
from .delivery_detail import DeliveryDetail
from .detail import Detail
from .draft import Draft
from .draft_body import DraftBody
from .draft_change import DraftChange
from .draft_change_body import DraftChangeBody
from .draft_state import DraftState
from .draft_summary import DraftSummary
from .draft_summary_state import DraftSummaryState
from .endpoint import Endpoint
from .endpoint_change import EndpointChange
from .endpoint_state import EndpointState
from .endpoint_why_type_0 import EndpointWhyType0
from .entitlement import Entitlement
from .entitlement_in_a import EntitlementInA
from .entitlement_state import EntitlementState
from .exchange import Exchange
from .exchange_direction import ExchangeDirection
from .expiring_points import ExpiringPoints
from .expiry_bucket import ExpiryBucket
from .export_postings_format import ExportPostingsFormat
from .external_id import ExternalId
from .facts import Facts
from .facts_category_names import FactsCategoryNames
from .fetch_roll_forward_by import FetchRollForwardBy
from .findings import Findings
from .fulfilled import Fulfilled
from .fulfilled_line import FulfilledLine
from .fulfilled_not_reckoned_type_0 import FulfilledNotReckonedType0
from .given_consent import GivenConsent
from .given_goods import GivenGoods
from .given_goods_unit import GivenGoodsUnit
from .goods_state import GoodsState
from .granted_line import GrantedLine
from .group import Group
from .habits_stage import HabitsStage
from .hint import Hint
from .hint_kind import HintKind
from .identity import Identity
from .input_problem import InputProblem
from .instruction import Instruction
from .instruction_kind import InstructionKind
from .instruction_state import InstructionState
from .joining import Joining
from .kernel_problem import KernelProblem
from .kind import Kind
from .liability import Liability
from .line_points import LinePoints
from .list_coupons_state import ListCouponsState
from .list_payments_state import ListPaymentsState
from .list_webhook_deliveries_state_type_0 import ListWebhookDeliveriesStateType0
from .lot_as_of import LotAsOf
from .measure import Measure
from .member_card import MemberCard
from .member_card_attributes import MemberCardAttributes
from .member_ref import MemberRef
from .merge import Merge
from .merge_state import MergeState
from .method_total import MethodTotal
from .new_behaviour import NewBehaviour
from .new_book import NewBook
from .new_capture import NewCapture
from .new_claim import NewClaim
from .new_claw_back import NewClawBack
from .new_coupon import NewCoupon
from .new_credit import NewCredit
from .new_draft import NewDraft
from .new_draft_body import NewDraftBody
from .new_endpoint import NewEndpoint
from .new_entitlement import NewEntitlement
from .new_exchange import NewExchange
from .new_exchange_direction import NewExchangeDirection
from .new_hold import NewHold
from .new_line import NewLine
from .new_member import NewMember
from .new_member_attributes import NewMemberAttributes
from .new_merge import NewMerge
from .new_order import NewOrder
from .new_pack_issue import NewPackIssue
from .new_redemption import NewRedemption
from .new_redemption_purpose import NewRedemptionPurpose
from .new_refund_request import NewRefundRequest
from .new_release import NewRelease
from .new_return import NewReturn
from .new_reward import NewReward
from .new_spend import NewSpend
from .new_state import NewState
from .new_state_state import NewStateState
from .new_subscription import NewSubscription
from .new_switch import NewSwitch
from .new_ticket import NewTicket
from .new_touch import NewTouch
from .new_trial import NewTrial
from .new_upgrade import NewUpgrade
from .new_version import NewVersion
from .new_version_body_type_0 import NewVersionBodyType0
from .next_tier import NextTier
from .not_applied import NotApplied
from .not_applied_counts_type_0 import NotAppliedCountsType0
from .not_applied_layer import NotAppliedLayer
from .not_applied_reason import NotAppliedReason
from .not_at_once import NotAtOnce
from .open_hold import OpenHold
from .order import Order
from .order_cancellation import OrderCancellation
from .order_completion import OrderCompletion
from .order_fulfilment import OrderFulfilment
from .order_kind import OrderKind
from .order_line import OrderLine
from .order_result import OrderResult
from .order_state import OrderState
from .origin import Origin
from .pack_issue import PackIssue
from .page_coupon import PageCoupon
from .page_coupon_change import PageCouponChange
from .page_delivery import PageDelivery
from .page_draft_summary import PageDraftSummary
from .page_endpoint import PageEndpoint
from .page_entitlement import PageEntitlement
from .page_instruction import PageInstruction
from .page_open_hold import PageOpenHold
from .page_published_root import PagePublishedRoot
from .page_refund import PageRefund
from .page_requested_refund import PageRequestedRefund
from .page_resource_line import PageResourceLine
from .page_rule_version import PageRuleVersion
from .page_sku import PageSku
from .page_statement_line import PageStatementLine
from .page_subscription import PageSubscription
from .page_ticket import PageTicket
from .payment import Payment
from .payment_confirmation import PaymentConfirmation
from .payment_difference import PaymentDifference
from .payment_difference_what import PaymentDifferenceWhat
from .payment_failure import PaymentFailure
from .payment_kind import PaymentKind
from .payment_reconciliation import PaymentReconciliation
from .payment_reconciliation_found import PaymentReconciliationFound
from .payment_reconciliation_outcome import PaymentReconciliationOutcome
from .payment_sums import PaymentSums
from .picked import Picked
from .place_request import PlaceRequest
from .placed import Placed
from .placed_payment import PlacedPayment
from .placed_state import PlacedState
from .points_difference import PointsDifference
from .points_difference_direction import PointsDifferenceDirection
from .points_difference_kind import PointsDifferenceKind
from .points_proof import PointsProof
from .pool_ticket import PoolTicket
from .pool_ticket_state import PoolTicketState
from .portion import Portion
from .posted import Posted
from .price_tag import PriceTag
from .price_tag_by_tier import PriceTagByTier
from .priced import Priced
from .priced_line import PricedLine
from .prices import Prices
from .pricing_adjustment import PricingAdjustment
from .pricing_adjustment_layer import PricingAdjustmentLayer
from .pricing_delivery import PricingDelivery
from .pricing_gift import PricingGift
from .pricing_gift_kind import PricingGiftKind
from .pricing_why import PricingWhy
from .problem import Problem
from .profile_changes import ProfileChanges
from .profile_changes_contact_item import ProfileChangesContactItem
from .profile_changes_delivery_type_0 import ProfileChangesDeliveryType0
from .proven_posting import ProvenPosting
from .published_root import PublishedRoot
from .published_version import PublishedVersion
from .quote import Quote
from .quote_line import QuoteLine
from .quote_references import QuoteReferences
from .quoted_earning import QuotedEarning
from .quoted_points import QuotedPoints
from .quoted_standing import QuotedStanding
from .reconciliation import Reconciliation
from .redeem import Redeem
from .redemption import Redemption
from .refund import Refund
from .refund_ground import RefundGround
from .refund_line import RefundLine
from .refund_not_reckoned_type_0 import RefundNotReckonedType0
from .refund_request import RefundRequest
from .refunded_line import RefundedLine
from .replay import Replay
from .replayed import Replayed
from .request_change import RequestChange
from .request_change_party import RequestChangeParty
from .request_state import RequestState
from .request_step import RequestStep
from .requested_refund import RequestedRefund
from .requested_refund_asked_by import RequestedRefundAskedBy
from .requested_refund_decided_by_type_0 import RequestedRefundDecidedByType0
from .resource import Resource
from .resource_bulk_outcome import ResourceBulkOutcome
from .resource_line import ResourceLine
from .resource_line_unit import ResourceLineUnit
from .resource_row_outcome import ResourceRowOutcome
from .resource_row_outcome_outcome_type_0 import ResourceRowOutcomeOutcomeType0
from .resource_row_outcome_outcome_type_1 import ResourceRowOutcomeOutcomeType1
from .resource_unit import ResourceUnit
from .reversal import Reversal
from .reversal_effect import ReversalEffect
from .reversal_effect_state import ReversalEffectState
from .reversal_effect_unit import ReversalEffectUnit
from .reversal_state import ReversalState
from .reward import Reward
from .roll_forward import RollForward
from .roll_line import RollLine
from .row_outcome import RowOutcome
from .row_outcome_outcome import RowOutcomeOutcome
from .row_problem import RowProblem
from .rule_document import RuleDocument
from .rule_document_body import RuleDocumentBody
from .rule_document_state import RuleDocumentState
from .rule_version import RuleVersion
from .rule_version_state import RuleVersionState
from .rulebook_change import RulebookChange
from .rulebook_change_what import RulebookChangeWhat
from .rulebook_difference import RulebookDifference
from .secret_rotation import SecretRotation
from .sent_code import SentCode
from .settlement_file import SettlementFile
from .settlement_line import SettlementLine
from .settlement_line_direction import SettlementLineDirection
from .shown_attribute import ShownAttribute
from .shown_attribute_type import ShownAttributeType
from .shown_secret import ShownSecret
from .signing_secret import SigningSecret
from .sku import Sku
from .sku_attributes import SkuAttributes
from .sku_state import SkuState
from .sku_unit import SkuUnit
from .sought_member import SoughtMember
from .staff_change import StaffChange
from .state import State
from .statement_line import StatementLine
from .subscription import Subscription
from .subscription_state import SubscriptionState
from .substitute import Substitute
from .sums import Sums
from .switch import Switch
from .switches import Switches
from .system_prices_request import SystemPricesRequest
from .system_prices_request_experiments import SystemPricesRequestExperiments
from .system_quote_request import SystemQuoteRequest
from .system_quote_request_experiments import SystemQuoteRequestExperiments
from .system_quote_request_explain import SystemQuoteRequestExplain
from .system_transfer import SystemTransfer
from .tail_search import TailSearch
from .tender import Tender
from .text import Text
from .their_file import TheirFile
from .ticket import Ticket
from .ticket_capture import TicketCapture
from .ticket_return import TicketReturn
from .ticket_state import TicketState
from .tie import Tie
from .tier_progress import TierProgress
from .tier_step import TierStep
from .tier_upgrade import TierUpgrade
from .tier_upgrade_ground import TierUpgradeGround
from .touch import Touch
from .transfer import Transfer
from .transfer_direction import TransferDirection
from .transfer_purpose import TransferPurpose
from .transfer_state import TransferState
from .trial import Trial
from .trial_balance import TrialBalance
from .trial_gives import TrialGives
from .trial_line import TrialLine
from .undoing import Undoing
from .webhooks_delivery import WebhooksDelivery
from .webhooks_delivery_state import WebhooksDeliveryState
from .why_request import WhyRequest
from .withdrawal import Withdrawal
from .withdrawn_consent import WithdrawnConsent

__all__ = (
    "Address",
    "AgeBucket",
    "AgeRate",
    "Applied",
    "AppliedLayer",
    "Approval",
    "ApprovalMakerKind",
    "ApprovalResultType0",
    "ApprovalState",
    "Attempt",
    "AttributeChanges",
    "AttributeChangesAttributes",
    "Attribution",
    "BackTest",
    "Balance",
    "BalanceAsOf",
    "Basis",
    "Behaviour",
    "Book",
    "Breakage",
    "BulkOutcome",
    "Candidate",
    "Candidates",
    "CashOff",
    "CatalogueBulkOutcome",
    "CatalogueRowOutcome",
    "CatalogueRowOutcomeOutcome",
    "CheckedBody",
    "CheckedBodyBody",
    "ClawBackPolicy",
    "CodeEntry",
    "Cohort",
    "Completion",
    "Consent",
    "Coupon",
    "CouponChange",
    "CouponChangeState",
    "CouponChangeWhat",
    "CouponState",
    "CurrentTier",
    "DeliveryDetail",
    "Detail",
    "Draft",
    "DraftBody",
    "DraftChange",
    "DraftChangeBody",
    "DraftState",
    "DraftSummary",
    "DraftSummaryState",
    "Endpoint",
    "EndpointChange",
    "EndpointState",
    "EndpointWhyType0",
    "Entitlement",
    "EntitlementInA",
    "EntitlementState",
    "Exchange",
    "ExchangeDirection",
    "ExpiringPoints",
    "ExpiryBucket",
    "ExportPostingsFormat",
    "ExternalId",
    "Facts",
    "FactsCategoryNames",
    "FetchRollForwardBy",
    "Findings",
    "Fulfilled",
    "FulfilledLine",
    "FulfilledNotReckonedType0",
    "GivenConsent",
    "GivenGoods",
    "GivenGoodsUnit",
    "GoodsState",
    "GrantedLine",
    "Group",
    "HabitsStage",
    "Hint",
    "HintKind",
    "Identity",
    "InputProblem",
    "Instruction",
    "InstructionKind",
    "InstructionState",
    "Joining",
    "KernelProblem",
    "Kind",
    "Liability",
    "LinePoints",
    "ListCouponsState",
    "ListPaymentsState",
    "ListWebhookDeliveriesStateType0",
    "LotAsOf",
    "Measure",
    "MemberCard",
    "MemberCardAttributes",
    "MemberRef",
    "Merge",
    "MergeState",
    "MethodTotal",
    "NewBehaviour",
    "NewBook",
    "NewCapture",
    "NewClaim",
    "NewClawBack",
    "NewCoupon",
    "NewCredit",
    "NewDraft",
    "NewDraftBody",
    "NewEndpoint",
    "NewEntitlement",
    "NewExchange",
    "NewExchangeDirection",
    "NewHold",
    "NewLine",
    "NewMember",
    "NewMemberAttributes",
    "NewMerge",
    "NewOrder",
    "NewPackIssue",
    "NewRedemption",
    "NewRedemptionPurpose",
    "NewRefundRequest",
    "NewRelease",
    "NewReturn",
    "NewReward",
    "NewSpend",
    "NewState",
    "NewStateState",
    "NewSubscription",
    "NewSwitch",
    "NewTicket",
    "NewTouch",
    "NewTrial",
    "NewUpgrade",
    "NewVersion",
    "NewVersionBodyType0",
    "NextTier",
    "NotApplied",
    "NotAppliedCountsType0",
    "NotAppliedLayer",
    "NotAppliedReason",
    "NotAtOnce",
    "OpenHold",
    "Order",
    "OrderCancellation",
    "OrderCompletion",
    "OrderFulfilment",
    "OrderKind",
    "OrderLine",
    "OrderResult",
    "OrderState",
    "Origin",
    "PackIssue",
    "PageCoupon",
    "PageCouponChange",
    "PageDelivery",
    "PageDraftSummary",
    "PageEndpoint",
    "PageEntitlement",
    "PageInstruction",
    "PageOpenHold",
    "PagePublishedRoot",
    "PageRefund",
    "PageRequestedRefund",
    "PageResourceLine",
    "PageRuleVersion",
    "PageSku",
    "PageStatementLine",
    "PageSubscription",
    "PageTicket",
    "Payment",
    "PaymentConfirmation",
    "PaymentDifference",
    "PaymentDifferenceWhat",
    "PaymentFailure",
    "PaymentKind",
    "PaymentReconciliation",
    "PaymentReconciliationFound",
    "PaymentReconciliationOutcome",
    "PaymentSums",
    "Picked",
    "PlaceRequest",
    "Placed",
    "PlacedPayment",
    "PlacedState",
    "PointsDifference",
    "PointsDifferenceDirection",
    "PointsDifferenceKind",
    "PointsProof",
    "PoolTicket",
    "PoolTicketState",
    "Portion",
    "Posted",
    "PriceTag",
    "PriceTagByTier",
    "Priced",
    "PricedLine",
    "Prices",
    "PricingAdjustment",
    "PricingAdjustmentLayer",
    "PricingDelivery",
    "PricingGift",
    "PricingGiftKind",
    "PricingWhy",
    "Problem",
    "ProfileChanges",
    "ProfileChangesContactItem",
    "ProfileChangesDeliveryType0",
    "ProvenPosting",
    "PublishedRoot",
    "PublishedVersion",
    "Quote",
    "QuoteLine",
    "QuoteReferences",
    "QuotedEarning",
    "QuotedPoints",
    "QuotedStanding",
    "Reconciliation",
    "Redeem",
    "Redemption",
    "Refund",
    "RefundGround",
    "RefundLine",
    "RefundNotReckonedType0",
    "RefundRequest",
    "RefundedLine",
    "Replay",
    "Replayed",
    "RequestChange",
    "RequestChangeParty",
    "RequestState",
    "RequestStep",
    "RequestedRefund",
    "RequestedRefundAskedBy",
    "RequestedRefundDecidedByType0",
    "Resource",
    "ResourceBulkOutcome",
    "ResourceLine",
    "ResourceLineUnit",
    "ResourceRowOutcome",
    "ResourceRowOutcomeOutcomeType0",
    "ResourceRowOutcomeOutcomeType1",
    "ResourceUnit",
    "Reversal",
    "ReversalEffect",
    "ReversalEffectState",
    "ReversalEffectUnit",
    "ReversalState",
    "Reward",
    "RollForward",
    "RollLine",
    "RowOutcome",
    "RowOutcomeOutcome",
    "RowProblem",
    "RuleDocument",
    "RuleDocumentBody",
    "RuleDocumentState",
    "RuleVersion",
    "RuleVersionState",
    "RulebookChange",
    "RulebookChangeWhat",
    "RulebookDifference",
    "SecretRotation",
    "SentCode",
    "SettlementFile",
    "SettlementLine",
    "SettlementLineDirection",
    "ShownAttribute",
    "ShownAttributeType",
    "ShownSecret",
    "SigningSecret",
    "Sku",
    "SkuAttributes",
    "SkuState",
    "SkuUnit",
    "SoughtMember",
    "StaffChange",
    "State",
    "StatementLine",
    "Subscription",
    "SubscriptionState",
    "Substitute",
    "Sums",
    "Switch",
    "Switches",
    "SystemPricesRequest",
    "SystemPricesRequestExperiments",
    "SystemQuoteRequest",
    "SystemQuoteRequestExperiments",
    "SystemQuoteRequestExplain",
    "SystemTransfer",
    "TailSearch",
    "Tender",
    "Text",
    "TheirFile",
    "Ticket",
    "TicketCapture",
    "TicketReturn",
    "TicketState",
    "Tie",
    "TierProgress",
    "TierStep",
    "TierUpgrade",
    "TierUpgradeGround",
    "Touch",
    "Transfer",
    "TransferDirection",
    "TransferPurpose",
    "TransferState",
    "Trial",
    "TrialBalance",
    "TrialGives",
    "TrialLine",
    "Undoing",
    "WebhooksDelivery",
    "WebhooksDeliveryState",
    "WhyRequest",
    "Withdrawal",
    "WithdrawnConsent",
)
