"""Use cases of the ledger: `post`, `books`, `earn`, `read`, `verify`."""

from huixiang.points.service.batch import Accounts
from huixiang.points.service.bulk import earn_bulk
from huixiang.points.service.books import find_book, find_books
from huixiang.points.service.earn import earn_key, earned, validity
from huixiang.points.service.post import lock_accounts, mature_due, post, try_post
from huixiang.points.service.read import balance, earned_by_orders, statement, sums_by_day
from huixiang.points.service.verify import verify

__all__ = [
    "Accounts",
    "balance",
    "earn_bulk",
    "earn_key",
    "earned",
    "earned_by_orders",
    "find_book",
    "find_books",
    "lock_accounts",
    "mature_due",
    "post",
    "statement",
    "sums_by_day",
    "try_post",
    "validity",
    "verify",
]
