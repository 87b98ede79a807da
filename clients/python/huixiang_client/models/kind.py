from enum import StrEnum


class Kind(StrEnum):
    BUDGET = "budget"
    COUPON_TEMPLATE = "coupon_template"
    PROMOTION_CAP = "promotion_cap"
    SLOT = "slot"

    def __str__(self) -> str:
        return str(self.value)
