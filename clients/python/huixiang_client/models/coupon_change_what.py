from enum import StrEnum


class CouponChangeWhat(StrEnum):
    EXPIRED = "expired"
    GIVEN = "given"
    HELD = "held"
    ISSUED = "issued"
    RELEASED = "released"
    RETURNED = "returned"
    USED = "used"
    VOIDED = "voided"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
