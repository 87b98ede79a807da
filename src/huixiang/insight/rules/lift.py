"""What a coupon brings, from two groups that differ in nothing but having it.

The difference of two means, and Welch's interval about it with the normal distribution's 95 %. What members spend is
far from normal, so it takes members and buyers enough. In whole numbers throughout, exact up to the last rounding.
"""

from __future__ import annotations

from math import isqrt

from huixiang.insight.model.lift import Estimate, Group, GroupSums, Lift, Verdict
from huixiang.kernel.money import half_up

MEMBERS_MIN = 100  # in each group
BUYERS_MIN = 10
Z, Z_ONE = 1_959_964, 1_000_000  # so many standard errors to either side are 95 %
Ratio = tuple[int, int]


def compared(issued: Group, withheld: Group) -> Lift:
    """What those who have a copy buy more than those who have none: one of them, and all of them together."""
    if any(one.members < MEMBERS_MIN or one.buyers < BUYERS_MIN for one in (issued, withheld)):
        return Lift("too_few", None, None)
    more = issued.sales_fen * withheld.members - withheld.sales_fen * issued.members
    mean = more, issued.members * withheld.members
    (of_issued, by_issued), (of_withheld, by_withheld) = _error(issued), _error(withheld)
    error = of_issued * by_withheld + of_withheld * by_issued, by_issued * by_withheld
    in_all = more, withheld.members
    error_in_all = error[0] * issued.members**2, error[1]
    return Lift(_verdict(mean, error), _estimate(mean, error), _estimate(in_all, error_in_all))


def sums(group: Group) -> GroupSums:
    """As it is shown."""
    mean_fen = half_up(group.sales_fen, group.members) if group.members else None
    return GroupSums(members=group.members, buyers=group.buyers, sales_fen=group.sales_fen, mean_fen=mean_fen)


def _error(group: Group) -> Ratio:
    """The variance of a group's mean: that of its members (by n - 1), over n."""
    n = group.members
    return n * group.squares - group.sales_fen**2, n * n * (n - 1)


def _verdict(mean: Ratio, error: Ratio) -> Verdict:
    """By whether the mean is further from nothing than the interval is wide to one side."""
    if mean[0] ** 2 * error[1] * Z_ONE**2 <= error[0] * Z**2 * mean[1] ** 2:
        return "unclear"
    return "more" if mean[0] > 0 else "less"


def _estimate(mean: Ratio, error: Ratio) -> Estimate:
    """width: the least number of parts, of which mean[1] are a fen, that is no less than the interval's half."""
    amount, parts = mean
    width = _root_up(error[0] * Z**2 * parts**2, error[1] * Z_ONE**2)
    return Estimate(
        fen=half_up(amount, parts),
        low_fen=(amount - width) // parts,
        high_fen=-((-amount - width) // parts),
    )


def _root_up(numerator: int, denominator: int) -> int:
    """The least whole number whose square is no less than a ratio."""
    least = -(-numerator // denominator)
    return isqrt(least - 1) + 1 if least > 0 else 0
