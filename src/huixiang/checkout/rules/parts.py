"""Parts of what a line came to."""

from __future__ import annotations

from huixiang.checkout.model import RefundTooMuch
from huixiang.kernel.money import half_up


def part(whole: int, quantity: int, of: int) -> int:
    """Of a whole for `of` pieces or grams, what `quantity` of them come to, half up; 0 of nothing. Reckoned from the
    whole each time, so that parts one after the other sum to it."""
    return half_up(whole * quantity, of) if quantity else 0


def require_left(line_id: str, left: int, wanted: int) -> None:
    """Raises RefundTooMuch where more of a line is to come back than there is."""
    if wanted > left:
        raise RefundTooMuch(line_id=line_id, refundable=left, requested=wanted)
