"""What the orders of a history compete for: the rules that give it, and how much of it is left by what orders were
told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from huixiang.platform.db import Transaction
from huixiang.pricing.model.effects import Off, OffStep, PriceOff, Scope
from huixiang.pricing.model.rules import Budget, Cap, OrderRule, Rule, UnitRule
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.checkout.loop_model import ModelOrder
from tests.pricing.quoting import named

USES, MINE = 7, 3  # of the rule that all share; of them for one member
PLUS_TIMES, PLUS_FEN = 2, 50  # of a member's benefit, and what is off under it
DAY_FEN = 100_000
INNER_FEN, OUTER_FEN = 1_400, 2_600  # one within the other: now this, now that is exhausted first
PIECES, PIECE_FEN = 16, 100  # of milk that costs so much less


class Shares:
    """Of one history. Each name holds its number, as what is left outlives it. day: on which all of it is."""

    def __init__(self, number: int, day: str) -> None:
        self.off, self.flash = f"shared{number}", f"flash{number}"
        self.plus = f"plus{number}"  # the benefit, and the rule under it
        inner, outer = f"inner{number}", f"outer{number}"
        life = "life/1970-01-01"
        self._whole: Mapping[tuple[Kind, str], int] = {
            (Kind.PROMOTION_CAP, f"main/{self.off}/uses/{life}"): USES,
            (Kind.PROMOTION_CAP, f"main/{self.off}/fen/day/{day}"): DAY_FEN,
            (Kind.PROMOTION_CAP, f"main/{self.flash}/pieces/{life}"): PIECES,
            (Kind.BUDGET, f"main/{inner}/{life}"): INNER_FEN,
            (Kind.BUDGET, f"main/{outer}/{life}"): OUTER_FEN,
        }
        caps = (Cap("uses", USES), Cap("fen", DAY_FEN, "all", "day"), Cap("uses", MINE, "member", "day"))
        off = Off((OffStep(4_000, 300),))
        self.rules: list[Rule] = [
            OrderRule(code=self.off, name=named("s"), effect=off, caps=caps, budget=inner),
            UnitRule(
                code=self.flash, name=named("f"), effect=PriceOff(PIECE_FEN), scope=Scope(skus=("milk",)),
                caps=(Cap("pieces", PIECES),), budget=outer,
            ),
            OrderRule(
                code=self.plus, name=named("p"), effect=Off((OffStep(3_000, PLUS_FEN),)), benefit=self.plus
            ),
        ]  # fmt: skip
        self.budgets = (
            Budget(code=inner, name=named("i"), at_most=INNER_FEN, within=outer),
            Budget(code=outer, name=named("o"), at_most=OUTER_FEN),
        )

    async def left(self, tx: Transaction) -> list[int | None]:
        """As the program counts; None for what nobody took any of yet."""
        found = await stock.left(tx, list(self._whole))
        return [found.get(part) for part in self._whole]

    def standing(self, orders: Iterable[ModelOrder]) -> list[int]:
        """What is left beside what orders have that count."""
        of = [_saved(order) for order in orders if order.counts]
        uses = sum(self.off in one for one in of)
        off_fen, flash_fen = (sum(one.get(rule, 0) for one in of) for rule in (self.off, self.flash))
        taken = (uses, off_fen, flash_fen // PIECE_FEN, off_fen, off_fen + flash_fen)
        return [whole - some for whole, some in zip(self._whole.values(), taken, strict=True)]

    def agree(self, left: list[int | None], orders: Iterable[ModelOrder], *, settled: bool) -> None:
        """Until all has followed, more may be taken than orders have; never less, and never more than there is."""
        most = self.standing(orders)
        whole = list(self._whole.values())
        for there, standing, all_of_it in zip(left, most, whole, strict=True):
            if there is None:
                assert standing == all_of_it
            elif settled:
                assert there == standing
            else:
                assert 0 <= there <= standing


def _saved(order: ModelOrder) -> dict[str, int]:
    """By rule, in fen, as the order was placed."""
    sums: dict[str, int] = {}
    for one in order.placed["applied"]:
        sums[one["rule"]] = sums.get(one["rule"], 0) + one["saved_fen"]
    return sums
