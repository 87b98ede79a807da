"""What a version of the promotions asks the database for, and what it has given so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from huixiang.conditions.depends import History
from huixiang.pricing.model.rules import Budget, Cap

Kind = tuple[str | None, str | None]  # of purchases: category, sku


class Needs(msgspec.Struct, frozen=True):
    """attributes: members', by code. windows: of each kind of purchase that is asked for, the days that are looked at,
    the fewest first. price_lists: that rules name. caps: of the rules that have any. chains: of budgets that rules are
    paid from, by rule. by_method: whether a payment method changes any price."""

    attributes: tuple[str, ...]
    histories: frozenset[History]
    windows: Mapping[Kind, Sequence[int]]
    price_lists: tuple[str, ...]
    caps: Mapping[str, tuple[Cap, ...]]
    chains: Mapping[str, tuple[Budget, ...]]
    by_method: bool


class Counted(NamedTuple):
    """What is counted of a rule in a period: fen, uses or pieces that it gave, to one member or to all together; or
    what rules gave of a budget, whose code stands for the rule's."""

    rule: str
    of: Literal["fen", "uses", "pieces", "budget"]
    in_a: str
    per: Literal["all", "member"]


class Shared(NamedTuple):
    """Where stock counts something for all."""

    counted: Counted
    resource_id: UUID
