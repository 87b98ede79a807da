"""Use cases of the ledger: `post`, `books`, `earn`, `read`, `verify`."""

from huixiang.points.rules.documents import check_earning, check_spending
from huixiang.points.rules.origins import Origin
from huixiang.points.service.as_of import balance_as_of, balances_at_end
from huixiang.points.service.batch import Accounts
from huixiang.points.service.books import find_book, find_books, list_books, open_book
from huixiang.points.service.bulk import earn_bulk
from huixiang.points.service.door import coalescing
from huixiang.points.service.earn import after_caps, caps, earn_key, earned, validity
from huixiang.points.service.origins import load_origins, spent_on
from huixiang.points.service.post import lock_accounts, post, try_post
from huixiang.points.service.proof import prove
from huixiang.points.service.read import balance, balance_at_end, earned_by_orders, expiring, read_balance, sums_by_day
from huixiang.points.service.rebuild import rebuild_members
from huixiang.points.service.roots import close_day, root, roots, use_signer
from huixiang.points.service.statement import statement
from huixiang.points.service.verify import ACCOUNTS_AT_ONCE, member_ranges, total, verify, verify_members
from huixiang.points.service.verify_roots import rooted_days, verify_root, verify_root_chain

__all__ = [
    "ACCOUNTS_AT_ONCE",
    "Accounts",
    "Origin",
    "after_caps",
    "balance",
    "balance_as_of",
    "balance_at_end",
    "balances_at_end",
    "caps",
    "check_earning",
    "check_spending",
    "close_day",
    "coalescing",
    "earn_bulk",
    "earn_key",
    "earned",
    "earned_by_orders",
    "expiring",
    "find_book",
    "find_books",
    "list_books",
    "load_origins",
    "lock_accounts",
    "member_ranges",
    "open_book",
    "post",
    "prove",
    "read_balance",
    "rebuild_members",
    "root",
    "rooted_days",
    "roots",
    "spent_on",
    "statement",
    "sums_by_day",
    "total",
    "try_post",
    "use_signer",
    "validity",
    "verify",
    "verify_members",
    "verify_root",
    "verify_root_chain",
]
