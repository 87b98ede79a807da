from enum import StrEnum


class CouponChangeState(StrEnum):
    EXPIRED = "expired"
    GIVEN = "given"
    HELD = "held"
    ISSUED = "issued"
    USED = "used"
    VOIDED = "voided"

    def __str__(self) -> str:
        return str(self.value)
