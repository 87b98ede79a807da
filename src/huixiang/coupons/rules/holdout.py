"""Who is held out of a template: told by member and template alone, so that anybody may reckon it again."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from huixiang.coupons.rules.issuing import Way
from huixiang.kernel.money import RATE_ONE

# Given without the member's having earned or brought anything, so that withholding it breaks no word. A code is in the
# member's hands, and the gift of an order was promised with its price.
HELD_OUT_OF = frozenset[Way]({"claim", "grant", "desk", "pack"})


def place_of(member_id: UUID, template: str) -> int:
    """From 0 to 9,999, the same for ever. Places in two templates have nothing to do with each other."""
    digest = sha256(f"coupon holdout {template} {member_id}".encode()).digest()
    return int.from_bytes(digest[:6]) % RATE_ONE


def is_held_out(member_id: UUID, template: str, holdout_bp: int) -> bool:
    """Whether a share, in basis points, has the member in it. A larger one has whoever a smaller one has."""
    return place_of(member_id, template) < holdout_bp
