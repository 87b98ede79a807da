"""Nouns of the ledger: `ledger` (accounts, lots, postings), `commands`, `earning` rules, `reads`, `errors`."""

from huixiang.points.model.commands import (
    Cap,
    Capture,
    ClawBack,
    ClawBackPolicy,
    Command,
    Credit,
    Hold,
    Keyed,
    Outcome,
    Parcel,
    Receive,
    Release,
    Return,
    Settle,
    Source,
    Spend,
    hold_key,
    origin_key,
    posting_key,
)
from huixiang.points.model.earning import (
    BaseRate,
    Earning,
    EarningFacts,
    EarningLine,
    EarningRules,
    Expiry,
    Multiplier,
    MultiplierCondition,
    Validity,
)
from huixiang.points.model.errors import (
    BookNotSpendable,
    BookUnknown,
    CaptureExceedsHold,
    ExceedsOrigin,
    HoldFinished,
    HoldUnknown,
    InsufficientPoints,
    OriginUnknown,
    PostingConflict,
)
from huixiang.points.model.ledger import (
    BEGINNING,
    CHAIN_START,
    GROWTH,
    NEVER,
    POINTS,
    Account,
    AccountKey,
    Book,
    HeldPoints,
    Lot,
    Moment,
    Posting,
)
from huixiang.points.model.reads import Balance, ExpiringPoints, Finding, LotSums, StatementLine, Verification

__all__ = [
    "BEGINNING", "CHAIN_START", "GROWTH", "NEVER", "POINTS",
    "Account", "AccountKey", "Balance", "BaseRate", "Book", "BookNotSpendable", "BookUnknown", "Cap", "Capture",
    "CaptureExceedsHold", "ClawBack", "ClawBackPolicy", "Command", "Credit", "Earning", "EarningFacts", "EarningLine",
    "EarningRules", "ExceedsOrigin", "ExpiringPoints", "Expiry", "Finding", "HeldPoints", "Hold", "HoldFinished",
    "HoldUnknown", "InsufficientPoints", "Keyed", "Lot", "LotSums", "Moment", "Multiplier", "MultiplierCondition",
    "OriginUnknown", "Outcome", "Parcel", "Posting", "PostingConflict", "Receive", "Release", "Return", "Settle",
    "Source", "Spend", "StatementLine", "Validity", "Verification",
    "hold_key", "origin_key", "posting_key",
]  # fmt: skip
