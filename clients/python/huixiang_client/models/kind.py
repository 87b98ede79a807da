from enum import StrEnum


class Kind(StrEnum):
    BUDGET = "budget"
    CODES = "codes"
    COUPON_TEMPLATE = "coupon_template"
    FIRST = "first"
    FLASH = "flash"
    GIFT = "gift"
    MALL_ITEM = "mall_item"
    PROMOTION_CAP = "promotion_cap"
    SLOT = "slot"

    def __str__(self) -> str:
        return str(self.value)
