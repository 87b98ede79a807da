"""What would make a basket cheaper: goods to add, a higher tier, a plan, joining."""

from __future__ import annotations

from typing import Literal

import msgspec

from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import Situation

HINTS_MAX = 3


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """saving_fen: how much less is paid, not counting the list price of what is added. By kind:

    goods: missing_fen of goods that `rule` counts, by their list price, or missing_pieces of `sku`.
    tier, plan: the code of the tier or plan; cost_fen: what the plan costs. join: nothing else.
    """

    kind: Literal["goods", "tier", "plan", "join"]
    saving_fen: int
    text: Text
    rule: str | None = None
    tier: str | None = None
    plan: str | None = None
    sku: str | None = None
    missing_fen: int | None = None
    missing_pieces: int | None = None
    cost_fen: int = 0


class Elsewhere(msgspec.Struct, frozen=True):
    """The same buyer as another one: of a higher tier, with a plan, or joined. cost_fen: what becoming so costs."""

    kind: Literal["tier", "plan", "join"]
    code: str
    name: Text
    situation: Situation
    cost_fen: int = 0
