"""Use cases of coupons, one file per topic."""

from huixiang.coupons.service.audience import use_registry
from huixiang.coupons.service.copies import grant, void, void_many
from huixiang.coupons.service.ending import announce_due, expire_due
from huixiang.coupons.service.holding import give_back, hold, release, use
from huixiang.coupons.service.issuing import issue
from huixiang.coupons.service.merging import counted, merge, unmerge
from huixiang.coupons.service.promised import issue_promised, leave_promised
from huixiang.coupons.service.taking_back import not_over, recall, take_back

__all__ = [
    "announce_due",
    "counted",
    "expire_due",
    "give_back",
    "grant",
    "hold",
    "issue",
    "issue_promised",
    "leave_promised",
    "merge",
    "not_over",
    "recall",
    "release",
    "take_back",
    "unmerge",
    "use",
    "use_registry",
    "void",
    "void_many",
]
