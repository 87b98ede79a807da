from enum import StrEnum


class CouponState(StrEnum):
    ISSUED = "issued"
    VOIDED = "voided"

    def __str__(self) -> str:
        return str(self.value)
