"""What gifts that do not come back take off what refunds pay, and what is kept back for those that may not (PRC-03)."""

from __future__ import annotations


def off_refund(gifts_fen: int, left_fen: int, owed_fen: int) -> int:
    """How much of `owed_fen` is not paid now, so that what can still come back of the order covers its gifts.

    gifts_fen: the worth of gifts that have not come back; with the last refund, of those that never will. left_fen:
    what can still come back of the order after this refund, 0 with the last. owed_fen: what this refund would pay, with
    what refunds before it kept back. So the order pays back what was paid for it less the worth of its used gifts, and
    no less than nothing, however its refunds are split: gifts do not grow in number, and a part keeps back no less than
    the last one will need.
    """
    return min(max(0, gifts_fen - left_fen), owed_fen)
