from enum import StrEnum


class AppliedLayer(StrEnum):
    COUPON = "coupon"
    DELIVERY = "delivery"
    GROUP = "group"
    ORDER = "order"
    UNIT = "unit"

    def __str__(self) -> str:
        return str(self.value)
