from enum import StrEnum


class RefundGround(StrEnum):
    DAMAGED = "damaged"
    MISSING = "missing"
    NOT_FRESH = "not_fresh"
    OTHER = "other"
    UNWANTED = "unwanted"
    WRONG_GOODS = "wrong_goods"

    def __str__(self) -> str:
        return str(self.value)
