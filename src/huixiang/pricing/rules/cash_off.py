"""Points at checkout: how many are used, what they take off each line, and what is then left to pay (P11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from huixiang.kernel.allocation import allocate
from huixiang.kernel.money import half_up
from huixiang.points.model import CashOff
from huixiang.pricing.model.priced import PricedLine


class Share(NamedTuple):
    """Of one line."""

    line_id: str
    points: int
    off_fen: int
    cash_fen: int


def used(chosen: int, limits: CashOff) -> int:
    """How many of the points that the member chose are used: whole steps, at least the minimum, at most the maximum."""
    points = min(chosen, limits.usable)
    points -= points % limits.step
    return points if points >= limits.minimum else 0


def shares(lines: Sequence[PricedLine], points: int, rate: tuple[int, int]) -> list[Share]:
    """Points go to the lines in proportion to what they pay, by largest remainder. A line's cash value is half-up of
    the points up to and with it, less what the lines before it have; what is more than a line pays goes to the next, in
    the order of their ids. rate: so many points take so many fen off. In the order of the lines given."""
    if not points:
        return [Share(line.line_id, 0, 0, line.payable_fen) for line in lines]
    given = allocate(points, [line.payable_fen for line in lines], [line.line_id for line in lines])
    ordered = sorted(range(len(lines)), key=lambda place: lines[place].line_id)
    off = [0] * len(lines)
    counted = told = 0
    for place in ordered:
        counted += given[place]
        worth = half_up(counted * rate[1], rate[0])
        off[place] = min(lines[place].payable_fen, worth - told)
        told += off[place]
    left = half_up(points * rate[1], rate[0]) - told
    for place in ordered:
        more = min(left, lines[place].payable_fen - off[place])
        off[place] += more
        left -= more
    return [
        Share(line.line_id, points, fen, line.payable_fen - fen)
        for line, points, fen in zip(lines, given, off, strict=True)
    ]
