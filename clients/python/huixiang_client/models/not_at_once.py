from enum import StrEnum


class NotAtOnce(StrEnum):
    AMOUNT = "amount"
    ASKER = "asker"
    AUDIENCE = "audience"
    GOODS = "goods"
    LATE = "late"
    NOT_OFFERED = "not_offered"
    PAUSED = "paused"
    PERIOD = "period"
    RISK = "risk"

    def __str__(self) -> str:
        return str(self.value)
