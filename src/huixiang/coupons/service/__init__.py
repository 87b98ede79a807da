"""Use cases of coupons, one file per topic."""

from huixiang.coupons.service.copies import give_many, grant, held, void, void_many
from huixiang.coupons.service.holding import give_back, hold, release, use
from huixiang.coupons.service.merging import counted, merge, unmerge

__all__ = [
    "counted",
    "give_back",
    "give_many",
    "grant",
    "held",
    "hold",
    "merge",
    "release",
    "unmerge",
    "use",
    "void",
    "void_many",
]
