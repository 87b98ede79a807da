"""What the reversal of an order does in the ledger (PTS-24). A claw-back may find its points in several ways."""

from __future__ import annotations

from huixiang.kernel.effects import EffectKind
from huixiang.kernel.text import Text

RETURNED = EffectKind("points_returned", "points", Text(zh="退还已用积分", en="Spent points given back"))
TAKEN = EffectKind("points_taken", "points", Text(zh="扣回积分", en="Points taken back"))
TAKEN_PENDING = EffectKind("pending_taken", "points", Text(zh="扣回待生效积分", en="Pending points taken back"))
EXPIRED = EffectKind("points_expired", "points", Text(zh="已过期，视为扣回", en="Expired, so taken back"))
OWED = EffectKind("points_owed", "points", Text(zh="记为欠分", en="Points owed"))
IN_CASH = EffectKind("points_in_cash", "points", Text(zh="以现金抵扣的积分", en="Points taken off the cash"))
LET_GO = EffectKind("points_let_go", "points", Text(zh="不再追回的积分", en="Points let go"))
BEFORE = EffectKind("points_before", "points", Text(zh="此前已扣回的积分", en="Points taken back before"), posted=False)
GROWTH_TAKEN = EffectKind("growth_taken", "growth", Text(zh="扣回成长值", en="Growth taken back"))
GROWTH_BEFORE = EffectKind(
    "growth_before", "growth", Text(zh="此前已扣回的成长值", en="Growth taken back before"), posted=False
)

EFFECTS = (
    RETURNED, TAKEN, TAKEN_PENDING, EXPIRED, OWED, IN_CASH, LET_GO, BEFORE, GROWTH_TAKEN, GROWTH_BEFORE,
)  # fmt: skip
