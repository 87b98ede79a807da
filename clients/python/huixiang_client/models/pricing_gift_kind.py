from enum import StrEnum


class PricingGiftKind(StrEnum):
    COUPON = "coupon"
    GOODS = "goods"
    POINTS = "points"

    def __str__(self) -> str:
        return str(self.value)
