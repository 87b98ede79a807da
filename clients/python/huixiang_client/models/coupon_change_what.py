from enum import StrEnum


class CouponChangeWhat(StrEnum):
    EXPIRED = "expired"
    HELD = "held"
    ISSUED = "issued"
    RELEASED = "released"
    RETURNED = "returned"
    USED = "used"
    VOIDED = "voided"

    def __str__(self) -> str:
        return str(self.value)
