"""What an act did that another act can reverse: the kinds of effects, published by the module that has them."""

from __future__ import annotations

from typing import Literal

import msgspec

from huixiang.kernel.text import Text

Unit = Literal["points", "growth", "coupons", "uses", "fen", "orders"]


class EffectKind(msgspec.Struct, frozen=True):
    """One kind of effect in the record of a reversal. `code` is stored, for ever; `unit` says what its amount counts;
    `name` is for people. posted: it is a posting of the ledger, or a part of one, and its effect names that."""

    code: str
    unit: Unit
    name: Text
    posted: bool = True
