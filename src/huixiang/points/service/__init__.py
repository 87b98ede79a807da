"""Use cases of the ledger: `post`, `earn`, `read`, `verify`."""

from huixiang.points.service.earn import earn_key, earned, validity
from huixiang.points.service.post import Accounts, lock_accounts, mature_due, post
from huixiang.points.service.read import balance, earned_by_orders, statement, sums_by_day
from huixiang.points.service.verify import verify

__all__ = [
    "Accounts",
    "balance",
    "earn_key",
    "earned",
    "earned_by_orders",
    "lock_accounts",
    "mature_due",
    "post",
    "statement",
    "sums_by_day",
    "validity",
    "verify",
]
