from enum import StrEnum


class ReversalEffectUnit(StrEnum):
    COUPONS = "coupons"
    FEN = "fen"
    GROWTH = "growth"
    ORDERS = "orders"
    POINTS = "points"
    USES = "uses"

    def __str__(self) -> str:
        return str(self.value)
